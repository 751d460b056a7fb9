"""Makes days and moments of what files hold; moments are UTC without a zone, local ones in the project's zone."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.date_shape import ISO_FORMAT
from tillid.stages.ingest.date_text import moments_of_text

MOMENT = pa.timestamp("us")
_DAY = pa.date32()
_UTC = pa.timestamp("us", "UTC")
_DAY_MICROSECONDS = 86_400_000_000
# A sheet counts days from 1899-12-30; 25,569 of them lie before 1970. Serials end with the year 9999.
_SERIAL_OF_1970 = 25_569
_SERIAL_END = 2_958_466.0


def timestamp_of(values: pa.Array, timezone: str, format_: str | None, *, is_excel: bool = False) -> pa.Array:
    """timestamp[us] in UTC; null where a value is no moment.

    An hour that occurs twice in autumn is the earlier one; one left out in spring is moved on.

    >>> timestamp_of(pa.array(["24-12-2025 18:00", "31-02-2025"]), "Europe/Copenhagen", "%d-%m-%Y").to_pylist()
    [datetime.datetime(2025, 12, 24, 17, 0), None]
    """
    kind = values.type
    if pa.types.is_timestamp(kind):
        moments = pc.cast(values, pa.timestamp("us", kind.tz), safe=False)
        return _unzoned(moments) if kind.tz is not None else _utc(moments, timezone)
    if pa.types.is_date(kind):
        return _utc(pc.cast(values, MOMENT), timezone)
    if pa.types.is_string(kind):
        local, zoned = _moments(values, format_)
        utc = _utc(local, timezone)
        return utc if zoned is None else pc.coalesce(zoned, utc)
    if is_excel and (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return _utc(_of_serial(values), timezone)
    return pa.nulls(len(values), MOMENT)


def date_of(values: pa.Array, timezone: str, format_: str | None, *, is_excel: bool = False) -> pa.Array:
    """date32; the day of a moment is the day in the project's zone. Null where a value is no day.

    >>> date_of(pa.array(["2025-12-24", "24.12.2025"]), "Europe/Copenhagen", "%d.%m.%Y").to_pylist()
    [datetime.date(2025, 12, 24), datetime.date(2025, 12, 24)]
    """
    kind = values.type
    if pa.types.is_date(kind):
        return pc.cast(values, _DAY)
    if pa.types.is_timestamp(kind):
        moments = pc.cast(values, pa.timestamp("us", kind.tz), safe=False)
        return pc.cast(moments if kind.tz is None else _local(_unzoned(moments), timezone), _DAY)
    if pa.types.is_string(kind):
        local, zoned = _moments(values, format_)
        days = pc.cast(local, _DAY)
        return days if zoned is None else pc.coalesce(pc.cast(_local(zoned, timezone), _DAY), days)
    if is_excel and (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return pc.cast(_of_serial(values), _DAY)
    return pa.nulls(len(values), _DAY)


def _moments(values: pa.Array, format_: str | None) -> tuple[pa.Array, pa.Array | None]:
    """Moments without a zone as they stand, and those with one in UTC (None when there are none)."""
    text = pc.utf8_trim_whitespace(values)
    if format_ is None:
        return moments_of_text(text, ISO_FORMAT)
    local, zoned = moments_of_text(text, format_)
    if local.null_count > text.null_count and format_ != ISO_FORMAT:
        iso_local, iso_zoned = moments_of_text(text, ISO_FORMAT)
        local = pc.coalesce(local, iso_local)
        zoned = iso_zoned if zoned is None else zoned if iso_zoned is None else pc.coalesce(zoned, iso_zoned)
    return local, zoned


def _of_serial(values: pa.Array) -> pa.Array:
    days = pc.cast(values, pa.float64())
    is_serial = pc.and_(pc.greater_equal(days, 1.0), pc.less(days, _SERIAL_END))
    days = pc.if_else(is_serial, days, pa.scalar(None, pa.float64()))
    milliseconds = pc.round(pc.multiply(pc.subtract(days, float(_SERIAL_OF_1970)), _DAY_MICROSECONDS / 1000))
    return pc.cast(pc.cast(pc.cast(milliseconds, pa.int64()), pa.timestamp("ms")), MOMENT)


def _utc(local: pa.Array, timezone: str) -> pa.Array:
    if timezone == "UTC" or local.null_count == len(local):
        return local
    return _unzoned(pc.assume_timezone(local, timezone, ambiguous="earliest", nonexistent="latest"))


def _local(utc: pa.Array, timezone: str) -> pa.Array:
    zoned = pc.cast(pc.cast(utc, _UTC), pa.timestamp("us", timezone))
    return pc.local_timestamp(zoned)


def _unzoned(moments: pa.Array) -> pa.Array:
    # Arrow keeps a moment with a zone as UTC: dropping the zone's name leaves it so.
    return moments.view(MOMENT)
