"""JSON as text, with every number's own digits."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal


def to_json(value: object) -> str:
    """The value as one line of JSON.

    Dates and times are ISO 8601 text, decimals are numbers with the digits that they have, and what JSON has
    no word for (NaN, infinity) is null, as None is.

    >>> from datetime import date
    >>> to_json({"spent": Decimal("1200.50"), "on": date(2011, 12, 9), "who": None})
    '{"spent": 1200.50, "on": "2011-12-09", "who": null}'
    """
    match value:
        case Mapping():
            inside = (f"{_text(str(key))}: {to_json(item)}" for key, item in value.items())
            return f"{{{', '.join(inside)}}}"
        case list() | tuple():
            return f"[{', '.join(map(to_json, value))}]"
        case set() | frozenset():
            return to_json(sorted(value))
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, int | float | Decimal):
        return _number(value)
    return _text(value.isoformat() if isinstance(value, date | time) else str(value))


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        return str(int(value))
    if not math.isfinite(value):
        return "null"
    return format(value, "f") if isinstance(value, Decimal) else repr(float(value))


def _text(value: str) -> str:
    # A lone half of a surrogate pair (from a file name) can't be written as UTF-8.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
