"""Dates and times of SPSS, SAS and Stata: numbers that a column's display format says how to count.

Sources: SPSS Statistics Command Syntax Reference (date and time formats: seconds from 14 October 1582); SAS Formats
and Informats: Reference (days and seconds from 1960); Stata manual, Datetime (days, milliseconds, weeks, months,
quarters and half-years from 1960).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tillid.connectors.sources.cell_values import span_text, value_of

_SPSS_START = datetime(1582, 10, 14)
_START = datetime(1960, 1, 1)
_SPSS_DATES = frozenset("DATE ADATE EDATE JDATE SDATE QYR MOYR WKYR".split())
_SPSS_MOMENTS = frozenset("DATETIME YMDHMS".split())
_SPSS_SPANS = frozenset("TIME DTIME MTIME".split())
_SAS_MOMENTS = (
    "DATETIME",
    "DATEAMPM",
    "MDYAMPM",
    "E8601DT",
    "E8601DZ",
    "E8601DX",
    "B8601DT",
    "B8601DZ",
    "NLDATM",
    "DT",
)
_SAS_SPANS = ("TIME", "TOD", "HHMM", "MMSS", "E8601TM", "E8601LZ", "B8601TM", "B8601LZ", "NLTIM")
_SAS_DATES = (
    *(
        "DATE",
        "DDMMYY",
        "MMDDYY",
        "YYMMDD",
        "YYMM",
        "MMYY",
        "YYQ",
        "YYMON",
        "MONYY",
        "YYWEEK",
        "YEAR",
        "JULIAN",
        "JULDAY",
    ),
    *(
        "E8601DA",
        "B8601DA",
        "WEEKDATE",
        "WEEKDATX",
        "WORDDATE",
        "WORDDATX",
        "NLDATE",
        "EURDF",
        "MONNAME",
        "DOWNAME",
        "QTR",
    ),
)
_STATA = re.compile(r"%-?\d*(?:t([cCdwmqhy])|(d))(.*)")
_MONTHS = {"m": 1, "q": 3, "h": 6}
_WIDTH = re.compile(r"\d*(?:\.\d*)?$")

Reading = Callable[[object], object]


def reading_of(kind: str, format_: str | None) -> Reading:  # noqa: PLR0911  one line a kind reads best
    """How a value of a column of a display format is read; `kind` is spss, sas or stata.

    A number beyond the dates that there are stays a number.

    >>> reading_of("sas", "DATE9")(22281.0), reading_of("spss", "TIME8")(90000.0), reading_of("stata", "%tm")(600)
    (datetime.date(2021, 1, 1), '25:00:00', datetime.date(2010, 1, 1))
    """
    if not format_:
        return value_of
    if kind == "stata":
        return _stata(format_)
    word = _WIDTH.sub("", format_.upper())
    if kind == "spss":
        if word in _SPSS_SPANS:
            return _numbers(lambda value: span_text(timedelta(seconds=value)))
        is_day, is_moment = word in _SPSS_DATES, word in _SPSS_MOMENTS
        return _moments(_SPSS_START, 1, is_day=is_day) if is_day or is_moment else value_of
    if word.startswith(_SAS_MOMENTS):
        return _moments(_START, 1, is_day=False)
    if word.startswith(_SAS_SPANS):
        return _numbers(lambda value: span_text(timedelta(seconds=value)))
    return _moments(_START, 86_400, is_day=True) if word.startswith(_SAS_DATES) else value_of


def _stata(format_: str) -> Reading:  # noqa: PLR0911  one line a unit reads best
    found = _STATA.match(format_)
    if found is None:
        return value_of
    unit, shown = found[1] or found[2], found[3]
    if unit in "cC":
        # A format that shows no part of the date is a time of day.
        if shown and not any(letter in shown.replace("HH", "").replace("MM", "") for letter in "DdNnLlCYy"):
            return _numbers(lambda value: span_text(timedelta(milliseconds=value) % timedelta(days=1)))
        return _moments(_START, 0.001, is_day=False)
    if unit == "d":
        return _moments(_START, 86_400, is_day=True)
    if unit == "w":  # each year's weeks begin on 1 January
        return _numbers(lambda week: date(1960 + int(week // 52), 1, 1) + timedelta(weeks=int(week % 52)))
    if unit == "y":
        return value_of
    months = _MONTHS[unit]
    return _numbers(lambda count: date(1960 + int(count * months // 12), int(count * months % 12) + 1, 1))


def _moments(start: datetime, seconds: float, *, is_day: bool) -> Reading:
    def moment(value: float) -> object:
        found = start + timedelta(seconds=value * seconds)
        return found.date() if is_day else found

    return _numbers(moment)


def _numbers(read: Callable[[float], object]) -> Reading:
    def reading(value: object) -> object:
        if value is None or isinstance(value, str | bool):
            return value
        try:
            return read(float(value))  # type: ignore[arg-type]  # what is no number raises
        except (OverflowError, ValueError, TypeError):
            return value_of(value)

    return reading
