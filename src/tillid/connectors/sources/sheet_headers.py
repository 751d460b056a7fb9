"""Finds the headers of a sheet's table: the rows they are in, one or several, or that there are none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from tillid.connectors.sources.found_by_looking import holds_values
from tillid.connectors.sources.sheet_grid import Cells, Region, written

WITHIN = 60
"""Headers are looked for in so many rows from a table's top."""

_NEARLY_ALL = 0.8
_MOST_HEADER_ROWS = 6
_JOINED_BY = " / "
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NO_VALUE = frozenset("n/a na nan null none nil - -- .. ? ukendt ukjent onbekend mangler".split())
_YEARS = range(1900, 2101)

Merged = Mapping[tuple[int, int], Region]
"""Each merged cell (row, column) → the region that it is merged in."""


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers by column; `top` and `bottom` are their rows (0-based), None without any. Data begin at `data`."""

    names: tuple[str, ...]
    top: int | None
    bottom: int | None
    data: int


@dataclass(frozen=True, slots=True)
class _Top:
    """The first rows of a table as text, merged cells each with the value, and the kind of each cell."""

    region: Region
    merged: Merged
    texts: list[list[str]]
    kinds: list[list[str]]

    def span(self, row: int, column: int) -> Region | None:
        """What a cell is merged in."""
        return self.merged.get((self.region.top + row, self.region.left + column))

    def filled(self, row: int) -> int:
        """How many cells of a row have a value."""
        return sum(map(bool, self.texts[row]))

    def below(self, row: int, column: int) -> set[str]:
        """The kinds of the cells below one."""
        return {kinds[column] for kinds in self.kinds[row + 1 :]} - {""}


def find_headers(rows: Sequence[Cells], region: Region, merged: Merged, said: int | None = None) -> Headers:
    """The headers of a table from its first rows, cut to its columns; `said` is the row of them if that is known.

    Headers of several rows are joined, each with what it is merged over.

    >>> find_headers([["Kunder", ""], ["Nr", "Navn"], [1, "Ida"]], Region(4, 0, 6, 1), {})
    Headers(names=('Nr', 'Navn'), top=5, bottom=5, data=6)
    >>> find_headers([[1, "Ida"], [2, "Bo"]], Region(0, 0, 1, 1), {})
    Headers(names=('', ''), top=None, bottom=None, data=0)
    """
    top = _top_of(rows[:WITHIN], region, merged)
    wide = _wide_rows(top)
    first = _find_first(top, wide) if said is None else said - region.top
    if first is None:
        return Headers(("",) * region.width, None, None, region.top + wide[0])
    first, last = _lower(top, first) if said is None else (first, first)
    if said is None:
        while first > 0 and last - first + 1 < _MOST_HEADER_ROWS and _is_upper(top, first - 1, first):
            first -= 1
    parts = [list(texts) for texts in top.texts[first : last + 1]]
    if len(parts) > 1 and not _spans(top, first):
        parts[0] = _filled_right(parts[0])
    names = tuple(_joined([part[column] for part in parts]) for column in range(region.width))
    return Headers(names, region.top + first, region.top + last, region.top + last + 1)


def _top_of(rows: Sequence[Cells], region: Region, merged: Merged) -> _Top:
    texts, kinds = [], []
    for index, cells in enumerate(rows):
        shown = list(cells[: region.width]) + [""] * (region.width - len(cells))
        for column in range(region.width):
            span = merged.get((region.top + index, region.left + column))
            if span is not None and region.top <= span.top and region.left <= span.left:
                shown[column] = _cell(rows, span.top - region.top, span.left - region.left)
        texts.append([written(cell) for cell in shown])
        kinds.append([_kind(cell) for cell in shown])
    return _Top(region, merged, texts, kinds)


def _cell(rows: Sequence[Cells], row: int, column: int) -> object:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _kind(cell: object) -> str:
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return ""
        if holds_values([text]):
            return "number" if re.fullmatch(r"[+-]?[\d.,\s]+", text) else "date"
        return "email" if _EMAIL.fullmatch(text) else "text"
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "truth"
    return "date" if isinstance(cell, date | time | timedelta) else "number"


def _usual(top: _Top) -> int:
    counts = sorted(top.filled(row) for row in range(len(top.texts)))
    # A single row that is wider than all others, with a remark at its end, says nothing of the table.
    return counts[-2] if len(counts) > 3 else counts[-1]


def _wide_rows(top: _Top) -> list[int]:
    """The rows that are filled about as far as the table is wide."""
    usual = _usual(top) * _NEARLY_ALL
    wide = [row for row in range(len(top.texts)) if top.filled(row) >= usual and not _is_title(top, row)]
    return wide or [row for row in range(len(top.texts)) if top.filled(row)]


def _find_first(top: _Top, wide: Sequence[int]) -> int | None:
    if _are_headers(top, wide[0]):
        return wide[0]
    above = wide[0] - 1
    if above >= 0 and _are_words(top, above) and top.filled(above) >= max(2, top.region.width / 3):
        return above  # headers that lack words are closer to the data than a preamble is
    for row in wide[1:]:
        values_below = len(_over_values(top, row))
        if _are_words(top, row) and values_below > 1 and row * 2 < len(top.texts):
            return row
    return None


def _are_words(top: _Top, row: int) -> bool:
    return set(top.kinds[row]) <= {"text", ""} and top.filled(row) > 0


def _is_title(top: _Top, row: int) -> bool:
    """Whether one merged cell is all that there is in a row of a wider table."""
    spans = {top.span(row, column) for column, text in enumerate(top.texts[row]) if text}
    return len(spans) == 1 and None not in spans and top.region.width > 1 and _is_wide(spans.pop())


def _is_wide(span: Region | None) -> bool:
    return span is not None and span.width > 1


def _are_headers(top: _Top, row: int) -> bool:
    kinds = top.kinds[row]
    if _are_words(top, row) or _over_values(top, row) or _are_years(top, row):
        return True
    others = [(kind, top.below(row, column)) for column, kind in enumerate(kinds) if kind not in ("text", "")]
    below = [(kind, found) for kind, found in others if found]
    return bool(below) and all(kind not in found for kind, found in below)


def _over_values(top: _Top, row: int) -> list[int]:
    """The columns in which a word stands that have none further down."""
    return [
        column
        for column, kind in enumerate(top.kinds[row])
        if kind == "text" and (below := top.below(row, column)) and "text" not in below
    ]


def _are_years(top: _Top, row: int) -> bool:
    years = [
        column
        for column, text in enumerate(top.texts[row])
        if text.isascii() and text.isdigit() and int(text) in _YEARS
    ]
    below = {text for texts in top.texts[row + 1 :] for column in years if (text := texts[column])}
    return len(years) > 1 and bool(below) and not all(text.isdigit() and int(text) in _YEARS for text in below)


def _spans(top: _Top, row: int) -> list[Region]:
    """The regions of merged cells over several columns, but not all, in a row."""
    spans = {top.span(row, column) for column, text in enumerate(top.texts[row]) if text}
    return [span for span in spans if span is not None and 1 < span.width < top.region.width]


def _lower(top: _Top, first: int) -> tuple[int, int]:
    """The rows of headers from `first` down."""
    last = first
    while last + 1 < len(top.texts) and last - first + 1 < _MOST_HEADER_ROWS and _goes_on(top, last):
        last += 1
    return first, last


def _goes_on(top: _Top, row: int) -> bool:
    """Whether the row below holds headers too: of cells merged with it, or of parts of a wider one."""
    bottom = top.region.top + row
    columns = range(top.region.width)
    spans = [span for column in columns if (span := top.span(row, column)) and top.texts[row][column]]
    if any(span.bottom > bottom for span in spans):
        return True
    if not _are_words(top, row + 1):
        return False
    words = [column for column in _over_values(top, row + 1) if not _is_blank_word(top.texts[row + 1][column])]
    if len(words) > 1:
        return True
    under = {column - top.region.left for span in _spans(top, row) for column in range(span.left, span.right + 1)}
    return bool(under) and not any(top.texts[row + 1][column] for column in columns if column not in under)


def _is_blank_word(text: str) -> bool:
    """Whether a word says that there is no value, as a first row of data may."""
    return text.lower() in _NO_VALUE or not any(letter.isalpha() for letter in text)


def _is_upper(top: _Top, row: int, first: int) -> bool:
    """Whether the row above the headers groups them: merged over several, or words above headers that recur."""
    labels = [text for text in top.texts[row] if text]
    if not labels or not set(top.kinds[row]) <= {"text", "", "number", "date"}:
        return False
    spans = _spans(top, row)
    if spans:
        return len(set(labels)) > 1 or spans[0].left > top.region.left
    lower = [text for text in top.texts[first] if text]
    return len(labels) > 1 and len(set(lower)) < len(lower) and set(top.kinds[row]) <= {"text", ""}


def _filled_right(texts: list[str]) -> list[str]:
    for column in range(1, len(texts)):
        texts[column] = texts[column] or texts[column - 1]
    return texts


def _joined(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        text = " ".join(part.split())
        if text and text not in kept[-1:]:
            kept.append(text)
    return _JOINED_BY.join(kept)
