"""Operators that the engines answer differently, rewritten so that both give one answer.

A division by zero and a logarithm of what is not positive are empty; a mean of decimals is a float; whole units
between two times are counted by the boundaries that lie between them; `\\\\` escapes in LIKE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

Rewrite = Callable[[exp.Expr, str], None]

_LOGARITHMS = ("LOG10", "LOG2")


def unify(tree: exp.Query, engine: str) -> exp.Query:
    """Rewrite the operators of a tree in place for one engine (by sqlglot's name of it)."""
    # From the leaves up: what is rewritten is then whole, and may be wrapped.
    for node in reversed(list(tree.walk())):
        rewrite = REWRITES.get(type(node))
        if rewrite is not None:
            rewrite(node, engine)
    return tree


def _divide(node: exp.Expr, engine: str) -> None:
    divisor = node.expression
    if not (isinstance(divisor, exp.Literal) and divisor.name.strip("0.")):
        node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
    if engine == "spark" and isinstance(node, exp.Div):
        # Decimals are divided as decimals there, with the digits behind the point cut to fit.
        node.set("this", exp.cast(node.this, "double", copy=False))


def _average(node: exp.Expr, engine: str) -> None:
    if engine == "spark" and not isinstance(node.this, exp.Distinct):
        node.set("this", exp.cast(node.this, "double", copy=False))


def _logarithm(node: exp.Expr, _: str) -> None:
    if isinstance(node, exp.Anonymous):
        if node.name.upper() in _LOGARITHMS:
            node.set("expressions", [_positive(value) for value in node.expressions])
        return
    key = "this" if node.args.get("expression") is None else "expression"
    node.set(key, _positive(node.args[key]))


def _positive(value: exp.Expr) -> exp.Expr:
    if isinstance(value, exp.Literal):
        return value
    condition = exp.GT(this=value.copy(), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=condition, true=value)])


def _like(node: exp.Expr, engine: str) -> None:
    pattern = node.expression
    plain = isinstance(pattern, exp.Literal) and "\\" not in pattern.name
    if engine == "duckdb" and not plain and not isinstance(node.parent, exp.Escape):
        node.replace(exp.Escape(this=node.copy(), expression=exp.Literal.string("\\")))


def _second(node: exp.Expr, engine: str) -> None:
    if engine == "spark" and node.name.upper() == "SECOND":
        node.replace(exp.Anonymous(this="second", expressions=[node.expression]))


def _between(node: exp.Expr, engine: str) -> None:
    unit = (node.text("unit") or "day").upper()
    ends = [
        exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string(unit), end])
        for end in (node.expression, node.this)
    ]
    if engine == "spark":
        node.replace(exp.Anonymous(this="timestampdiff", expressions=[exp.var(unit), *ends]))
    elif unit == "WEEK":
        # DuckDB cuts a time to the week's Monday, but counts Sundays between two.
        node.set("expression", ends[0])
        node.set("this", ends[1])


REWRITES: Mapping[type[exp.Expr], Rewrite] = {
    exp.Div: _divide,
    exp.IntDiv: _divide,
    exp.Mod: _divide,
    exp.Avg: _average,
    exp.Ln: _logarithm,
    exp.Log: _logarithm,
    exp.Anonymous: _logarithm,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Extract: _second,
    exp.DateDiff: _between,
}
