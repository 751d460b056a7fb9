"""The cells of workbooks by other readers than Tillid's: sheet → line → its filled cells, from left to right."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import xlrd

Cells = dict[str, dict[int, list[object]]]

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_REPEATED = 10_000
_SPAN = re.compile(r"P(?:(\d+)D)?T(\d+)H(\d+)M(\d+(?:\.\d+)?)S")


def cells_of_xlsx(path: Path) -> Cells:
    """By openpyxl; errors of formulas as None."""
    book = openpyxl.load_workbook(path, data_only=True)
    made: Cells = {}
    for sheet in book.worksheets:
        made[sheet.title] = lines = {}
        # Going through rows would make every cell up to the last one of the sheet.
        for place in sorted(sheet._cells):
            cell = sheet._cells[place]
            if cell.value not in (None, ""):
                lines.setdefault(place[0], []).append(None if cell.data_type == "e" else cell.value)
    return made


def cells_of_xls(path: Path) -> Cells:
    """By xlrd; errors of formulas as None."""
    book = xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True)
    made: Cells = {}
    for sheet in book.sheets():
        made[sheet.name] = lines = {}
        for row in range(sheet.nrows):
            cells = [cell for cell in sheet.row(row) if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)]
            lines[row + 1] = [_of_xls(cell, book) for cell in cells if cell.value != ""]
    return made


def _of_xls(cell: xlrd.sheet.Cell, book: xlrd.Book) -> object:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype != xlrd.XL_CELL_DATE:
        return cell.value
    shape = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if "[h" in shape.lower() or (0 <= cell.value < 1 and not book.datemode):
        return timedelta(days=cell.value)
    return xlrd.xldate_as_datetime(cell.value, book.datemode)


def cells_of_ods(path: Path) -> Cells:
    """From the XML itself, as the format is specified."""
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read("content.xml"))
    made: Cells = {}
    for table in root.iter(f"{_TABLE}table"):
        line, lines = 1, {}
        for row in table.iter(f"{_TABLE}table-row"):
            cells: list[object] = []
            for cell in row:
                if cell.tag.endswith("table-cell") and (value := _of_ods(cell)) not in (None, ""):
                    repeated = _repeated(cell, "columns")
                    cells += [value] * repeated
            repeated = _repeated(row, "rows")
            lines.update({line + below: cells for below in range(repeated if cells else 0)})
            line += repeated
        made[table.get(f"{_TABLE}name", "")] = lines
    return made


def _repeated(element: ElementTree.Element, what: str) -> int:
    count = int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
    if count > _MOST_REPEATED and element.find(f".//{_TEXT}p") is not None:
        raise ValueError(f"{count} {what} with a value")
    return count


def _of_ods(cell: ElementTree.Element) -> object:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", "nan"))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", "").replace("T", " ")
    if kind == "time":
        found = _SPAN.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    paragraphs = [_text(part) for part in cell if part.tag in (f"{_TEXT}p", f"{_TEXT}h")]
    return "\n".join(paragraphs) if paragraphs else None


def _text(element: ElementTree.Element) -> str:
    """Text with its blanks: runs of them stand as elements of their own."""
    parts = [re.sub(r"[ \t\r\n]+", " ", element.text or "")]
    for below in element:
        name = below.tag.rpartition("}")[2]
        if name == "s":
            parts.append(" " * int(below.get(f"{_TEXT}c", "1")))
        elif name == "tab":
            parts.append("\t")
        elif name == "line-break":
            parts.append("\n")
        elif name not in ("annotation", "note", "ruby-text"):
            parts.append(_text(below))
        parts.append(re.sub(r"[ \t\r\n]+", " ", below.tail or ""))
    return "".join(parts)
