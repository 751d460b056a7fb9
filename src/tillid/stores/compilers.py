"""Ibis' compilers for the two engines, held to one meaning where Ibis leaves them to answer differently."""

# ruff: noqa: ARG002, D102, N802, N815  Ibis names its visitors and what they are given
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.backends.sql.compilers import DuckDBCompiler, PySparkCompiler
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.config import Config
from sqlglot import exp

from tillid.ports.errors import StoreError

# Ibis declares its nodes' fields at run time; to a type checker they are unknown.
Op = Any
DOUBLE = exp.DataType.build("double")


class _IbisOptions(Config):  # type: ignore[misc]
    """What Ibis' compiler for Spark asks of its options; Ibis itself sets them only where it connects."""

    treat_nan_as_null: bool = False


if ibis.options.pyspark is None:
    ibis.options.pyspark = _IbisOptions()


class DuckDbSql(DuckDBCompiler):  # type: ignore[misc]
    """DuckDB's."""

    def visit_ArgMin(self, op: Op, *, arg: exp.Expr, key: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        # Ibis sorts all rows of a group; these keep one.
        found: exp.Expr = self.agg.arg_min_null(arg, key, where=where)
        return found

    def visit_ArgMax(self, op: Op, *, arg: exp.Expr, key: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        found: exp.Expr = self.agg.arg_max_null(arg, key, where=where)
        return found

    def visit_FirstValue(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return exp.IgnoreNulls(this=self.f.first_value(arg))

    def visit_LastValue(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return exp.IgnoreNulls(this=self.f.last_value(arg))

    def visit_Quantile(self, op: Op, *, arg: exp.Expr, quantile: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        found: exp.Expr = super().visit_Quantile(op, arg=_as_double(op.arg, arg), quantile=quantile, where=where)
        return found

    def visit_Correlation(
        self, op: Op, *, left: exp.Expr, right: exp.Expr, how: str, where: exp.Expr | None
    ) -> exp.Expr:
        # Of a sample or of all: the correlation is the same.
        found: exp.Expr = super().visit_Correlation(op, left=left, right=right, how="pop", where=where)
        return found

    def visit_ExtractEpochSeconds(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return exp.cast(exp.Floor(this=self.f.epoch(arg)), "bigint")


class SparkSql(PySparkCompiler):  # type: ignore[misc]
    """Spark's."""

    # Ibis takes a NaN for a missing value here.
    visit_IsNull = SQLGlotCompiler.visit_IsNull
    visit_NotNull = SQLGlotCompiler.visit_NotNull

    def visit_IsNan(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return _unless_null(arg, self.f.isnan(arg))

    def visit_IsInf(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return exp.EQ(this=self.f.abs(arg), expression=self.POS_INF)

    def visit_Cast(self, op: Op, *, arg: exp.Expr, to: Any) -> exp.Expr:
        # Spark cuts what is behind the point, DuckDB rounds it.
        if to.is_integer() and (op.arg.dtype.is_floating() or op.arg.dtype.is_decimal()):
            arg = exp.Round(this=arg)
        found: exp.Expr = super().visit_Cast(op, arg=arg, to=to)
        return found

    def visit_ExtractIsoYear(self, op: Op, *, arg: exp.Expr) -> exp.Expr:
        return exp.Extract(this=exp.var("YEAROFWEEK"), expression=arg)

    def visit_Quantile(self, op: Op, *, arg: exp.Expr, quantile: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        found: exp.Expr = super().visit_Quantile(op, arg=_as_double(op.arg, arg), quantile=quantile, where=where)
        return found

    def visit_Median(self, op: Op, *, arg: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        return self.visit_Quantile(op, arg=arg, quantile=exp.convert(0.5), where=where)

    def visit_Mode(self, op: Op, *, arg: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        found: exp.Expr = self.agg.mode(arg, where=where)
        return found

    def visit_CountDistinctStar(self, op: Op, *, arg: exp.Expr, where: exp.Expr | None) -> exp.Expr:
        # A row counts when something in it is empty too.
        fields = [exp.column(name, table=arg.alias_or_name, quoted=True) for name in op.arg.schema]
        row: exp.Expr = self.f.anon.struct(*fields)
        if where is not None:
            row = self.if_(where, row, exp.Null())
        return exp.Count(this=exp.Distinct(expressions=[row]))

    def visit_First(self, op: Op, *, arg: exp.Expr, where: Any, order_by: Any, include_null: bool) -> exp.Expr:
        if order_by:
            return _at_an_end(arg, where, order_by, include_null, first=True)
        found: exp.Expr = super().visit_First(op, arg=arg, where=where, order_by=(), include_null=include_null)
        return found

    def visit_Last(self, op: Op, *, arg: exp.Expr, where: Any, order_by: Any, include_null: bool) -> exp.Expr:
        if order_by:
            return _at_an_end(arg, where, order_by, include_null, first=False)
        found: exp.Expr = super().visit_Last(op, arg=arg, where=where, order_by=(), include_null=include_null)
        return found


def _at_an_end(
    arg: exp.Expr, where: exp.Expr | None, order_by: Sequence[exp.Ordered], include_null: bool, *, first: bool
) -> exp.Expr:
    """The value in the first or last row by `order_by`, empty keys last, as an extreme over all keys at once."""
    ways = {bool(key.args.get("desc")) for key in order_by}
    if len(ways) > 1:
        raise StoreError("Spark can't take a first or last by keys that go up and down", hint="Order by one way.")
    falling = ways.pop()
    fields: list[exp.Expr] = []
    for key in order_by:
        empty: exp.Expr = exp.Is(this=key.this.copy(), expression=exp.Null())
        fields += [exp.not_(empty, copy=False) if falling else empty, key.this.copy()]
    kept = [] if where is None else [where]
    if not include_null:
        kept.append(exp.not_(exp.Is(this=arg.copy(), expression=exp.Null()), copy=False))
    name = "min_by" if first is not falling else "max_by"
    found: exp.Expr = exp.Anonymous(this=name, expressions=[arg, exp.Anonymous(this="struct", expressions=fields)])
    if kept:
        found = exp.Filter(this=found, expression=exp.Where(this=exp.and_(*kept, copy=False)))
    return found


def _as_double(op: Op, arg: exp.Expr) -> exp.Expr:
    return exp.cast(arg, DOUBLE) if op.dtype.is_decimal() else arg


def _unless_null(arg: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.Is(this=arg.copy(), expression=exp.Null()), true=exp.Null())], default=value)
