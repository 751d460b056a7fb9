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
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1000, "epoch_us": 1}
"""What `date_format` calls numbers that count from 1970 in UTC, and the microseconds of one."""
_COUNT = r"^-?[0-9]{1,18}$"
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999


def timestamp_of(values: pa.Array, timezone: str, format_: str | None, *, is_excel: bool = False) -> pa.Array:
    """timestamp[us] in UTC; null where a value is no moment of the years 1 to 9999.

    An hour that occurs twice in autumn is the earlier one; one left out in spring is moved on. Summer time is
    known until 2037. Numbers are days of a sheet where `is_excel`.

    >>> timestamp_of(pa.array(["24-12-2025 18:00", "31-02-2025"]), "Europe/Copenhagen", "%d-%m-%Y").to_pylist()
    [datetime.datetime(2025, 12, 24, 17, 0), None]
    >>> timestamp_of(pa.array(["1766595600000", "never"]), "Europe/Copenhagen", "epoch_ms").to_pylist()
    [datetime.datetime(2025, 12, 24, 17, 0), None]
    """
    local, utc = _local_and_utc(values, format_, is_excel=is_excel)
    if local is None:
        return pa.nulls(len(values), MOMENT) if utc is None else _in_years(utc)
    moments = _utc(local, timezone)
    return _in_years(moments if utc is None else pc.coalesce(utc, moments))


def date_of(values: pa.Array, timezone: str, format_: str | None, *, is_excel: bool = False) -> pa.Array:
    """date32; the day of a moment is the day in the project's zone. Null where a value is no day.

    >>> date_of(pa.array(["2025-12-24", "24.12.2025"]), "Europe/Copenhagen", "%d.%m.%Y").to_pylist()
    [datetime.date(2025, 12, 24), datetime.date(2025, 12, 24)]
    """
    if values.type == _DAY:
        return values
    local, utc = _local_and_utc(values, format_, is_excel=is_excel)
    if utc is not None:
        there = _local(utc, timezone)
        local = there if local is None else pc.coalesce(there, local)
    return pa.nulls(len(values), _DAY) if local is None else pc.cast(_in_years(local), _DAY)


def _local_and_utc(values: pa.Array, format_: str | None, *, is_excel: bool) -> tuple[pa.Array | None, pa.Array | None]:
    """Moments as they stand where they have no zone, and in UTC where they have one; None where none are such."""
    kind = values.type
    if format_ in EPOCHS:
        return None, _of_epoch(values, EPOCHS[str(format_)])
    if pa.types.is_timestamp(kind):
        moments = pc.cast(values, pa.timestamp("us", kind.tz), safe=False)
        return (moments, None) if kind.tz is None else (None, _unzoned(moments))
    if pa.types.is_date(kind):
        return pc.cast(values, MOMENT), None
    if pa.types.is_string(kind):
        return _moments(values, format_)
    if is_excel and (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return _of_serial(values), None
    return None, None


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


def _of_epoch(values: pa.Array, microseconds: int) -> pa.Array:
    text = pc.utf8_trim_whitespace(pc.cast(values, pa.string()))
    counts = pc.cast(pc.if_else(pc.match_substring_regex(text, _COUNT), text, pa.scalar(None, pa.string())), pa.int64())
    most = _LAST // microseconds
    is_in = pc.and_(pc.greater_equal(counts, _FIRST // microseconds), pc.less_equal(counts, most))
    counts = pc.if_else(is_in, counts, pa.scalar(None, pa.int64()))
    return pc.cast(pc.multiply(counts, microseconds), MOMENT)


def _in_years(moments: pa.Array) -> pa.Array:
    """Null for moments outside the years 1 to 9999, which neither Python nor a store would take."""
    ends = pc.min_max(pc.cast(moments, pa.int64())).as_py()
    if ends["min"] is None or (ends["min"] >= _FIRST and ends["max"] <= _LAST):
        return moments
    numbers = pc.cast(moments, pa.int64())
    is_in = pc.and_(pc.greater_equal(numbers, _FIRST), pc.less_equal(numbers, _LAST))
    return pc.if_else(is_in, moments, pa.scalar(None, MOMENT))


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
