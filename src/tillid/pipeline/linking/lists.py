"""A list to be linked: read whole, as text, with the number of each row in its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tillid.pipeline.linking.errors import ListEmpty, NoSuchColumn
from tillid.pipeline.progress import Progress
from tillid.pipeline.wiring import open_lone_file
from tillid.ports.source import Look, RawBatch, Source, SourceFile
from tillid.stages.ingest.cast_column import plain
from tillid.stages.ingest.to_text import text_of
from tillid.terms.errors import nearest

SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class OneList:
    """A list: `side` is left or right, `table` its columns as texts, `numbers` those of its rows, from 1.

    `unreadable` are the numbers of the rows that could not be taken apart, which are in no table. `notes` say what
    was odd about the file, without values.
    """

    side: str
    name: str
    look: Look
    table: pa.Table
    numbers: npt.NDArray[np.int64]
    unreadable: npt.NDArray[np.int64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def texts(self, header: str) -> pa.Array:
        """One column as one array."""
        return pa.concat_arrays(self.table[header].chunks or [pa.array([], pa.string())])

    def missing(self, header: str) -> NoSuchColumn:
        """That this list has no such column."""
        return NoSuchColumn(
            f"{self.name} has no column {header!r}", hint=nearest(header, self.table.column_names, most=30)
        )


def read_list(path: Path, side: str, progress: Progress) -> OneList:
    """Read a table file of any kind. Errors: `ListEmpty`, or a `SourceError` where the file can't be read."""
    source = open_lone_file(path)
    with progress.stage(f"Reading {path.name}") as step:
        (file,) = source.files()
        look = source.look(file)
        batches = []
        for batch in source.read(file):
            batches.append(batch)
            step.advance(batch.table.num_rows)
        # Rows further on may bring columns that no look has seen.
        headers = dict.fromkeys([*look.columns, *(name for batch in batches for name in batch.table.schema.names)])
        table = _table(headers, batches)
        if not table.num_rows:
            raise ListEmpty(f"{path.name} has no rows", hint="Give a file with a header and at least one row.")
        numbers, unreadable = _numbers(source, file, table.num_rows, batches)
        notes = tuple(_notes(look, source.tables(file), batches))
    return OneList(side, path.name, look, table, numbers, unreadable, notes)


def _notes(look: Look, tables: Sequence[str], batches: Sequence[RawBatch]) -> Iterator[str]:
    """What was odd about the file; the order of day and month is settled here by the whole column."""
    if len(tables) > 1:
        yield f"of its {len(tables)} tables only {look.sheet!r} is read"
    yield from (note for note in look.notes if "date_format" not in note)
    for batch in batches:
        yield from batch.notes


def _table(headers: Iterable[str], batches: Sequence[RawBatch]) -> pa.Table:
    columns = {
        header: pa.chunked_array(
            [
                text_of(plain(batch.table.column(header)))
                if header in batch.table.schema.names
                else pa.nulls(batch.table.num_rows, pa.string())
                for batch in batches
            ],
            pa.string(),
        )
        for header in headers
    }
    return pa.table(columns)


def _numbers(
    source: Source, file: SourceFile, rows: int, batches: Sequence[RawBatch]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of the rows that could be read and of those that could not, counted together from 1."""
    torn = sorted(row.line for batch in batches for row in batch.unreadable)
    if not torn:
        return np.arange(1, rows + 1), np.array([], np.int64)
    lines = np.array(source.line_of(file, range(rows)), np.int64)
    before = np.searchsorted(np.array(torn), lines)
    read = np.arange(1, rows + 1) + before
    return read, np.setdiff1d(np.arange(1, rows + len(torn) + 1), read)
