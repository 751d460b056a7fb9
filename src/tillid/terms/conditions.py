"""The condition tree of a `where`: which rows count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TypeAlias, TypeVar

import ibis.expr.types as ir

from tillid.terms.comparisons import OPERATORS, Comparison, comparison_to_ibis, read_comparison
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    at_field,
    read_list,
    read_mapping,
    read_name,
    require_name,
)


@dataclass(frozen=True, slots=True)
class ColumnCondition:
    """A column that is compared with a value: `{column: amount, gt: 100}`."""

    column: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition is met: `{all: [...]}`."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition is met: `{any: [...]}`."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The condition is not met: `{not: ...}`; so also where the compared value is NULL."""

    condition: Condition


Condition: TypeAlias = ColumnCondition | AllOf | AnyOf | Negated
_Part = TypeVar("_Part")


def read_condition(written: object) -> Condition:
    """Read a condition tree; FieldInvalid says at which key it is wrong.

    >>> read_condition({"not": {"column": "state", "eq": "cancelled"}})
    Negated(condition=ColumnCondition(column='state', comparison=Comparison(operator=<Operator.EQ: 'eq'>, \
value='cancelled')))
    """
    given = read_mapping(written, (), allowed=("all", "any", "not", "column", *OPERATORS))
    heads = [key for key in ("all", "any", "not", "column") if key in given]
    if not heads:
        raise FieldMissing("A condition is missing", hint="Write all:, any:, not: or column:.")
    head = heads[0]
    if head != "column":
        others = [key for key in given if key != head]
        if others:
            raise FieldInvalid(f"{others[0]!r} cannot stand beside {head!r}", field=(others[0],))
    if head == "not":
        with at_field("not"):
            return Negated(read_condition(given["not"]))
    if head == "column":
        return ColumnCondition(read_name(given, "column"), read_comparison(given))
    conditions = []
    for position, entry in enumerate(read_list(given, head, ())):
        with at_field(head, position):
            conditions.append(read_condition(entry))
    return AllOf(tuple(conditions)) if head == "all" else AnyOf(tuple(conditions))


def columns_of(condition: Condition | None) -> frozenset[str]:
    """The columns that a condition reads.

    >>> sorted(columns_of(read_condition({"any": [{"column": "a", "gt": 1}, {"column": "b", "lt": 2}]})))
    ['a', 'b']
    """
    match condition:
        case None:
            return frozenset()
        case ColumnCondition():
            return frozenset({condition.column})
        case Negated():
            return columns_of(condition.condition)
        case AllOf() | AnyOf():
            return frozenset[str]().union(*map(columns_of, condition.conditions))


def condition_to_ibis(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """The condition over the columns of `table`, for use as a filter.

    Logic is two-valued: a comparison with NULL is not met, so its `not` is. To keep filters plain, a
    condition that is not met is false or NULL, and both drop the row. Raises NameUnknown for a column that
    the table does not have and FieldInvalid for types that cannot be compared.

    >>> import ibis
    >>> orders = ibis.table({"amount": "int64"}, name="orders")
    >>> condition_to_ibis(read_condition({"column": "amount", "gt": 5}), orders).get_name()
    'Greater(amount, 5)'
    """
    match condition:
        case ColumnCondition(column, comparison):
            require_name("column", column, table.columns, ("column",))
            return comparison_to_ibis(comparison, table[column])
        case Negated(inner):
            with at_field("not"):
                return negated(condition_to_ibis(inner, table))
        case AllOf(conditions) | AnyOf(conditions):
            head = "all" if isinstance(condition, AllOf) else "any"
            return combined(head, conditions, lambda one: condition_to_ibis(one, table))


def negated(met: ir.BooleanValue) -> ir.BooleanValue:
    """True where `met` is false or NULL."""
    return ~met.fill_null(False)


def combined(head: str, parts: Sequence[_Part], compiled: Callable[[_Part], ir.BooleanValue]) -> ir.BooleanValue:
    """All (`head` is `all`) or any of `parts`, each compiled; a mistake in one knows its place."""
    met = []
    for position, part in enumerate(parts):
        with at_field(head, position):
            met.append(compiled(part))
    return reduce(and_ if head == "all" else or_, met)
