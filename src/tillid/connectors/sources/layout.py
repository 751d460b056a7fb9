"""How a delimited file is laid out: encoding, separator, quote and headers, as said or as found."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tillid.connectors.sources.cells import Marks, take_apart
from tillid.connectors.sources.encoding import find_encoding, is_mojibake, sample_text
from tillid.connectors.sources.errors import FileEmpty, HeaderMissing, LimitExceeded
from tillid.connectors.sources.file_bytes import Openable
from tillid.connectors.sources.find_headers import find_headers
from tillid.connectors.sources.find_separator import find_separator
from tillid.connectors.sources.found_by_looking import clean_headers, holds_values
from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.stacked_rows import joined, last_header_row, next_table
from tillid.ports.source import ReadAs

SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 1000
_SAMPLE_LINES = 4 * SAMPLE_ROWS
_SEP_LINE = re.compile(r'"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """A delimited file's layout.

    `header_row` is the line of the headers, 0 where there are none; `skip_lines` the lines up to the data.
    `headers` are the header cells as they stand. Each row may end in `hidden` cells without header or value.
    `comment` begins lines of comment; `begins_with_values`: the first column holds numbers or dates. After
    `last_line`, where it is not 0, another table begins.
    """

    encoding: str
    is_encoding_found: bool
    marks: Marks
    header_row: int
    skip_lines: int
    columns: tuple[str, ...]
    headers: tuple[str, ...] = ()
    hidden: int = 0
    comment: str = ""
    begins_with_values: bool = False
    last_line: int = 0
    notes: tuple[str, ...] = ()

    @property
    def separator(self) -> str:
        """What stands between cells."""
        return self.marks.separator

    @property
    def quote(self) -> str:
        """What stands around a cell."""
        return self.marks.quote

    @property
    def is_plain(self) -> bool:
        """Whether it is CSV as Arrow reads it."""
        marks = self.marks
        if self.last_line:
            return False
        return len(marks.separator) == 1 and not marks.are_aligned and not marks.escape and marks.separator.isascii()


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells, the line that they start on and the line that they end on."""

    cells: list[str]
    start: int
    end: int
    text: str


def find_layout(
    path: Path | Openable, name: str, said: ReadAs, separator: str | None
) -> tuple[Layout, list[list[str]]]:
    """The layout of a file, and the rows of a sample below its headers.

    `separator` is what the format or the definition fixes. Errors: FileEmpty, FileNotText, HeaderMissing,
    LimitExceeded.
    """
    encoding = said.encoding or find_encoding(path, name)
    text, is_all = _sample(path, name, encoding, found=said.encoding is None)
    if not text.strip("\r\n\t \x00"):
        raise FileEmpty(name)
    sep_line = None if said.header_row else _SEP_LINE.match(text)
    if sep_line and not separator:
        separator = sep_line[1]
    first_line = said.header_row or (2 if sep_line else 1)
    lines = list(io.StringIO(text, newline=""))[first_line - 1 :]
    if not any(line.strip() for line in lines):
        raise HeaderMissing(name, first_line)
    quote = said.quote or _find_quote(text)
    marks = _found_marks(lines, separator, quote)
    rows = _rows(lines[:_SAMPLE_LINES], marks, first_line)
    if len(rows) > 1 and not (is_all and len(lines) <= _SAMPLE_LINES):
        rows.pop()  # the sample cuts it
    layout = _laid_out(name, rows, marks, said)
    layout = replace(layout, encoding=encoding, is_encoding_found=said.encoding is None)
    within = layout.last_line or rows[-1].end if rows else 0
    sample = [row.cells for row in rows if layout.skip_lines < row.start <= within][:SAMPLE_ROWS]
    notes = [*layout.notes, *_notes(layout, text, encoding, said)]
    return replace(layout, notes=tuple(notes)), sample


def _sample(path: Path | Openable, name: str, encoding: str, *, found: bool) -> tuple[str, bool]:
    """The start of the text: enough for whole lines, however wide they are."""
    size = SAMPLE_BYTES
    while True:
        text, is_all = sample_text(path, name, encoding, size, found=found)
        lines = text.lstrip("\r\n").count("\n") + text.lstrip("\r\n").count("\r")
        if is_all or lines > 3:
            return text, is_all
        if size > LIMITS.cell_characters:
            if lines:
                return text, is_all
            raise LimitExceeded(name, f"the first line has more than {LIMITS.cell_characters:,} characters")
        size *= 8


def _found_marks(lines: Sequence[str], separator: str | None, quote: str) -> Marks:
    escape = _find_escape("".join(lines), quote)
    if separator:
        return Marks(separator, quote, escape)
    return find_separator(lines[:SAMPLE_ROWS], quote, escape)


def _laid_out(name: str, rows: Sequence[_Row], marks: Marks, said: ReadAs) -> Layout:
    cells = [row.cells for row in rows]
    place = 0 if said.header_row else find_headers(cells)
    if not rows or (said.header_row and not any(cell.strip() for cell in rows[0].cells)):
        raise HeaderMissing(name, said.header_row or 1)
    notes: list[str] = []
    if place is None:
        first = _first_of_usual_width(cells)
        width = len(cells[first])
        layout = Layout("", False, marks, 0, rows[first].start - 1, tuple(f"#{n}" for n in range(1, width + 1)))
        notes.append("no row looks like headers: the columns are called by their place")
        below = rows[first:]
    else:
        last = place if said.header_row else last_header_row(cells, place)
        top, below = rows[place], rows[last + 1 :]
        if last > place:
            notes.append(f"headers are joined from lines {top.start} to {rows[last].end}")
        written = joined(cells[place : last + 1]) if last > place else top.cells
        headers, hidden, more = _trimmed(written, [row.cells for row in below])
        columns = clean_headers(name, headers)
        layout = Layout("", False, marks, top.start, rows[last].end, columns, tuple(headers), hidden)
        first = place
        notes += more
    if len(layout.columns) > LIMITS.text_columns:
        raise LimitExceeded(name, f"there are more than {LIMITS.text_columns:,} columns")
    above = [row.text for row in rows[:first] if row.text.strip()]
    if above:
        notes.append(f"{len(above)} line{'s are' if len(above) > 1 else ' is'} left out above the table")
    below, last_line = _of_first_table(layout.headers, below, notes)
    firsts = [row.cells[0] for row in below if row.cells[0].strip() and len(row.cells) == len(layout.columns)]
    return replace(
        layout,
        comment="#" if any(text.startswith("#") for text in above) else "",
        last_line=last_line,
        begins_with_values=bool(firsts) and all(holds_values([cell]) for cell in firsts),
        notes=tuple(notes),
    )


def _of_first_table(headers: Sequence[str], rows: Sequence[_Row], notes: list[str]) -> tuple[Sequence[_Row], int]:
    """The rows up to where a further table begins, and the line before it; 0 where none does."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    ends = [0, *(row.end for row in filled)]
    are_after_blank = [row.start > end + 1 for row, end in zip(filled, ends, strict=False)]
    found = next_table(headers, [row.cells for row in filled], are_after_blank)
    if found is None:
        return rows, 0
    line = filled[found].start
    notes.append(f"another table begins on line {line}: it is left out; `header_row: {line}` reads it")
    return filled[:found], line - 1


def _first_of_usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count)
    return widths.index(usual)


def _trimmed(headers: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[list[str], int, list[str]]:
    """Headers without empty ones at the end whose columns are empty too, how many those are, and notes."""
    kept = list(headers)
    width = len(kept)
    widths = [len(row) for row in below if len(row) > 1]
    usual = max(set(widths), key=widths.count) if widths else width
    if usual > width and widths.count(usual) > 0.9 * len(widths):
        kept += [""] * (usual - width)
    while len(kept) > 1 and not kept[-1].strip() and not any(_at(row, len(kept) - 1).strip() for row in below):
        kept.pop()
    surplus = max(usual, width) - len(kept) if below else 0
    notes = []
    if len(kept) > width:
        notes.append(f"the rows have {usual} values and the header row {width}: the last columns are called by place")
    return kept, max(0, surplus), notes


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _rows(lines: Sequence[str], marks: Marks, first_line: int) -> list[_Row]:
    """The rows that are not empty; a quote that the sample does not close is taken for a character."""
    rows: list[_Row] = []
    at = 0
    while at < len(lines):
        taken, end = take_apart(lines[at], marks), at + 1
        while taken.open is not None and end < len(lines) and not (taken.is_odd and end - at > 1):
            taken, end = take_apart(lines[end], marks, taken), end + 1
        if taken.open is not None:
            end = at + 1
            taken.cells = lines[at].rstrip("\r\n").split(marks.separator)
        if lines[at].strip("\r\n "):
            rows.append(_Row(taken.cells, first_line + at, first_line + end - 1, lines[at]))
        at = end
    return rows


def _notes(layout: Layout, text: str, encoding: str, said: ReadAs) -> list[str]:
    notes = []
    if said.encoding is None and not encoding.startswith(("utf", "iso-8859-1", "cp1252")):
        notes.append(f"the encoding {encoding} is a guess from the letters: `encoding` settles it")
    if is_mojibake(text):
        notes.append("some letters look like UTF-8 that was read as windows-1252 (Ã¦ for æ); they are kept")
    stripped = clean_headers("", {header.strip(): None for header in layout.headers})
    repeated = [h for h in layout.columns if re.search(r" \(\d+\)$", h) and h not in stripped]
    if repeated:
        notes.append(f"headers that occur twice are called {', '.join(repeated[:5])}")
    return notes


def _find_quote(text: str) -> str:
    """An apostrophe where cells on nearly every line stand in such, and fewer in quotes."""
    single = len(re.findall(r"(?:^|[;,\t|^~:])'(?:[^'\r\n]|'')*'(?=[;,\t|^~:\r\n]|$)", text, re.MULTILINE))
    lines = text.count("\n") or text.count("\r") or 1
    if single < lines * 0.9:
        return '"'
    double = len(re.findall(r'(?:^|[;,\t|^~:])"(?:[^"\r\n]|"")*"(?=[;,\t|^~:\r\n]|$)', text, re.MULTILINE))
    return "'" if single > double else '"'


def _find_escape(text: str, quote: str) -> str:
    """A backslash where one stands before quotes within a value, not at its end (as in a Windows path)."""
    within = re.search(rf"[^\\;,\t|\r\n](?:\\\\)*\\{re.escape(quote)}(?=[^;,\t|\r\n])", text) if quote else None
    return "\\" if within else ""
