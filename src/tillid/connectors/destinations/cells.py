"""The text of a CSV cell: what a person reads in a spreadsheet, and nothing that the spreadsheet would run."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa

# OWASP ASVS 1.2.10: formula signs (full-width forms too) and the control characters that hide one. Blank or
# invisible characters before a sign are dropped by some spreadsheets, so they do not make it harmless.
_RUNS = re.compile(r"[\t\r\n\0]|[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠]")


def harmless(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet could take it for a formula.

    That includes phone numbers in international form: a receiver that reads the file by machine and wants
    them bare should be sent Parquet, which is never changed.

    >>> harmless("=1+1"), harmless("+45 20 12 34 56"), harmless("Ærø")
    ("'=1+1", "'+45 20 12 34 56", 'Ærø')
    """
    return f"'{text}" if _RUNS.match(text) else text


def cell(value: object, decimal: str = ".") -> str:  # noqa: PLR0911  one return a type reads best
    """A value as the text of a CSV cell; NULL and NaN are empty.

    Numbers have the mark `decimal` and are never made harmless, for they are not text. Times are UTC,
    `2026-03-01 12:00:00`. Raises TypeError for what a cell can't hold: lists, structures, bytes.

    >>> cell(-5), cell(Decimal("1000.50")), cell(True), cell(None), cell("-5")
    ('-5', '1000.50', 'true', '', "'-5")
    >>> cell(Decimal("1000.50"), ",")
    '1000,50'
    >>> cell(datetime(2026, 3, 1, 12))
    '2026-03-01 12:00:00'
    """
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return "" if math.isnan(value) else repr(value).replace(".", decimal)
        case Decimal():
            return format(value, "f").replace(".", decimal)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case _:
            raise TypeError(f"a cell can't hold {type(value).__name__}")


def fits_a_cell(type_: pa.DataType) -> bool:
    """Whether values of this Arrow type can be written as the text of a cell."""
    if pa.types.is_dictionary(type_):
        return fits_a_cell(type_.value_type)
    return not (
        pa.types.is_nested(type_)
        or pa.types.is_binary(type_)
        or pa.types.is_large_binary(type_)
        or pa.types.is_fixed_size_binary(type_)
        or pa.types.is_duration(type_)
        or pa.types.is_interval(type_)
    )
