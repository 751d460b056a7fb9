"""Excel workbooks (.xlsx): one sheet, its cells with their own types."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

import pyarrow as pa
import python_calamine as calamine

from tillid.connectors.sources.errors import FileEmpty, FileTorn, HeaderMissing, SheetMissing
from tillid.connectors.sources.file_bytes import FileBytes
from tillid.connectors.sources.found_by_looking import (
    clean_headers,
    date_notes,
    find_date_formats,
    find_decimal_mark,
    holds_values,
)
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.python_values import column_of
from tillid.connectors.sources.request import Request
from tillid.ports.source import BATCH_ROWS, Look, RawBatch

_HEADERS_WITHIN = 50
_NEARLY_ALL = 0.8
_Cells = Sequence[object]


class ExcelFile:
    """One workbook; the sheet that the definition names, else the first visible one that is not empty."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._found: tuple[Look, calamine.CalamineSheet] | None = None

    def tables(self) -> tuple[str, ...]:
        """The one sheet that is read."""
        return (self._look_and_sheet()[1].name,)

    def look(self) -> Look:
        """Sheet, headers, and decimal mark and date formats of cells that are text."""
        return self._look_and_sheet()[0]

    def batches(self) -> Iterator[RawBatch]:
        """The rows that are not blank, with numbers, dates and truths as such."""
        look, _ = self._look_and_sheet()
        kept = [
            (index, header)
            for index, header in enumerate(look.columns)
            if self._request.only is None or header in self._request.only
        ]
        first, rows = 0, self._rows()
        while part := [cells for _, cells in islice(rows, BATCH_ROWS)]:
            arrays = [column_of([_value(row[index]) for row in part], look.decimal or ".") for index, _ in kept]
            table = pa.RecordBatch.from_arrays(arrays, names=[header for _, header in kept])
            yield RawBatch(table, first)
            first += len(part)

    def lines(self) -> Iterator[int]:
        """The rows of the sheet, from 1."""
        return (line for line, _ in self._rows())

    def _rows(self) -> Iterator[tuple[int, _Cells]]:
        look, sheet = self._look_and_sheet()
        width = len(look.columns)
        for line, cells in enumerate(sheet.iter_rows(), 1):
            if line > look.header_row and not _is_blank(cells):
                yield line, cells[:width]

    def _look_and_sheet(self) -> tuple[Look, calamine.CalamineSheet]:
        if self._found is None:
            sheet = self._open()
            self._found = self._look_at(sheet), sheet
        return self._found

    def _open(self) -> calamine.CalamineSheet:
        name, wanted = self._request.name, self._request.said.sheet
        with FileBytes(self._request.path, name) as source:
            content = source.read()
        if not content:
            raise FileEmpty(name)
        try:
            book = calamine.load_workbook(io.BytesIO(content))
            if wanted is not None and wanted not in book.sheet_names:
                raise SheetMissing(name, wanted, book.sheet_names)
            visible = [s.name for s in book.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible]
            for sheet_name in [wanted] if wanted else visible:
                sheet = book.get_sheet_by_name(sheet_name)
                if sheet.height:
                    return sheet
        except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, calamine.PasswordError):
            raise FileTorn(name, "the workbook") from None
        raise FileEmpty(name)

    def _look_at(self, sheet: calamine.CalamineSheet) -> Look:
        said = self._request.said
        top = list(islice(sheet.iter_rows(), SAMPLE_ROWS + _HEADERS_WITHIN))
        header_row = said.header_row or _find_header_row(top)
        if header_row > len(top) or _is_blank(top[header_row - 1]):
            raise HeaderMissing(self._request.name, header_row)
        headers = [_written(cell) for cell in top[header_row - 1]]
        below = top[header_row:]
        while headers and not headers[-1] and all(_written(row[len(headers) - 1]) == "" for row in below):
            headers.pop()
        columns = clean_headers(self._request.name, headers)
        texts = {
            header: [cell for row in below if isinstance(cell := row[index], str)]
            for index, header in enumerate(columns)
        }
        formats, ambiguous = find_date_formats(texts)
        return Look(
            file=self._request.name,
            format="excel",
            encoding=None,
            separator=None,
            quote=None,
            decimal=said.decimal or find_decimal_mark(text for column in texts.values() for text in column) or ".",
            date_formats=formats,
            header_row=header_row,
            columns=columns,
            sheet=sheet.name,
            notes=tuple(date_notes(formats, ambiguous)),
        )


def _find_header_row(rows: Sequence[_Cells]) -> int:
    filled = [sum(cell != "" for cell in row) for row in rows]
    enough = max(filled) * _NEARLY_ALL
    for index, row in enumerate(rows[:_HEADERS_WITHIN]):
        texts = [_written(cell) for cell in row if cell != ""]
        if filled[index] >= enough and not holds_values(texts):
            return index + 1
    return next(index for index, count in enumerate(filled, 1) if count)


def _is_blank(cells: _Cells) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _value(cell: object) -> object:
    if cell == "":
        return None
    if isinstance(cell, datetime):
        return cell
    # A date cell without a time comes as a date; a time of day or a span has no Arrow type that a column takes.
    return str(cell) if isinstance(cell, time | timedelta) else cell
