"""One operator and one value, such as `gt: 100`, and its meaning as an Ibis boolean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tillid.terms.fields import FieldInvalid, FieldMissing, FieldPath, kind_of

Scalar: TypeAlias = str | int | float | bool | Decimal | date | datetime


class Operator(StrEnum):
    """How a column's value is held against the value that is written."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NOT_IN = "not_in"
    IS_NULL = "is_null"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"


OPERATORS = tuple(operator.value for operator in Operator)
_LISTS = frozenset({Operator.IN, Operator.NOT_IN})
_WIDEST = 38
_TEXTS = frozenset({Operator.CONTAINS, Operator.STARTS_WITH})
_ORDERS = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with its value: a list for `in` and `not_in`, true or false for `is_null`.

    >>> Comparison(Operator.IN, ("DK", "NO")).value
    ('DK', 'NO')
    """

    operator: Operator
    value: Scalar | tuple[Scalar, ...]

    def __post_init__(self) -> None:
        name = self.operator.value
        if self.operator in _LISTS:
            if not isinstance(self.value, tuple) or not self.value:
                raise FieldInvalid(f"{name!r} needs a list with at least one value", field=(name,))
            for position, value in enumerate(self.value):
                if not isinstance(value, Scalar):
                    raise FieldInvalid(f"One value is needed, not {kind_of(value)}", field=(name, position))
        elif not isinstance(self.value, Scalar):
            raise FieldInvalid(f"{name!r} needs one value, not {kind_of(self.value)}", field=(name,))
        elif self.operator is Operator.IS_NULL and not isinstance(self.value, bool):
            raise FieldInvalid(f"{name!r} is true or false, not {kind_of(self.value)}", field=(name,))
        elif self.operator in _TEXTS and not isinstance(self.value, str):
            raise FieldInvalid(f"{name!r} needs text, not {kind_of(self.value)}", field=(name,))


def read_comparison(mapping: Mapping[str, object]) -> Comparison:
    """The one operator among the keys of `mapping`; other keys are not looked at."""
    given = [operator for operator in Operator if operator.value in mapping]
    if not given:
        raise FieldMissing("A comparison is missing", hint=f"Add one of: {', '.join(OPERATORS)}.")
    if len(given) > 1:
        raise FieldInvalid(
            f"{given[1].value!r} beside {given[0].value!r}: a condition compares once",
            hint="Write two conditions under all: or any:.",
            field=(given[1].value,),
        )
    value = mapping[given[0].value]
    if isinstance(value, list | tuple):
        value = tuple(value)
    return Comparison(given[0], value)  # type: ignore[arg-type]  # the constructor refuses other types


def comparison_to_ibis(comparison: Comparison, value: ir.Value) -> ir.BooleanValue:
    """Whether `value` (a column or an expression) meets the comparison.

    The written value is read in the type of `value`: numbers against money are exact decimals, times are
    UTC, text is compared by code point, upper and lower case apart. The result is NULL or false where
    `value` is NULL, but for `is_null`. Raises FieldInvalid where the types do not fit.
    """
    operator, written = comparison.operator, comparison.value
    if operator is Operator.IS_NULL:
        return value.isnull() if written else value.notnull()
    with_text = operator in _TEXTS
    if with_text and not value.type().is_string():
        raise FieldInvalid(f"{operator.value!r} is for text, not for {value.type()}", field=(operator.value,))
    if operator in _ORDERS and value.type().is_boolean():
        raise FieldInvalid(f"{operator.value!r} is not for true or false", field=(operator.value,))
    type_ = _type_for(value.type(), written)
    if type_ != value.type():
        value = value.cast(type_)
    if isinstance(written, tuple):
        among = value.isin([_literal(one, type_, (operator.value, at)) for at, one in enumerate(written)])
        return among if operator is Operator.IN else ~among
    return _COMPARE[operator](value, _literal(written, type_, (operator.value,)))


_COMPARE: Mapping[Operator, Callable[[ir.Value, ir.Value], ir.BooleanValue]] = {
    Operator.EQ: lambda value, literal: value == literal,
    Operator.NE: lambda value, literal: value != literal,
    Operator.GT: lambda value, literal: value > literal,
    Operator.GTE: lambda value, literal: value >= literal,
    Operator.LT: lambda value, literal: value < literal,
    Operator.LTE: lambda value, literal: value <= literal,
    Operator.CONTAINS: lambda value, literal: value.contains(literal),
    Operator.STARTS_WITH: lambda value, literal: value.startswith(literal),
}


def decimal(exact: Decimal) -> ir.Scalar:
    """An exact decimal literal, as wide as its digits.

    >>> decimal(Decimal("12.50")).type()
    Decimal(precision=4, scale=2, nullable=True)
    """
    return ibis.literal(exact, type=dt.Decimal(*_sizes(exact)))


def _type_for(type_: dt.DataType, written: Scalar | tuple[Scalar, ...]) -> dt.DataType:
    """The type in which both sides are compared: that of the column, wider where numbers ask for it.

    A bare 2.5 is a decimal in SQL but a float to Ibis, and Ibis compares no decimals of two widths.
    """
    values = written if isinstance(written, tuple) else (written,)
    if not type_.is_numeric() or type_.is_boolean() or not all(_is_number(value) for value in values):
        return type_
    numbers = [Decimal(str(value)) for value in values]
    if type_.is_floating() or not all(number.is_finite() for number in numbers):
        return type_ if isinstance(type_, dt.Float64) else dt.Float64()
    if type_.is_integer():
        is_whole = all(number == number.to_integral_value() and abs(number) < 2**63 for number in numbers)
        return (type_ if isinstance(type_, dt.Int64) else dt.Int64()) if is_whole else dt.Float64()
    sizes = [_sizes(number) for number in numbers]
    scale = max(type_.scale or 0, *(scale for _, scale in sizes))
    digits = max((type_.precision or _WIDEST) - (type_.scale or 0), *(width - scale for width, scale in sizes))
    fits = digits + scale <= _WIDEST
    return dt.Decimal(digits + scale, scale, nullable=type_.nullable) if fits else dt.Float64()


def _sizes(exact: Decimal) -> tuple[int, int]:
    """How many digits a number has, and how many of them after the point."""
    _, digits, exponent = exact.as_tuple()
    scale = max(0, -int(exponent))
    return max(len(digits) + max(0, int(exponent)), scale, 1), scale


def _is_number(written: Scalar) -> bool:
    return isinstance(written, int | float | Decimal) and not isinstance(written, bool)


def _literal(written: Scalar, type_: dt.DataType, field: FieldPath) -> ir.Scalar:
    """`written` as a literal of `type_`."""
    literal: ir.Scalar | None = None
    if type_.is_boolean():
        literal = ibis.literal(written) if isinstance(written, bool) else None
    elif type_.is_string():
        literal = ibis.literal(written) if isinstance(written, str) else None
    elif type_.is_numeric() and _is_number(written):
        literal = _number(Decimal(str(written)), type_)
    elif type_.is_date() or type_.is_timestamp():
        literal = _moment(written, type_)
    if literal is None:
        quotes = "Put it in quotes." if type_.is_string() else ""
        raise FieldInvalid(f"{kind_of(written)} cannot be compared with {type_}", hint=quotes, field=field)
    return literal


def _number(exact: Decimal, type_: dt.DataType) -> ir.Scalar:
    if type_.is_floating():
        return ibis.literal(str(float(exact))).cast("float64")
    return ibis.literal(int(exact) if type_.is_integer() else exact, type=type_)


def _moment(written: Scalar, type_: dt.DataType) -> ir.Scalar | None:
    if isinstance(written, str):
        try:
            written = datetime.fromisoformat(written)
        except ValueError:
            return None
    if not isinstance(written, date):
        return None
    moment = written if isinstance(written, datetime) else datetime.combine(written, time())
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if type_.is_timestamp():
        return ibis.literal(moment, type="timestamp")
    return ibis.literal(moment.date(), type="date") if moment.time() == time() else None
