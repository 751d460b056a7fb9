"""A small tree of relations and values: each node says itself in Ibis, in SQL, and as slow plain Python over rows.

The meaning is written once a node, next to the two spellings that it is held against. NULL is None, and a
condition is True, False or None.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any

import ibis
import ibis.expr.types as ir

Rows = list[dict[str, Any]]
Allowed = Callable[[str], Rows]
_names = count()


def sql_literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


# --- values -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Col:
    name: str

    def ibis(self, t: ir.Table) -> Any:
        return t[self.name]

    def sql(self) -> str:
        return f'"{self.name}"'

    def of(self, row: dict[str, Any]) -> Any:
        return row[self.name]


@dataclass(frozen=True)
class Lit:
    value: Any

    def ibis(self, t: ir.Table) -> Any:
        # A bare text would be taken for a column's name.
        types = {Decimal: "decimal(18, 2)", str: "string", int: "int64", float: "float64"}
        return ibis.literal(self.value, type=types[type(self.value)])

    def sql(self) -> str:
        return f"cast({self.value} as decimal(18, 2))" if isinstance(self.value, Decimal) else sql_literal(self.value)

    def of(self, row: dict[str, Any]) -> Any:
        return self.value


COMPARISONS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@dataclass(frozen=True)
class Binary:
    """A comparison or a sum, difference or product: NULL where either side is."""

    op: str
    left: Any
    right: Any

    def _call(self, a: Any, b: Any) -> Any:
        return (COMPARISONS | ARITHMETIC)[self.op](a, b)

    def ibis(self, t: ir.Table) -> Any:
        return self._call(self.left.ibis(t), self.right.ibis(t))

    def sql(self) -> str:
        return f"({self.left.sql()} {self.op} {self.right.sql()})"

    def of(self, row: dict[str, Any]) -> Any:
        a, b = self.left.of(row), self.right.of(row)
        return None if a is None or b is None else self._call(a, b)


@dataclass(frozen=True)
class Logic:
    """`and`, `or`, `not` of three values."""

    op: str
    parts: tuple[Any, ...]

    def ibis(self, t: ir.Table) -> Any:
        first, *rest = [part.ibis(t) for part in self.parts]
        if self.op == "not":
            return ~first
        return (first & rest[0]) if self.op == "and" else (first | rest[0])

    def sql(self) -> str:
        if self.op == "not":
            return f"(not {self.parts[0].sql()})"
        return "(" + f" {self.op} ".join(part.sql() for part in self.parts) + ")"

    def of(self, row: dict[str, Any]) -> Any:
        said = [part.of(row) for part in self.parts]
        if self.op == "not":
            return None if said[0] is None else not said[0]
        decisive = self.op == "or"
        if decisive in said:
            return decisive
        return None if None in said else not decisive


@dataclass(frozen=True)
class IsNull:
    value: Any

    def ibis(self, t: ir.Table) -> Any:
        return self.value.ibis(t).isnull()

    def sql(self) -> str:
        return f"({self.value.sql()} is null)"

    def of(self, row: dict[str, Any]) -> Any:
        return self.value.of(row) is None


@dataclass(frozen=True)
class Or0:
    """The value, or another where it is NULL."""

    value: Any
    other: Any

    def ibis(self, t: ir.Table) -> Any:
        return ibis.coalesce(self.value.ibis(t), self.other.ibis(t))

    def sql(self) -> str:
        return f"coalesce({self.value.sql()}, {self.other.sql()})"

    def of(self, row: dict[str, Any]) -> Any:
        value = self.value.of(row)
        return self.other.of(row) if value is None else value


@dataclass(frozen=True)
class Case:
    condition: Any
    then: Any
    other: Any

    def ibis(self, t: ir.Table) -> Any:
        return ibis.cases((self.condition.ibis(t), self.then.ibis(t)), else_=self.other.ibis(t))

    def sql(self) -> str:
        return f"(case when {self.condition.sql()} then {self.then.sql()} else {self.other.sql()} end)"

    def of(self, row: dict[str, Any]) -> Any:
        return self.then.of(row) if self.condition.of(row) else self.other.of(row)


@dataclass(frozen=True)
class Within:
    """Whether the value is among those written."""

    value: Any
    among: tuple[Any, ...]

    def ibis(self, t: ir.Table) -> Any:
        return self.value.ibis(t).isin(list(self.among))

    def sql(self) -> str:
        return f"({self.value.sql()} in ({', '.join(map(sql_literal, self.among))}))"

    def of(self, row: dict[str, Any]) -> Any:
        value = self.value.of(row)
        return None if value is None else value in self.among


# --- relations --------------------------------------------------------------------------------------------------


class Relation:
    """Ibis and rows are made once for each node, as a subtree may stand in two places."""

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        raise NotImplementedError

    def rows(self, allowed: Allowed) -> Rows:
        raise NotImplementedError

    def sql(self) -> str:
        raise NotImplementedError

    @cached_property
    def alias(self) -> str:
        return f"q{next(_names)}"

    def sub(self) -> str:
        return f"({self.sql()}) as {self.alias}"


@dataclass(frozen=True)
class Scan(Relation):
    name: str
    columns: tuple[str, ...]

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        # All columns are carried along, those outside the purpose too: only what is used counts.
        return table(self.name)

    def rows(self, allowed: Allowed) -> Rows:
        return allowed(self.name)

    def sql(self) -> str:
        return f"select {', '.join(self.columns)} from {self.name}"


@dataclass(frozen=True)
class Filter(Relation):
    parent: Relation
    condition: Any

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t = self.parent.ibis(table)
        return t.filter(self.condition.ibis(t))

    def rows(self, allowed: Allowed) -> Rows:
        return [row for row in self.parent.rows(allowed) if self.condition.of(row) is True]

    def sql(self) -> str:
        return f"select * from {self.parent.sub()} where {self.condition.sql()}"


@dataclass(frozen=True)
class Mutate(Relation):
    parent: Relation
    name: str
    value: Any

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t = self.parent.ibis(table)
        return t.mutate(**{self.name: self.value.ibis(t)})

    def rows(self, allowed: Allowed) -> Rows:
        return [row | {self.name: self.value.of(row)} for row in self.parent.rows(allowed)]

    def sql(self) -> str:
        return f'select *, {self.value.sql()} as "{self.name}" from {self.parent.sub()}'


@dataclass(frozen=True)
class Select(Relation):
    """Columns under new names."""

    parent: Relation
    columns: tuple[tuple[str, str], ...]

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t = self.parent.ibis(table)
        return t.select(**{new: t[old] for new, old in self.columns})

    def rows(self, allowed: Allowed) -> Rows:
        return [{new: row[old] for new, old in self.columns} for row in self.parent.rows(allowed)]

    def sql(self) -> str:
        return f"select {', '.join(f'{old} as {new}' for new, old in self.columns)} from {self.parent.sub()}"


@dataclass(frozen=True)
class Join(Relation):
    """Rows that agree on a column of each side; the sides have no name in common. `how`: inner left semi anti."""

    left: Relation
    right: Relation
    how: str
    on: tuple[str, str]

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        return self.left.ibis(table).join(self.right.ibis(table), [self.on], how=self.how)

    def rows(self, allowed: Allowed) -> Rows:
        others, found = self.right.rows(allowed), []
        names = list(others[0]) if others else []
        for row in self.left.rows(allowed):
            met = [o for o in others if row[self.on[0]] is not None and row[self.on[0]] == o[self.on[1]]]
            if self.how in ("semi", "anti"):
                found += [row] if bool(met) == (self.how == "semi") else []
            else:
                found += [row | other for other in met]
                if not met and self.how == "left":
                    found.append(row | dict.fromkeys(names))
        return found

    def sql(self) -> str:
        on = f"{self.left.alias}.{self.on[0]} = {self.right.alias}.{self.on[1]}"
        if self.how in ("semi", "anti"):
            word = "" if self.how == "semi" else "not "
            return f"select * from {self.left.sub()} where {word}exists (select 1 from {self.right.sub()} where {on})"
        return f"select * from {self.left.sub()} {self.how} join {self.right.sub()} on {on}"


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "sum": lambda values: sum(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "mean": lambda values: sum(map(float, values)) / len(values) if values else None,
    "nunique": lambda values: len(set(values)),
}
_SQL_AGGREGATES = {"mean": "avg({})", "nunique": "count(distinct {})"}


@dataclass(frozen=True)
class Measure:
    """A function of the values that are not NULL, of rows that meet a condition; of rows when there is no value."""

    function: str
    value: Any = None
    where: Any = None

    def ibis(self, t: ir.Table) -> Any:
        where = None if self.where is None else self.where.ibis(t)
        if self.value is None:
            return t.count(where=where)
        return getattr(self.value.ibis(t), self.function)(where=where)

    def sql(self) -> str:
        of = "*" if self.value is None else self.value.sql()
        said = _SQL_AGGREGATES.get(self.function, self.function + "({})").format(of)
        return said if self.where is None else f"{said} filter (where {self.where.sql()})"

    def of(self, rows: Rows) -> Any:
        met = [row for row in rows if self.where is None or self.where.of(row) is True]
        if self.value is None:
            return len(met)
        return AGGREGATES[self.function]([v for v in map(self.value.of, met) if v is not None])


@dataclass(frozen=True)
class Aggregate(Relation):
    parent: Relation
    keys: tuple[str, ...]
    measures: tuple[tuple[str, Measure], ...]

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t = self.parent.ibis(table)
        measures = {name: measure.ibis(t) for name, measure in self.measures}
        return t.group_by(*self.keys).agg(**measures) if self.keys else t.agg(**measures)

    def rows(self, allowed: Allowed) -> Rows:
        groups: dict[tuple[Any, ...], Rows] = {} if self.keys else {(): []}
        for row in self.parent.rows(allowed):
            groups.setdefault(tuple(row[key] for key in self.keys), []).append(row)
        return [
            dict(zip(self.keys, key, strict=True)) | {name: measure.of(rows) for name, measure in self.measures}
            for key, rows in groups.items()
        ]

    def sql(self) -> str:
        columns = [*self.keys, *(f"{measure.sql()} as {name}" for name, measure in self.measures)]
        by = f" group by {', '.join(self.keys)}" if self.keys else ""
        return f"select {', '.join(columns)} from {self.parent.sub()}{by}"


@dataclass(frozen=True)
class Distinct(Relation):
    parent: Relation

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        return self.parent.ibis(table).distinct()

    def rows(self, allowed: Allowed) -> Rows:
        return list({tuple(row.items()): row for row in self.parent.rows(allowed)}.values())

    def sql(self) -> str:
        return f"select distinct * from {self.parent.sub()}"


@dataclass(frozen=True)
class Union(Relation):
    left: Relation
    right: Relation
    distinct: bool

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        return self.left.ibis(table).union(self.right.ibis(table), distinct=self.distinct)

    def rows(self, allowed: Allowed) -> Rows:
        rows = self.left.rows(allowed) + self.right.rows(allowed)
        return list({tuple(row.items()): row for row in rows}.values()) if self.distinct else rows

    def sql(self) -> str:
        word = "union" if self.distinct else "union all"
        return f"select * from {self.left.sub()} {word} select * from {self.right.sub()}"


@dataclass(frozen=True)
class First(Relation):
    """The first rows by all columns, so that the order is total; NULL last."""

    parent: Relation
    columns: tuple[str, ...]
    most: int

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        return self.parent.ibis(table).order_by(*self.columns).limit(self.most)

    def rows(self, allowed: Allowed) -> Rows:
        return sorted(self.parent.rows(allowed), key=lambda row: sort_key(row[c] for c in self.columns))[: self.most]

    def sql(self) -> str:
        by = ", ".join(f"{name} asc nulls last" for name in self.columns)
        return f"select * from {self.parent.sub()} order by {by} limit {self.most}"


def sort_key(values: Any) -> tuple[Any, ...]:
    return tuple((value is None, 0 if value is None else value) for value in values)


@dataclass(frozen=True)
class Window(Relation):
    """A column of the rank (from 0) or of a measure among the rows that agree on `by`."""

    parent: Relation
    name: str
    by: str
    function: str
    column: str

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t = self.parent.ibis(table)
        if self.function == "rank":
            value = ibis.rank().over(group_by=self.by, order_by=t[self.column].asc(nulls_first=False))
        else:
            value = getattr(t[self.column], self.function)().over(group_by=self.by)
        return t.mutate(**{self.name: value})

    def rows(self, allowed: Allowed) -> Rows:
        rows = self.parent.rows(allowed)
        return [row | {self.name: self._value(row, [r for r in rows if r[self.by] == row[self.by]])} for row in rows]

    def _value(self, row: dict[str, Any], peers: Rows) -> Any:
        if self.function == "rank":
            mine = sort_key([row[self.column]])
            return sum(sort_key([peer[self.column]]) < mine for peer in peers)
        return Measure(self.function, Col(self.column)).of(peers)

    def sql(self) -> str:
        if self.function == "rank":
            said = f"rank() over (partition by {self.by} order by {self.column} asc nulls last) - 1"
        else:
            said = f"{self.function}({self.column}) over (partition by {self.by})"
        return f"select *, {said} as {self.name} from {self.parent.sub()}"


@dataclass(frozen=True)
class Among(Relation):
    """Rows whose column is among the (never NULL) values of another relation's column."""

    parent: Relation
    column: str
    other: Relation
    other_column: str

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t, other = self.parent.ibis(table), self.other.ibis(table)
        return t.filter(t[self.column].isin(other[self.other_column]))

    def rows(self, allowed: Allowed) -> Rows:
        values = {row[self.other_column] for row in self.other.rows(allowed)} - {None}
        return [row for row in self.parent.rows(allowed) if row[self.column] in values]

    def sql(self) -> str:
        inner = f"select {self.other_column} from {self.other.sub()}"
        return f"select * from {self.parent.sub()} where {self.column} in ({inner})"


@dataclass(frozen=True)
class AboveMost(Relation):
    """Rows whose column is at least the mean (`function`) of another relation's column."""

    parent: Relation
    column: str
    other: Relation
    other_column: str
    function: str

    def ibis(self, table: Callable[[str], ir.Table]) -> ir.Table:
        t, other = self.parent.ibis(table), self.other.ibis(table)
        bound = other.agg(bound=getattr(other[self.other_column], self.function)()).as_scalar()
        return t.filter(t[self.column] >= bound)

    def rows(self, allowed: Allowed) -> Rows:
        bound = Measure(self.function, Col(self.other_column)).of(self.other.rows(allowed))
        if bound is None:
            return []
        return [r for r in self.parent.rows(allowed) if r[self.column] is not None and r[self.column] >= bound]

    def sql(self) -> str:
        inner = f"select {self.function}({self.other_column}) from {self.other.sub()}"
        return f"select * from {self.parent.sub()} where {self.column} >= ({inner})"
