"""Reads moments out of text of one format, fast where all values are alike, else part by part."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.date_shape import ISO_FORMAT, WIDTH_OF, DateShape, date_shape

_MOMENT = pa.timestamp("us")
_UTC = pa.timestamp("us", "UTC")
_INT = pa.int32()
_DAYS = pa.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], _INT)
_PIVOT = 69
"""Of years with two digits, those below this are in the 2000s, as in POSIX."""


def moments_of_text(text: pa.Array, format_: str) -> tuple[pa.Array, pa.Array | None]:
    """Moments as they stand, and in UTC those with a zone (None when there are none); null for any other text.

    >>> local, zoned = moments_of_text(pa.array(["2025-06-01T10:00:00+02:00", "2025-06-01"]), "%Y-%m-%d")
    >>> local.to_pylist()[1].hour, zoned.to_pylist()[0].hour
    (0, 8)
    """
    if text.null_count == len(text):
        return pa.nulls(len(text), _MOMENT), None
    shape = date_shape(format_)
    try:
        if format_ == ISO_FORMAT:
            return _iso(text)
        return pc.cast(_iso_text_by_places(text, shape), _MOMENT), None
    except pa.ArrowInvalid:
        return _part_by_part(text, shape)


def _iso(text: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    try:
        return pc.cast(text, _MOMENT), None
    except pa.ArrowInvalid:
        # All with a zone, or not alike.
        zoned = pc.cast(text, _UTC).view(_MOMENT)
        return pa.nulls(len(text), _MOMENT), zoned


def _iso_text_by_places(text: pa.Array, shape: DateShape) -> pa.Array:
    """ISO text of values that all have the shape's own width; ArrowInvalid where they have not."""
    widths = pc.min_max(pc.binary_length(text)).as_py()
    if not shape.width or widths != {"min": shape.width, "max": shape.width}:
        raise pa.ArrowInvalid("not of one width")
    octets = text.cast(pa.binary())
    for start, literal in shape.literals:
        there = pc.binary_slice(octets, start, start + len(literal.encode()))
        if pc.all(pc.equal(there, literal.encode())).as_py() is False:
            raise pa.ArrowInvalid("another separator")
    part = {name: pc.binary_slice(octets, start, start + WIDTH_OF[name]) for name, start in shape.slices}
    day = pc.binary_join_element_wise(part["Y"], part["m"], part["d"], b"-")
    if "H" in part:
        times = [part.get(name, pa.scalar(b"00")) for name in "HMS"]
        day = pc.binary_join_element_wise(day, pc.binary_join_element_wise(*times, b":"), b" ")
    return day.cast(pa.string())


def _part_by_part(text: pa.Array, shape: DateShape) -> tuple[pa.Array, pa.Array | None]:
    found = pc.extract_regex(text, shape.pattern)
    if found.null_count == len(found):
        # Most columns hold no dates at all, and each step below costs, however few the rows are.
        return pa.nulls(len(text), _MOMENT), None
    parts = {name: found.field(index) for index, name in enumerate(shape.groups)}
    year, month, day = _number(parts.get("Y", parts.get("y"))), _number(parts["m"]), _number(parts["d"])
    if "Y" not in parts:
        year = pc.add(year, pc.if_else(pc.less(year, _PIVOT), _int(2000), _int(1900)))
    hour, minute, second = (_number(parts.get(name)) for name in "HMS")
    is_day = _and(pc.greater(year, 0), pc.greater(month, 0), pc.less_equal(month, 12), pc.greater(day, 0))
    month = pc.if_else(is_day, month, _int(1))
    is_day = pc.and_(is_day, pc.less_equal(day, _days_in(year, month)))
    is_time = _and(pc.less(_zero(hour, text), 24), pc.less(_zero(minute, text), 60), pc.less(_zero(second, text), 60))
    is_moment = pc.fill_null(pc.and_(is_day, is_time), False)
    days = _iso_days(year, month, day, is_moment)
    moments = _with_time(days, [_zero(part, text) for part in (hour, minute, second)], parts.get("f"))
    return _split_by_zone(moments, parts.get("z"))


def _number(part: pa.Array | None) -> pa.Array | None:
    if part is None:
        return None
    empty = pc.equal(part, "")
    return pc.cast(pc.if_else(empty, pa.scalar(None, pa.string()), part), _INT)


def _zero(part: pa.Array | None, like: pa.Array) -> pa.Array:
    return pa.repeat(_int(0), len(like)) if part is None else pc.fill_null(part, 0)


def _int(value: int) -> pa.Scalar:
    return pa.scalar(value, _INT)


def _and(*masks: pa.Array) -> pa.Array:
    result = masks[0]
    for mask in masks[1:]:
        result = pc.and_(result, mask)
    return result


def _is_multiple(year: pa.Array, of: int) -> pa.Array:
    return pc.equal(pc.multiply(pc.divide(year, of), of), year)


def _days_in(year: pa.Array, month: pa.Array) -> pa.Array:
    is_leap = pc.and_(_is_multiple(year, 4), pc.or_(pc.invert(_is_multiple(year, 100)), _is_multiple(year, 400)))
    is_long = pc.and_(pc.equal(month, 2), is_leap)
    return pc.add(pc.take(_DAYS, pc.subtract(month, 1)), pc.cast(is_long, _INT))


def _iso_days(year: pa.Array, month: pa.Array, day: pa.Array, is_moment: pa.Array) -> pa.Array:
    padded = [pc.utf8_lpad(pc.cast(part, pa.string()), width, "0") for part, width in ((year, 4), (month, 2), (day, 2))]
    text = pc.binary_join_element_wise(*padded, "-")
    return pc.cast(pc.if_else(is_moment, text, pa.scalar(None, pa.string())), _MOMENT)


def _with_time(days: pa.Array, times: list[pa.Array], fraction: pa.Array | None) -> pa.Array:
    hour, minute, second = (pc.cast(part, pa.int64()) for part in times)
    seconds = pc.add(pc.multiply(pc.add(pc.multiply(hour, 60), minute), 60), second)
    micros = pc.multiply(seconds, 1_000_000)
    if fraction is not None:
        six = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(fraction, ""), 6, "0"), 0, 6)
        micros = pc.add(micros, pc.cast(six, pa.int64()))
    return pc.cast(pc.add(pc.cast(days, pa.int64()), micros), _MOMENT)


def _split_by_zone(moments: pa.Array, zone: pa.Array | None) -> tuple[pa.Array, pa.Array | None]:
    if zone is None:
        return moments, None
    zone = pc.fill_null(zone, "")
    has_zone = pc.not_equal(zone, "")
    if not has_zone.true_count:
        return moments, None
    digits = pc.replace_substring_regex(zone, "[^0-9]", "")
    digits = pc.utf8_rpad(digits, 4, "0")
    minutes = pc.add(
        pc.multiply(pc.cast(pc.utf8_slice_codeunits(digits, 0, 2), pa.int64()), 60),
        pc.cast(pc.utf8_slice_codeunits(digits, 2, 4), pa.int64()),
    )
    signed = pc.if_else(pc.starts_with(zone, "-"), pc.negate(minutes), minutes)
    shifted = pc.subtract(pc.cast(moments, pa.int64()), pc.multiply(signed, 60_000_000))
    nothing = pa.scalar(None, _MOMENT)
    utc = pc.cast(shifted, _MOMENT)
    return pc.if_else(has_zone, nothing, moments), pc.if_else(has_zone, utc, nothing)
