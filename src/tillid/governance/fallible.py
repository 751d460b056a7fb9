"""Whether a condition of a query could fail on a row, and so tell of rows that the guards take out.

An engine may look at a condition before the join that keeps the permitted: `cast(email as integer) > 0` then
fails on the row of a person whom the asker may not see, and that it fails says something about them. Tables of
such a query are shielded: their columns hang on the join, so that nothing over them can go before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ibis.expr.operations as ops
from sqlglot import exp

from tillid.governance.operations import LOGIC, REDUCTIONS, WINDOWS

# What gives a value for every row, whatever the row holds. Arithmetic can run over; a cast or a date can be wrong.
_SURE = (
    f"{LOGIC} {REDUCTIONS} {WINDOWS} Field Literal Alias SortKey ScalarSubquery InSubquery ExistsSubquery InValues "
    "WindowFunction WindowBoundary SimpleCase SearchedCase IfElse Coalesce NullIf Greatest Least TryCast "
    "Lowercase Uppercase StringLength StringContains StartsWith EndsWith StringSQLLike StringSQLILike "
    "ExtractYear ExtractQuarter ExtractMonth ExtractDay ExtractHour DayOfWeekIndex"
)
_PASSING = (ops.Filter, ops.Sort, ops.Limit, ops.Distinct, ops.JoinReference, ops.SelfReference, ops.DropColumns)
SURE: frozenset[type] = frozenset(getattr(ops, name) for name in _SURE.split() if hasattr(ops, name))

_SURE_SQL = (
    "Select Union Intersect Except Subquery With CTE From Join Where Group Having Order Ordered Limit Offset Fetch "
    "Distinct Qualify Table TableAlias Column Identifier Alias Star Literal Boolean Null Paren Tuple Window "
    "WindowSpec Filter And Or Xor Not EQ NEQ GT GTE LT LTE Between In Is Exists Like ILike NullSafeEQ NullSafeNEQ "
    "Case If Coalesce Nullif Greatest Least TryCast DataType DataTypeParam Lower Upper Length Contains StartsWith "
    "EndsWith Var Extract Year Quarter Month Day Hour Count CountIf Sum Avg Min Max ArgMin ArgMax First Last "
    "AnyValue IgnoreNulls RowNumber Rank DenseRank Lag Lead"
)
SURE_SQL: frozenset[type] = frozenset(getattr(exp, name) for name in _SURE_SQL.split())


def may_fail(root: Any) -> bool:
    """Whether a condition of the expression, or anything it is worked out from, could fail on a row."""
    conditions = [p for node in root.find((ops.Filter, ops.JoinLink)) for p in node.predicates]
    return any(_is_unsure(value) for value in _worked_out_from(conditions))


def may_fail_sql(tree: exp.Expr) -> bool:
    """Whether anything in a select with conditions could fail on a row."""
    chooses = tree.find(exp.Where, exp.Join, exp.Having, exp.Qualify) is not None
    return chooses and any(type(node) not in SURE_SQL for node in tree.walk())


def _worked_out_from(conditions: Iterable[Any]) -> Iterator[Any]:
    """The values that the conditions consist of, back to the columns of tables; of a subquery all that is in it."""
    ahead, seen = list(conditions), set()
    while ahead:
        node = ahead.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, ops.Value):
            yield node
        ahead.extend(_origins(node))


def _origins(node: Any) -> Iterable[Any]:
    """What it is worked out from: a column from what made it, a number of rows from no column of theirs."""
    if isinstance(node, ops.Field):
        return _makers(node.rel, node.name)
    if isinstance(node, ops.CountStar):
        return () if node.where is None else (node.where,)
    children: Iterable[Any] = node.__children__
    return children


def _makers(relation: Any, name: str) -> Iterable[Any]:
    """What makes the column of the relation; where that can't be told, all that the relation is."""
    if isinstance(relation, (ops.Project, ops.JoinChain)):
        return (relation.values[name],)
    if isinstance(relation, ops.Aggregate):
        return (relation.groups.get(name) or relation.metrics[name],)
    if isinstance(relation, _PASSING):
        return (ops.Field(relation.parent, name),)
    if isinstance(relation, ops.Set):
        return (ops.Field(relation.left, name), ops.Field(relation.right, name))
    return (relation,)


def _is_unsure(value: Any) -> bool:
    is_written = isinstance(value, ops.Cast) and isinstance(value.arg, ops.Literal)
    return type(value) not in SURE and not is_written
