"""Random relations over the made-up shop, of a given seed; no column outside the purpose is used."""

from __future__ import annotations

import random
from decimal import Decimal

from expression_trees import (
    AboveMost,
    Aggregate,
    Among,
    Binary,
    Case,
    Col,
    Distinct,
    Filter,
    First,
    IsNull,
    Join,
    Lit,
    Logic,
    Measure,
    Mutate,
    Or0,
    Relation,
    Scan,
    Select,
    Union,
    Window,
    Within,
)
from made_shop import INTERNAL, MONEY, TABLES

from tillid.governance.columns_usable import is_usable
from tillid.governance.permit import Permit

Typed = tuple[Relation, dict[str, str]]
NUMBERS = ("int64", "float64", MONEY)
_LITERALS = {
    "int64": [0, 1, 3, -2],
    "float64": [0.5, 1.5, 100.0],
    MONEY: [Decimal("0.00"), Decimal("99.95"), Decimal("-10.01")],
    "string": ["web", "", "O'Brien", "æøå", "Aarhus"],
}


class RandomTrees:
    """`keeps_people` leaves out what may add rows when others go: left and anti joins, bounds, windows, limits."""

    def __init__(self, seed: int, permit: Permit, *, keeps_people: bool = False) -> None:
        self.rng = random.Random(seed)
        self.permit = permit
        self.keeps_people = keeps_people
        self._number = 0

    def tree(self, depth: int = 3) -> Typed:
        """A relation that ends in a select of covered columns."""
        return self._chosen(self._step(depth))

    def _new(self) -> str:
        self._number += 1
        return f"n{self._number}"

    def scan(self) -> Typed:
        tables = [t for t in TABLES if t is not INTERNAL]
        table = self.rng.choices(tables, weights=[4, 2, 2, 1, 1])[0]
        types = {
            name: of
            for name, of in table.logical().items()
            if all(is_usable(table.column(name), purpose) for purpose in self.permit.purposes)  # type: ignore[arg-type]
            and all(self.permit.actor.may_see(c, self.permit.purposes[0].key) for c in table.column(name).categories)  # type: ignore[union-attr]
        }
        return Scan(table.name, tuple(types)), types

    def _chosen(self, typed: Typed, most: int = 5) -> Typed:
        relation, types = typed
        names = self.rng.sample(sorted(types), min(len(types), self.rng.randint(1, most)))
        return Select(relation, tuple((name, name) for name in names)), {name: types[name] for name in names}

    def _step(self, depth: int) -> Typed:
        if depth == 0:
            return self.scan()
        monotone = [self._filter, self._filter, self._mutate, self._join, self._distinct, self._union, self._among]
        others = [self._aggregate, self._aggregate, self._window, self._first, self._above]
        return self.rng.choice(monotone if self.keeps_people else monotone + others)(self._step(depth - 1), depth)

    # values

    def _value(self, types: dict[str, str], of: str, depth: int = 2) -> object:
        same = [Col(name) for name, t in types.items() if t == of]
        if depth == 0 or self.rng.random() < 0.4 or of not in _LITERALS:
            return self.rng.choice([*same, *same, *map(Lit, _LITERALS.get(of, []))])
        kind = self.rng.randrange(4)
        if kind == 0 and of in NUMBERS and of != MONEY:
            return Binary(self.rng.choice("+-*"), self._value(types, of, depth - 1), self._value(types, of, 0))
        if kind == 1 and of == MONEY:
            return Binary(self.rng.choice("+-"), self._value(types, of, 0), self._value(types, of, 0))
        if kind == 2:
            return Or0(self._value(types, of, 0), self._value(types, of, 0))
        return Case(self._condition(types, depth - 1), self._value(types, of, 0), self._value(types, of, 0))

    def _condition(self, types: dict[str, str], depth: int = 2) -> object:
        if depth > 0 and self.rng.random() < 0.4:
            op = self.rng.choice(["and", "or", "not"])
            parts = tuple(self._condition(types, depth - 1) for _ in range(1 if op == "not" else 2))
            return Logic(op, parts)
        name, of = self.rng.choice(sorted(types.items()))
        if self.rng.random() < 0.2:
            return IsNull(Col(name))
        if of in ("string", "int64") and self.rng.random() < 0.3:
            return Within(Col(name), tuple(_LITERALS[of][:3]))
        return Binary(self.rng.choice(["=", "<>", "<", "<=", ">", ">="]), Col(name), self._value(types, of, 1))

    # relations

    def _filter(self, typed: Typed, depth: int) -> Typed:
        relation, types = typed
        return Filter(relation, self._condition(types)), types

    def _mutate(self, typed: Typed, depth: int) -> Typed:
        relation, types = typed
        of, name = self.rng.choice(["int64", "float64", MONEY, "string"]), self._new()
        return Mutate(relation, name, self._value(types, of)), types | {name: of}

    def _renamed(self, typed: Typed, keep: str) -> tuple[Typed, str]:
        relation, types = typed
        names = {keep, *self.rng.sample(sorted(types), min(2, len(types)))}
        new = {name: self._new() for name in sorted(names)}
        columns = tuple((fresh, old) for old, fresh in new.items())
        return (Select(relation, columns), {fresh: types[old] for old, fresh in new.items()}), new[keep]

    def _pair(self, left: dict[str, str], right: dict[str, str]) -> tuple[str, str] | None:
        if "person_id" in left and "person_id" in right and self.rng.random() < 0.7:
            return "person_id", "person_id"
        ints = [(a, b) for a in sorted(left) for b in sorted(right) if left[a] == right[b] == "int64"]
        return self.rng.choice(ints) if ints else None

    def _join(self, typed: Typed, depth: int) -> Typed:
        other = self._step(self.rng.randint(0, max(0, depth - 2)))
        pair = self._pair(typed[1], other[1])
        if pair is None:
            return self._filter(typed, depth)
        (right, right_types), key = self._renamed(other, pair[1])
        how = self.rng.choice(["inner", "semi"] if self.keeps_people else ["inner", "inner", "left", "semi", "anti"])
        types = typed[1] if how in ("semi", "anti") else typed[1] | right_types
        left = typed[0]
        if how == "left":
            # The reference learns the other side's columns from its rows: with none there would be none.
            right = Union(right, right, distinct=False)
            types = typed[1]
        return Join(left, right, how, (pair[0], key)), types

    def _distinct(self, typed: Typed, depth: int) -> Typed:
        relation, types = self._chosen(typed)
        return Distinct(relation), types

    def _union(self, typed: Typed, depth: int) -> Typed:
        relation, types = self._chosen(typed)
        other = Filter(relation, self._condition(types))
        return Union(relation, other, distinct=self.rng.random() < 0.5), types

    def _among(self, typed: Typed, depth: int) -> Typed:
        other, other_types = self._step(self.rng.randint(0, 1))
        pair = self._pair(typed[1], other_types)
        if pair is None:
            return self._filter(typed, depth)
        return Among(typed[0], pair[0], Filter(other, Logic("not", (IsNull(Col(pair[1])),))), pair[1]), typed[1]

    def _aggregate(self, typed: Typed, depth: int) -> Typed:
        relation, types = typed
        keys = tuple(self.rng.sample(sorted(types), self.rng.randint(0, min(2, len(types)))))
        measures, made = [], {}
        for _ in range(self.rng.randint(1, 3)):
            name = self._new()
            measure, made[name] = self._measure(types)
            measures.append((name, measure))
        return Aggregate(relation, keys, tuple(measures)), {key: types[key] for key in keys} | made

    def _measure(self, types: dict[str, str]) -> tuple[Measure, str]:
        where = self._condition(types, 1) if self.rng.random() < 0.3 else None
        numbers = [name for name, of in sorted(types.items()) if of in NUMBERS]
        function = self.rng.choice(["count", "count", "nunique", "min", "max", *["sum", "mean"] * bool(numbers)])
        if function == "count" and self.rng.random() < 0.5:
            return Measure("count", None, where), "int64"
        name = self.rng.choice(numbers if function in ("sum", "mean") else sorted(types))
        of = {"count": "int64", "nunique": "int64", "mean": "float64"}.get(function, types[name])
        # Sums outgrow the type that they are of; they are shown, not reckoned with.
        return Measure(function, Col(name), where), "sum" if function == "sum" else of

    def _window(self, typed: Typed, depth: int) -> Typed:
        relation, types = typed
        by, column, name = self.rng.choice(sorted(types)), self.rng.choice(sorted(types)), self._new()
        return Window(relation, name, by, self.rng.choice(["rank", "count", "max"]), column), types | {name: "shown"}

    def _first(self, typed: Typed, depth: int) -> Typed:
        relation, types = self._chosen(typed)
        return First(relation, tuple(types), self.rng.randint(0, 12)), types

    def _above(self, typed: Typed, depth: int) -> Typed:
        other, other_types = self._step(self.rng.randint(0, 1))
        pairs = [
            (a, b)
            for a in sorted(typed[1])
            for b in sorted(other_types)
            if typed[1][a] == other_types[b] and typed[1][a] in ("int64", MONEY)
        ]
        if not pairs:
            return self._filter(typed, depth)
        a, b = self.rng.choice(pairs)
        return AboveMost(typed[0], a, other, b, self.rng.choice(["min", "max"])), typed[1]
