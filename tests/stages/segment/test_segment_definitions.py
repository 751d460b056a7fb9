"""How segments are written, and what is refused."""

from __future__ import annotations

import pytest

from tillid.stages.segment.definitions import (
    AllRules,
    AnyRule,
    DidNotRule,
    DidRule,
    EventsCounted,
    NotRule,
    SegmentDefinition,
    TraitRule,
    VariableRule,
    read_rule,
    rules_within,
)
from tillid.stages.segment.errors import SegmentInvalid
from tillid.terms.comparisons import Comparison, Operator
from tillid.terms.conditions import ColumnCondition
from tillid.terms.durations import Duration
from tillid.terms.fields import FieldInvalid


def test_a_segment_is_read_as_written():
    where = {"column": "event", "eq": "product_viewed"}
    mapping = {
        "label": "Lapsed",
        "purpose": "newsletter",
        "rule": {
            "all": [
                {"variable": "revenue_12m", "gte": 1000},
                {"not": {"did": "orders", "within": "90 days"}},
                {"any": [{"trait": "country", "in": ["DK", "NO"]}]},
                {"did": "web", "at_least": 2, "within": "30 days", "where": where},
                {"did_not": "orders", "within": "1 year"},
            ]
        },
    }
    found = SegmentDefinition.from_mapping("lapsed", mapping)
    assert (found.name, found.purpose, found.label) == ("lapsed", "newsletter", "Lapsed")
    viewed = ColumnCondition("event", Comparison(Operator.EQ, "product_viewed"))
    assert found.rule == AllRules(
        (
            VariableRule("revenue_12m", Comparison(Operator.GTE, 1000)),
            NotRule(DidRule(EventsCounted("orders", Duration.parse("90 days")))),
            AnyRule((TraitRule("country", Comparison(Operator.IN, ("DK", "NO"))),)),
            DidRule(EventsCounted("web", Duration.parse("30 days"), viewed), 2),
            DidNotRule(EventsCounted("orders", Duration.parse("1 year"))),
        )
    )
    places = [field for _, field in rules_within(found.rule)]
    assert places == [
        (),
        ("all", 0),
        ("all", 1),
        ("all", 1, "not"),
        ("all", 2),
        ("all", 2, "any", 0),
        ("all", 3),
        ("all", 4),
    ]


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ({}, (1, None)),
        ({"at_least": 3}, (3, None)),
        ({"at_most": 3}, (0, 3)),
        ({"at_least": 1, "at_most": 3}, (1, 3)),
        ({"exactly": 0}, (0, 0)),
    ],
)
def test_how_often(written, bounds):
    found = read_rule({"did": "orders", **written})
    assert (found.at_least, found.at_most) == bounds


@pytest.mark.parametrize(
    ("rule", "field", "said"),
    [
        ("all", (), "text"),
        ({}, (), "rule is missing"),
        ({"gte": 5}, (), "rule is missing"),
        ({"varable": "x"}, ("varable",), "Did you mean 'variable'"),
        ({"variable": "x"}, (), "comparison is missing"),
        ({"variable": None, "gt": 1}, ("variable",), "empty"),
        ({"variable": "x", "gt": 1, "within": "1 day"}, ("within",), "beside 'variable'"),
        ({"trait": "x", "where": {}}, ("where",), "beside 'trait'"),
        ({"all": [{"trait": "x", "eq": 1}], "any": []}, ("any",), "beside 'all'"),
        ({"all": []}, ("all",), "at least one"),
        ({"not": {"any": [{"did": "x"}, {"did": "x", "within": "soon"}]}}, ("not", "any", 1, "within"), "duration"),
        ({"did": "x", "where": {"column": "a"}}, ("where",), "comparison is missing"),
        ({"did": "x", "at_least": -1}, ("at_least",), "whole number"),
        ({"did": "x", "at_least": 3, "at_most": 2}, ("at_most",), "below"),
        ({"did": "x", "exactly": 1, "at_least": 1}, ("exactly",), "beside"),
        ({"did_not": "x", "at_least": 2}, ("at_least",), "beside 'did_not'"),
        ({"did": 5}, ("did",), "must be text"),
    ],
)
def test_a_mistake_is_refused_at_its_key(rule, field, said):
    with pytest.raises(FieldInvalid, match=said) as caught:
        SegmentDefinition.from_mapping("s", {"purpose": "newsletter", "rule": rule})
    assert caught.value.field == ("rule", *field)


def test_a_segment_needs_a_purpose_and_a_rule():
    for mapping in (
        {"rule": {"did": "x"}},
        {"purpose": "newsletter"},
        {"purpose": "n", "rule": {"did": "x"}, "lable": ""},
    ):
        with pytest.raises(FieldInvalid):
            SegmentDefinition.from_mapping("s", mapping)


def test_bounds_that_contradict_are_refused():
    with pytest.raises(SegmentInvalid):
        DidRule(EventsCounted("orders"), 3, 2)
