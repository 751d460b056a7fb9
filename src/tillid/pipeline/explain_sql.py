"""tillid explain sql: what each rule says of a statement, and what each table in it stands for."""

from __future__ import annotations

from typing import cast

from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from sqlglot import exp

from tillid.governance.governed import SqlText
from tillid.governance.sql_text import DIALECT, GUARDED, govern_sql
from tillid.pipeline.workspace import Workspace


def explain_sql(workspace: Workspace, text: str, purpose: str) -> dict[str, object]:
    """The decision on one select statement and the statement under guards; nothing is run.

    `tables` gives the guarded select that stands behind each table of `statement`, in DuckDB's SQL over
    logical names, whatever engine the project has. Raises what `tillid.pipeline.answers.sql` would.
    """
    govern_sql(text, workspace.permit(purpose))  # refuse before the store is opened and held
    workspace.store  # noqa: B018  opening it tells which rows were collected for what
    query = govern_sql(text, workspace.permit(purpose))
    body = cast("SqlText", query.body)
    statement = body.tree
    for table in statement.find_all(exp.Table):
        table.set("this", exp.to_identifier(table.name.removeprefix(GUARDED), quoted=True))
    return {
        **query.decision.as_dict(),
        "statement": statement.sql(DIALECT, pretty=True),
        "tables": {
            name.removeprefix(GUARDED): DuckDBCompiler().to_sqlglot(part).sql(DIALECT, pretty=True)
            for name, part in body.parts.items()
        },
    }
