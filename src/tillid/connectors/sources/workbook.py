"""Workbooks: the tables of their sheets, with headers found and cells of their own types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from tillid.connectors.sources.binary_formats import OLE, START_BYTES, ZIP, find_binary_format
from tillid.connectors.sources.cell_values import value_of
from tillid.connectors.sources.errors import FileEmpty, HeaderMissing, SheetMissing
from tillid.connectors.sources.file_bytes import FileBytes
from tillid.connectors.sources.found_by_looking import (
    clean_headers,
    date_notes,
    find_date_formats,
    find_decimal_mark,
)
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.markup_books import read_html
from tillid.connectors.sources.python_values import column_of
from tillid.connectors.sources.request import Request
from tillid.connectors.sources.sheet_grid import Cells, Grid, Region, grid_of
from tillid.connectors.sources.sheet_headers import WITHIN, find_headers
from tillid.connectors.sources.sheet_notes import notes_of
from tillid.connectors.sources.sheet_tables import SheetTable, find_tables
from tillid.connectors.sources.sheets import Book, CalamineBook, Sheet
from tillid.connectors.sources.xml_spreadsheet import read_xml_spreadsheet
from tillid.ports.source import BATCH_ROWS, Look, RawBatch, UnreadableRow

_FURTHER = "#"
_BEYOND = "a cell holds a date or time beyond those that there are"
_MOST_CELLS = 1 << 20


@dataclass(frozen=True, slots=True)
class _Found:
    """The table that is read: its sheet, where its data are, the place of each column, and how it is looked at."""

    sheet: Sheet
    data: Region
    places: tuple[int, ...]
    look: Look


class WorkbookFile:
    """One workbook; the table that the definition names, else the first one of the first visible sheet with any."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._book: Book | None = None
        self._tables: dict[str, list[SheetTable]] = {}
        self._grid: tuple[str, Grid] = "", Grid()
        self._held: Sheet | None = None
        self._found: _Found | None = None

    def tables(self) -> tuple[str, ...]:
        """The names of visible sheets that are not empty; a further table of a sheet is `Sheet#2`."""
        book = self._open()
        return tuple(name for sheet in book.visible for name in self._names_of(sheet))

    def look(self) -> Look:
        """Table, headers, and decimal mark and date formats of cells that are text."""
        return self._table().look

    def batches(self) -> Iterator[RawBatch]:
        """The rows that are not blank, with numbers, dates and truths as such."""
        found = self._table()
        only = self._request.only
        columns = zip(found.places, found.look.columns, strict=True)
        kept = [(place, header) for place, header in columns if only is None or header in only]
        most = max(1, min(BATCH_ROWS, _MOST_CELLS // len(found.look.columns)))
        first, rows = 0, self._rows(found)
        while part := list(islice(rows, most)):
            good = [cells for _, cells in part if cells is not None]
            decimal = found.look.decimal or "."
            arrays = [column_of([value_of(row[index]) for row in good], decimal) for index, _ in kept]
            table = pa.RecordBatch.from_arrays(arrays, names=[header for _, header in kept])
            lost = tuple(UnreadableRow(line, _BEYOND, "") for line, cells in part if cells is None)
            yield RawBatch(table, first, lost)
            first += len(good)

    def lines(self) -> Iterator[int]:
        """The rows of the sheet, from 1."""
        return (line for line, cells in self._rows(self._table()) if cells is not None)

    def _rows(self, found: _Found) -> Iterator[tuple[int, Cells | None]]:
        region = found.data
        for index, cells in enumerate(islice(found.sheet.rows(), region.bottom + 1)):
            if index < region.top:
                continue
            if cells is None:
                yield index + 1, None
                continue
            own = cells[region.left : region.right + 1]
            if any(cell is not None and not (isinstance(cell, str) and (not cell or cell.isspace())) for cell in own):
                yield index + 1, [*own, *[""] * (region.width - len(own))]

    def _open(self) -> Book:
        if self._book is None:
            self._book = _book_of(self._request)
        return self._book

    def _tables_of(self, sheet: str) -> list[SheetTable]:
        if sheet not in self._tables:
            self._tables[sheet] = find_tables(self._grid_of(sheet))
        return self._tables[sheet]

    def _grid_of(self, sheet: str) -> Grid:
        if self._grid[0] != sheet:
            self._grid = sheet, grid_of(self._sheet(sheet).rows())
        return self._grid[1]

    def _sheet(self, name: str) -> Sheet:
        if self._held is None or self._held.name != name:
            self._held = None  # two large sheets at once are too much
            self._held = self._open().sheet(name)
        return self._held

    def _names_of(self, sheet: str) -> list[str]:
        count = len(self._tables_of(sheet))
        return [sheet if index == 0 else f"{sheet}{_FURTHER}{index + 1}" for index in range(count)]

    def _table(self) -> _Found:
        if self._found is None:
            sheet, index = self._wanted()
            self._found = self._looked_at(self._sheet(sheet), self._tables_of(sheet), index)
        return self._found

    def _wanted(self) -> tuple[str, int]:
        """The sheet and the table in it that is read. Errors: FileEmpty, SheetMissing."""
        book, wanted = self._open(), self._request.said.sheet
        if wanted is None:
            for sheet in book.visible:
                if self._tables_of(sheet):
                    return sheet, self._index_of(sheet)
            raise FileEmpty(self._request.name, hint=_empty_hint(book))
        every = (*book.visible, *book.hidden)
        if wanted not in every:
            sheet, _, number = wanted.rpartition(_FURTHER)
            if sheet in every and wanted in self._names_of(sheet):
                return sheet, int(number) - 1
            names = [name for sheet in every for name in self._names_of(sheet)]
            raise SheetMissing(self._request.name, wanted, names)
        if not self._tables_of(wanted):
            raise FileEmpty(self._request.name, hint=f"The sheet {wanted!r} has no cells.")
        return wanted, self._index_of(wanted)

    def _index_of(self, sheet: str) -> int:
        """Which table of a sheet is read: the first, unless the definition names a row of another for its headers."""
        row = self._request.said.header_row or 1
        return next((i for i, table in enumerate(self._tables_of(sheet)) if table.region.bottom >= row - 1), 0)

    def _looked_at(self, sheet: Sheet, tables: Sequence[SheetTable], index: int) -> _Found:
        said, name, table = self._request.said, self._request.name, tables[index]
        region = table.region
        row = None if said.header_row is None else said.header_row - 1
        if row is not None:
            region = Region(row, region.left, max(row, region.bottom), region.right)
        rows = [
            [] if cells is None else list(cells[region.left : region.right + 1])
            for cells in islice(sheet.rows(), region.top, min(region.bottom + 1, region.top + WITHIN + SAMPLE_ROWS))
        ]
        merged = _merged_near(sheet, region)
        if not rows or (row is not None and not any(str(cell).strip() for cell in rows[0])):
            raise HeaderMissing(name, said.header_row or 1)
        headers = find_headers(rows, _moved(region, sheet.left), merged, row)
        every = clean_headers(name, headers.names)
        data = Region(headers.data, region.left, region.bottom, region.right)
        filled = self._grid_of(sheet.name).columns_of(data) >> region.left
        # A column without a header and without a value carries nothing.
        places = tuple(place for place in range(region.width) if headers.names[place] or filled >> place & 1)
        columns = tuple(every[place] for place in places)
        below = rows[headers.data - region.top :][:SAMPLE_ROWS]
        texts = {
            header: [cell for row in below if place < len(row) and isinstance(cell := row[place], str)]
            for place, header in zip(places, columns, strict=True)
        }
        formats, ambiguous = find_date_formats(texts)
        look = Look(
            file=name,
            format=self._request.format,
            encoding=None,
            separator=None,
            quote=None,
            decimal=said.decimal or find_decimal_mark(text for column in texts.values() for text in column) or ".",
            date_formats=formats,
            ambiguous_dates=tuple(ambiguous),
            header_row=0 if headers.bottom is None else headers.bottom + 1,
            columns=columns,
            sheet=self._names_of(sheet.name)[index],
            notes=(
                *notes_of(sheet, table, headers, every, region, self._open().hidden, len(tables)),
                *date_notes(formats, ambiguous),
            ),
        )
        return _Found(sheet, data, places, look)


def _book_of(request: Request) -> Book:
    with FileBytes(request.path, request.name) as source:
        start = source.read(START_BYTES)
    # What is packed or binary is for the reader of workbooks; so is a definition that says `excel` of other bytes.
    by_bytes = find_binary_format(start, request.path, request.name)
    if by_bytes == "html" or request.format == "html":
        return read_html(request.path, request.name, request.said.encoding)
    if by_bytes == "excel" and not start.startswith((OLE, ZIP)):
        return read_xml_spreadsheet(request.path, request.name)
    return CalamineBook(request.path, request.name)


def _moved(region: Region, left: int) -> Region:
    """A region of a sheet's rows as one of the sheet itself, whose first columns may be blank."""
    return Region(region.top, region.left + left, region.bottom, region.right + left)


def _merged_near(sheet: Sheet, region: Region) -> dict[tuple[int, int], Region]:
    """The merged cells at the top of a region."""
    whole = _moved(region, sheet.left)
    bottom = min(whole.bottom, whole.top + WITHIN)
    return {
        (row, column): span
        for span in sheet.merged
        for row in range(max(span.top, whole.top), min(span.bottom, bottom) + 1)
        for column in range(max(span.left, whole.left), min(span.right, whole.right) + 1)
    }


def _empty_hint(book: Book) -> str:
    if not book.hidden:
        return "None of its sheets has a cell with a value."
    return (
        f"None of its visible sheets has a cell with a value; hidden ones are read if named: {', '.join(book.hidden)}."
    )
