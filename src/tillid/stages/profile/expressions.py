"""The SQL that a variable or its column may be written in, each node as an Ibis expression with a known type.

What SQL engines disagree on is settled here: `/` is a float division and by zero gives NULL, as does `%`;
numbers of different types meet in the wider one (decimals too wide for 38 digits in float64); rounding is
half away from zero; a logarithm or root outside its range is NULL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import sqlglot
from sqlglot import errors as sql_errors
from sqlglot import exp

from tillid.stages.profile.errors import ExpressionInvalid, FunctionNotAllowed
from tillid.stages.profile.numbers import (
    FLOAT,
    INTEGER,
    added,
    divided,
    guarded,
    multiplied,
    real,
    remainder,
    rounded,
    to_decimal,
    to_integer,
    unified,
    whole,
)
from tillid.terms.comparisons import decimal
from tillid.terms.fields import require_name

ALLOWED = (
    "+ - * / %, = <> < <= > >=, and or not, between, in, is null, case, cast (integer, decimal, float, text), "
    "abs, ceil, coalesce, date_diff ('day'), floor, greatest, least, ln, nullif, round, sqrt"
)


_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


def parse_sql(sql: str) -> exp.Expr:
    """The tree of one SQL expression; ExpressionInvalid when it is not one.

    >>> parse_sql("revenue / nullif(orders, 0)").key
    'div'
    """
    try:
        trees = sqlglot.parse(sql, read="duckdb")
    except (sql_errors.ParseError, sql_errors.TokenError, RecursionError) as error:
        where = ""
        if isinstance(error, sql_errors.ParseError) and error.errors:
            where = f" at line {error.errors[0].get('line')}, column {error.errors[0].get('col')}"
        raise ExpressionInvalid(f"The sql cannot be read{where}") from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionInvalid("The sql must be one expression")
    return trees[0]


def columns_in(text: str) -> tuple[str, ...]:
    """The columns that a name or an SQL expression over columns names, in order.

    >>> columns_in("amount"), columns_in("quantity * unit_price")
    (('amount',), ('quantity', 'unit_price'))
    """
    # A name is one as it stands, even if it means something in SQL (order, group).
    if _PLAIN_NAME.fullmatch(text):
        return (text,)
    names = [column.name for column in parse_sql(text).find_all(exp.Column, bfs=False)]
    if not names:
        raise ExpressionInvalid("The sql names no column")
    return tuple(dict.fromkeys(names))


def column_or_sql(text: str, columns: Mapping[str, ir.Value]) -> ir.Value:
    """What `text` stands for, a name of `columns` or an SQL expression over them.

    Whole numbers and decimals are multiplied and added exactly: `quantity * unit_price` of money is money.
    """
    for name in columns_in(text):
        require_name("column", name, columns)
    return columns[text] if text in columns else translate(parse_sql(text), columns, "column")


def translate(tree: exp.Expr, columns: Mapping[str, ir.Value], what: str = "variable") -> ir.Value:
    """`tree` over `columns` (name → expression); FunctionNotAllowed names what is outside the list.

    `what` is what `columns` are called in errors.
    """
    value = _Translator(columns, what).value(tree)
    if value.type().is_null():
        raise ExpressionInvalid("The sql is always NULL")
    return value


class _Translator:
    def __init__(self, columns: Mapping[str, ir.Value], what: str) -> None:
        self._columns, self._what = columns, what

    def value(self, node: exp.Expr) -> ir.Value:
        translator = _NODES.get(type(node))
        if translator is None:
            raise FunctionNotAllowed(f"{_called(node)} is not allowed", hint=f"Allowed: {ALLOWED}.")
        return translator(self, node)

    def number(self, node: exp.Expr) -> ir.NumericValue:
        value = self.value(node)
        if value.type().is_null():
            return value.cast(INTEGER)
        if not value.type().is_numeric() or value.type().is_boolean():
            raise ExpressionInvalid(f"A number is needed in {_called(node.parent)}, not {value.type()}")
        return value

    def truth(self, node: exp.Expr) -> ir.BooleanValue:
        value = self.value(node)
        if not value.type().is_boolean():
            raise ExpressionInvalid(f"true or false is needed in {_called(node.parent)}, not {value.type()}")
        return value

    def alike(self, *nodes: exp.Expr) -> list[ir.Value]:
        return unified([self.value(node) for node in nodes])

    def column(self, node: exp.Column) -> ir.Value:
        if len(node.parts) != 1:
            raise ExpressionInvalid(f"A {self._what} is named without a table")
        require_name(self._what, node.name, self._columns)
        return self._columns[node.name]

    def literal(self, node: exp.Literal) -> ir.Value:
        if node.is_string:
            return ibis.literal(node.this)
        written = Decimal(node.this)
        if "e" in node.this.lower():
            return real(node.this)
        return decimal(written) if "." in node.this else whole(int(written))

    def case(self, node: exp.Case) -> ir.Value:
        branches = node.args["ifs"]
        results = [branch.args["true"] for branch in branches]
        default = node.args.get("default") or exp.Null()
        *values, otherwise = self.alike(*results, default)
        if node.this is None:
            conditions = [self.truth(branch.this) for branch in branches]
        else:
            conditions = []
            for branch in branches:
                left, right = self.alike(node.this, branch.this)
                conditions.append(left == right)
        return ibis.cases(*zip(conditions, values, strict=True), else_=otherwise)

    def round(self, node: exp.Round) -> ir.Value:
        digits = node.args.get("decimals")
        places = 0
        if digits is not None:
            if not (isinstance(digits, exp.Literal) and digits.this.isdigit() and int(digits.this) <= 9):
                raise ExpressionInvalid("round takes a number of digits from 0 to 9")
            places = int(digits.this)
        return rounded(self.number(node.this), places)

    def cast(self, node: exp.Cast) -> ir.Value:
        value, to = self.value(node.this), node.to
        if to.this in _TEXT_TYPES:
            return self._as_text(value)
        if value.type().is_null():
            value = value.cast(INTEGER)
        if value.type().is_string() or not value.type().is_numeric():
            raise ExpressionInvalid(f"{value.type()} cannot be cast to {to.sql()}")
        if to.this in _INTEGER_TYPES:
            return to_integer(value)
        if to.this in _FLOAT_TYPES:
            return value.cast(FLOAT)
        if to.this is exp.DType.DECIMAL:
            sizes = [int(size.name) for size in to.expressions] or [18, 3]
            precision, scale = (*sizes, 0)[:2]
            if not 0 <= scale <= precision <= 38:
                raise ExpressionInvalid(f"{to.sql()} is not a type")
            return to_decimal(value, dt.Decimal(precision, scale))
        raise FunctionNotAllowed(f"A cast to {to.sql()} is not allowed", hint=f"Allowed: {ALLOWED}.")

    def _as_text(self, value: ir.Value) -> ir.Value:
        # Floats and times are written differently by each engine.
        type_ = value.type()
        if type_.is_floating() or type_.is_timestamp():
            raise ExpressionInvalid(f"{type_} cannot be cast to text", hint="Cast it to integer or decimal first.")
        return value.cast("string")

    def is_(self, node: exp.Is) -> ir.Value:
        if not isinstance(node.expression, exp.Null):
            raise FunctionNotAllowed("Only is null and is not null are allowed", hint=f"Allowed: {ALLOWED}.")
        return self.value(node.this).isnull()

    def between(self, node: exp.Between) -> ir.Value:
        value, low, high = self.alike(node.this, node.args["low"], node.args["high"])
        return (value >= low) & (value <= high)

    def in_(self, node: exp.In) -> ir.Value:
        if not node.expressions:
            raise FunctionNotAllowed("in takes a list of values", hint=f"Allowed: {ALLOWED}.")
        value, *among = self.alike(node.this, *node.expressions)
        return value.isin(among)

    def nullif(self, node: exp.Nullif) -> ir.Value:
        value, other = self.alike(node.this, node.expression)
        return value.nullif(other)

    def extreme(self, node: exp.Greatest | exp.Least) -> ir.Value:
        values = self.alike(node.this, *node.expressions)
        return ibis.greatest(*values) if isinstance(node, exp.Greatest) else ibis.least(*values)

    def date_diff(self, node: exp.DateDiff) -> ir.Value:
        unit = node.args.get("unit")
        if unit is None or unit.name.lower() not in ("day", "days"):
            raise ExpressionInvalid("date_diff is in days only", hint="Write date_diff('day', start, end).")
        start, end = (self._day(side) for side in (node.expression, node.this))
        return end.delta(start, unit="day").cast(INTEGER)

    def _day(self, node: exp.Expr) -> ir.DateValue:
        value = self.value(node)
        if value.type().is_timestamp():
            return value.date()
        if not value.type().is_date():
            raise ExpressionInvalid(f"date_diff is between times, not {value.type()}")
        return value


_INTEGER_TYPES = frozenset({exp.DType.INT, exp.DType.BIGINT})
_FLOAT_TYPES = frozenset({exp.DType.DOUBLE, exp.DType.FLOAT})
_TEXT_TYPES = frozenset({exp.DType.TEXT, exp.DType.VARCHAR})


def _arithmetic(
    compute: Callable[[ir.NumericValue, ir.NumericValue], ir.Value],
) -> Callable[[_Translator, exp.Expr], ir.Value]:
    return lambda to, node: compute(to.number(node.this), to.number(node.expression))


def _compared(
    compare: Callable[[ir.Value, ir.Value], ir.BooleanValue],
) -> Callable[[_Translator, exp.Expr], ir.Value]:
    return lambda to, node: compare(*to.alike(node.this, node.expression))


def _called(node: exp.Expr | None) -> str:
    """What the user wrote there, as a name."""
    if node is None:
        return "sql"
    return node.name if isinstance(node, exp.Anonymous) else node.key


_NODES: Mapping[type[exp.Expr], Callable[[_Translator, Any], ir.Value]] = {
    exp.Paren: lambda to, node: to.value(node.this),
    exp.Column: _Translator.column,
    exp.Literal: _Translator.literal,
    exp.Boolean: lambda _, node: ibis.literal(bool(node.this)),
    exp.Null: lambda *_: ibis.null(),
    exp.Neg: lambda to, node: -to.number(node.this),
    exp.Add: _arithmetic(added),
    exp.Sub: _arithmetic(lambda left, right: added(left, -right)),
    exp.Mul: _arithmetic(multiplied),
    exp.Div: _arithmetic(divided),
    exp.Mod: _arithmetic(remainder),
    exp.EQ: _compared(lambda left, right: left == right),
    exp.NEQ: _compared(lambda left, right: left != right),
    exp.GT: _compared(lambda left, right: left > right),
    exp.GTE: _compared(lambda left, right: left >= right),
    exp.LT: _compared(lambda left, right: left < right),
    exp.LTE: _compared(lambda left, right: left <= right),
    exp.And: lambda to, node: to.truth(node.this) & to.truth(node.expression),
    exp.Or: lambda to, node: to.truth(node.this) | to.truth(node.expression),
    exp.Not: lambda to, node: ~to.truth(node.this),
    exp.Is: _Translator.is_,
    exp.Between: _Translator.between,
    exp.In: _Translator.in_,
    exp.Case: _Translator.case,
    exp.Cast: _Translator.cast,
    exp.Coalesce: lambda to, node: ibis.coalesce(*to.alike(node.this, *node.expressions)),
    exp.Nullif: _Translator.nullif,
    exp.Greatest: _Translator.extreme,
    exp.Least: _Translator.extreme,
    exp.Round: _Translator.round,
    exp.Abs: lambda to, node: to.number(node.this).abs(),
    exp.Floor: lambda to, node: to_integer(to.number(node.this), "floor"),
    exp.Ceil: lambda to, node: to_integer(to.number(node.this), "ceil"),
    exp.Ln: lambda to, node: guarded(to.number(node.this), lambda x: x > 0, lambda x: x.ln()),
    exp.Sqrt: lambda to, node: guarded(to.number(node.this), lambda x: x >= 0, lambda x: x.sqrt()),
    exp.DateDiff: _Translator.date_diff,
}
