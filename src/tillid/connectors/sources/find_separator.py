"""Finds what separates the cells of a text: the sign that makes rows of one width of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tillid.connectors.sources.cells import Marks, take_apart
from tillid.connectors.sources.found_by_looking import holds_values

_USUAL = (";", "\t", ",", "|")
_RARE = ("^", "~", ":", "::", "+", "\\t")
"""The last one is a backslash and a t, as programs write that mean a tab."""
_OF_TEXTS = (":", "::", "+")
_GOOD = 0.8
_DECIMAL_COMMA = re.compile(r"\d,\d")


def find_separator(lines: Sequence[str], quote: str, escape: str) -> Marks:
    r"""What separates the cells of `lines`, with `quote` and `escape` as given.

    >>> find_separator(["Navn;Pris\n", "Bo;1,5\n", "Ida;2,25\n"], '"', "").separator
    ';'
    >>> find_separator(["Navn   Antal\n", "Bo      12\n", "Ida      7\n"], '"', "").are_aligned
    True
    """
    filled = [line for line in lines if line.strip()]
    # Lines of comment above the table say nothing of how it is separated.
    filled = filled[next((i for i, line in enumerate(filled) if not line.startswith("#")), 0) :]
    usual = [Marks(separator, quote, escape) for separator in _USUAL]
    best, fit = _best(filled, usual)
    rare, rare_fit = _best(filled, [Marks(separator, quote, escape) for separator in _RARE])
    widths = {len(row) for row in _rows(filled, rare)}
    is_alike = len(widths) == 1 and len(filled) > 1
    is_clear = rare_fit > fit and best.separator not in filled[0] and is_alike and min(widths) > 2
    # Addresses of pages hold a colon and phone numbers a plus: these separate only where every line has as many.
    is_sure = rare.separator not in _OF_TEXTS or (is_alike and (rare.separator == ":" or min(widths) > 2))
    is_best = fit < _GOOD / 2 and rare_fit >= 0.45 and rare_fit > fit and is_sure
    if is_clear or is_best:
        best, fit = rare, rare_fit
    if fit < _GOOD / 2 and _is_aligned(filled, quote):
        return Marks(" ", quote, escape, are_aligned=True)
    if not fit:
        found = [mark for mark in usual if mark.separator in filled[0]] if filled and len(filled) == 1 else []
        return max(found, key=lambda mark: filled[0].count(mark.separator)) if found else usual[0]
    return _of_several_signs(filled, best)


def _best(lines: Sequence[str], candidates: Sequence[Marks]) -> tuple[Marks, float]:
    fits = [(_fitness(lines, marks), marks) for marks in candidates]
    fit, marks = max(fits, key=lambda item: item[0])
    return marks, fit


def _fitness(lines: Sequence[str], marks: Marks) -> float:
    """Between 0 and 1: how many rows agree on a width, and less where that is small."""
    rows = _rows(lines, marks)
    if not rows:
        return 0.0
    # Spreadsheets fill up short rows, so a width is what its widest rows have.
    widths = Counter(len(cells) for cells in rows)
    width, agreeing = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width == 1 or (marks.separator == "," and _is_decimal_comma(rows, lines)):
        return 0.0
    return agreeing / len(rows) * (width - 1) / (width - 0.9)


def _is_decimal_comma(rows: Sequence[Sequence[str]], lines: Sequence[str]) -> bool:
    """Whether each comma stands between digits, below a header without one: a column of decimal numbers."""
    if len(rows[0]) > 1 or holds_values(rows[0]):
        return False
    wide = [line for line, cells in zip(lines, rows, strict=False) if len(cells) > 1]
    return all(len(_DECIMAL_COMMA.findall(line)) == line.count(",") for line in wide)


def _rows(lines: Sequence[str], marks: Marks) -> list[list[str]]:
    rows = []
    taken = None
    for line in lines:
        taken = take_apart(line, marks, taken)
        if taken.open is None:
            rows.append(taken.cells)
            taken = None
    if taken is not None and not rows:
        rows = [line.rstrip("\r\n").split(marks.separator) for line in lines]
    return rows


def _is_aligned(lines: Sequence[str], quote: str) -> bool:
    """Whether runs of blanks separate: several rows of one width, with numbers below the first."""
    if len(lines) < 3:
        return False
    rows = [take_apart(line, Marks(" ", quote, are_aligned=True)).cells for line in lines]
    width = len(rows[0])
    return width > 1 and all(len(row) == width for row in rows) and all(holds_values(row) for row in rows[1:])


def _of_several_signs(lines: Sequence[str], marks: Marks) -> Marks:
    """Two of the sign, or the sign and blanks beside it, where it never stands otherwise."""
    sign = marks.separator
    holding = [line for line in lines if sign in line]
    if len(holding) > 1 and _is_doubled(holding, marks):
        return replace(marks, separator=sign * 2)
    if sign in ",;|+" and len(holding) > 1:
        for wider in (f" {sign} ", f"{sign} "):
            if all(line.count(wider) == line.count(sign) for line in holding):
                return replace(marks, separator=wider)
    return marks


def _is_doubled(lines: Sequence[str], marks: Marks) -> bool:
    """Whether every other cell of the first row is empty, and two of the sign make rows of one width."""
    first = _rows(lines[:1], marks)[0]
    if len(first) < 3 or len(first) % 2 == 0 or any(first[1::2]):
        return False
    return len({len(row) for row in _rows(lines, replace(marks, separator=marks.separator * 2))}) == 1
