"""From a governed query to SQL over physical tables: the one place where logical names are resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import ibis.expr.types as ir
from ibis.common.exceptions import IbisError
from sqlglot import exp

from tillid.governance.governed import GOVERNED_SCHEMA, GovernedQuery, check_governed
from tillid.ports.errors import StoreError, TableMismatch, TableNotBuilt
from tillid.stores.fit import fits, parsed, same
from tillid.stores.manifest import Columns, Part, is_staged
from tillid.stores.same_answers import unify
from tillid.terms.table import Table, TableKind


@dataclass(frozen=True, slots=True)
class Dialect:
    """An engine's SQL: its name in sqlglot, Ibis' compiler for it, and where physical tables are.

    They are in `schema`; those that live as long as a build are in the schema of that name of the catalog
    `staging`, where the engine has one.
    """

    name: str
    compiler: Any
    schema: str | None = None
    staging: str | None = None

    def type(self, type_name: str) -> exp.DataType:
        """The engine's type for an Ibis type."""
        found: exp.DataType = self.compiler.type_mapper.from_ibis(parsed(type_name))
        return found

    def physical(self, name: str) -> exp.Table:
        """The physical table of this name."""
        return exp.table_(name, db=self.schema, catalog=self.staging if is_staged(name) else None, quoted=True)

    def sql(self, tree: exp.Expr) -> str:
        """The text of a tree that is the caller's own."""
        # Every name is quoted: an analyst's unquoted one may hold letters that Spark takes only in quotes.
        return tree.sql(dialect=self.name, identify=True, copy=False)


class Places(Protocol):
    """What a generation (or one being built) holds at a place."""

    def parts(self, place: str, table: Table) -> Sequence[Part] | None:
        """The physical tables of a place; None for a derived or staged table that is not there."""
        ...


def compile_query(query: GovernedQuery, dialect: Dialect, places: Places) -> exp.Query:
    """The tree of a governed query over physical tables, in the engine's dialect.

    Raises `QueryForged`, `TableNotBuilt`, or `StoreError` for a table that is neither guarded nor defined in
    the query itself.
    """
    check_governed(query)
    body = query.body
    if isinstance(body, ir.Table):
        return _compiled(body, query.places, dialect, places)
    parts = {name: _compiled(part, query.places, dialect, places) for name, part in body.parts.items()}
    return _with_parts(unify(body.tree, dialect.name), parts)


def _compiled(body: ir.Table, declared: Mapping[str, Table], dialect: Dialect, places: Places) -> exp.Query:
    try:
        # Ibis puts one node into several places of a tree; a copy has a node of its own in each.
        tree: exp.Query = unify(dialect.compiler.to_sqlglot(body).copy(), dialect.name)
    except IbisError as error:
        raise StoreError(f"{dialect.name} can't express this query: {str(error).splitlines()[0]}") from None
    for node in list(tree.find_all(exp.Table)):
        if isinstance(node.this, exp.Identifier) and node.db == GOVERNED_SCHEMA and not node.catalog:
            source = _source(node.name, declared[node.name], dialect, places)
            alias = node.args.get("alias")
            if alias is not None:
                source.set("alias", alias)
            node.replace(source)
        else:
            _check_defined(node)
    return tree


def _source(place: str, table: Table, dialect: Dialect, places: Places) -> exp.Table | exp.Subquery:
    declared = table.physical()
    parts = places.parts(place, table)
    if parts is None:
        raise _not_built(place, table)
    if table.kind is not TableKind.FACTS:
        _check_shape(parts[0], table)
    if len(parts) == 1 and _is_as_declared(parts[0].columns, declared):
        return dialect.physical(parts[0].name)
    if not parts:
        return exp.Subquery(this=_empty(declared, dialect))
    selects = [select_part(part, declared, dialect) for part in parts]
    return exp.Subquery(this=union_all(selects))


def _not_built(place: str, table: Table) -> TableNotBuilt:
    if table.kind is TableKind.STAGED:
        return TableNotBuilt(f"The table {table.name!r} is there during a run alone", hint="Nothing is staged now.")
    scope = "" if place == table.name else " for this purpose"
    return TableNotBuilt(f"No run has worked out the table {table.name!r}{scope}", hint="Run: tillid run")


def _check_shape(part: Part, table: Table) -> None:
    for name, type_name in table.physical().items():
        if name not in part.columns or not same(part.columns[name], type_name):
            raise TableNotBuilt(
                f"The table {table.name!r} was worked out under another definition (column {name!r})",
                hint="Run: tillid run",
            )


def _is_as_declared(held: Columns, declared: Columns) -> bool:
    return list(held) == list(declared) and all(same(held[name], declared[name]) for name in declared)


def _empty(declared: Columns, dialect: Dialect) -> exp.Select:
    nothing = [exp.cast(exp.Null(), dialect.type(type_name)) for type_name in declared.values()]
    columns = [exp.alias_(value, name, quoted=True) for value, name in zip(nothing, declared, strict=True)]
    return exp.select(*columns).where(exp.false())


def select_part(part: Part, declared: Columns, dialect: Dialect) -> exp.Select:
    """The rows of one part in the declared columns; a column that it lacks is empty."""
    columns: list[exp.Expr] = []
    for name, type_name in declared.items():
        held = part.columns.get(name)
        value: exp.Expr = exp.column(name, quoted=True) if held is not None else exp.Null()
        if held is None or not same(held, type_name):
            value = exp.alias_(exp.cast(value, dialect.type(type_name)), name, quoted=True)
        columns.append(value)
    return exp.select(*columns).from_(dialect.physical(part.name))


def union_all(selects: Sequence[exp.Select]) -> exp.Query:
    """The rows of all `selects`, by position."""
    whole: exp.Query = selects[0]
    for select in selects[1:]:
        whole = exp.union(whole, select, distinct=False, copy=False)
    return whole


def _with_parts(text: exp.Query, parts: Mapping[str, exp.Query]) -> exp.Query:
    """The analyst's select under a WITH that gives each guarded part its name."""
    for node in text.find_all(exp.Table):
        if not (_is_plain(node) and node.name in parts):
            _check_defined(node)
    ctes = [
        exp.CTE(this=part, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        for name, part in parts.items()
    ]
    own = text.args.get("with_")
    if own is None:
        text.set("with_", exp.With(expressions=ctes))
    else:
        own.set("expressions", ctes + own.expressions)
    return text


def _is_plain(node: exp.Table) -> bool:
    return isinstance(node.this, exp.Identifier) and not node.db and not node.catalog


def _check_defined(node: exp.Table) -> None:
    if not _is_plain(node) or not _is_defined(node):
        raise StoreError("The query names a table that is not under guards", hint="Call govern(query, permit).")


def _is_defined(node: exp.Table) -> bool:
    """Whether the name is that of a WITH in whose scope `node` stands."""
    name = node.name.lower()
    child: exp.Expr = node
    parent = node.parent
    inside: exp.Expr | None = None
    while parent is not None:
        if isinstance(parent, exp.With):
            ctes = parent.expressions
            # Inside a WITH only what stands above is seen, or all of it where it is recursive.
            seen = ctes if parent.args.get("recursive") else ctes[: _position(ctes, child)]
            inside = parent
        else:
            own = parent.args.get("with_")
            seen = own.expressions if own is not None and own is not inside else []
        if any(cte.alias.lower() == name for cte in seen):
            return True
        child, parent = parent, parent.parent
    return False


def _position(ctes: Sequence[exp.Expr], cte: exp.Expr) -> int:
    return next(position for position, each in enumerate(ctes) if each is cte)


def shaped(tree: exp.Query, held: Mapping[str, Any], table: Table, dialect: Dialect) -> exp.Select:
    """The rows of `tree`, whose columns are `held` (name → Ibis type), in the columns and types of `table`.

    Raises `TableMismatch` where a name is missing or too many, or a type would lose something silently.
    """
    check_columns(held, table)
    columns = [
        exp.alias_(exp.cast(exp.column(name, quoted=True), dialect.type(type_name)), name, quoted=True)
        for name, type_name in table.physical().items()
    ]
    return exp.select(*columns).from_(exp.Subquery(this=tree, alias=exp.TableAlias(this=exp.to_identifier("rows"))))


def check_columns(held: Mapping[str, Any], table: Table) -> None:
    """Refuse columns that differ from `table.physical()` by name, or by a type that does not fit."""
    declared = table.physical()
    missing = sorted(declared.keys() - held.keys())
    unknown = sorted(held.keys() - declared.keys())
    if missing or unknown:
        said = [f"{word}: {', '.join(names)}" for word, names in (("missing", missing), ("too many", unknown)) if names]
        raise TableMismatch(f"The rows do not have the columns of {table.name!r} ({'; '.join(said)})")
    for name, type_name in declared.items():
        if not fits(held[name], parsed(type_name)):
            raise TableMismatch(
                f"The column {table.name}.{name} is {held[name]}, but it is declared as {type_name}",
                hint="Cast it where it is worked out, so that what is lost there can be seen.",
            )
