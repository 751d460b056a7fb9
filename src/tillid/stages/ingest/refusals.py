"""A refused row: where it is, which column, what kind of value stood there, and why it was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

_NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row; its first bad column counts.

    `file` is the path in the project; `row` counts the readable rows from 0, -1 where the row could not be
    taken apart; `line` is the file's 1-based line (Excel: row). `column` is the header in the file, empty
    where the whole row is meant. `value_class` and `reason` hold no value. `raw` is the row, as JSON text of
    the declared columns, or its text where it could not be taken apart, without what could be a national
    identity number: for the refused table alone.
    """

    file: str
    row: int
    line: int
    column: str
    value_class: str
    reason: str
    raw: str = field(repr=False)

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        column = f", column {self.column}" if self.column else ""
        value = f" ({self.value_class})" if self.value_class else ""
        return f"{where}{column}: {self.reason}{value}"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that casting refused, before its line is known; fields as in `Refusal`."""

    row: int
    column: str
    value_class: str
    reason: str
    raw: str = field(repr=False)


def value_class(value: object) -> str:
    """What kind of value it is, in words that do not show it.

    >>> value_class("Ida Holm"), value_class("31-02-2025"), value_class(12.5), value_class(None)
    ('text of 8 characters', 'date-like text of 10 characters', 'number', 'nothing')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        text = value.strip()
        shape = "number-like " if _NUMBER.fullmatch(text) else "date-like " if _DATE.fullmatch(text) else ""
        return f"{shape}text of {len(text)} character{'s' if len(text) != 1 else ''}"
    if isinstance(value, datetime):
        return "date and time"
    if isinstance(value, date):
        return "date"
    return "number"


def raw_row(row: Mapping[str, object]) -> str:
    """A row as JSON text.

    >>> raw_row({"Nr": "7", "Beløb": None})
    '{"Nr": "7", "Beløb": null}'
    """
    return json.dumps(row, ensure_ascii=False, default=str)
