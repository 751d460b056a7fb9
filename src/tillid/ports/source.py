"""What the house asks of a source: which files there are, how they are read, and their rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeAlias

import pyarrow as pa

BATCH_ROWS = 65_536
"""The most rows that one batch has."""

Tell: TypeAlias = Callable[[str], None]
"""Is told in a few words what is going on that takes time; nothing when it is over."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What a definition says about reading its files; None (or empty) is found by looking.

    `format` is csv, tsv, excel, html, spss, sas, stata, parquet, json, ndjson or google_trends. `header_row` counts
    lines (Excel: rows) from 1. `sheet` is a table of the file, of those that its reader names. `values` is codes or
    labels, for files that label their values; None reads codes.
    """

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    values: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its path relative to the project (with /), bytes, time of change in UTC, sha256 of its content."""

    path: str
    size: int
    modified_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at the start of `file` found, with what the definition says in its place.

    `date_formats` maps a header to a strptime format; ISO dates need none. `header_row` is 0 where a file
    has no header row (Parquet, JSON). `notes` are sentences for people, without values of the file.
    `ambiguous_dates` are headers in whose format day and month could be the other way round.
    `columns_complete` is False where rows further on may bring columns that were not seen (JSON). `labels` maps
    a header to the words that the file has for it, `value_labels` a header to those for its values, by code.
    `types` are the columns' types in the words of a database, empty where there are none.
    """

    format: str
    encoding: str | None
    separator: str | None
    quote: str | None
    decimal: str | None
    date_formats: Mapping[str, str]
    header_row: int
    columns: tuple[str, ...]
    sheet: str | None
    notes: tuple[str, ...]
    columns_complete: bool = True
    file: str = ""
    ambiguous_dates: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("date_formats", "labels", "value_labels", "types"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be taken apart; it has no row number.

    `line` is the file's 1-based line on which it starts. `raw` is its text as far as it could be read.
    """

    line: int
    reason: str
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows as the file has them: text from CSV and TSV, the file's own types from the others.

    `first_row` is the number of the batch's first row; the rows that can be read are numbered from 0 without
    gaps. `unreadable` rows stood near these rows and are not among them; a batch may hold nothing else.
    `notes`, in the last batch, say what reading has mended, without values.
    """

    table: pa.RecordBatch
    first_row: int
    unreadable: tuple[UnreadableRow, ...] = ()
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """Somewhere outside that rows come from."""

    def files(self) -> tuple[SourceFile, ...]:
        """The files there are now, by path. Errors: a pattern that matches nothing."""
        ...

    def waiting(self) -> tuple[SourceFile, ...]:
        """The files that the last call of `files` left out since they are being written, by path."""
        ...

    def look(self, file: SourceFile) -> Look:
        """How the file is to be read, found from its start. Errors: one of `connectors.sources.errors`."""
        ...

    def read(self, file: SourceFile) -> Iterator[RawBatch]:
        """The rows in batches of at most 65,536, in the file's order, in bounded memory."""
        ...

    def line_of(self, file: SourceFile, rows: Sequence[int]) -> list[int]:
        """The 1-based line (Excel: row; Parquet: row + 1) of rows by number, as `rows` is ordered.

        It reads the file a second time, so it is for refused rows alone; asking in ascending order is quick.
        """
        ...

    def close(self) -> None:
        """Let go of what was held to read: connections, copies. It may be called again."""
        ...


class TableFiles(Source, Protocol):
    """A source of files that may hold several tables each."""

    def tables(self, file: SourceFile) -> tuple[str, ...]:
        """The names of the file's tables, in order. Errors as for `look`."""
        ...

    def table(self, file: SourceFile, name: str) -> Source:
        """The same files, of which the table of that name is read. Errors: no such table."""
        ...
