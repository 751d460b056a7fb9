"""Turns Python values, as JSON and Excel give them, into Arrow columns: one type where they agree, else text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa

_ONE_TYPE = (bool, str, datetime, date)


def column_of(values: Sequence[object], decimal: str = ".") -> pa.Array:
    """An Arrow array of the values' own type; text, as a person would write it, where they differ.

    Numbers become int64 or float64, moments timestamp[us], days date32; lists and objects JSON text.
    `decimal` is the decimal mark of numbers among text.

    >>> column_of([1, 2.5, None]).to_pylist(), column_of([12346.0, "A7", True]).to_pylist()
    ([1.0, 2.5, None], ['12346', 'A7', 'true'])
    """
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values))
    one = next(iter(kinds)) if len(kinds) == 1 else None
    if one in _ONE_TYPE:
        return pa.array(values, pa.timestamp("us") if one is datetime else None)
    if kinds == {date, datetime}:
        return pa.array([_moment(value) for value in values], pa.timestamp("us"))
    if kinds <= {int, float}:
        try:
            return pa.array(values, pa.float64() if float in kinds else pa.int64())
        except (OverflowError, pa.ArrowInvalid):
            return pa.array([_text(value, decimal) for value in values], pa.string())
    return pa.array([_text(value, decimal) for value in values], pa.string())


def _moment(value: object) -> object:
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def _text(value: object, decimal: str) -> str | None:  # noqa: PLR0911  one line a type reads best
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", decimal)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
