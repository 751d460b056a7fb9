"""What a person should know of how a sheet was read as a table, as sentences without values."""

from __future__ import annotations

from collections.abc import Sequence

from tillid.connectors.sources.sheet_grid import Region
from tillid.connectors.sources.sheet_headers import Headers
from tillid.connectors.sources.sheet_tables import SheetTable
from tillid.connectors.sources.sheets import Sheet


def notes_of(  # noqa: PLR0913, PLR0917  each is one thing that a note tells of
    sheet: Sheet,
    table: SheetTable,
    headers: Headers,
    columns: Sequence[str],
    region: Region,
    hidden: Sequence[str],
    tables: int,
) -> list[str]:
    """The notes on one table of a sheet."""
    notes: list[str] = []
    top = headers.data if headers.top is None else headers.top
    above = table.above + (top - region.top)
    if above:
        notes.append(f"{_rows(above)} above the table {_are(above)} left out")
    if table.below:
        notes.append(
            f"{_rows(table.below)} below the table, after a blank one and narrower, {_are(table.below)} left out"
        )
    if headers.top is None:
        notes.append("there is no row of headers: columns are called by their places")
    elif headers.bottom is not None and headers.bottom > headers.top:
        notes.append(f"headers are joined from rows {headers.top + 1} to {headers.bottom + 1}")
    notes += _renamed(headers.names, columns)
    if tables > 1:
        to = f" to {sheet.name}#{tables}" if tables > 2 else ""
        notes.append(f"the sheet holds {tables} tables: {sheet.name}, {sheet.name}#2{to}")
    merged = _merged_in_body(sheet, headers, region)
    if merged:
        places = "1 place" if merged == 1 else f"{merged} places"
        notes.append(f"cells are merged in {places}: each value stands in the first of them, the others are empty")
    if sheet.errors:
        notes.append(f"{sheet.errors} cells of the sheet are formula errors and read as empty")
    if hidden:
        notes.append(f"hidden sheets are read only if named: {', '.join(hidden)}")
    return notes


def _renamed(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    again = [column for name, column in zip(names, columns, strict=True) if name and column.endswith(")")]
    again = [
        column for column in again if any(column.startswith(f"{name} (") for name in names) and column not in names
    ]
    return [f"a header that recurs has a number: {', '.join(again)}"] if again else []


def _merged_in_body(sheet: Sheet, headers: Headers, region: Region) -> int:
    right = region.right + sheet.left
    return sum(
        span.bottom >= headers.data and span.top <= region.bottom and span.left <= right and span.right >= region.left
        for span in sheet.merged
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
