"""A walk over governed SQL: above every base table that holds persons the guards must stand, written out.

It reads the SQL text alone, and knows nothing of how `govern` came to it.
"""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp, parse_one

from tillid.governance.governed import GovernedQuery
from tillid.governance.mapping import MAPPING, until_column
from tillid.governance.permit import Permit
from tillid.terms.table import PERSON_ID, PURPOSE_SET, SUBJECT_ID, Path, Table


def assert_guarded(sql: str, query: GovernedQuery, permit: Permit) -> None:
    tree = parse_one(sql, dialect="duckdb")
    defined = {cte.alias for cte in tree.find_all(exp.CTE)}
    for base in tree.find_all(exp.Table):
        if not base.db:
            assert base.name in defined, f"{base.name} is no guarded table"
            continue
        assert base.db == "governed"
        assert not base.catalog
        if base.name == MAPPING:
            assert _is_permission_of(base.parent_select, permit), "the mapping stands open"
        else:
            _assert_table(tree, base, query.places[base.name], permit)


def _assert_table(tree: exp.Expr, base: exp.Table, table: Table, permit: Permit) -> None:
    conditions = _conditions(base.parent_select)
    if table.collected:
        assert any(_is_purpose_set(c, permit) for c in conditions), f"{table.name}: purpose set"
    if table.retained_from:
        assert any(_is_retention(c, table, permit) for c in conditions), f"{table.name}: retention"
    if table.path is not Path.NONE:
        assert _is_joined(tree, base, table, permit), f"{table.name}: person"


def _conditions(select: exp.Select) -> list[exp.Expr]:
    where = select.args.get("where")
    return (
        []
        if where is None
        else [c.unnest() for c in where.this.flatten()]
        if isinstance(where.this, exp.And)
        else [where.this.unnest()]
    )


def _is_purpose_set(condition: exp.Expr, permit: Permit) -> bool:
    if isinstance(condition, exp.Boolean):
        return not condition.this
    (purpose,) = permit.purposes
    admitted = {str(n) for n, keys in permit.register.purpose_sets.items() if purpose.key in keys}
    if not isinstance(condition, exp.In) or condition.this.name != PURPOSE_SET:
        return (
            isinstance(condition, exp.EQ) and condition.left.name == PURPOSE_SET and {condition.right.name} == admitted
        )
    return {e.name for e in condition.expressions} == admitted


def _is_retention(condition: exp.Expr, table: Table, permit: Permit) -> bool:
    (purpose,) = permit.purposes
    if isinstance(condition, exp.Or):
        open_, condition = condition.left.unnest(), condition.right.unnest()
        if table.retained_from != "valid_to" or not isinstance(open_, exp.Is) or open_.this.name != "valid_to":
            return False
    return (
        isinstance(condition, exp.GTE)
        and condition.left.name == table.retained_from
        and _moment(condition.right) == purpose.retention.before(permit.now)
    )


def _moment(node: exp.Expr) -> datetime:
    numbers = [float(literal.name) for literal in node.find_all(exp.Literal, bfs=False)]
    *whole, seconds = numbers
    return datetime(*map(int, whole), int(seconds), round(seconds % 1 * 1e6))


def _is_joined(tree: exp.Expr, base: exp.Table, table: Table, permit: Permit) -> bool:
    """Whether every way from `base` to the result goes through the join to the mapping."""
    return _joins(base.parent_select, base.alias, table, permit) or _all_uses_join(
        tree, base.parent_select, table, permit
    )


def _all_uses_join(tree: exp.Expr, select: exp.Select, table: Table, permit: Permit) -> bool:
    if select.args.get("joins"):
        return False
    holder = select.parent
    if isinstance(holder, exp.Subquery):
        uses = [(holder.parent_select, holder.alias)]
    elif isinstance(holder, exp.CTE):
        uses = [
            (t.parent_select, t.alias_or_name) for t in tree.find_all(exp.Table) if t.name == holder.alias and not t.db
        ]
    else:
        return False
    return bool(uses) and all(_joins(use, alias, table, permit) for use, alias in uses)


def _joins(select: exp.Select, alias: str, table: Table, permit: Permit) -> bool:
    from_ = select.args["from_"].this
    key = SUBJECT_ID if table.path is Path.SUBJECT else _held_as(from_)
    for join in select.args.get("joins") or []:
        if join.side or join.kind not in ("INNER", "") or not isinstance(join.args.get("on"), exp.EQ):
            continue
        people = {join.this.alias} if _is_people(join.this, select, permit) else set()
        if from_.alias_or_name != alias or not people:
            continue
        sides = {(c.table, c.name) for c in (join.args["on"].left, join.args["on"].right)}
        if sides == {(alias, key), (*people, SUBJECT_ID)}:
            return True
    return False


def _held_as(from_: exp.Expr) -> str:
    """The name under which the person's id of the rows goes into the join: the one shown is the mapping's."""
    inner = from_.this if isinstance(from_, exp.Subquery) else from_.parent_select
    for cte in from_.root().find_all(exp.CTE):
        if isinstance(from_, exp.Table) and cte.alias == from_.name:
            inner = cte.this
    for alias in inner.expressions:
        if isinstance(alias, exp.Alias) and isinstance(alias.this, exp.Column) and alias.this.name == PERSON_ID:
            return alias.alias
    return PERSON_ID


def _is_people(node: exp.Expr, inside: exp.Select, permit: Permit) -> bool:
    if isinstance(node, exp.Subquery):
        return isinstance(node.this, exp.Select) and _is_permission_of(node.this, permit)
    for cte in inside.root().find_all(exp.CTE):
        if isinstance(node, exp.Table) and cte.alias == node.name and not node.db:
            return isinstance(cte.this, exp.Select) and _is_permission_of(cte.this, permit)
    return False


def _is_permission_of(select: exp.Select, permit: Permit) -> bool:
    from_ = select.args["from_"].this
    conditions = _conditions(select)
    (purpose,) = permit.purposes
    lasting = any(
        isinstance(c, exp.GT) and c.left.name == until_column(purpose.key) and _moment(c.right) == permit.now
        for c in conditions
    )
    unrestricted = any(isinstance(c, exp.Not) and c.this.unnest().name == "restricted" for c in conditions)
    is_mapping = isinstance(from_, exp.Table) and from_.name == MAPPING and from_.db == "governed"
    return is_mapping and lasting and unrestricted and not select.args.get("joins")
