"""A table or view of a database as a source, pulled from where the last load ended."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from tillid.connectors.sources.database_cursor import Reached, Window
from tillid.connectors.sources.database_engine import ASKING_FAILED, asked, explained, open_engine
from tillid.connectors.sources.database_notice import notice
from tillid.connectors.sources.database_rows import From, Row, batch_of, rows_of
from tillid.connectors.sources.database_table import FoundColumn, FoundTable, find_table
from tillid.connectors.sources.errors import ColumnBinary, CursorMissing, PullCut, SourceUnreachable
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark, told_by_text
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.ports.pulled import Cursor, DatabaseConnection, FromDatabase, Noticed, PulledBatch
from tillid.ports.secrets import Secrets
from tillid.ports.source import Look, RawBatch, ReadAs

_Result = TypeVar("_Result")
_NO_MARK = frozenset({"", "0", "f", "false", "n", "no", "nej", "nei", "nee", "non"})


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which table of which connection is read, and what of it.

    `only` these columns are read, by header; None stands for all. `key` is the column that tells an event from
    every other, None where a row is told by all that it says. `is_told_apart` says that the store knows rows
    that come again. `read_as` holds what the definition says about texts. At most `most` rows are read, if it is given.
    """

    connection: DatabaseConnection
    said: FromDatabase
    only: frozenset[str] | None = None
    key: str | None = None
    is_told_apart: bool = False
    read_as: ReadAs = field(default_factory=ReadAs)
    most: int | None = None


class DatabaseSource:
    """A table or view. A `Pulled`. A database that is a file is looked for from `project`."""

    def __init__(self, project: Path, request: TableRequest, secrets: Secrets) -> None:
        self._project, self._request, self._secrets = project, request, secrets
        self._connection, self._said = request.connection, request.said

    @property
    def name(self) -> str:
        """`database:CONNECTION/TABLE`."""
        return f"database:{self._connection.name}/{self._said.table}"

    def look(self) -> Look:
        """The table's columns, and decimal mark and date formats of those that are text."""
        table, placed = self._table, self._placed
        rows = self._asked(lambda: next(rows_of(self._engine, table, self._selected, None, most=SAMPLE_ROWS), []))
        dates, numbers = told_by_text(batch_of(rows, placed))
        formats, ambiguous = find_date_formats(dates)
        return Look(
            file=self.name,
            format="database",
            encoding=None,
            separator=None,
            quote=None,
            decimal=self._request.read_as.decimal or find_decimal_mark(numbers) or ".",
            date_formats=formats,
            header_row=0,
            columns=tuple(table.columns),
            sheet=None,
            notes=tuple(date_notes(formats, ambiguous)),
            types={header: column.type for header, column in table.columns.items()},
        )

    def notice(self) -> Iterator[Noticed]:
        """Whether the cursor has an index, how the server's clock goes, and whether others can listen."""
        cursor = None if self._said.cursor is None else self._column(self._said.cursor)
        yield from self._asked(lambda: notice(self._engine, self._table, cursor, self._connection.host))

    def pull(self, since: Cursor | None) -> Generator[PulledBatch]:
        """The rows that are new since the cursor, or all of them."""
        window = None if self._said.cursor is None else self._window(since)
        placed, first = self._placed, 0
        for rows in self._chunks(window):
            new = rows if window is None else self._fresh(window, rows)
            kept, gone = self._parted(new)
            closing = RawBatch(batch_of(gone, placed), first) if gone else None
            yield PulledBatch(RawBatch(batch_of(kept, placed), first), None, closing)
            first += len(kept)
        yield PulledBatch(RawBatch(batch_of([], placed), first), None if window is None else window.reached())

    def _chunks(self, window: Window | None) -> Iterator[list[Row]]:
        """The rows in chunks; what goes wrong before the first is tried again, and later cuts the load off."""
        since = None if window is None else From(self._column(str(self._said.cursor)), window.start)

        def begun() -> tuple[list[Row], Iterator[list[Row]]]:
            rows = rows_of(self._engine, self._table, self._selected, since, most=self._request.most)
            return next(rows, []), rows

        chunk, rest = self._asked(begun)
        taken = 0
        while chunk:
            yield chunk
            taken += len(chunk)
            try:
                chunk = next(rest, [])
            except ASKING_FAILED as error:
                failure = explained(self.name, self._connection, self._secrets, error)
                break
        else:
            return
        # Raised out here, so that what the driver said, and the values in it, do not come along.
        raise PullCut(self.name, taken) if isinstance(failure, SourceUnreachable) else failure

    def _window(self, since: Cursor | None) -> Window:
        former = None if since is None else Reached.read(since)
        return Window(self.name, self._said.lag, former, self._request.is_told_apart)

    def _fresh(self, window: Window, rows: list[Row]) -> list[Row]:
        cursor = self._place(str(self._said.cursor))
        key = self._request.key
        told = rows if key is None else [(row[self._place(key)],) for row in rows]
        return [rows[place] for place in window.fresh([row[cursor] for row in rows], told)]

    def _parted(self, rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """The rows that are there, and those that are marked as deleted."""
        if self._said.deleted is None:
            return rows, []
        place = self._place(self._said.deleted)
        kept: list[Row] = []
        gone: list[Row] = []
        for row in rows:
            (gone if is_mark(row[place]) else kept).append(row)
        return kept, gone

    @cached_property
    def _engine(self) -> sa.Engine:
        return open_engine(self.name, self._project, self._connection, self._secrets)

    @cached_property
    def _table(self) -> FoundTable:
        def found() -> FoundTable:
            with self._engine.connect() as connection:
                return find_table(connection, self.name, self._said.table)

        return self._asked(found)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        """The headers of the columns whose values are handed on. Errors: ColumnBinary."""
        columns = self._table.columns
        if self._request.only is None:
            return tuple(header for header, column in columns.items() if not column.is_binary)
        wanted = tuple(header for header in columns if header in self._request.only)
        for header in wanted:
            if columns[header].is_binary:
                raise ColumnBinary(self.name, header, columns[header].type)
        return wanted

    @cached_property
    def _selected(self) -> tuple[FoundColumn, ...]:
        """The columns that are asked for: the wanted ones, and those that only tell new from old."""
        told_by = (self._said.cursor, self._said.deleted, self._request.key)
        told = (self._column(header) for header in told_by if header is not None)
        selected = dict.fromkeys((*(self._table.columns[header] for header in self._wanted), *told))
        return tuple(selected) or tuple(self._table.columns.values())[:1]

    @cached_property
    def _placed(self) -> dict[str, tuple[int, FoundColumn]]:
        return {header: (self._place(header), self._table.columns[header]) for header in self._wanted}

    def _place(self, header: str) -> int:
        return self._selected.index(self._column(header))

    def _column(self, header: str) -> FoundColumn:
        if header not in self._table.columns:
            raise CursorMissing(self.name, header, tuple(self._table.columns))
        return self._table.columns[header]

    def _asked(self, ask: Callable[[], _Result]) -> _Result:
        return asked(self.name, self._connection, self._secrets, ask)


def is_mark(value: object) -> bool:
    """Whether a value marks its row as deleted: true, a number that is not 0, a time, or a word for yes.

    >>> [is_mark(value) for value in (True, 1, "Ja", "2026-01-01 10:00", False, 0, "0", "", None)]
    [True, True, True, True, False, False, False, False, False]
    """
    if isinstance(value, str):
        return value.strip().lower() not in _NO_MARK
    if isinstance(value, bytes):
        return any(value)
    return value is not None and value != 0 and value is not False
