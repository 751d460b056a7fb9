"""What the house asks of a store: it runs governed queries alone, and builds generations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from tillid.governance.governed import GovernedQuery
from tillid.terms.table import Table


@dataclass(frozen=True, slots=True)
class Generation:
    """One finished state of the store: its number, the places it holds, and what its run noted.

    `notes` is plain JSON data: register version, purpose sets, file digests, times.
    """

    number: int
    places: frozenset[str] = frozenset()
    notes: Mapping[str, object] = field(default_factory=dict)


class Reader(Protocol):
    """Runs governed queries; refuses a query that `govern` did not make (`QueryForged`)."""

    def fetch(self, query: GovernedQuery) -> pa.Table:
        """All rows of a query, in no particular order unless it sorts. The decision goes to the audit log."""
        ...

    def batches(self, query: GovernedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of a query in batches of bounded size; as `fetch` in all else."""
        ...


class Underway(Protocol):
    """A table that the store is working out, or soon will."""

    def result(self) -> int:
        """Wait until it is done; how many rows it came to. Raises what went wrong with it, or with one before it."""
        ...


class Build(Reader, Protocol):
    """A generation being built: nothing of it is seen elsewhere before `commit`.

    Its own reads see what it has written so far, over the former generation's facts. A derived table that
    it neither writes nor keeps is not in the new generation. `write` and `extend` refuse and record a query
    at once, and the store works it out in its turn; when that fails, nothing after it is done, every later
    call raises the same, and all that is left is to abandon the build. Rows whose columns differ from
    `table.physical()` raise `TableMismatch`.
    """

    @property
    def number(self) -> int:
        """The number that the generation will have."""
        ...

    @property
    def former(self) -> Generation | None:
        """The generation that this one is built on."""
        ...

    def stage(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Rows from outside, for this build alone: gone at commit; how many. Staging twice adds."""
        ...

    def unstage(self, table: Table) -> None:
        """Drop a staged table as soon as nothing reads it any more; harmless when it is not there."""
        ...

    def append(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Add rows from outside to a facts table; how many."""
        ...

    def extend(self, table: Table, query: GovernedQuery) -> Underway:
        """Add the rows of a query to a facts table, inside the store."""
        ...

    def write(self, table: Table, query: GovernedQuery, *, place: str = "") -> Underway:
        """Work out a derived (or staged) table, inside the store; `place` for a scoped one. Writing again replaces."""
        ...

    def define(self, table: Table, query: GovernedQuery) -> Underway:
        """As `write`, once, for a derived table whose query reads facts alone: nothing need be copied."""
        ...

    def clear(self, table: Table) -> None:
        """Leave a facts table's rows out of the new generation, since they are about to be read anew."""
        ...

    def keep(self, place: str, *, at: str = "") -> bool:
        """Carry a derived table of the former generation over as it is; False when there is none.

        `at` is its place from now on, where that is another.
        """
        ...

    def commit(self, notes: Mapping[str, object]) -> Generation:
        """Make the new generation the current one, in one short durable step, and drop what nothing points to."""
        ...

    def abandon(self) -> None:
        """Drop all that was built; the former generation stays. Harmless after commit."""
        ...


class Store(Reader, Protocol):
    """Where data rests; open for one process at a time (`StoreHeld` tells who has it)."""

    @property
    def engine(self) -> str:
        """The engine's name: duckdb, spark."""
        ...

    def generation(self) -> Generation | None:
        """The current generation, or None before the first run."""
        ...

    def build(self, fingerprints: Mapping[str, str]) -> Build:
        """Begin a new generation under the purposes of these fingerprints; leftovers of a killed run go first."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
