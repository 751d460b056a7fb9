"""A generation being built: physical tables that nothing points to before the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from tillid.governance.governed import GovernedQuery
from tillid.governance.mapping import MAPPING
from tillid.ports.errors import StoreError, TableMismatch
from tillid.ports.store import Generation
from tillid.stores.arrow_rows import Incoming, Outgoing
from tillid.stores.binding import shaped
from tillid.stores.compaction import MOST_PARTS, compacted
from tillid.stores.fit import same, type_of
from tillid.stores.gate import Gate
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
        sql = self._engine.dialect.sql(self._compile(query, "fetch"))
        return Outgoing(query.body).table(self._engine.fetch(sql))

    def batches(self, query: GovernedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of a governed query in batches."""
        sql = self._engine.dialect.sql(self._compile(query, "fetch"))
        return Outgoing(query.body).batches(self._engine.batches(sql))

    def stage(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Rows from outside, for this build alone."""
        self._check(table, TableKind.STAGED)
        incoming = Incoming(table, batches)
        held = self._staged.get(table.name)
        part, rows = self._received(table, incoming, held)
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

    def extend(self, table: Table, query: GovernedQuery) -> int:
        """Add the rows of a query to a facts table, inside the store."""
        self._check(table, TableKind.FACTS)
        sql = self._shaped(query, table, f"extend {table.name}")
        held = self._open_part(table)
        name = self._new_name(table.name) if held is None else held.name
        rows = self._engine.derive(name, table.physical(), sql)
        before = 0 if held is None else held.rows
        self._add_part(table, Part(name, table.physical(), before + rows))
        return rows

    def write(self, table: Table, query: GovernedQuery, *, place: str = "") -> int:
        """Work out a derived or staged table, inside the store."""
        self._check(table, TableKind.DERIVED, TableKind.STAGED)
        where = _place(table, place)
        sql = self._shaped(query, table, f"write {where}")
        name = self._new_name(where, table.kind)
        rows = self._engine.derive(name, table.physical(), sql)
        here = self._derived if table.kind is TableKind.DERIVED else self._staged
        replaced = here.get(where)
        here[where] = Part(name, table.physical(), rows)
        if replaced is not None and replaced.name in self._own:
            self._own.discard(replaced.name)
            self._engine.drop([replaced.name])
        return rows

    def unstage(self, table: Table) -> None:
        """Drop a staged table."""
        self._check(table, TableKind.STAGED)
        part = self._staged.pop(table.name, None)
        if part is not None:
            self._own.discard(part.name)
            self._engine.drop([part.name])

    def clear(self, table: Table) -> None:
        """Leave a facts table's rows out of the new generation."""
        self._check(table, TableKind.FACTS)
        self._facts.pop(table.name, None)

    def keep(self, place: str) -> bool:
        """Carry a derived table of the former generation over; the mapping only while its purposes stand."""
        self._check_going()
        former = self._former
        if former is None or place not in former.derived:
            return False
        if place == MAPPING and former.fingerprints != self._fingerprints:
            return False
        self._derived[place] = former.derived[place]
        return True

    def commit(self, notes: Mapping[str, object]) -> Generation:
        """Make it the current generation."""
        self._check_going()
        manifest = Manifest(self._number, self._fingerprints, self._facts, self._derived, plain_notes(notes))
        self._engine.swap(manifest)
        self._is_done = True
        self._become(manifest)
        return manifest.generation()

    def abandon(self) -> None:
        """Drop all that was built."""
        if not self._is_done:
            self._is_done = True
            self._become(self._former)

    def _compile(self, query: GovernedQuery, doing: str) -> exp.Query:
        self._check_going()
        return self._gate.compile(query, self, self._fingerprints, doing)

    def _shaped(self, query: GovernedQuery, table: Table, doing: str) -> str:
        tree = self._compile(query, doing)
        # Asked of the engine: Ibis does not follow decimals through arithmetic.
        schema = self._engine.schema(self._engine.dialect.sql(tree))
        held = {field.name: type_of(field.type) for field in schema}
        return self._engine.dialect.sql(shaped(tree, held, table, self._engine.dialect))

    def _received(self, table: Table, incoming: Incoming, held: Part | None) -> tuple[Part, int]:
        name = self._new_name(table.name, table.kind) if held is None else held.name
        try:
            rows = self._engine.receive(name, table.physical(), incoming.reader())
        except Exception:
            if incoming.failure is not None:
                raise incoming.failure from None
            raise
        return Part(name, table.physical(), rows + (0 if held is None else held.rows)), rows

    def _open_part(self, table: Table) -> Part | None:
        """The part of this build to which rows of `table` may be added."""
        parts = self._facts.get(table.name, ())
        if not parts or parts[-1].name not in self._own or not _is_alike(parts[-1], table):
            return None
        return parts[-1]

    def _add_part(self, table: Table, part: Part) -> None:
        others = tuple(each for each in self._facts.get(table.name, ()) if each.name != part.name)
        if len(others) >= MOST_PARTS:
            others = compacted(others, self._new_name(table.name), self._engine)
        self._facts[table.name] = (*others, part)

    def _new_name(self, place: str, kind: TableKind = TableKind.FACTS) -> str:
        first = f"{place}__g{self._number}"
        name = first = staged_name(first) if kind is TableKind.STAGED else first
        serial = 1
        while name in self._own:
            serial += 1
            name = f"{first}_{serial}"
        self._own.add(name)
        return name

    def _check(self, table: Table, *kinds: TableKind) -> None:
        self._check_going()
        if table.kind not in kinds:
            raise TableMismatch(f"{table.name!r} is a {table.kind} table: this is not how its rows come in")

    def _check_going(self) -> None:
        if self._is_done:
            raise StoreError("This build is done", hint="Begin a new one: store.build().")


def _place(table: Table, place: str) -> str:
    if table.scoped != bool(place and place != table.name) or not (place or table.name).startswith(table.name):
        raise TableMismatch(f"{place or table.name!r} is not a place of the table {table.name!r}")
    return place or table.name


def _is_alike(part: Part, table: Table) -> bool:
    declared = table.physical()
    return list(part.columns) == list(declared) and all(same(part.columns[n], declared[n]) for n in declared)
