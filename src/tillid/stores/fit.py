"""Whether values of one type can be kept as another without a silent loss."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from tillid.ports.errors import TableMismatch

DataType = Any

_ARROW_NAMES = {"boolean": "bool", "date": "date32", "float32": "float", "float64": "double"}
_IBIS_NAMES = {
    "bool": "boolean",
    "date32[day]": "date",
    "float": "float32",
    "double": "float64",
    "large_string": "string",
    "string_view": "string",
    "large_binary": "binary",
}
# More digits than any decimal of the engines: unknown precision fits nothing but itself.
_UNKNOWN = 99


@lru_cache(maxsize=1024)
def parsed(type_name: str) -> DataType:
    """The Ibis type of this name, nullable."""
    return ibis.dtype(type_name)(nullable=True)


@lru_cache(maxsize=1024)
def arrow_type(type_name: str) -> pa.DataType:
    """The Arrow type in which columns of this Ibis type travel.

    >>> arrow_type("decimal(18,2)"), arrow_type("timestamp(6)"), arrow_type("array<string>")
    (Decimal128Type(decimal128(18, 2)), TimestampType(timestamp[us]), ListType(list<item: string>))
    """
    return _arrow(parsed(type_name))


def _arrow(kind: DataType) -> pa.DataType:
    if kind.is_decimal():
        return pa.decimal128(kind.precision or 38, kind.scale or 0)
    if kind.is_timestamp():
        return pa.timestamp("us", tz=kind.timezone)
    if kind.is_array():
        return pa.list_(_arrow(kind.value_type))
    name = _ARROW_NAMES.get(str(kind), str(kind))
    try:
        return pa.type_for_alias(name)
    except ValueError:
        raise TableMismatch(f"The stores do not keep columns of the type {kind}") from None


@lru_cache(maxsize=1024)
def same(one: str, other: str) -> bool:
    """Whether two type names mean one type: `decimal(18,2)` is `decimal(18, 2)`."""
    return bool(parsed(one) == parsed(other))


def fits(source: DataType, target: DataType) -> bool:
    """Whether every value of `source` either survives as `target` exactly or is refused by the cast.

    An overflow raises in every engine, so fewer digits before the point may be declared; rounding does not
    raise, so fewer after it may not.

    >>> fits(ibis.dtype("int32"), ibis.dtype("int64")), fits(ibis.dtype("float64"), ibis.dtype("int64"))
    (True, False)
    >>> fits(ibis.dtype("decimal(38,2)"), ibis.dtype("decimal(18,2)"))
    True
    """
    if source(nullable=True) == target(nullable=True) or source.is_null():
        return True
    if source.is_timestamp() and target.is_timestamp():
        return source.timezone is None and target.timezone is None and _scale(source) <= _scale(target)
    if source.is_date() and target.is_timestamp():
        return target.timezone is None
    return _number_fits(source, target)


def _number_fits(source: DataType, target: DataType) -> bool:
    if source.is_integer():
        return bool(target.is_integer() or target.is_decimal() or (target.is_floating() and _exact(source, target)))
    if source.is_decimal():
        scale = _UNKNOWN if source.scale is None else source.scale
        if target.is_decimal():
            return bool(scale <= (0 if target.scale is None else target.scale))
        return bool(target.is_integer() and scale == 0)
    return bool(source.is_floating() and target.is_floating() and source.nbytes <= target.nbytes)


def _exact(source: DataType, target: DataType) -> bool:
    # float32 holds 24 bits of a whole number, float64 53.
    return bool(source.nbytes * 8 <= (24 if target.nbytes == 4 else 53))


def _scale(timestamp: DataType) -> int:
    # No scale written means microseconds, in Ibis' own mapping to both engines.
    return 6 if timestamp.scale is None else int(timestamp.scale)


def type_of(arrow: pa.DataType) -> DataType:
    """The Ibis type of an Arrow type.

    >>> str(type_of(pa.dictionary(pa.int32(), pa.string()))), str(type_of(pa.timestamp("ms")))
    ('string', 'timestamp(3)')
    """
    if pa.types.is_dictionary(arrow):
        return type_of(arrow.value_type)
    if pa.types.is_decimal128(arrow):
        return dt.Decimal(arrow.precision, arrow.scale)
    if pa.types.is_timestamp(arrow):
        return dt.Timestamp(timezone=arrow.tz, scale={"s": 0, "ms": 3, "us": 6, "ns": 9}[arrow.unit])
    if pa.types.is_list(arrow) or pa.types.is_large_list(arrow):
        return dt.Array(type_of(arrow.value_type))
    name = _IBIS_NAMES.get(str(arrow), str(arrow))
    try:
        return parsed(name)
    except Exception as error:  # Ibis raises errors of many kinds for a type that it does not know
        raise TableMismatch(f"The stores do not take Arrow columns of the type {arrow}") from error
