"""A rule tree as one Ibis expression that gives the segment's members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

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
    rules_within,
)
from tillid.terms.comparisons import comparison_to_ibis
from tillid.terms.conditions import columns_of, combined, condition_to_ibis, negated
from tillid.terms.fields import FieldPath, at_field, require_name
from tillid.terms.table import PERSON_ID

OCCURRED_AT = "occurred_at"


def segment_members(
    rule: Rule,
    people: ir.Table,
    variables: ir.Table | None,
    events: Mapping[str, ir.Table],
    as_of: datetime,
) -> ir.Table:
    """The people who meet `rule`: a table of `person_id`, each once.

    `people` holds `person_id` (unique) and the traits, `variables` `person_id` and the variables (None where
    there are none); each table of `events` has `person_id`, `occurred_at` (UTC) and its columns. Events
    count up to and with `as_of` (UTC) and, with `within`, after that long before it. Only people in `people`
    can be members; one without a row in `variables` has NULL for each.

    Logic is two-valued: a comparison with NULL is not met, and its `not` therefore is. Raises FieldInvalid
    at the place in the rule: NameUnknown for a trait, variable, event table or column that does not exist,
    with the nearest name.
    """
    inputs = _Inputs(rule, people, variables, events)
    wide = _joined(inputs, as_of)
    return wide.filter(_met(rule, wide, inputs.counted)).select(PERSON_ID)


def rule_categories(
    rule: Rule,
    traits: Mapping[str, frozenset[str]],
    variables: Mapping[str, frozenset[str]],
    events: Mapping[str, Mapping[str, frozenset[str]]],
) -> frozenset[str]:
    """The data categories that membership tells of: the union over all that the rule reads.

    `traits` and `variables` give the categories of each; `events`, for each table, those of its columns
    (`occurred_at` among them, which every `did` and `did_not` reads).
    """
    found: frozenset[str] = frozenset()
    for part, field in rules_within(rule):
        with at_field(*field):
            match part:
                case TraitRule(trait):
                    require_name("trait", trait, traits, ("trait",))
                    found |= traits[trait]
                case VariableRule(variable):
                    require_name("variable", variable, variables, ("variable",))
                    found |= variables[variable]
                case DidRule(counted) | DidNotRule(counted):
                    require_name("event table", counted.table, events, (_head(part),))
                    columns = events[counted.table]
                    for name in sorted(columns_of(counted.where) | {OCCURRED_AT}):
                        require_name("column", name, columns, ("where",))
                        found |= columns[name]
    return found


class _Inputs:
    """The tables of a rule and what the rule reads of them, all names checked."""

    def __init__(
        self, rule: Rule, people: ir.Table, variables: ir.Table | None, events: Mapping[str, ir.Table]
    ) -> None:
        self.people = people
        self.variables = variables
        self.events = events
        self.traits_read: list[str] = []
        self.variables_read: list[str] = []
        self.counted: dict[EventsCounted, str] = {}
        """Each distinct set of events that is counted → the name of its count."""
        self.fields: dict[EventsCounted, FieldPath] = {}
        for part, field in rules_within(rule):
            with at_field(*field):
                self._read(part, field)

    def _read(self, part: Rule, field: FieldPath) -> None:
        match part:
            case TraitRule(trait):
                require_name("trait", trait, _own(self.people), ("trait",))
                self.traits_read.append(trait)
            case VariableRule(variable):
                require_name("variable", variable, _own(self.variables), ("variable",))
                self.variables_read.append(variable)
            case DidRule(counted) | DidNotRule(counted):
                require_name("event table", counted.table, self.events, (_head(part),))
                self.counted.setdefault(counted, f"did__{len(self.counted)}")
                self.fields.setdefault(counted, field)


def _joined(inputs: _Inputs, as_of: datetime) -> ir.Table:
    """One row a person with what the rule reads: traits, variables and counts of events."""
    people = inputs.people
    columns: dict[str, ir.Value] = {PERSON_ID: people[PERSON_ID]}
    columns |= {_trait(name): people[name] for name in inputs.traits_read}
    joined = people
    if inputs.variables is not None and inputs.variables_read:
        joined = joined.left_join(inputs.variables, people[PERSON_ID] == inputs.variables[PERSON_ID])
        columns |= {_variable(name): inputs.variables[name] for name in inputs.variables_read}
    for table in dict.fromkeys(counted.table for counted in inputs.counted):
        counts = _counts(inputs, table, as_of)
        joined = joined.left_join(counts, people[PERSON_ID] == counts[PERSON_ID])
        columns |= {name: counts[name].fill_null(0) for name in counts.columns if name != PERSON_ID}
    return joined.select(**columns)


def _counts(inputs: _Inputs, table: str, as_of: datetime) -> ir.Table:
    """One row a person: how many events of `table` there are of each kind that the rule counts."""
    counted = [one for one in inputs.counted if one.table == table]
    events = inputs.events[table]
    known = events.filter(events[PERSON_ID].notnull(), events[OCCURRED_AT] <= _moment(as_of))
    starts = [None if one.within is None else one.within.before(as_of) for one in counted]
    bounded = [start for start in starts if start is not None]
    if len(bounded) == len(starts):
        known = known.filter(known[OCCURRED_AT] > _moment(min(bounded)))
    counts = {}
    for one, start in zip(counted, starts, strict=True):
        conditions = [] if start is None else [known[OCCURRED_AT] > _moment(start)]
        if one.where is not None:
            with at_field(*inputs.fields[one], "where"):
                conditions.append(condition_to_ibis(one.where, known))
        counts[inputs.counted[one]] = known.count(where=reduce(and_, conditions) if conditions else None)
    return known.group_by(PERSON_ID).aggregate(**counts)


def _met(rule: Rule, wide: ir.Table, counted: Mapping[EventsCounted, str]) -> ir.BooleanValue:
    """Whether a row of `wide` meets the rule: true, or else false or NULL."""
    match rule:
        case AllRules(rules) | AnyRule(rules):
            head = "all" if isinstance(rule, AllRules) else "any"
            return combined(head, rules, lambda inner: _met(inner, wide, counted))
        case NotRule(inner):
            with at_field("not"):
                return negated(_met(inner, wide, counted))
        case TraitRule(trait, comparison):
            return comparison_to_ibis(comparison, wide[_trait(trait)])
        case VariableRule(variable, comparison):
            return comparison_to_ibis(comparison, wide[_variable(variable)])
        case DidNotRule(events):
            return wide[counted[events]] == 0
        case DidRule(events, at_least, at_most):
            times = wide[counted[events]]
            return times >= at_least if at_most is None else times.between(at_least, at_most)


def _own(table: ir.Table | None) -> tuple[str, ...]:
    return () if table is None else tuple(name for name in table.columns if name != PERSON_ID)


def _head(rule: DidRule | DidNotRule) -> str:
    return "did" if isinstance(rule, DidRule) else "did_not"


def _trait(name: str) -> str:
    return f"trait__{name}"


def _variable(name: str) -> str:
    return f"variable__{name}"


def _moment(moment: datetime) -> ir.TimestampScalar:
    return ibis.literal(moment, type="timestamp")
