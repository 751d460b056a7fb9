"""Definitions in words: a segment's rule, a condition, how a variable is worked out."""

from __future__ import annotations

from collections.abc import Iterable

from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.segment.definitions import (
    AllRules,
    AnyRule,
    DidNotRule,
    DidRule,
    EventsCounted,
    NotRule,
    Rule,
    TraitRule,
    VariableRule,
)
from tillid.terms.comparisons import Comparison, Operator
from tillid.terms.conditions import AllOf, AnyOf, ColumnCondition, Condition, Negated

_SIGNS = {
    Operator.EQ: "=",
    Operator.NE: "≠",
    Operator.GT: ">",
    Operator.GTE: "≥",
    Operator.LT: "<",
    Operator.LTE: "≤",
    Operator.IN: "in",
    Operator.NOT_IN: "not in",
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts with",
}


def rule_in_words(rule: Rule) -> list[str]:
    """The rule as indented lines.

    >>> from tillid.stages.segment.definitions import read_rule
    >>> print("\\n".join(rule_in_words(read_rule(
    ...     {"all": [{"variable": "revenue", "gte": 250}, {"did_not": "orders", "within": "90 days"}]}))))
    all of:
      variable revenue ≥ 250
      no orders within 90 days
    """
    match rule:
        case AllRules(rules) | AnyRule(rules):
            head = "all of:" if isinstance(rule, AllRules) else "any of:"
            return [head, *_indented(line for one in rules for line in rule_in_words(one))]
        case NotRule(inner):
            return ["not:", *_indented(rule_in_words(inner))]
        case VariableRule(variable, comparison):
            return [f"variable {comparison_in_words(variable, comparison)}"]
        case TraitRule(trait, comparison):
            return [f"trait {comparison_in_words(trait, comparison)}"]
        case DidNotRule(events):
            return [f"no {_events(events)}"]
        case DidRule(events, at_least, at_most):
            return [f"{_events(events)}, {_times(at_least, at_most)}"]


def condition_in_words(condition: Condition) -> str:
    """A condition on rows in one line.

    >>> from tillid.terms.conditions import read_condition
    >>> condition_in_words(read_condition({"not": {"column": "state", "in": ["open", "new"]}}))
    "not (state in 'open', 'new')"
    """
    match condition:
        case ColumnCondition(column, comparison):
            return comparison_in_words(column, comparison)
        case Negated(inner):
            return f"not ({condition_in_words(inner)})"
        case AllOf(conditions):
            return " and ".join(f"({condition_in_words(one)})" for one in conditions)
        case AnyOf(conditions):
            return " or ".join(f"({condition_in_words(one)})" for one in conditions)


def comparison_in_words(name: str, comparison: Comparison) -> str:
    """What is compared with what."""
    if comparison.operator is Operator.IS_NULL:
        return f"{name} is {'missing' if comparison.value else 'known'}"
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    said = ", ".join(repr(value) if isinstance(value, str) else str(value) for value in values)
    return f"{name} {_SIGNS[comparison.operator]} {said}"


def variable_in_words(variable: VariableDefinition) -> str:
    """How a variable is worked out.

    >>> variable_in_words(VariableDefinition.from_mapping("revenue", {
    ...     "of": "orders", "measure": "sum", "column": "amount", "window": "12 months"}))
    'sum of orders.amount within 12 months'
    """
    if variable.sql is not None:
        return variable.sql
    of = variable.of
    if variable.column is not None:
        is_name = variable.columns_measured() == (variable.column,)
        of = f"{of}.{variable.column}" if is_name else f"({variable.column}) of {of}"
    window = "" if variable.window is None else f" within {variable.window.duration}"
    where = "" if variable.where is None else f", where {condition_in_words(variable.where)}"
    return f"{variable.measure} of {of}{window}{where}"


def _events(events: EventsCounted) -> str:
    within = "" if events.within is None else f" within {events.within}"
    where = "" if events.where is None else f", where {condition_in_words(events.where)}"
    return f"{events.table}{within}{where}"


def _times(at_least: int, at_most: int | None) -> str:
    if at_most is None:
        return f"{at_least} times or more" if at_least != 1 else "once or more"
    return f"exactly {at_least} times" if at_least == at_most else f"{at_least} to {at_most} times"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
