"""Makes text of what files hold; a whole number is written without a fraction, however the file keeps it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_LARGEST_EXACT = float(1 << 53)


def text_of(values: pa.Array) -> pa.Array:
    """Strings; null where a value is null. Text stays as it is.

    >>> text_of(pa.array([12346.0, 0.5, None])).to_pylist()
    ['12346', '0.5', None]
    """
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_floating(kind):
        return _text_of_floats(pc.cast(values, pa.float64()))
    if pa.types.is_timestamp(kind):
        return _text_of_moments(values)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.nulls(len(values), pa.string())
    return pc.cast(values, pa.string())


def _text_of_floats(values: pa.Array) -> pa.Array:
    is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _LARGEST_EXACT))
    whole = pc.cast(pc.if_else(is_whole, values, pa.scalar(None, pa.float64())), pa.int64())
    return pc.coalesce(pc.cast(whole, pa.string()), pc.cast(values, pa.string()))


def _text_of_moments(values: pa.Array) -> pa.Array:
    # A moment without a fraction of a second is written without one.
    text = pc.cast(pc.cast(values, pa.timestamp("us", values.type.tz), safe=False), pa.string())
    return pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
