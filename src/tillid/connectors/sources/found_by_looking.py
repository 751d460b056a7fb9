"""What the values of a sample tell: their decimal mark, their date formats, which row holds the headers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tillid.terms.national_ids import find_national_ids

ENOUGH = 0.5
"""The share of a column's values that must look like dates for a format to be looked for."""

_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. \u00a0\u202f']\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,}))")
_POINT = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0\u202f']\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,}))")
_DATE = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:([ T])\d{1,2}([:.])\d{2}(?:\6(\d{2})([.,]\d{1,9})?)?)?"
)
_EIGHT_DIGITS = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NUMBER_BEGINS = r"^\s*[+-]?\d"
_VALUE_LIKE = re.compile(r"[+-]?[\d.,:/\s-]*\d[\d.,:/\s-]*(?:[eE][+-]\d{1,3})?")


def find_decimal_mark(values: Iterable[str]) -> str | None:
    """The decimal mark of a sample: "," or ".", or None when no value shows one.

    >>> find_decimal_mark(["1.234,50", "12", "0,5"]), find_decimal_mark(["1.234"])
    (',', None)
    """
    votes = Counter(
        mark for value in values for mark, shape in ((",", _COMMA), (".", _POINT)) if shape.fullmatch(value.strip())
    )
    return votes.most_common(1)[0][0] if votes else None


def find_date_format(values: Iterable[str]) -> tuple[str | None, bool]:
    """The strptime format of a column's sample, and whether day and month could be the other way round.

    None for values that are no dates, and for ISO dates, which need no format.

    >>> find_date_format(["24-12-2025", "01-02-2026"])
    ('%d-%m-%Y', False)
    >>> find_date_format(["01/02/2026 10:15"])
    ('%d/%m/%Y %H:%M', True)
    """
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return None, False
    if sum(bool(_EIGHT_DIGITS.fullmatch(value)) for value in filled) == len(filled):
        return "%Y%m%d", False
    dates = [match for value in filled if (match := _DATE.fullmatch(value))]
    if len(dates) < ENOUGH * len(filled):
        return None, False
    longest = max(dates, key=lambda match: len(match[0]))
    mark = longest[2]
    if len(longest[1]) == 4:
        return (None if mark == "-" else f"%Y{mark}%m{mark}%d{_time_of(longest)}"), False
    firsts, seconds = [int(match[1]) for match in dates], [int(match[3]) for match in dates]
    month_first = max(seconds) > 12 >= max(firsts)
    year = "%Y" if len(longest[4]) == 4 else "%y"
    day_month = f"%m{mark}%d" if month_first else f"%d{mark}%m"
    return f"{day_month}{mark}{year}{_time_of(longest)}", max(*firsts, *seconds) <= 12


def _time_of(date: re.Match[str]) -> str:
    if date[5] is None:
        return ""
    seconds = f"{date[6]}%S" if date[7] else ""
    return f"{date[5]}%H{date[6]}%M{seconds}{date[8][0] + '%f' if date[8] else ''}"


def find_date_formats(columns: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[str]]:
    """Header → format of the columns that hold dates other than ISO, and the headers that are ambiguous."""
    formats, ambiguous = {}, []
    for header, values in columns.items():
        found, is_ambiguous = find_date_format(values)
        if found is not None:
            formats[header] = found
        if is_ambiguous:
            ambiguous.append(header)
    return formats, ambiguous


def told_by_text(sample: pa.RecordBatch | None) -> tuple[dict[str, list[str]], list[str]]:
    """The columns of text in which enough values could be dates, and every text that could be a number."""
    dates: dict[str, list[str]] = {}
    numbers: list[str] = []
    for header, column in zip(sample.schema.names, sample.columns, strict=True) if sample else ():
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        filled = column.filter(pc.fill_null(pc.match_substring_regex(column, r"\S"), False))
        begun = filled.filter(pc.match_substring_regex(filled, _NUMBER_BEGINS)).to_pylist()
        numbers += begun
        if begun and len(begun) >= ENOUGH * len(filled):
            dates[header] = filled.to_pylist()
    return dates, numbers


def holds_values(row: Sequence[str]) -> bool:
    """Whether any cell is a number, a date or a time, so that the row can't be headers."""
    return any(_VALUE_LIKE.fullmatch(cell.strip()) for cell in row)


def clean_headers(file: str, cells: Iterable[str]) -> tuple[str, ...]:  # noqa: ARG001
    """Headers trimmed and composed (NFC); one without text, or with a national id, is called by its place: #3; a
    second one "Navn (2)".

    >>> clean_headers("a.csv", ["Navn ", "", "Navn"])
    ('Navn', '#2', 'Navn (2)')
    """
    headers: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        written = unicodedata.normalize("NFC", cell.replace("\ufeff", "").strip())
        if not written or find_national_ids(written):
            written = f"#{place}"
        header, count = written, 1
        while header in headers:
            count += 1
            header = f"{written} ({count})"
        headers[header] = None
    return tuple(headers)


def date_notes(formats: Mapping[str, str], ambiguous: Sequence[str]) -> list[str]:
    """What a person should know of the formats found."""
    return [
        f"{header} is read as {formats[header]}: day and month could be the other way round, date_format settles it"
        for header in ambiguous
    ]
