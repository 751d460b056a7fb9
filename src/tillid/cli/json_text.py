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
        case tuple() if hasattr(value, "_fields"):
            return to_json(value._asdict())
        case list() | tuple():
            return f"[{', '.join(map(to_json, value))}]"
        case set() | frozenset():
            return to_json(sorted(value))
    return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case Decimal():
            return format(value, "f") if value.is_finite() else "null"
        case float():
            return repr(float(value)) if math.isfinite(value) else "null"
        case date() | time():
            return _text(value.isoformat())
        case timedelta():
            return repr(value.total_seconds())
        case bytes():
            return _text(value.hex())
    return _text(str(value))


def _text(value: str) -> str:
    # A lone half of a surrogate pair (from a file name) can't be written as UTF-8.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
