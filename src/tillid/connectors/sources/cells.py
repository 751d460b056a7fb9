"""Takes lines of delimited text apart into cells: as RFC 4180 says, and as meant where a quote stands oddly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

_RUN_OF_BLANKS = re.compile(r"[ \t]+")
_LINE_END = "\r\n"


@dataclass(frozen=True, slots=True)
class Marks:
    """What separates cells and quotes them.

    `escape` is the sign before a quote within quotes, empty where a quote is doubled instead. Where cells
    `are_aligned`, any run of blanks separates. `quote` may be empty.
    """

    separator: str
    quote: str
    escape: str = ""
    are_aligned: bool = False


@dataclass(slots=True)
class Taken:
    """The cells of a row so far; `open` holds the parts of a quoted cell that goes on in the next line.

    `is_odd`: a quote stands where none should, and was taken for a character.
    """

    cells: list[str] = field(default_factory=list)
    open: list[str] | None = None
    is_odd: bool = False


def take_apart(line: str, marks: Marks, taken: Taken | None = None, *, plain: int = -1) -> Taken:
    """The cells of a line; `taken` is what the line before left open, and is gone on with.

    A quote within quotes closes only before a separator or the line's end; any other is a character. Blanks
    around quotes are not part of a cell. In the cell at the place `plain`, quotes are characters.

    >>> take_apart('1;"a ""b"" c";"he said "hi" there"; "x"', Marks(";", '"')).cells
    ['1', 'a "b" c', 'he said "hi" there', 'x']
    """
    taken = taken or Taken()
    body = line.rstrip(_LINE_END)
    if taken.open is None and plain < 0 and (cells := _simple(body, marks)):
        taken.cells = cells
        return taken
    at = 0
    while True:
        if taken.open is None:
            at = _begun(body, at, marks, taken, is_plain=len(taken.cells) == plain)
        if taken.open is not None:
            at = _quoted(line, len(body), at, marks, taken)
            if at < 0:
                return taken
        if at >= len(body):
            return taken
        at += len(marks.separator)


def _simple(body: str, marks: Marks) -> list[str] | None:
    """The cells of a line without quotes, or with such as stand by the letter; None for any other."""
    if not marks.quote or marks.quote not in body:
        return _RUN_OF_BLANKS.split(body.strip()) if marks.are_aligned else body.split(marks.separator)
    return None if marks.escape or marks.are_aligned else _of_plain_row(body, marks)


def _of_plain_row(body: str, marks: Marks) -> list[str] | None:
    """The cells of a line that is CSV by the letter; None for any other."""
    row, cell = _patterns(marks)
    if not row.fullmatch(body):
        return None
    found = cell.findall(body)
    if not body.endswith(marks.separator):
        found.pop()  # the end of the line is found once more
    quote, twice = marks.quote, marks.quote * 2
    return [quoted.replace(twice, quote) if quoted else bare for quoted, bare in found]


@cache
def _patterns(marks: Marks) -> tuple[re.Pattern[str], re.Pattern[str]]:
    quote, separator = re.escape(marks.quote), re.escape(marks.separator)
    quoted = f"{quote}([^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+){quote}"
    bare = f"((?:(?!{separator})[^{quote}])*+)" if len(marks.separator) > 1 else f"([^{quote}{separator}]*+)"
    cell = f"(?:{quoted}|{bare})(?:{separator}|$)"
    return re.compile(f"(?:{cell})+", re.DOTALL), re.compile(cell, re.DOTALL)


def _begun(body: str, at: int, marks: Marks, taken: Taken, *, is_plain: bool) -> int:
    """Where a cell ends that has no quotes around it; of one that has, where it begins, and it is open."""
    begin = at
    while begin < len(body) and body[begin] == " ":
        begin += 1
    if body.startswith(marks.quote, begin) and not is_plain:
        taken.open = []
        return begin + 1
    start = begin if marks.are_aligned else at
    found = body.find(marks.separator, start)
    end = len(body) if found < 0 else found
    taken.is_odd |= marks.quote in body[start:end]
    taken.cells.append(body[start:end])
    return end


def _quoted(line: str, size: int, at: int, marks: Marks, taken: Taken) -> int:
    """Go on in a quoted cell; where it ends, or -1 where it stays open."""
    parts = taken.open or []
    quote, escape = marks.quote, marks.escape
    while True:
        found = line.find(quote, at, size)
        if found < 0:
            parts.append(line[at:])
            taken.open = parts
            return -1
        if escape and _is_escaped(line, at, found, escape):
            parts.append(line[at : found - 1] + quote)
            at = found + 1
            continue
        if line.startswith(quote, found + 1) and found + 1 < size:
            parts.append(line[at : found + 1])
            at = found + 2
            continue
        after = found + 1
        while after < size and line[after] == " " and not marks.are_aligned:
            after += 1
        parts.append(line[at:found])
        if after >= size or line.startswith(marks.separator, after):
            text = "".join(parts)
            taken.cells.append(text.replace(escape * 2, escape) if escape else text)
            taken.open = None
            return after
        parts.append(quote)
        taken.is_odd = True
        at = found + 1


def _is_escaped(line: str, start: int, found: int, escape: str) -> bool:
    before = line[start:found]
    return (len(before) - len(before.rstrip(escape))) % 2 == 1
