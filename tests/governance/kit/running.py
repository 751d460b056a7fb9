"""Governed queries as SQL for an engine, as a store would put them together."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from sqlglot import exp, parse_one

from tillid.governance.governed import GovernedQuery


def compiled(query: GovernedQuery, dialect: str = "duckdb") -> str:
    body = query.body
    if isinstance(body, ir.Table):
        return str(ibis.to_sql(body, dialect=dialect))
    tree: Any = body.tree
    ctes = [
        exp.CTE(this=parse_one(str(ibis.to_sql(part, dialect=dialect)), dialect=dialect),
                alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        for name, part in body.parts.items()
    ]
    own = tree.args.get("with_")
    if own is not None:
        own.set("expressions", ctes + own.expressions)
    elif ctes:
        tree.set("with_", exp.With(expressions=ctes))
    return str(tree.sql(dialect))
