"""Arrow and Feather files: columns with their own types, structs by dotted paths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import pyarrow as pa
from pyarrow import feather

from tillid.connectors.sources.containers import DAMAGED
from tillid.connectors.sources.errors import FileTorn, HeaderDuplicated, LimitExceeded
from tillid.connectors.sources.file_bytes import FileBytes
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark, told_by_text
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.parquet_file import flattened, paths_of
from tillid.connectors.sources.request import Request, table_name
from tillid.ports.source import BATCH_ROWS, Look, RawBatch

_FILE = b"ARROW1"
_FEATHER_1 = b"FEA1"


class ArrowFile:
    """One Arrow IPC file or stream, or Feather file; it is held in memory."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return (table_name(self._request.path),)

    def look(self) -> Look:
        """Headers, and decimal mark and date formats of columns that are text."""
        table = self._table
        columns = tuple(path for field in table.schema for path in paths_of(field))
        for index, header in enumerate(columns):
            if header in columns[:index]:
                raise HeaderDuplicated(self._request.name, header, (columns.index(header) + 1, index + 1))
        first = next((batch for batch in table.to_batches(SAMPLE_ROWS) if batch.num_rows), None)
        dates, numbers = told_by_text(None if first is None else flattened(first))
        formats, ambiguous = find_date_formats(dates)
        return Look(
            file=self._request.name,
            format="arrow",
            encoding=None,
            separator=None,
            quote=None,
            decimal=self._request.said.decimal or find_decimal_mark(numbers) or ".",
            date_formats=formats,
            header_row=0,
            columns=columns,
            sheet=None,
            notes=tuple(date_notes(formats, ambiguous)),
        )

    def batches(self) -> Iterator[RawBatch]:
        """The rows, with the columns that are wanted alone."""
        first, only = 0, self._request.only
        for batch in self._table.to_batches(BATCH_ROWS):
            flat = flattened(batch)
            names = [name for name in flat.schema.names if only is None or name in only]
            yield RawBatch(flat.select(names or flat.schema.names[:1]), first)
            first += batch.num_rows

    def lines(self) -> Iterator[int]:
        """Row + 1: an Arrow file has no lines."""
        return iter(range(1, self._table.num_rows + 1))

    @cached_property
    def _table(self) -> pa.Table:
        name = self._request.name
        with FileBytes(self._request.path, name) as source:
            content = source.read(LIMITS.held_bytes + 1)
        if len(content) > LIMITS.held_bytes:
            raise LimitExceeded(name, "the Arrow file is larger than is read", hint="Write it as Parquet.")
        try:
            if content.startswith(_FEATHER_1):
                return feather.read_table(pa.BufferReader(content))
            opened = pa.ipc.open_file if content.startswith(_FILE) else pa.ipc.open_stream
            with opened(pa.BufferReader(content)) as reader:
                table = reader.read_all()
                table.validate(full=True)
                return table
        except (pa.ArrowException, *DAMAGED):
            raise FileTorn(name, "the Arrow file") from None
