"""tillid read: what would be read of a file, table by table, and its tables as Parquet; no project is needed.

The file is the analyst's own, on their own disk: nothing of it enters a store, and no value of it is logged.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.pipeline.progress import Progress, Silent, Step
from tillid.pipeline.wiring import open_lone_file
from tillid.ports.source import BATCH_ROWS, Look, RawBatch, Source, SourceFile, UnreadableRow
from tillid.stages.ingest.types_that_fit import TypeOfColumn
from tillid.terms.errors import TillidError

_MOST_CELLS = 1 << 22
_SHOWN = 5
_UNSAFE = re.compile(r"[^\w.()+ -]+")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table as it is read; `path` is where it was written, empty where it was not."""

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    look: Look
    notes: tuple[str, ...]
    path: str = ""

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        made: dict[str, object] = {
            "name": self.name,
            "rows": self.rows,
            "columns": [{"name": name, "type": type_} for name, type_ in self.columns],
            "encoding": self.look.encoding,
            "separator": self.look.separator,
            "header_row": self.look.header_row or None,
            "notes": list(self.notes),
        }
        return {**made, "path": self.path} if self.path else made


@dataclass(frozen=True, slots=True)
class FileRead:
    """The tables of a file; `refused` says why it, or one of them, can't be read."""

    tables: tuple[TableRead, ...]
    refused: str | None = None

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {"tables": [table.as_dict() for table in self.tables], "refused": self.refused}


def read_file(
    path: Path, sheet: str | None = None, out: Path | None = None, progress: Progress | None = None
) -> FileRead:
    """Read a file through; each table, or the one that `sheet` names, goes to the folder `out` as Parquet.

    A type is given only where every value of a column has it and nothing is lost. A file that can't be read is
    no error here: `refused` says why. Errors: OSError where `out` can't be written.
    """
    progress = progress or Silent()
    taken: set[str] = set()
    read: list[TableRead] = []
    refused: str | None = None
    try:
        files = open_lone_file(path)
        (file,) = files.files()
        names = files.tables(file) if sheet is None else (sheet,)
    except TillidError as error:
        return FileRead((), str(error))
    except OSError as error:
        return FileRead((), f"{path.name}: {error.strerror or 'it cannot be opened'}")
    for name in names:
        target = None if out is None else out / f"{_safe(name, taken)}.parquet"
        try:
            read.append(_read_table(name, (files.table(file, name), file), target, progress))
        except TillidError as error:
            refused = refused or str(error)
    return FileRead(tuple(read), refused)


def _read_table(name: str, of: tuple[Source, SourceFile], target: Path | None, progress: Progress) -> TableRead:
    source, file = of
    look = source.look(file)
    seen = _Seen(look)
    with progress.stage(f"read {name}") as step:
        for batch in source.read(file):
            seen.see(batch)
            step.advance(batch.table.num_rows)
        seen.end()
    columns = list(seen.columns.values())
    if target is not None:
        with progress.stage(f"write {name}", seen.rows) as step:
            _write(target, _cast(source, file, columns, step), _schema(columns))
    shown = tuple((column.header, str(column.type)) for column in columns)
    return TableRead(name, seen.rows, shown, look, tuple(seen.notes()), str(target or ""))


@dataclass
class _Seen:
    """What a first pass over a table has shown."""

    look: Look
    rows: int = 0
    columns: dict[str, TypeOfColumn] = field(default_factory=dict)
    unreadable: int = 0
    first_unreadable: list[UnreadableRow] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _held: list[pa.RecordBatch] = field(default_factory=list)

    def __post_init__(self) -> None:
        for header in self.look.columns:
            self.columns[header] = TypeOfColumn(header, self.look)

    def see(self, batch: RawBatch) -> None:
        self.rows += batch.table.num_rows
        self.unreadable += len(batch.unreadable)
        self.first_unreadable += batch.unreadable[: _SHOWN - len(self.first_unreadable)]
        self._notes += batch.notes
        # Small batches are looked at together: with many columns, each look costs.
        if self._held and self._held[0].schema != batch.table.schema:
            self.end()
        self._held.append(batch.table)
        rows = sum(table.num_rows for table in self._held)
        if rows >= BATCH_ROWS or rows * batch.table.num_columns >= _MOST_CELLS:
            self.end()

    def end(self) -> None:
        """Look at the batches that are held."""
        if not self._held:
            return
        table = pa.Table.from_batches(self._held).combine_chunks()
        self._held.clear()
        for header, values in zip(table.column_names, table.columns, strict=True):
            column = self.columns.setdefault(header, TypeOfColumn(header, self.look))
            for chunk in values.chunks:
                column.see(chunk)

    def notes(self) -> Iterator[str]:
        """Sentences without values, those of dates by what all values showed."""
        yield from (note for note in self.look.notes if "date_format settles it" not in note)
        for header, column in self.columns.items():
            if column.is_day_or_month:
                yield f"{header} is read as {column.date_format}: day and month could be the other way round"
            if column.is_number_ambiguous:
                yield f"{header} stays text: its points or commas could be of decimals or of thousands"
        yield from self._notes
        if self.unreadable:
            count = (
                "1 row that can't be read is"
                if self.unreadable == 1
                else f"{self.unreadable} rows that can't be read are"
            )
            lines = "; ".join(f"line {row.line}: {row.reason}" for row in self.first_unreadable)
            more = f"; and {self.unreadable - len(self.first_unreadable)} more" if self.unreadable > _SHOWN else ""
            yield f"{count} left out: {lines}{more}"


def _schema(columns: Sequence[TypeOfColumn]) -> pa.Schema:
    return pa.schema([(column.header, column.arrow_type) for column in columns])


def _cast(source: Source, file: SourceFile, columns: Sequence[TypeOfColumn], step: Step) -> Iterator[pa.RecordBatch]:
    schema = _schema(columns)
    for batch in source.read(file):
        table = batch.table
        there = {header: index for index, header in enumerate(table.schema.names)}
        arrays = [
            column.cast(table.column(there[column.header]))
            if column.header in there
            else pa.nulls(table.num_rows, column.arrow_type)
            for column in columns
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        step.advance(table.num_rows)


def _write(target: Path, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write aside and rename, so that nothing half-written is ever there by that name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with pq.ParquetWriter(aside, schema) as writer:
            for table in _together(batches, schema):
                writer.write_table(table)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _together(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables large enough to be row groups."""
    held: list[pa.RecordBatch] = []
    rows, most = 0, max(1, min(BATCH_ROWS, _MOST_CELLS // max(1, len(schema))))
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= most:
            yield pa.Table.from_batches(held, schema)
            held, rows = [], 0
    yield pa.Table.from_batches(held, schema)


def _safe(name: str, taken: set[str]) -> str:
    """A table's name as one of a file, which no system takes for a path, a flag or a device."""
    plain = (
        _UNSAFE.sub("_", unicodedata.normalize("NFC", name.replace("/", "_"))).strip(" .-")[:_LONGEST_NAME] or "table"
    )
    safe, count = plain, 1
    while safe.lower() in taken:
        count += 1
        safe = f"{plain} ({count})"
    taken.add(safe.lower())
    return safe
