"""What a definition refers to: the columns, events, traits and variables that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tillid.pipeline.project.schema import Place
from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.profile.derived import inputs_of
from tillid.stages.profile.expressions import columns_in
from tillid.terms.fields import at_field


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
    """What a variable is worked out from: events and columns, or other variables.

    Raises ExpressionInvalid when its `sql`, or that of its `column`, cannot be read.
    """
    if isinstance(values.get("sql"), str):
        for name in inputs_of(VariableDefinition("", sql=values["sql"])):
            yield Reference(Refers.VARIABLE, name, place.at("sql"))
        return
    source = values.get("of", "")
    if source:
        yield Reference(Refers.EVENTS, source, place.at("of"))
    if "column" in values:
        with at_field("column"):
            names = columns_in(values["column"])
        for name in names:
            yield Reference(Refers.COLUMN, name, place.at("column"), source)
    if "where" in values:
        yield from in_row_condition(values["where"], source, place.at("where"))
