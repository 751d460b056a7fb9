"""Measures the sheets of a workbook before they are read: how far their cells reach, and how many are errors.

A reader of workbooks holds every cell between the first and the last filled one, so one cell in the far corner
of an otherwise small sheet takes all memory. This goes through the parts in chunks and holds nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

from tillid.connectors.sources.containers import unpacked
from tillid.connectors.sources.errors import LimitExceeded
from tillid.connectors.sources.limits import LIMITS

_NEAR_END = 1 << 17
# A cell counts if something is in it: sheets have many that carry a style alone.
_FILLED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Za-z]{1,7})(\d{1,10})[\"'][^>]*(?<!/)>\s*<(?!/)")
_WITH_REFERENCE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ROW_START = re.compile(rb"<(?:\w+:)?row[\s>/]")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=[\"']e[\"']")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_ODS_ROW = re.compile(rb"<(?:\w+:)?table-row[\s>/]")
_ODS_SHEET = re.compile(rb"<(?:\w+:)?table\s")
_ODS_CELL = re.compile(rb"<(?:\w+:)?(?:covered-)?table-cell\b([^>]*)>")
_ODS_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated=[\"'](\d{1,12})[\"']")
_ODS_ERROR = re.compile(rb">(?:#(?:N/A|DIV/0!|REF!|NAME\?|VALUE!|NUM!|NULL!)|Err:\d{3})</")


@dataclass(slots=True)
class SheetSize:
    """How far a sheet's cells reach (counts of rows and columns), and how many of them are formula errors."""

    rows: int = 0
    columns: int = 0
    errors: int = 0

    def check(self, name: str) -> None:
        """Errors: LimitExceeded."""
        if self.rows * self.columns > LIMITS.cells:
            raise LimitExceeded(
                name,
                f"a sheet reaches to row {self.rows} and column {self.columns}: more cells than are read",
                hint="Delete what stands far from the table, or export the table as CSV or Parquet.",
            )


def sizes_of_xlsx(container: zipfile.ZipFile, name: str) -> dict[str, SheetSize]:
    """The sizes of the sheets of an .xlsx by name. Errors: LimitExceeded."""
    sizes: dict[str, SheetSize] = {}
    named = _sheet_names(container)
    for part in container.namelist():
        lower = part.lower().replace("\\", "/")
        if lower.endswith("sharedstrings.xml"):
            _check_strings(container, part, name)
        elif "worksheets/" in lower and lower.endswith(".xml") and "_rels" not in lower:
            size = _xlsx_size(unpacked(container, part), name)
            last = lower.rsplit("/", 1)[-1]
            sizes[named.get(last, part)] = size
    return sizes


def _xlsx_size(chunks: Iterable[bytes], name: str) -> SheetSize:
    size = SheetSize()
    in_row = rows = 0
    for text in _whole_cells(chunks, name):
        filled = _FILLED.findall(text)
        size.columns = max([size.columns, *map(_column_number, {letters for letters, _ in filled})])
        size.rows = max([size.rows, *map(int, {digits for _, digits in filled})])
        if not _all_have_references(text):
            # Cells without a reference follow one another.
            starts = [match.start() for match in _ROW_START.finditer(text)]
            for begin, end in zip([0, *starts], [*starts, len(text)], strict=True):
                cells = len(_ANY_CELL.findall(text, begin, end))
                in_row = in_row + cells if begin == 0 else cells
                size.columns = max(size.columns, in_row)
            rows += len(starts)
            size.rows = max(size.rows, rows)
        if b't="e"' in text or b"t='e'" in text:
            size.errors += len(_ERROR.findall(text))
        size.check(name)
    return size


def _all_have_references(text: bytes) -> bool:
    plain = text.count(b'<c r="')
    if plain and plain == text.count(b"<c ") + text.count(b"<c>"):
        return True  # as nearly all are written, told quickly
    return len(_ANY_CELL.findall(text)) == len(_WITH_REFERENCE.findall(text))


def _check_strings(container: zipfile.ZipFile, part: str, name: str) -> None:
    count = 0
    for text in _whole_cells(unpacked(container, part), name, _STRING):
        count += len(_STRING.findall(text))
        if count > LIMITS.cells:
            raise LimitExceeded(name, f"it holds more than {LIMITS.cells} texts", hint="Export the table as CSV.")


def sizes_of_ods(container: zipfile.ZipFile, name: str) -> list[SheetSize]:
    """The sizes of the sheets of an .ods, in their order. Errors: LimitExceeded."""
    sizes: list[SheetSize] = []
    blank = 0
    for row in _ods_rows(unpacked(container, "content.xml"), name):
        if row is None:
            sizes.append(SheetSize())
            blank = 0
            continue
        if not sizes:
            continue
        size = sizes[-1]
        opening, _, cells = row.partition(b">")
        repeated = _repeated(opening)
        last = max(cells.rfind(b"value-type="), cells.rfind(b":p>"), cells.rfind(b":p "))
        width = sum(_repeated(match[1]) for match in _ODS_CELL.finditer(cells, 0, last + 200)) if last >= 0 else 0
        blank += repeated
        if width:
            size.rows, blank = size.rows + blank, 0
        size.columns = max(size.columns, width)
        size.errors += len(_ODS_ERROR.findall(cells))
        size.check(name)
    return sizes


def _ods_rows(chunks: Iterable[bytes], name: str) -> Iterator[bytes | None]:
    """Each row from its tag on; None where a sheet begins."""
    held = b""
    for chunk in chunks:
        held += chunk
        marks = sorted(
            [(match.start(), True) for match in _ODS_ROW.finditer(held)]
            + [(match.start(), False) for match in _ODS_SHEET.finditer(held)]
        )
        for (start, is_row), (end, _) in pairwise(marks):
            yield held[start:end] if is_row else None
        held = held[marks[-1][0] :] if marks else held[-200:]
        _check_held(held, name)
    if _ODS_ROW.match(held):
        yield held
    elif _ODS_SHEET.match(held):
        yield None


def _repeated(attributes: bytes) -> int:
    found = _ODS_REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _whole_cells(chunks: Iterable[bytes], name: str, begins: re.Pattern[bytes] = _ANY_CELL) -> Iterator[bytes]:
    """Chunks that end where a cell (or what else `begins` tells) begins."""
    held = b""
    for chunk in chunks:
        held += chunk
        cut = max((match.start() for match in begins.finditer(held, max(0, len(held) - _NEAR_END))), default=0)
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        _check_held(held, name)
    yield held


def _check_held(held: bytes, name: str) -> None:
    if len(held) > LIMITS.sheet_row_bytes:
        raise LimitExceeded(name, "a single row or text of a sheet is longer than is read")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet_names(container: zipfile.ZipFile) -> dict[str, str]:
    """The last part of a sheet's path → its name, as far as the workbook says so plainly."""
    parts = {part.lower().replace("\\", "/").lstrip("/"): part for part in container.namelist()}
    book, links = parts.get("xl/workbook.xml"), parts.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return {}
    if max(container.getinfo(part).file_size for part in (book, links)) > 1 << 24:
        return {}
    try:
        targets = {
            link.get("Id"): link.get("Target", "").lower().rsplit("/", 1)[-1]
            for link in ElementTree.fromstring(container.read(links))  # noqa: S314  expat bounds entities itself
        }
        sheets = [tag for tag in ElementTree.fromstring(container.read(book)).iter() if tag.tag.endswith("}sheet")]  # noqa: S314
    except ElementTree.ParseError:
        return {}
    found: dict[str, str] = {}
    for sheet in sheets:
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        if link in targets:
            found[targets[link]] = sheet.get("name", "")
    return found
