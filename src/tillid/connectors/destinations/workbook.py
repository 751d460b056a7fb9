"""A list as an Excel workbook (.xlsx) of one sheet: text as text, so that nothing runs, and numbers as numbers."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_calamine import load_workbook

from tillid.connectors.destinations.cells import cell, harmless
from tillid.ports.errors import DestinationError

if TYPE_CHECKING:
    import xlsxwriter

MOST_ROWS = 1_048_576
"""The rows of a sheet, its header among them (ECMA-376)."""
LONGEST_CELL = 32_767
"""The most characters that a cell of a sheet has."""
_LARGEST_WHOLE = 2**53
# Written in memory, since what a list holds may stand in no temporary file.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}


def write_workbook(file: BinaryIO, lines: Iterable[Sequence[object]]) -> None:
    """Write lines of cells; the same lines make the same bytes.

    Text that a spreadsheet would run when the list is saved as CSV is made harmless (see `cells.harmless`). Raises
    `DestinationError` for more rows or longer text than a sheet holds.

    >>> from python_calamine import load_workbook
    >>> file = io.BytesIO()
    >>> write_workbook(file, [["Navn", "Linje"], ["=1+1", 2]])
    >>> _ = file.seek(0)
    >>> load_workbook(file).get_sheet_by_index(0).to_python()
    [['Navn', 'Linje'], ["'=1+1", 2.0]]
    """
    # Few lists are workbooks, and it takes long to load.
    import xlsxwriter  # noqa: PLC0415

    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made, _OPTIONS)
    # Without a date of its own a workbook says when it was written.
    workbook.set_properties({"created": datetime(2000, 1, 1)})
    sheet = workbook.add_worksheet()
    for row, line in enumerate(lines):
        if row == MOST_ROWS:
            raise DestinationError(
                f"An Excel sheet holds {MOST_ROWS:,} rows, and the list has more", hint="Write it as .csv or .parquet."
            )
        for place, value in enumerate(line):
            _write(sheet, row, place, value)
    workbook.close()
    file.write(made.getbuffer())


def read_workbook(path: Path) -> list[list[object]]:
    """The lines of the first sheet, its whole numbers as such; whatever python-calamine raises for no workbook."""
    rows = load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[int(v) if isinstance(v, float) and v.is_integer() else v for v in row] for row in rows]


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: object) -> None:
    if _is_number(value):
        sheet.write_number(row, place, value)
        return
    text = harmless(value) if isinstance(value, str) else cell(value)
    if len(text) > LONGEST_CELL:
        raise DestinationError(
            f"Line {row + 1}, column {place + 1}: the text is longer than the {LONGEST_CELL:,} characters of a cell",
            hint="Write it as .csv or .parquet.",
        )
    if text:
        sheet.write_string(row, place, text)


def _is_number(value: object) -> bool:
    """Whether a sheet holds the value as a number without losing digits."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= _LARGEST_WHOLE
    return (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, Decimal) and value.is_finite())
