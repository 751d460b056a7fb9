"""XML spreadsheets (Excel 2003): sheets, cells of their own types, merges; entities are refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from xml.parsers import expat

from tillid.connectors.sources.errors import FileTorn, LimitExceeded
from tillid.connectors.sources.file_bytes import Openable
from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.markup_books import MarkupBook, MarkupSheet, markup_text
from tillid.connectors.sources.sheet_grid import Region


def read_xml_spreadsheet(path: Path | Openable, name: str) -> MarkupBook:
    """The sheets of an XML spreadsheet. Errors: FileTorn, LimitExceeded."""
    reader = _Reader(name)
    try:
        reader.parse(markup_text(path, name, None).lstrip("\ufeff \r\n\t"))
    except expat.ExpatError:
        raise FileTorn(name, "the XML spreadsheet") from None
    return MarkupBook(reader.sheets, name)


class _Reader:
    def __init__(self, file: str) -> None:
        self.sheets: list[MarkupSheet] = []
        self._file = file
        self._row = self._column = -1
        self._across = self._down = 0
        self._type = ""
        self._text: list[str] | None = None
        self._visible: list[str] | None = None

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.EntityDeclHandler = self._entity
        parser.Parse(text.encode("utf-8", "replace"), True)

    def _entity(self, *_: object) -> None:
        raise LimitExceeded(self._file, "it declares XML entities, which are not read")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if tag == "Worksheet":
            self.sheets.append(MarkupSheet(said.get("Name", f"Sheet{len(self.sheets) + 1}")))
            self._row = -1
        elif not self.sheets:
            return
        elif tag == "Row":
            self._row = _place(said.get("Index"), self._row + 1)
            self._column = -1
        elif tag == "Cell":
            self._column = _place(said.get("Index"), self._column + 1)
            self._across, self._down = _count(said.get("MergeAcross")), _count(said.get("MergeDown"))
        elif tag == "Data":
            self._type, self._text = said.get("Type", "String"), []
        elif tag == "Visible":
            self._visible = []

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "Data" and self._text is not None:
            self._put("".join(self._text))
            self._text = None
        elif tag == "Cell" and self.sheets:
            if self._across or self._down:
                bottom, right = self._row + self._down, self._column + self._across
                self.sheets[-1].merged.append(Region(self._row, self._column, bottom, right))
            self._column += self._across
        elif tag == "Visible" and self._visible is not None:
            self.sheets[-1].is_hidden = "Hidden" in "".join(self._visible)
            self._visible = None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
        elif self._visible is not None:
            self._visible.append(text)

    def _put(self, text: str) -> None:
        sheet = self.sheets[-1]
        if self._type == "Error":
            sheet.errors += 1
        else:
            sheet.put(max(self._row, 0), max(self._column, 0), _typed(text, self._type), self._file)


def _typed(text: str, kind: str) -> object:
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            return moment.date() if moment == datetime.combine(moment.date(), datetime.min.time()) else moment
    except ValueError:
        return text
    return text.strip() in ("1", "true", "True") if kind == "Boolean" else text


def _place(index: str | None, following: int) -> int:
    return max(following, min(_count(index), LIMITS.cells) - 1)


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
