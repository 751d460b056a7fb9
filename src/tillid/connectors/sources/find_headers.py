"""Finds which row of a table holds the headers, if any does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tillid.connectors.sources.found_by_looking import holds_values

_WITHIN = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TRUTHS = frozenset({"true", "false"})
_YEAR = re.compile(r"(?:19|20)\d\d")


def find_headers(rows: Sequence[Sequence[str]]) -> int | None:
    """The index of the row with the headers, or None where the first row of the table is data as the others are.

    It is the first row that is filled about as far as rows usually are. Rows above it are a preamble.

    >>> find_headers([["Kunder, maj"], [], ["Nr", "Navn"], ["1", "Ida"], ["2", "Bo"]])
    2
    >>> find_headers([["1", "Ida"], ["2", "Bo"]]) is None
    True
    """
    filled = [(index, row) for index, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        return 0
    usual = _usual_width([row for _, row in filled])
    wide = [(index, row) for index, row in filled if _filled_to(row) * 2 > usual and len(row) >= usual - 1]
    if usual == 1:
        wide = filled
    if not wide:
        return filled[0][0]
    first, row = wide[0]
    if not holds_values(row) and not _is_like(row, [r for _, r in wide[1:]]):
        return first
    # Something wide above the headers, such as a line that says of when the table is, leaves cells empty.
    for index, later in wide[1:_WITHIN]:
        if _filled(row) < _filled(later) and not holds_values(later):
            return index
    if not _is_like(row, [r for _, r in wide[1:]]):
        return first
    # Headers that lack most of their words are closer to the table than a preamble is.
    above = rows[first - 1] if first else []
    is_wide = len(above) == len(row) or (_filled(above) > 1 and len(above) * 2 > len(row))
    return first - 1 if is_wide and _filled(above) and not holds_values(above) else None


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows)
    most = max(widths.values())
    # Of widths as frequent as one another, the table's is the wider one.
    return max(width for width, count in widths.items() if count == most)


def _filled_to(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_like(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row has the same kinds of value as those below it, and none that only a header would have."""
    if not below:
        return any(kind_of(cell) != "text" for cell in row)
    if len([cell for cell in row if _YEAR.fullmatch(cell.strip())]) > 1 or _count_up(row):
        return False
    kinds_alike = 0
    for place, cell in enumerate(row):
        kind = kind_of(cell)
        others = {kind_of(other[place]) for other in below if place < len(other) and other[place].strip()}
        if not cell.strip() or not others:
            continue
        if kind == "text" and "text" not in others:
            return False
        if kind != "text" and others != {kind}:
            return False
        kinds_alike += kind != "text"
    return kinds_alike > 0


def _count_up(row: Sequence[str]) -> bool:
    """Numbers in a row that follow on one another are headers: months, weeks, answers."""
    numbers = [int(cell) for cell in row if cell.strip().isascii() and cell.strip().isdigit()]
    return len(numbers) > 2 and len({after - before for before, after in pairwise(numbers)}) == 1


def kind_of(cell: str) -> str:
    """number, date, email, truth or text."""
    cell = cell.strip()
    if holds_values([cell]):
        return "number" if re.fullmatch(r"[+-]?[\d.,\s]+(?:[eE][+-]\d{1,3})?", cell) else "date"
    if _EMAIL.fullmatch(cell):
        return "email"
    return "truth" if cell.lower() in _TRUTHS else "text"
