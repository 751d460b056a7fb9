"""Ordinary dates by the column: day, month and year in digits that can mean one day only, and how dates are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.text import only_where

OLDEST = 110
"""Years after which nobody is taken to be alive."""
PIVOT = 69
"""Of years with two digits, those below this are in the 2000s, as in POSIX and in casting."""
# What programs write where they know no date.
DEFAULTS = frozenset(
    map(
        date.fromisoformat,
        "0001-01-01 1753-01-01 1899-12-30 1899-12-31 1900-01-01 1901-01-01 1904-01-01 1970-01-01 9999-12-31".split(),
    )
)
_YEAR_FIRST = r"^(?P<year>[12]\d{3})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})$"
_YEAR_LAST = r"^(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>[12]\d{3}|\d{2})$"
# A slash does not say whether the day or the month came first.
_YEAR_LAST_NO_SLASH = _YEAR_LAST.replace("[-/.]", "[-.]")
# The 29th of February, which not every year has, is left to be read by itself.
_DAYS_OF_MONTH = pa.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], pa.int32())


@dataclass(frozen=True, slots=True)
class DateHabits:
    """How dates are to be read: `order` (dmy, mdy or ymd, or "" where nobody said), and the day that today is.

    `is_birth` takes years of two digits for the last that is not in the future.
    """

    today: date
    order: str = ""
    is_birth: bool = False


def order_of(date_format: str | None) -> str:
    """The order of day, month and year in a strptime format.

    >>> order_of("%d/%m-%Y"), order_of("%m/%d/%y"), order_of(None)
    ('dmy', 'mdy', '')
    """
    return "".join(re.findall(r"%([dmyY])", date_format or "")).lower()


def ordinary_dates(values: pa.Array, habits: DateHabits) -> pa.Array:
    """The ISO date of each ordinary one; null where a value is to be read by itself, or something is to be said of it.

    >>> day = date(2026, 6, 1)
    >>> ordinary_dates(pa.array(["31.5.1985", "1985-05-31", "3/4/1985", "5. maj"]), DateHabits(day)).to_pylist()
    ['1985-05-31', '1985-05-31', None, None]
    """
    dates = _read(values, _YEAR_FIRST, habits)
    if habits.order.startswith("m"):
        return dates
    rest = pc.and_(dates.is_null(), values.is_valid())
    if not rest.true_count:
        return dates
    pattern = _YEAR_LAST if habits.order.startswith("d") else _YEAR_LAST_NO_SLASH
    return pc.replace_with_mask(dates, rest, _read(values.filter(rest), pattern, habits))


def _read(values: pa.Array, pattern: str, habits: DateHabits) -> pa.Array:
    found = pc.extract_regex(values, pattern)
    year, month, day = (
        pc.cast(only_where(found.is_valid(), found.field(found.type.get_field_index(part))), pa.int32())
        for part in ("year", "month", "day")
    )
    exists = pc.and_(pc.is_in(month, value_set=pa.arange(1, 13).cast(pa.int32())), pc.greater(day, 0))
    month = pc.if_else(exists, month, pa.scalar(None, pa.int32()))
    exists = pc.and_(exists, pc.less_equal(day, _DAYS_OF_MONTH.take(pc.subtract(month, 1))))
    year = _whole_years(year, month, day, habits)
    exists = pc.and_(exists, _unremarkable(year, month, day, habits))
    written = [pc.utf8_lpad(pc.cast(part, pa.string()), 2, "0") for part in (month, day)]
    return only_where(exists, pc.binary_join_element_wise(pc.cast(year, pa.string()), *written, "-"))


def _whole_years(year: pa.Array, month: pa.Array, day: pa.Array, habits: DateHabits) -> pa.Array:
    """The years in four digits; null where the order of the dates says that they are not the years."""
    none = pa.scalar(None, pa.int32())
    if habits.order.startswith("y"):
        return pc.if_else(pc.greater(year, 99), year, none)
    of_2000 = pc.add(year, 2000)
    is_past = (
        pc.less_equal(_number(of_2000, month, day), _number_of(habits.today))
        if habits.is_birth
        else pc.less(year, PIVOT)
    )
    short = pc.if_else(is_past, of_2000, pc.add(year, 1900)).cast(pa.int32())
    return pc.if_else(pc.greater(year, 99), year, short)


def _unremarkable(year: pa.Array, month: pa.Array, day: pa.Array, habits: DateHabits) -> pa.Array:
    number = _number(year, month, day)
    plain = pc.invert(pc.is_in(number, value_set=pa.array(sorted(map(_number_of, DEFAULTS)), number.type)))
    if not habits.is_birth:
        return plain
    alive = pc.less_equal(pc.subtract(habits.today.year, year), OLDEST)
    return pc.and_(plain, pc.and_(alive, pc.less_equal(number, _number_of(habits.today))))


def _number(year: pa.Array, month: pa.Array, day: pa.Array) -> pa.Array:
    return pc.add(pc.add(pc.multiply(year, 10_000), pc.multiply(month, 100)), day)


def _number_of(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
