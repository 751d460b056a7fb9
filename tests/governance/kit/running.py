"""Governed queries as SQL for an engine, as a store would put them together."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from sqlglot import exp, parse_one

from tillid.governance.governed import GovernedQuery


class _FloatsAsTheyAre(PySparkCompiler):
    """Ibis' own asks whether NaN is NULL in options that only its connection to Spark sets."""

    def visit_Field(self, op: Any, *, rel: Any, name: str) -> Any:
        return super(PySparkCompiler, self).visit_Field(op, rel=rel, name=name)


def _text(table: ir.Table, dialect: str) -> str:
    compiler: Any = DuckDBCompiler() if dialect == "duckdb" else _FloatsAsTheyAre()
    return str(compiler.to_sqlglot(table).sql(dialect="duckdb" if dialect == "duckdb" else "spark", pretty=True))


def compiled(query: GovernedQuery, dialect: str = "duckdb") -> str:
    body = query.body
    if isinstance(body, ir.Table):
        return _text(body, dialect)
    tree: Any = body.tree
    ctes = [
        exp.CTE(
            this=parse_one(_text(part, dialect), dialect=dialect),
            alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)),
        )
        for name, part in body.parts.items()
    ]
    own = tree.args.get("with_")
    if own is not None:
        own.set("expressions", ctes + own.expressions)
    elif ctes:
        tree.set("with_", exp.With(expressions=ctes))
    return str(tree.sql(dialect))
