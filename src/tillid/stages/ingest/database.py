"""Reads what a source definition says under `database:`: which table of which connection, and how it is taken up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from tillid.ports.pulled import FromDatabase
from tillid.terms.fields import FieldInvalid, at_field, read_mapping, read_name, read_text

LAG = r"[1-9][0-9]{0,5} +(?:second|minute|hour|day)s?"
"""How a lag that is a time is written."""
_KEYS = ("connection", "table", "cursor", "lag", "deleted")


def read_database(given: Mapping[str, object]) -> FromDatabase | None:
    """What stands under ``database:``, or None where nothing does; FieldInvalid tells which key is wrong.

    >>> read_database({"database": {"connection": "shop", "table": "sales.orders", "cursor": "id", "lag": 100}})
    FromDatabase(connection='shop', table='sales.orders', cursor='id', lag=100, deleted=None)
    """
    if given.get("database") is None:
        return None
    said = read_mapping(given["database"], ("database",), allowed=_KEYS, required=("connection", "table"))
    with at_field("database"):
        cursor, lag = read_text(said, "cursor", ()), read_lag(said.get("lag"))
        if lag is not None and cursor is None:
            raise FieldInvalid("'lag' needs a 'cursor' to count from", field=("lag",))
        return FromDatabase(
            connection=read_name(said, "connection"),
            table=read_name(said, "table"),
            cursor=cursor,
            lag=lag,
            deleted=read_text(said, "deleted", ()),
        )


def read_lag(value: object) -> timedelta | int | None:
    """How far back a load looks again: a time, a number for a cursor that counts, or nothing."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    if isinstance(value, str) and re.fullmatch(LAG, value):
        count, _, unit = value.partition(" ")
        return timedelta(**{f"{unit.strip().removesuffix('s')}s": int(count)})
    raise FieldInvalid("'lag' must be a time such as 10 minutes, or a number for a cursor that counts", field=("lag",))
