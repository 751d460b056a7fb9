"""How a delimited file is laid out: encoding, separator, quote and headers, as said or as found."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tillid.connectors.sources.encoding import find_encoding, sample_text
from tillid.connectors.sources.errors import FileEmpty, HeaderMissing
from tillid.connectors.sources.found_by_looking import clean_headers, find_header, holds_values
from tillid.ports.source import ReadAs

SEPARATORS = (";", "\t", ",", "|")
SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """A delimited file's layout; `header_row` is the line of the headers, `skip_lines` the lines up to the data."""

    encoding: str
    separator: str
    quote: str
    header_row: int
    skip_lines: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells, the line that they start on and the line that they end on."""

    cells: list[str]
    start: int
    end: int


def find_layout(path: Path, name: str, said: ReadAs, separator: str | None) -> tuple[Layout, list[list[str]]]:
    """The layout of a file, and the rows of a sample below its headers.

    `separator` is what the format or the definition fixes. Errors: FileEmpty, FileNotText, HeaderMissing,
    HeaderDuplicated.
    """
    encoding = said.encoding or find_encoding(path, name)
    text, is_all = sample_text(path, name, encoding, SAMPLE_BYTES)
    if not text.strip("\r\n\t \x00"):
        raise FileEmpty(name)
    first_line = said.header_row or 1
    lines = list(io.StringIO(text, newline=""))[first_line - 1 :]
    if not lines:
        raise HeaderMissing(name, first_line)
    quote = said.quote or _find_quote(text)
    separator = separator or _find_separator(lines, quote)
    rows = _rows(lines, separator, quote, first_line)
    if len(rows) > 1 and not is_all:
        rows.pop()  # the sample cuts it
    header = 0 if said.header_row else find_header([row.cells for row in rows])
    if not rows or not rows[header].cells:
        raise HeaderMissing(name, first_line)
    top = rows[header]
    layout = Layout(encoding, separator, quote, top.start, top.end, clean_headers(name, top.cells))
    return layout, [row.cells for row in rows[header + 1 :]][:SAMPLE_ROWS]


def _rows(lines: Sequence[str], separator: str, quote: str, first_line: int) -> list[_Row]:
    reader = csv.reader(lines, delimiter=separator, quotechar=quote)
    rows: list[_Row] = []
    start = first_line
    try:
        for cells in reader:
            end = first_line + reader.line_num - 1
            rows.append(_Row(cells, start, end))
            start = end + 1
    except csv.Error:  # an overlong value: the reading itself will say which
        return rows
    return rows


def _find_separator(lines: Sequence[str], quote: str) -> str:
    def fitness(separator: str) -> tuple[bool, float, int, int]:
        rows = [row.cells for row in _rows(lines[:SAMPLE_ROWS], separator, quote, 1)]
        rows = [cells for cells in rows if any(cell.strip() for cell in cells)]
        if not rows:
            return False, 0.0, 0, 0
        width, agreeing = Counter(len(cells) for cells in rows).most_common(1)[0]
        headers = next(cells for cells in rows if len(cells) == width)
        named = width > 1 and not holds_values(headers)
        return named, agreeing / len(rows), width, -SEPARATORS.index(separator)

    best = max(SEPARATORS, key=fitness)
    # Nothing separates: one column, whose values may hold a decimal comma.
    return best if fitness(best)[0] else _separator_of_first(lines[0])


def _separator_of_first(line: str) -> str:
    found = [separator for separator in SEPARATORS if separator in line]
    return max(found, key=line.count) if found else ";"


def _find_quote(text: str) -> str:
    if '"' in text:
        return '"'
    single = len(re.findall(r"(?:^|[;,\t|])'[^'\r\n]*'(?=[;,\t|\r\n]|$)", text, re.MULTILINE))
    lines = text.count("\n") + text.count("\r") or 1
    return "'" if single >= lines * 0.9 else '"'
