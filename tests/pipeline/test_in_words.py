"""Definitions in words say all that the definition says."""

from __future__ import annotations

import pytest

from tillid.pipeline.in_words import condition_in_words, rule_in_words, variable_in_words
from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.segment.definitions import read_rule
from tillid.terms.conditions import read_condition


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"trait": "country", "in": ["DK", "NO"]}, ["trait country in 'DK', 'NO'"]),
        ({"trait": "email", "is_null": True}, ["trait email is missing"]),
        ({"trait": "email", "is_null": False}, ["trait email is known"]),
        ({"variable": "spent", "lt": 10.5}, ["variable spent < 10.5"]),
        ({"did": "web"}, ["web, once or more"]),
        ({"did": "web", "at_least": 2, "within": "30 days"}, ["web within 30 days, 2 times or more"]),
        ({"did": "web", "exactly": 2}, ["web, exactly 2 times"]),
        ({"did": "web", "at_least": 2, "at_most": 5}, ["web, 2 to 5 times"]),
        (
            {"did_not": "web", "where": {"column": "event", "starts_with": "view"}},
            ["no web, where event starts with 'view'"],
        ),
        (
            {"any": [{"not": {"did": "web"}}, {"all": [{"trait": "a", "eq": "x"}, {"trait": "b", "ne": "y"}]}]},
            ["any of:", "  not:", "    web, once or more", "  all of:", "    trait a = 'x'", "    trait b ≠ 'y'"],
        ),
    ],
)
def test_rules(rule, words) -> None:
    assert rule_in_words(read_rule(rule)) == words


def test_conditions() -> None:
    both = {
        "all": [
            {"column": "a", "gte": 1},
            {"any": [{"column": "b", "contains": "x"}, {"column": "c", "not_in": [1, 2]}]},
        ]
    }
    assert condition_in_words(read_condition(both)) == "(a ≥ 1) and ((b contains 'x') or (c not in 1, 2))"


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ({"of": "orders", "measure": "count"}, "count of orders"),
        (
            {
                "of": "orders",
                "measure": "share",
                "column": "amount",
                "window": "1 year",
                "where": {"column": "a", "eq": 1},
            },
            "share of orders.amount within 1 year, where a = 1",
        ),
        ({"sql": "a / nullif(b, 0)"}, "a / nullif(b, 0)"),
    ],
)
def test_variables(variable, words) -> None:
    assert variable_in_words(VariableDefinition.from_mapping("x", variable)) == words
