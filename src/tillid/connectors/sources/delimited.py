"""CSV and TSV: read fast by Arrow as text; what Arrow can't read is found again, with its line, by the csv module."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from tillid.connectors.sources.encoding import Utf8Stream, what_was_seen
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark
from tillid.connectors.sources.layout import Layout, find_layout
from tillid.connectors.sources.quote_marks import QuoteMarks
from tillid.connectors.sources.records import Record, Records, what_was_mended
from tillid.connectors.sources.request import Request, table_name
from tillid.ports.source import BATCH_ROWS, Look, RawBatch, UnreadableRow

_BLOCK = 1 << 22
_MOST_CELLS = 1 << 18
"""The most cells that the slow reader holds as Python objects."""
_SEPARATOR_OF_FORMAT = {"tsv": "\t"}


class DelimitedFile:
    """One CSV or TSV file."""

    def __init__(self, request: Request) -> None:
        self._path = request.path
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
            header: [row[index] for row in rows if len(row) > index] for index, header in enumerate(layout.columns)
        }
        found = find_decimal_mark(value for values in sample.values() for value in values)
        formats, ambiguous = find_date_formats(sample)
        notes = date_notes(formats, ambiguous)
        return Look(
            file=self._name,
            format=self._format,
            encoding=layout.encoding,
            separator=layout.separator.strip(" ") or layout.separator,
            quote=layout.quote,
            # Where the comma is the decimal mark, a list separator of ";" goes with it.
            decimal=self._said.decimal or found or ("," if layout.separator == ";" else "."),
            date_formats=formats,
            ambiguous_dates=tuple(ambiguous),
            header_row=layout.header_row,
            columns=layout.columns,
            sheet=None,
            notes=(*layout.notes, *notes),
        )

    def batches(self) -> Iterator[RawBatch]:
        """The rows as text; the last batch has the notes. Errors: FileTorn, QuoteUnclosed, LimitExceeded."""
        layout, _ = self._layout_and_sample()
        return _Reading(self, layout).batches()

    def lines(self) -> Iterator[int]:
        """The lines of the rows that can be read."""
        return (record.line for record in self.records(Counter()) if not record.reason)

    def records(self, mended: Counter[str], notes: list[str] | None = None) -> Iterator[Record]:
        """All rows one by one; at the end, what was mended is in `mended` and said in `notes`."""
        layout, _ = self._layout_and_sample()
        with self.open(layout, None) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream, CHUNK), encoding="utf-8", newline="")
            every = Records(text, layout, self._name, lambda index: self._is_kept(layout.columns[index]))
            yield from every
            mended.update(every.mended)
            if notes is not None:
                notes += [*what_was_seen(stream.seen), *what_was_mended(every.mended)]

    def kept(self, layout: Layout) -> list[str]:
        """The columns that are read."""
        return [header for header in layout.columns if self._is_kept(header)]

    def open(self, layout: Layout, marks: QuoteMarks | None) -> Utf8Stream:
        """The data below the headers as UTF-8."""
        source = FileBytes(self._path, self._name)
        skip, found = layout.skip_lines, layout.is_encoding_found
        return Utf8Stream(source, layout.encoding, skip_lines=skip, found=found, marks=marks)

    def _is_kept(self, header: str) -> bool:
        return self._only is None or header in self._only

    def _layout_and_sample(self) -> tuple[Layout, list[list[str]]]:
        if self._found is None:
            separator = self._said.separator or _SEPARATOR_OF_FORMAT.get(self._format)
            self._found = find_layout(self._path, self._name, self._said, separator)
        return self._found


class _NotPlain(Exception):
    """The file is not as plain as the fast reader needs it."""


class _Reading:
    """One pass over a file: counts what was handed over, so that the slow reader can go on where Arrow stops.

    Arrow reads what no two readers of CSV would differ on. All else, from a short row to a quote that stands
    oddly, is left to the slow reader.
    """

    def __init__(self, file: DelimitedFile, layout: Layout) -> None:
        self._file = file
        self._layout = layout
        self._kept = file.kept(layout) or list(layout.columns[:1])
        self._rows = 0

    def batches(self) -> Iterator[RawBatch]:
        if not self._layout.is_plain:
            yield from self._slow_batches()
            return
        marks = QuoteMarks(self._layout.quote, self._layout.separator)
        with self._file.open(self._layout, marks) as stream:
            buffered = io.BufferedReader(stream, CHUNK)
            if not buffered.peek(1):
                yield RawBatch(self._empty(), 0, (), tuple(what_was_seen(stream.seen)))
                return
            held: pa.RecordBatch | None = None
            try:
                for batch in self._arrow_batches(buffered):
                    self._refuse_odd(batch, stream, marks)
                    # A row that a quote keeps open is the last one, so the last batch waits for the end.
                    if held is not None:
                        yield from self._numbered(held)
                    held = batch if batch.num_rows else held
                if marks.is_open or _holds_line_end(held):
                    raise _NotPlain
            except (pa.ArrowInvalid, _NotPlain):
                # No other row may be lost by one that Arrow alone can't read.
                yield from self._slow_batches()
                return
            yield from self._numbered(self._empty() if held is None else held, tuple(what_was_seen(stream.seen)))

    def _arrow_batches(self, stream: io.BufferedIOBase) -> Iterator[pa.RecordBatch]:
        names = [*self._layout.columns, *(f"hidden {place}" for place in range(self._layout.hidden))]
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._layout.separator, quote_char=self._layout.quote, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[*self._kept, *names[len(self._layout.columns) :]],
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        with reader:
            yield from reader

    def _refuse_odd(self, batch: pa.RecordBatch, stream: Utf8Stream, marks: QuoteMarks) -> None:
        hidden = batch.columns[len(self._kept) :]
        if stream.is_marked or marks.is_odd or any(pc.any(pc.not_equal(column, "")).as_py() for column in hidden):
            raise _NotPlain
        headers = self._layout.headers
        first = headers[self._layout.columns.index(self._kept[0])] if headers else ""
        if first and pc.any(pc.equal(batch.column(0), first)).as_py():
            raise _NotPlain

    def _numbered(self, batch: pa.RecordBatch, notes: tuple[str, ...] = ()) -> Iterator[RawBatch]:
        if batch.num_columns > len(self._kept):
            batch = batch.select(self._kept)
        for start in range(0, max(1, batch.num_rows), BATCH_ROWS):
            part = batch.slice(start, BATCH_ROWS)
            is_last = start + BATCH_ROWS >= batch.num_rows
            yield RawBatch(part, self._rows, (), notes if is_last else ())
            self._rows += part.num_rows

    def _slow_batches(self) -> Iterator[RawBatch]:
        """The rows that were not handed over; all of those were rows that could be read."""
        skip = self._rows
        most = max(1, min(BATCH_ROWS // 8, _MOST_CELLS // len(self._layout.columns)))
        rows: list[Sequence[str]] = []
        unreadable: list[UnreadableRow] = []
        notes: list[str] = []
        for record in self._file.records(Counter(), notes):
            if record.reason:
                unreadable.append(UnreadableRow(record.line, record.reason, record.raw.rstrip("\r\n")))
            elif skip:
                skip -= 1
            else:
                rows.append(record.cells)
            if len(rows) == most or len(unreadable) == most:
                yield self._made(rows, unreadable)
                rows, unreadable = [], []
        yield self._made(rows, unreadable, notes)

    def _made(self, rows: list[Sequence[str]], unreadable: list[UnreadableRow], notes: Sequence[str] = ()) -> RawBatch:
        place = {header: index for index, header in enumerate(self._layout.columns)}
        arrays = [pa.array([row[place[name]] for row in rows], pa.string()) for name in self._kept]
        first, self._rows = self._rows, self._rows + len(rows)
        table = pa.RecordBatch.from_arrays(arrays, names=self._kept)
        return RawBatch(table, first, tuple(unreadable), tuple(notes))

    def _empty(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in self._kept], names=self._kept)


def _holds_line_end(batch: pa.RecordBatch | None) -> bool:
    if batch is None:
        return False
    return any("\n" in text or "\r" in text for text in batch.slice(batch.num_rows - 1).to_pylist()[0].values())
