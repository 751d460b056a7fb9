"""Pages and XML that programs export as .xls: HTML tables and XML spreadsheets (Excel 2003), as workbooks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from tillid.connectors.sources.errors import FileNotATable, LimitExceeded, SheetMissing
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.limits import LIMITS, MIB
from tillid.connectors.sources.sheet_grid import Cells, Region

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_BLOCKS = frozenset({"br", "p", "div", "li"})
_UNSHOWN = frozenset({"script", "style", "head", "title", "noscript"})
_LONGEST_SPAN = 1000


@dataclass(slots=True)
class MarkupSheet:
    """A sheet that is held as a whole."""

    name: str
    cells: list[list[object]] = field(default_factory=list)
    merged: list[Region] = field(default_factory=list)
    errors: int = 0
    left: int = 0
    is_hidden: bool = False

    def rows(self) -> Iterator[Cells | None]:
        """Its rows."""
        return iter(self.cells)

    def put(self, row: int, column: int, value: object, file: str) -> None:
        """Set a cell. Errors: LimitExceeded where it is too far away."""
        width = max(column + 1, len(self.cells[0]) if self.cells else 0)
        if max(row + 1, len(self.cells)) * width > LIMITS.markup_cells or column >= LIMITS.columns:
            raise LimitExceeded(file, f"a table reaches to row {row + 1} and column {column + 1}: more than is read")
        while len(self.cells) <= row:
            self.cells.append([])
        cells = self.cells[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value


class MarkupBook:
    """Sheets that are held as a whole. A `Book`."""

    def __init__(self, sheets: Sequence[MarkupSheet], file: str) -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self._file = file
        self.visible = tuple(sheet.name for sheet in sheets if not sheet.is_hidden)
        self.hidden = tuple(sheet.name for sheet in sheets if sheet.is_hidden)

    def sheet(self, name: str) -> MarkupSheet:
        """A sheet by name."""
        if name not in self._sheets:
            raise SheetMissing(self._file, name, self._sheets)
        return self._sheets[name]


def read_html(path: Path | Openable, name: str, encoding: str | None = None) -> MarkupBook:
    """The tables of a page, each as a sheet: the first called as the file. Errors: FileNotATable, LimitExceeded."""
    stem = Path(path.name.removesuffix(".gz")).stem
    parser = _Tables(stem, name)
    parser.feed(markup_text(path, name, encoding))
    parser.close()
    if not parser.sheets:
        raise FileNotATable(name, "a web page without a table")
    return MarkupBook(parser.sheets, name)


def markup_text(path: Path | Openable, name: str, encoding: str | None) -> str:
    """The text of a page, in the encoding that is said, that it names, or else UTF-8 or windows-1252."""
    with FileBytes(path, name) as source:
        content = source.read(LIMITS.markup_bytes + 1)
    if len(content) > LIMITS.markup_bytes:
        raise LimitExceeded(name, f"the page is larger than {LIMITS.markup_bytes // MIB} MiB", hint="Export it as CSV.")
    by_bom = next((found for bom, found in _BOMS if content.startswith(bom)), None)
    named = _CHARSET.search(content[:4096])
    for candidate in (encoding, by_bom, named and named[1].decode("ascii"), "utf-8"):
        try:
            if candidate:
                return content.decode(candidate)
        except (LookupError, UnicodeError):
            continue
    return content.decode("windows-1252", "replace")


@dataclass(slots=True)
class _OpenTable:
    sheet: MarkupSheet
    row: int = -1
    column: int = 0
    taken: dict[tuple[int, int], bool] = field(default_factory=dict)
    text: list[str] | None = None
    value: object = None
    span: tuple[int, int] = (1, 1)


class _Tables(HTMLParser):
    """Collects the tables of a page; one within a cell is a table of its own."""

    def __init__(self, stem: str, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[MarkupSheet] = []
        self._stem = stem
        self._file = file
        self._open: list[_OpenTable] = []
        self._unshown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell."""
        if tag in _UNSHOWN:
            self._unshown += 1
        elif tag == "table":
            self._begin_table()
        elif not self._open:
            return
        elif tag == "tr":
            self._end_cell()
            self._open[-1].row += 1
            self._open[-1].column = 0
        elif tag in ("td", "th"):
            self._begin_cell(dict(attrs))
        elif tag in _BLOCKS and self._open[-1].text:
            self._open[-1].text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a table, row or cell."""
        if tag in _UNSHOWN:
            self._unshown = max(0, self._unshown - 1)
        elif self._open and tag in ("td", "th", "tr", "table"):
            self._end_cell()
            if tag == "table":
                self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add to the open cell."""
        if self._open and not self._unshown and self._open[-1].text is not None:
            self._open[-1].text.append(data)

    def close(self) -> None:
        """The page ends, also in the middle of a table."""
        super().close()
        while self._open:
            self._end_cell()
            self._open.pop()
        self.sheets = [sheet for sheet in self.sheets if sheet.cells]
        for index, sheet in enumerate(self.sheets):
            sheet.name = self._stem if index == 0 else f"{self._stem}#{index + 1}"

    def _begin_table(self) -> None:
        if len(self._open) > LIMITS.markup_nesting or len(self.sheets) >= LIMITS.markup_tables:
            raise LimitExceeded(self._file, "the page holds more tables, or more within one another, than are read")
        sheet = MarkupSheet("")
        self.sheets.append(sheet)
        self._open.append(_OpenTable(sheet))

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        table = self._open[-1]
        table.row = max(table.row, 0)
        while (table.row, table.column) in table.taken:
            table.column += 1
        table.text = []
        table.value = _number(attributes.get("x:num") or attributes.get("sdval"))
        table.span = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.text is None:
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(table.text).split("\n") if line.strip())
        value = text if table.value is None else table.value
        row, column = table.row, table.column
        rows, columns = table.span
        table.sheet.put(row, column + columns - 1, "", self._file)
        table.sheet.put(row, column, value, self._file)
        if rows > 1 or columns > 1:
            table.sheet.merged.append(Region(row, column, row + rows - 1, column + columns - 1))
            for below in range(row + 1, row + rows):
                table.taken.update({(below, beside): True for beside in range(column, column + columns)})
        table.column = column + columns
        table.text = None


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _LONGEST_SPAN) if text and text.isascii() and text.isdigit() else 1


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
