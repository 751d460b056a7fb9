"""What a store needs of an engine: physical tables by name, SQL text, and one swap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import pyarrow as pa

from tillid.stores.binding import Dialect
from tillid.stores.manifest import Columns, Manifest


class Engine(Protocol):
    """One engine over one project's files; it knows nothing of permits or places.

    Two threads may use it at once, for tables of different names.
    """

    name: str
    dialect: Dialect

    def load(self) -> Manifest | None:
        """The current manifest."""
        ...

    def swap(self, manifest: Manifest) -> None:
        """Make `manifest` the current one: durable when it returns, all or nothing when killed."""
        ...

    def held(self) -> set[str]:
        """The names of all physical tables there are."""
        ...

    def drop(self, names: Iterable[str]) -> None:
        """Remove physical tables; those that are not there are passed over."""
        ...

    def receive(
        self, name: str, columns: Columns, rows: pa.RecordBatchReader, distinct: frozenset[str] = frozenset()
    ) -> int:
        """Put rows in a physical table, made when it is not there; how many rows. All or nothing.

        To look for repetition in the columns of text `distinct` is not worth while.
        """
        ...

    def derive(self, name: str, columns: Columns, sql: str, distinct: frozenset[str] = frozenset()) -> int:
        """As `receive`, with the rows of a select."""
        ...

    def define(self, name: str, columns: Columns, sql: str) -> int:
        """As `derive`, for a new physical table; nothing need be copied, as what the select reads stays as it is."""
        ...

    def schema(self, sql: str) -> pa.Schema:
        """The columns of a select, without running it."""
        ...

    def fetch(self, sql: str) -> pa.Table:
        """All rows of a select."""
        ...

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a select in batches of bounded size; runs until the iterator is closed."""
        ...

    def interrupt(self) -> None:
        """Cut short what is being run, from another thread; harmless when nothing is."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...
