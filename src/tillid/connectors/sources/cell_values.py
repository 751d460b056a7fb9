"""A cell of a workbook as a value of a table: whole numbers as such, times of day and spans of time as text."""

from __future__ import annotations

from datetime import time, timedelta

_LARGEST_WHOLE = 1 << 53


def value_of(cell: object) -> object:
    """The value of a cell; None where it is empty.

    Moments and dates stay as they are. No column type holds a time of day or a span: they become HH:MM:SS.

    >>> value_of(12346.0), value_of(timedelta(hours=30, seconds=5)), value_of("")
    (12346, '30:00:05', None)
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell.replace("\0", "") if "\0" in cell else cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < _LARGEST_WHOLE else cell
    if isinstance(cell, timedelta):
        return span_text(cell)
    return cell.isoformat() if isinstance(cell, time) else cell


def span_text(span: timedelta) -> str:
    """A span of time as HH:MM:SS, with hours beyond 24 and a fraction of a second where there is one.

    >>> span_text(timedelta(days=2, seconds=61.5)), span_text(-timedelta(minutes=5))
    ('48:01:01.500000', '-00:05:00')
    """
    sign, span = ("-", -span) if span < timedelta(0) else ("", span)
    minutes, seconds = divmod(span.days * 86_400 + span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06d}" if span.microseconds else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
