"""Tells headers that stand on several rows of a text from data, and where a further table begins below the first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from tillid.connectors.sources.find_headers import kind_of
from tillid.connectors.sources.found_by_looking import holds_values

_LOOKED_AT = 50
_MOST_HEADER_ROWS = 3

Row = Sequence[str]


def last_header_row(rows: Sequence[Row], first: int) -> int:
    """The index of the last of the rows of headers that begin at `first`.

    A further one has another text above each column of numbers, dates or truths, of which there are two at least.

    >>> last_header_row([["Pris", "", "Vægt"], ["DKK", "", "kg"], ["1,5", "a", "2"], ["2", "b", "3"]], 0)
    1
    """
    last = first
    while last - first + 1 < _MOST_HEADER_ROWS and last + 3 < len(rows) and _goes_on(rows, first, last + 1):
        last += 1
    return last


def _goes_on(rows: Sequence[Row], first: int, index: int) -> bool:
    row = rows[index]
    if len(row) != len(rows[first]) or holds_values(row):
        return False
    # A row of texts alone, or of another width, is of what comes after the table.
    below = list(takewhile(lambda r: len(r) == len(row) and holds_values(r), rows[index + 1 : index + 1 + _LOOKED_AT]))
    if len(below) < 2:
        return False
    typed = _typed(below)
    above = [row[place].strip() for place in typed if place < len(row)]
    return len(typed) > 1 and all(above) and len(set(above)) == len(above) and {*map(kind_of, above)} == {"text"}


def joined(rows: Sequence[Row]) -> list[str]:
    """Headers of several rows as one: "Pris / DKK".

    >>> joined([["Pris", "", "Nr"], ["DKK", "Navn", "Nr"]])
    ['Pris / DKK', 'Navn', 'Nr']
    """
    return [" / ".join(dict.fromkeys(filter(None, map(str.strip, cells)))) for cells in zip(*rows, strict=True)]


def next_table(headers: Row, rows: Sequence[Row], are_after_blank: Sequence[bool]) -> int | None:
    """The index of the headers of a further table; `rows` are those below the `headers` of the first.

    They are texts, where the rows above have numbers, dates or truths and those below have some too. They come
    after a blank row, or are of another width as all below them.

    >>> rows = [["1", "Bo"], ["2", "Ida"], ["By", "Postnr"], ["Ry", "8680"]]
    >>> next_table(["Nr", "Navn"], rows, [False, False, True, False])
    2
    """
    width = len(rows[0]) if rows else 0
    for index in range(1, len(rows) - 1):
        row = rows[index]
        if not are_after_blank[index] and len(row) == width:
            continue
        if sum(bool(cell.strip()) for cell in row) < 2 or holds_values(row) or list(row) == list(headers):
            continue
        below = list(takewhile(lambda other: len(other) == len(row), rows[index + 1 : index + 1 + _LOOKED_AT]))  # noqa: B023  used at once
        if below and (are_after_blank[index] or len(below) > 1) and _has_types(row, below):
            above = rows[max(0, index - _LOOKED_AT) : index]
            if _has_types(row, above) or (are_after_blank[index] and len(row) != width):
                return index
    return None


def _has_types(headers: Row, rows: Sequence[Row]) -> bool:
    typed = [place for place in _typed(rows) if place < len(headers) and headers[place].strip()]
    return any(kind_of(headers[place]) == "text" for place in typed)


def _typed(rows: Sequence[Row]) -> list[int]:
    """The columns whose cells, as far as there are any, are no texts."""
    width = max(map(len, rows), default=0)
    kinds: list[set[str]] = [set() for _ in range(width)]
    for row in rows:
        for place, cell in enumerate(row):
            if cell.strip():
                kinds[place].add(kind_of(cell))
    return [place for place, found in enumerate(kinds) if found and "text" not in found]
