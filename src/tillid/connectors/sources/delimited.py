"""CSV and TSV: read fast by Arrow as text; what Arrow can't read is found again, with its line, by the csv module."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from tillid.connectors.sources.encoding import UNDECODABLE, Utf8Stream
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark
from tillid.connectors.sources.layout import Layout, find_layout
from tillid.connectors.sources.records import Record, records
from tillid.connectors.sources.request import Request, table_name
from tillid.ports.source import BATCH_ROWS, Look, RawBatch, UnreadableRow

_BLOCK = 1 << 22
_SEPARATOR_OF_FORMAT = {"tsv": "\t"}


class DelimitedFile:
    """One CSV or TSV file."""

    def __init__(self, request: Request) -> None:
        self._path: Path = request.path
        self._name = request.name
        self._said = request.said
        self._format = request.format
        self._only = request.only
        self._found: tuple[Layout, list[list[str]]] | None = None

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return (table_name(self._path),)

    def look(self) -> Look:
        """Encoding, separator, quote, headers, decimal mark and date formats."""
        layout, rows = self._layout_and_sample()
        sample = {
            header: [row[index] for row in rows if len(row) == len(layout.columns)]
            for index, header in enumerate(layout.columns)
        }
        found = find_decimal_mark(value for values in sample.values() for value in values)
        formats, ambiguous = find_date_formats(sample)
        notes = date_notes(formats, ambiguous)
        return Look(
            file=self._name,
            format=self._format,
            encoding=layout.encoding,
            separator=layout.separator,
            quote=layout.quote,
            # Where the comma is the decimal mark, a list separator of ";" goes with it.
            decimal=self._said.decimal or found or ("," if layout.separator == ";" else "."),
            date_formats=formats,
            header_row=layout.header_row,
            columns=layout.columns,
            sheet=None,
            notes=tuple(notes),
        )

    def batches(self) -> Iterator[RawBatch]:
        """The rows as text. Errors: FileTorn, QuoteUnclosed."""
        layout, _ = self._layout_and_sample()
        return _Reading(self, layout).batches()

    def lines(self) -> Iterator[int]:
        """The lines of the rows that can be read."""
        return (record.line for record in self.records() if not record.reason)

    def records(self) -> Iterator[Record]:
        """All rows one by one."""
        layout, _ = self._layout_and_sample()
        with self._stream(layout) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream, CHUNK), encoding="utf-8", newline="")
            yield from records(text, layout, self._name, lambda index: self._is_kept(layout.columns[index]))

    def kept(self, layout: Layout) -> list[str]:
        """The columns that are read."""
        return [header for header in layout.columns if self._is_kept(header)]

    def open(self, layout: Layout) -> Utf8Stream:
        """The data below the headers as UTF-8."""
        return self._stream(layout)

    def _is_kept(self, header: str) -> bool:
        return self._only is None or header in self._only

    def _stream(self, layout: Layout) -> Utf8Stream:
        source = FileBytes(self._path, self._name)
        return Utf8Stream(source, layout.encoding, skip_lines=layout.skip_lines, quote=layout.quote)

    def _layout_and_sample(self) -> tuple[Layout, list[list[str]]]:
        if self._found is None:
            separator = self._said.separator or _SEPARATOR_OF_FORMAT.get(self._format)
            self._found = find_layout(self._path, self._name, self._said, separator)
        return self._found


class _Reading:
    """One pass over a file: counts what was handed over, so that the slow reader can go on where Arrow stops."""

    def __init__(self, file: DelimitedFile, layout: Layout) -> None:
        self._file = file
        self._layout = layout
        self._kept = file.kept(layout)
        self._rows = 0
        self._unreadable = 0
        self._pending = 0
        self._lost = iter(record for record in file.records() if record.reason)

    def batches(self) -> Iterator[RawBatch]:
        with self._file.open(self._layout) as stream:
            buffered = io.BufferedReader(stream, CHUNK)
            if not buffered.peek(1):
                return
            try:
                last = None
                for batch in self._arrow_batches(buffered):
                    last = batch if batch.num_rows else last
                    yield from self._numbered(batch, is_marked=stream.is_marked)
            except pa.ArrowInvalid:
                # A row longer than a block, or one that Arrow alone can't read: no other row may be lost by it.
                yield from self._slow_batches()
                return
            if stream.quotes % 2 or _holds_line_end(last):
                for _ in self._file.records():
                    pass  # raises where a quote is open at the end
        yield from self._numbered(self._empty(), is_marked=False)

    def _arrow_batches(self, stream: io.BufferedIOBase) -> Iterator[pa.RecordBatch]:
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(column_names=self._layout.columns, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._layout.separator,
                quote_char=self._layout.quote,
                newlines_in_values=True,
                invalid_row_handler=self._on_ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self._layout.columns, pa.string()),
                include_columns=self._kept or list(self._layout.columns[:1]),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        with reader:
            yield from reader

    def _on_ragged(self, _row: object) -> str:
        self._pending += 1
        return "skip"

    def _numbered(self, batch: pa.RecordBatch, *, is_marked: bool) -> Iterator[RawBatch]:
        if is_marked:
            marked = _marked_rows(batch)
            self._pending += marked.true_count
            batch = batch.filter(pc.invert(marked))
        unreadable = self._take_unreadable()
        for start in range(0, batch.num_rows, BATCH_ROWS):
            part = batch.slice(start, BATCH_ROWS)
            yield RawBatch(part, self._rows, unreadable)
            self._rows += part.num_rows
            unreadable = ()
        if unreadable:
            yield RawBatch(self._empty(), self._rows, unreadable)

    def _take_unreadable(self) -> tuple[UnreadableRow, ...]:
        count, self._pending = self._pending, 0
        if not count:
            return ()
        self._unreadable += count
        return tuple(_unreadable(record) for record in islice(self._lost, count))

    def _slow_batches(self) -> Iterator[RawBatch]:
        skip_rows, skip_unreadable = self._rows, self._unreadable
        rows: list[Sequence[str]] = []
        unreadable: list[UnreadableRow] = []
        for record in self._file.records():
            if record.reason:
                skip_unreadable -= 1
                if skip_unreadable < 0:
                    unreadable.append(_unreadable(record))
            else:
                skip_rows -= 1
                if skip_rows < 0:
                    rows.append(record.cells)
            if len(rows) == BATCH_ROWS // 8 or len(unreadable) == BATCH_ROWS // 8:
                yield self._made(rows, unreadable)
                rows, unreadable = [], []
        yield self._made(rows, unreadable)

    def _made(self, rows: list[Sequence[str]], unreadable: list[UnreadableRow]) -> RawBatch:
        place = {header: index for index, header in enumerate(self._layout.columns)}
        names = self._kept or list(self._layout.columns[:1])
        arrays = [pa.array([row[place[name]] for row in rows], pa.string()) for name in names]
        first, self._rows = self._rows, self._rows + len(rows)
        return RawBatch(pa.RecordBatch.from_arrays(arrays, names=names), first, tuple(unreadable))

    def _empty(self) -> pa.RecordBatch:
        names = self._kept or list(self._layout.columns[:1])
        return pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in names], names=names)


def _unreadable(record: Record) -> UnreadableRow:
    return UnreadableRow(record.line, record.reason, record.raw.rstrip("\r\n").replace(UNDECODABLE, "\ufffd"))


def _marked_rows(batch: pa.RecordBatch) -> pa.BooleanArray:
    marked = pc.match_substring(batch.column(0), UNDECODABLE)
    for column in batch.columns[1:]:
        marked = pc.or_(marked, pc.match_substring(column, UNDECODABLE))
    return marked


def _holds_line_end(batch: pa.RecordBatch | None) -> bool:
    if batch is None:
        return False
    return any("\n" in text or "\r" in text for text in batch.slice(batch.num_rows - 1).to_pylist()[0].values())
