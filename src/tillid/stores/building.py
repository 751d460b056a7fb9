"""A generation being built: physical tables that nothing points to before the commit.

Queries are refused, recorded and compiled at once, and run in their turn in a thread of the build's own; so the
next files are read, and the next queries written, while the engine works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
from sqlglot import exp

from tillid.governance.governed import GovernedQuery
from tillid.governance.mapping import MAPPING
from tillid.ports.errors import StoreError, TableMismatch
from tillid.ports.store import Generation
from tillid.stores.arrow_rows import Incoming, Outgoing
from tillid.stores.binding import shaped
from tillid.stores.compaction import MOST_PARTS, merged
from tillid.stores.fit import same, type_of
from tillid.stores.gate import Gate
from tillid.stores.in_turn import Given, InTurn
from tillid.stores.manifest import Manifest, Part, plain_notes, staged_name
from tillid.terms.table import Table, TableKind


class GenerationBuild:
    """The `Build` of `tillid.ports.store`, over an engine.

    `become` takes the manifest when it is committed, and drops what is left over.
    """

    def __init__(
        self,
        gate: Gate,
        former: Manifest | None,
        fingerprints: Mapping[str, str],
        become: Callable[[Manifest | None], None],
    ) -> None:
        self._gate = gate
        self._engine = gate.engine
        self._former = former
        self._fingerprints = fingerprints
        self._become = become
        self._number = 1 if former is None else former.number + 1
        self._facts: dict[str, tuple[Part, ...]] = {} if former is None else dict(former.facts)
        self._derived: dict[str, Part] = {}
        self._staged: dict[str, Part] = {}
        self._own: set[str] = set()
        self._given: set[str] = set()
        self._rows: Counter[str] = Counter()
        self._turn = InTurn("tillid-build")
        self._is_done = False

    @property
    def number(self) -> int:
        """The number that the generation will have."""
        return self._number

    @property
    def former(self) -> Generation | None:
        """The generation that this one is built on."""
        return None if self._former is None else self._former.generation()

    @property
    def is_done(self) -> bool:
        """Whether it was committed or abandoned."""
        return self._is_done

    def parts(self, place: str, table: Table) -> Sequence[Part] | None:
        """What the generation holds at `place` so far."""
        if table.kind is TableKind.FACTS:
            return self._facts.get(place, ())
        found = (self._derived if table.kind is TableKind.DERIVED else self._staged).get(place)
        return None if found is None else (found,)

    def fetch(self, query: GovernedQuery) -> pa.Table:
        """All rows of a governed query over what is built so far."""
        tree = self._compile(query, "fetch")
        reads = _tables(tree)
        sql = self._engine.dialect.sql(tree)
        return Outgoing(query.body).table(self._turn.do(lambda: self._engine.fetch(sql), reads=reads).result())

    def batches(self, query: GovernedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of a governed query in batches."""
        sql = self._engine.dialect.sql(self._compile(query, "fetch"))
        self._turn.settle()
        return Outgoing(query.body).batches(self._engine.batches(sql))

    def stage(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Rows from outside, for this build alone."""
        self._check(table, TableKind.STAGED)
        part, rows = self._received(table, Incoming(table, batches), self._staged.get(table.name))
        self._staged[table.name] = part
        return rows

    def append(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Add rows from outside to a facts table."""
        self._check(table, TableKind.FACTS)
        incoming = Incoming(table, batches)
        if incoming.is_empty:
            return 0
        part, rows = self._received(table, incoming, self._open_part(table))
        self._add_part(table, part)
        return rows

    def extend(self, table: Table, query: GovernedQuery) -> Given[int]:
        """Add the rows of a query to a facts table, inside the store."""
        self._check(table, TableKind.FACTS)
        tree = self._compile(query, f"extend {table.name}")
        held = self._open_part(table)
        name = self._new_name(table.name) if held is None else held.name
        self._add_part(table, Part(name, table.physical(), 0))
        return self._worked_out(name, table, tree)

    def write(self, table: Table, query: GovernedQuery, *, place: str = "") -> Given[int]:
        """Work out a derived or staged table, inside the store."""
        self._check(table, TableKind.DERIVED, TableKind.STAGED)
        where = _place(table, place)
        tree = self._compile(query, f"write {where}")
        name = self._new_name(where, table.kind)
        here = self._derived if table.kind is TableKind.DERIVED else self._staged
        replaced = here.get(where)
        here[where] = Part(name, table.physical(), 0)
        underway = self._worked_out(name, table, tree)
        if replaced is not None and replaced.name in self._own:
            self._let_go(replaced)
        return underway

    def define(self, table: Table, query: GovernedQuery) -> Given[int]:
        """A derived table that is its query over facts."""
        self._check(table, TableKind.DERIVED)
        where = _place(table, "")
        tree = self._compile(query, f"write {where}")
        of = _tables(tree)
        kept = {part.name for parts in self._facts.values() for part in parts}
        if where in self._derived or not kept.issuperset(of):
            raise TableMismatch(f"{where!r} can't be defined: it is there already, or its query reads more than facts")
        name = self._new_name(where)
        self._derived[where] = Part(name, table.physical(), 0, tuple(sorted(of)))
        return self._worked_out(name, table, tree, is_copied=False)

    def unstage(self, table: Table) -> None:
        """Drop a staged table."""
        self._check(table, TableKind.STAGED)
        part = self._staged.pop(table.name, None)
        if part is not None:
            self._let_go(part)

    def clear(self, table: Table) -> None:
        """Leave a facts table's rows out of the new generation."""
        self._check(table, TableKind.FACTS)
        self._facts.pop(table.name, None)

    def keep(self, place: str, *, at: str = "") -> bool:
        """Carry a derived table of the former generation over; the mapping only while its purposes stand."""
        self._check_going()
        former = self._former
        if former is None or place not in former.derived:
            return False
        if place == MAPPING and former.fingerprints != self._fingerprints:
            return False
        self._derived[at or place] = former.derived[place]
        return True

    def commit(self, notes: Mapping[str, object]) -> Generation:
        """Make it the current generation."""
        self._check_going()
        self._turn.settle()
        facts = {place: tuple(self._counted(part) for part in parts) for place, parts in self._facts.items()}
        derived = {place: self._counted(part) for place, part in self._derived.items()}
        manifest = Manifest(self._number, self._fingerprints, facts, derived, plain_notes(notes))
        for place, part in derived.items():
            if not manifest.physical().issuperset(part.of):
                raise StoreError(f"What {place!r} is defined over is not in the new generation")
        self._engine.swap(manifest)
        self._is_done = True
        self._turn.stop()
        self._become(manifest)
        return manifest.generation()

    def abandon(self) -> None:
        """Drop all that was built."""
        if not self._is_done:
            self._is_done = True
            self._turn.stop(self._engine.interrupt)
            self._become(self._former)

    def _compile(self, query: GovernedQuery, doing: str) -> exp.Query:
        self._check_going()
        return self._gate.compile(query, self, self._fingerprints, doing)

    def _worked_out(self, name: str, table: Table, tree: exp.Query, *, is_copied: bool = True) -> Given[int]:
        """Have the physical table `name` hold the rows of `tree`."""
        engine = self._engine

        def work_out() -> int:
            # Asked of the engine: Ibis does not follow decimals through arithmetic.
            schema = engine.schema(engine.dialect.sql(tree))
            held = {field.name: type_of(field.type) for field in schema}
            sql = engine.dialect.sql(shaped(tree, held, table, engine.dialect))
            if is_copied:
                rows = engine.derive(name, table.physical(), sql, table.distinct_text())
            else:
                rows = engine.define(name, table.physical(), sql)
            self._rows[name] += rows
            return rows

        return self._turn.do(work_out, reads=_tables(tree), writes={name})

    def _counted(self, part: Part) -> Part:
        return replace(part, rows=self._rows[part.name]) if part.name in self._own else part

    def _let_go(self, part: Part) -> None:
        self._own.discard(part.name)
        self._turn.do(lambda: self._engine.drop([part.name]), writes={part.name})

    def _received(self, table: Table, incoming: Incoming, held: Part | None) -> tuple[Part, int]:
        if held is None:
            name = self._new_name(table.name, table.kind)
        else:
            name = held.name
            self._turn.settle()
        try:
            rows = self._engine.receive(name, table.physical(), incoming.reader(), table.distinct_text())
        except Exception:  # whatever an engine makes of what the giver of the rows raised
            if incoming.failure is not None:
                raise incoming.failure from None
            raise
        self._rows[name] += rows
        return Part(name, table.physical(), 0), rows

    def _open_part(self, table: Table) -> Part | None:
        """The part of this build to which rows of `table` may be added."""
        parts = self._facts.get(table.name, ())
        if not parts or parts[-1].name not in self._own or not _is_alike(parts[-1], table):
            return None
        return parts[-1]

    def _add_part(self, table: Table, part: Part) -> None:
        others = tuple(each for each in self._facts.get(table.name, ()) if each.name != part.name)
        if len(others) >= MOST_PARTS:
            others = self._merged(others, table)
        self._facts[table.name] = (*others, part)

    def _merged(self, parts: tuple[Part, ...], table: Table) -> tuple[Part, ...]:
        """The parts as one, where they can be."""
        found = merged(parts, self._engine.dialect)
        if found is None:
            return parts
        columns, sql = found
        name = self._new_name(table.name)

        def derive() -> None:
            self._rows[name] += self._engine.derive(name, columns, sql, table.distinct_text())

        self._turn.do(derive, reads={part.name for part in parts}, writes={name})
        return (Part(name, columns, 0),)

    def _new_name(self, place: str, kind: TableKind = TableKind.FACTS) -> str:
        first = f"{place}__g{self._number}"
        name = first = staged_name(first) if kind is TableKind.STAGED else first
        serial = 1
        # Never one that was given before: what had it may still be about to be dropped.
        while name in self._given:
            serial += 1
            name = f"{first}_{serial}"
        self._given.add(name)
        self._own.add(name)
        return name

    def _check(self, table: Table, *kinds: TableKind) -> None:
        self._check_going()
        if table.kind not in kinds:
            raise TableMismatch(f"{table.name!r} is a {table.kind} table: this is not how its rows come in")

    def _check_going(self) -> None:
        if self._is_done:
            raise StoreError("This build is done", hint="Begin a new one: store.build().")


def _tables(tree: exp.Query) -> frozenset[str]:
    """The names of the physical tables (and of what the query names itself) that it reads."""
    return frozenset(node.name for node in tree.find_all(exp.Table))


def _place(table: Table, place: str) -> str:
    if table.scoped != bool(place and place != table.name) or not (place or table.name).startswith(table.name):
        raise TableMismatch(f"{place or table.name!r} is not a place of the table {table.name!r}")
    return place or table.name


def _is_alike(part: Part, table: Table) -> bool:
    declared = table.physical()
    return list(part.columns) == list(declared) and all(same(part.columns[n], declared[n]) for n in declared)
