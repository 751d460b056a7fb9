"""Parquet: columns with their own types, structs by dotted paths, lists of keys and values by their keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.connectors.sources.containers import DAMAGED
from tillid.connectors.sources.errors import FileEmpty, FileTorn, FormatMismatch, HeaderDuplicated, LimitExceeded
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark, told_by_text
from tillid.connectors.sources.json_objects import paired
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.python_values import column_of
from tillid.connectors.sources.request import Request, table_name
from tillid.ports.source import BATCH_ROWS, Look, RawBatch

_MAGIC = b"PAR1"


class ParquetFile:
    """One Parquet file."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return (table_name(self._request.path),)

    def look(self) -> Look:
        """Headers, and decimal mark and date formats of columns that are text."""
        with self._open() as file:
            columns = tuple(path for field in file.schema_arrow for path in paths_of(field))
            pairs = [path for field in file.schema_arrow for path in _paired_paths(field)]
            for index, header in enumerate(columns):
                if header in columns[:index]:
                    raise HeaderDuplicated(self._request.name, header, (columns.index(header) + 1, index + 1))
            first = next(self._flat_batches(file, SAMPLE_ROWS), None)
        if pairs:
            # Which keys there are, rows alone tell; one that is asked for may come further on.
            found = () if first is None else first.schema.names
            asked = [path for path in self._request.only or () if _is_below(path, pairs)]
            columns = tuple(dict.fromkeys([*(c for c in columns if c not in pairs), *found, *asked]))
        dates, numbers = told_by_text(first)
        formats, ambiguous = find_date_formats(dates)
        return Look(
            file=self._request.name,
            format="parquet",
            encoding=None,
            separator=None,
            quote=None,
            decimal=self._request.said.decimal or find_decimal_mark(numbers) or ".",
            date_formats=formats,
            ambiguous_dates=tuple(ambiguous),
            header_row=0,
            columns=columns,
            sheet=None,
            notes=tuple(date_notes(formats, ambiguous)),
            columns_complete=not pairs,
        )

    def batches(self) -> Iterator[RawBatch]:
        """The rows, with the columns that are wanted alone."""
        first = 0
        with self._open() as file:
            for table in self._flat_batches(file, BATCH_ROWS):
                yield RawBatch(table, first)
                first += table.num_rows

    def lines(self) -> Iterator[int]:
        """Row + 1: a Parquet file has no lines."""
        with self._open() as file:
            rows = file.metadata.num_rows
        return iter(range(1, rows + 1))

    def _open(self) -> pq.ParquetFile:
        path, name = self._request.path, self._request.name
        with FileBytes(path, name) as source:
            if source.packed:
                raise FormatMismatch(
                    name, "parquet", hint=f"It is {source.packed}: unpack it; Parquet is compressed inside."
                )
            start = source.read(4)
        if not start:
            raise FileEmpty(name)
        if start != _MAGIC:
            raise FormatMismatch(name, "parquet")
        try:
            # A member of an archive is held in memory: Parquet is read from its end.
            return pq.ParquetFile(path if isinstance(path, Path) else _held(path, name))
        except (pa.ArrowException, *DAMAGED):
            raise FileTorn(name, "the Parquet file") from None

    def _flat_batches(self, file: pq.ParquetFile, rows: int) -> Iterator[pa.RecordBatch]:
        only = self._request.only
        wanted = [field.name for field in file.schema_arrow if only is None or _is_wanted(field, only)]
        # With no wanted column there are still rows to count.
        columns = wanted or file.schema_arrow.names[:1]
        try:
            for batch in file.iter_batches(batch_size=rows, columns=columns):
                flat = flattened(batch, only)
                names = [name for name in flat.schema.names if only is None or name in only]
                yield flat if names == flat.schema.names else flat.select(names or flat.schema.names)
        except (pa.ArrowException, *DAMAGED):
            raise FileTorn(self._request.name, "the Parquet file") from None


def _held(path: Openable, name: str) -> pa.BufferReader:
    with FileBytes(path, name) as source:
        content = source.read(LIMITS.held_bytes + 1)
    if len(content) > LIMITS.held_bytes:
        raise LimitExceeded(name, "the Parquet file in the archive is larger than is read", hint="Unpack it.")
    return pa.BufferReader(content)


def paths_of(field: pa.Field) -> list[str]:
    """The dotted paths of a field's leaves."""
    if not pa.types.is_struct(field.type):
        return [field.name]
    return [f"{field.name}.{path}" for below in field.type for path in paths_of(below)]


def _paired_paths(field: pa.Field, above: str = "") -> list[str]:
    """The paths of lists of keys and values, as GA4's export to BigQuery has its parameters."""
    path = f"{above}{field.name}"
    if pa.types.is_struct(field.type):
        return [found for below in field.type for found in _paired_paths(below, f"{path}.")]
    return [path] if _holds_pairs(field.type) else []


def _holds_pairs(kind: pa.DataType) -> bool:
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not pa.types.is_struct(kind.value_type):
        return False
    return {"key", "value"} <= {field.name for field in kind.value_type}


def _is_below(path: str, above: Collection[str]) -> bool:
    return any(path.startswith(f"{one}.") for one in above)


def _is_wanted(field: pa.Field, only: Collection[str]) -> bool:
    return any(path in only for path in paths_of(field)) or any(_is_below(path, _paired_paths(field)) for path in only)


def flattened(batch: pa.RecordBatch, only: Collection[str] | None = None) -> pa.RecordBatch:
    """The batch with structs taken apart, lists of keys and values by their keys, and other lists as JSON text."""
    if not any(pa.types.is_nested(field.type) for field in batch.schema):
        return batch
    leaves = [leaf for name in batch.schema.names for leaf in _leaves(name, batch.column(name), only)]
    return pa.RecordBatch.from_arrays([column for _, column in leaves], names=[path for path, _ in leaves])


def _leaves(path: str, column: pa.Array, only: Collection[str] | None) -> Iterator[tuple[str, pa.Array]]:
    if pa.types.is_struct(column.type):
        for field, below in zip(column.type, column.flatten(), strict=True):
            yield from _leaves(f"{path}.{field.name}", below, only)
    elif _holds_pairs(column.type):
        rows = [paired(row or ()) or {} for row in column.to_pylist()]
        asked = None if only is None else [one.removeprefix(f"{path}.") for one in only if _is_below(one, [path])]
        for key in dict.fromkeys(key for row in rows for key in row) if asked is None else sorted(asked):
            yield f"{path}.{key}", column_of([row.get(key) for row in rows])
    else:
        yield path, column_of(column.to_pylist()) if pa.types.is_nested(column.type) else column
