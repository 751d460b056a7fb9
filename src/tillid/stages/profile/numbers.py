"""Arithmetic on Ibis values that gives the same result and the same type on every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Literal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tillid.stages.profile.errors import ExpressionInvalid

INTEGER = dt.Int64()
FLOAT = dt.Float64()
_WIDEST = 38
_KEPT_BY_SPARK = 6
_INTEGER_DIGITS = 19
# From here on a float64 has no digits after the point.
_ALL_WHOLE = 2**53


def whole(written: int) -> ir.IntegerScalar:
    """A whole number of 64 bits; a bare one is 32 bits wide on Spark."""
    if abs(written) >= 2**63:
        raise ExpressionInvalid("A whole number must fit in 64 bits")
    return ibis.literal(written).cast(INTEGER)


def real(written: str) -> ir.FloatingValue:
    """A float64; a bare 2.5 is a decimal in SQL."""
    return ibis.literal(written).cast(FLOAT)


def unified(values: Sequence[ir.Value]) -> list[ir.Value]:
    """All values in the one type that holds each of them; ExpressionInvalid when there is none."""
    types = [value.type() for value in values if not value.type().is_null()]
    common = reduce(_common, types) if types else INTEGER
    return [value if value.type() == common else value.cast(common) for value in values]


def _common(left: dt.DataType, right: dt.DataType) -> dt.DataType:
    if _is_number(left) and _is_number(right):
        if left.is_integer() and right.is_integer():
            return INTEGER
        if left.is_floating() or right.is_floating():
            return FLOAT
        a, b = _as_decimal(left), _as_decimal(right)
        scale = max(_scale(a), _scale(b))
        return _decimal_or_float(max(_digits(a), _digits(b)) + scale, scale)
    for same in (dt.DataType.is_string, dt.DataType.is_boolean, dt.DataType.is_date, dt.DataType.is_timestamp):
        if same(left) and same(right):
            return left
    raise ExpressionInvalid(f"{left} and {right} do not go together")


def added(left: ir.NumericValue, right: ir.NumericValue) -> ir.NumericValue:
    """The sum, one digit wider than the wider one."""
    if _both_integer(left, right):
        return left.cast(INTEGER) + right.cast(INTEGER)
    if left.type().is_floating() or right.type().is_floating():
        return left.cast(FLOAT) + right.cast(FLOAT)
    a, b = _as_decimal(left.type()), _as_decimal(right.type())
    scale = max(_scale(a), _scale(b))
    result = _decimal_or_float(max(_digits(a), _digits(b)) + scale + 1, scale)
    if result.is_floating():
        return left.cast(FLOAT) + right.cast(FLOAT)
    return (left.cast(result) + right.cast(result)).cast(result)


def multiplied(left: ir.NumericValue, right: ir.NumericValue) -> ir.NumericValue:
    """The product, exact where it fits in 38 digits, else a float."""
    if _both_integer(left, right):
        return left.cast(INTEGER) * right.cast(INTEGER)
    if left.type().is_floating() or right.type().is_floating():
        return left.cast(FLOAT) * right.cast(FLOAT)
    a, b = _as_decimal(left.type()), _as_decimal(right.type())
    # One more than the digits of both: Spark reserves it, and would cut off decimals for want of it.
    result = _decimal_or_float(a.precision + b.precision + 1, _scale(a) + _scale(b))
    # Ibis types a product of decimals only where one type holds both, so they are made equally wide. Of a
    # product that is too wide by that Spark still keeps six decimals.
    wide = max(a.precision, b.precision)
    if result.is_floating() or (2 * wide + 1 > _WIDEST and _scale(result) > _KEPT_BY_SPARK):
        return left.cast(FLOAT) * right.cast(FLOAT)
    one, other = (value.cast(dt.Decimal(wide, _scale(type_))) for value, type_ in ((left, a), (right, b)))
    return (one * other).cast(result)


def divided(left: ir.NumericValue, right: ir.NumericValue) -> ir.FloatingValue:
    """The quotient as a float; NULL when `right` is zero."""
    return left.cast(FLOAT) / right.cast(FLOAT).nullif(real("0"))


def remainder(left: ir.NumericValue, right: ir.NumericValue) -> ir.NumericValue:
    """What is left over, with the sign of `left`; NULL when `right` is zero."""
    above, below = unified([left, right])
    return (above % below.nullif(whole(0).cast(below.type()))).cast(above.type())


def rounded(value: ir.NumericValue, places: int) -> ir.NumericValue:
    """Rounded half away from zero; a decimal keeps its type but for the places, a whole number is kept."""
    type_ = value.type()
    if type_.is_integer():
        return value
    if type_.is_decimal():
        scale = min(_scale(type_), places)
        return value.cast(dt.Decimal(min(_digits(type_) + scale + 1, _WIDEST), scale))
    moved = value.abs() * real(str(10**places))
    nearest = (moved + real("0.5")).floor().cast(FLOAT) / real(str(10**places))
    signed = ibis.ifelse(value < real("0"), -nearest, nearest)
    return ibis.ifelse(moved < real(str(_ALL_WHOLE)), signed, value)


def to_integer(value: ir.NumericValue, way: Literal["floor", "ceil", "nearest"] = "nearest") -> ir.IntegerValue:
    """The whole number below, above or nearest (half away from zero); NULL for a float of 2^53 or more."""
    type_ = value.type()
    if type_.is_integer():
        return value.cast(INTEGER)
    if way == "nearest" and type_.is_decimal():
        return value.cast(dt.Decimal(_WIDEST, 0)).cast(INTEGER)
    number = rounded(value, 0) if way == "nearest" else value
    exact = number.cast(FLOAT)
    turned = exact.ceil() if way == "ceil" else exact.floor()
    small = exact.abs() < real(str(_ALL_WHOLE))
    return ibis.ifelse(small, turned.cast(INTEGER), ibis.null(INTEGER))


def to_decimal(value: ir.NumericValue, type_: dt.Decimal) -> ir.DecimalValue:
    """The value as a decimal; a float is rounded half away from zero first."""
    if value.type().is_floating():
        value = rounded(value, _scale(type_))
    elif value.type().is_integer():
        value = value.cast(dt.Decimal(_INTEGER_DIGITS, 0))
    return value.cast(type_)


def guarded(
    value: ir.NumericValue,
    inside: Callable[[ir.FloatingValue], ir.BooleanValue],
    compute: Callable[[ir.FloatingValue], ir.FloatingValue],
) -> ir.FloatingValue:
    """`compute` on the value as a float where it is `inside` the range, else NULL."""
    exact = value.cast(FLOAT)
    return compute(ibis.ifelse(inside(exact), exact, ibis.null(FLOAT)))


def _both_integer(left: ir.NumericValue, right: ir.NumericValue) -> bool:
    return bool(left.type().is_integer() and right.type().is_integer())


def _is_number(type_: dt.DataType) -> bool:
    return bool(type_.is_numeric() and not type_.is_boolean())


def _as_decimal(type_: dt.DataType) -> dt.Decimal:
    if isinstance(type_, dt.Decimal):
        return dt.Decimal(type_.precision or _WIDEST, type_.scale or 0)
    return dt.Decimal(_INTEGER_DIGITS, 0)


def _scale(type_: dt.Decimal) -> int:
    return type_.scale or 0


def _digits(type_: dt.Decimal) -> int:
    """How many digits there are before the point."""
    return (type_.precision or _WIDEST) - _scale(type_)


def _decimal_or_float(precision: int, scale: int) -> dt.DataType:
    return dt.Decimal(precision, scale) if precision <= _WIDEST else FLOAT
