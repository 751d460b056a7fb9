"""What a definition refers to: the columns, events, traits and variables that a rule or an expression names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tillid.pipeline.project.schema import Place


class Refers(StrEnum):
    """What kind of thing a name stands for."""

    VARIABLE = "variable"
    TRAIT = "trait"
    EVENTS = "events"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Reference:
    """A name in a rule and where it stands; `source` is the source of events that a column belongs to."""

    refers: Refers
    name: str
    place: Place
    source: str = ""


def in_row_condition(condition: Any, source: str, place: Place) -> Iterator[Reference]:
    """The columns that a row condition names (`condition` has the right shape)."""
    for key in ("all", "any"):
        for index, part in enumerate(condition.get(key, ())):
            yield from in_row_condition(part, source, place.at(key, index))
    if "not" in condition:
        yield from in_row_condition(condition["not"], source, place.at("not"))
    if "column" in condition:
        yield Reference(Refers.COLUMN, condition["column"], place.at("column"), source)


def in_segment_rule(rule: Any, place: Place) -> Iterator[Reference]:
    """The variables, traits, events and columns that a segment's rule names (it has the right shape)."""
    for key in ("all", "any"):
        for index, part in enumerate(rule.get(key, ())):
            yield from in_segment_rule(part, place.at(key, index))
    if "not" in rule:
        yield from in_segment_rule(rule["not"], place.at("not"))
    for key, refers in (("variable", Refers.VARIABLE), ("trait", Refers.TRAIT)):
        if key in rule:
            yield Reference(refers, rule[key], place.at(key))
    for key in ("did", "did_not"):
        if key in rule:
            yield Reference(Refers.EVENTS, rule[key], place.at(key))
            if "where" in rule:
                yield from in_row_condition(rule["where"], rule[key], place.at("where"))


def in_variable(values: dict[str, Any], place: Place) -> Iterator[Reference]:
    """What a variable is worked out from: events and columns, or other variables (it has the right shape).

    Raises ValueError when its `sql` cannot be read as one expression.
    """
    if "sql" in values:
        for name in columns_of_sql(values["sql"]):
            yield Reference(Refers.VARIABLE, name, place.at("sql"))
        return
    source = values["of"]
    yield Reference(Refers.EVENTS, source, place.at("of"))
    if "column" in values:
        yield Reference(Refers.COLUMN, values["column"], place.at("column"), source)
    if "where" in values:
        yield from in_row_condition(values["where"], source, place.at("where"))


def columns_of_sql(expression: str) -> list[str]:
    """The names in an SQL expression, in order, once each; ValueError when it is not one expression.

    >>> columns_of_sql("revenue / nullif(orders, 0)")
    ['revenue', 'orders']
    """
    try:
        tree = sqlglot.parse_one(f"SELECT {expression}", read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise ValueError("not an SQL expression") from error
    clauses = {name for name, clause in tree.args.items() if clause}
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or clauses != {"expressions"}:
        raise ValueError("not one SQL expression")
    if tree.find(exp.Subquery, exp.Table, exp.Star, exp.Alias) is not None:
        raise ValueError("an expression over variables has no table, subquery, star or alias")
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))
