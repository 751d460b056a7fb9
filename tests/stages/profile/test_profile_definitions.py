"""How variables and traits are written, and what is refused."""

from __future__ import annotations

import pytest

from tillid.stages.profile.definitions import (
    Measure,
    SourceColumn,
    Survivorship,
    TraitDefinition,
    VariableDefinition,
    Window,
)
from tillid.terms.durations import Duration, DurationUnit
from tillid.terms.fields import FieldInvalid, FieldMissing


def test_a_variable_is_read_as_written():
    mapping = {
        "label": "Revenue in 12 months",
        "unit": "DKK",
        "of": "orders",
        "measure": "sum",
        "column": "amount",
        "window": "12 months",
        "where": {"column": "quantity", "gt": 0},
    }
    found = VariableDefinition.from_mapping("revenue_12m", mapping)
    assert (found.name, found.label, found.unit, found.of) == ("revenue_12m", "Revenue in 12 months", "DKK", "orders")
    assert (found.measure, found.column) == (Measure.SUM, "amount")
    assert found.window == Window(Duration(12, DurationUnit.MONTH))
    assert found.columns_read() == {"amount", "quantity", "occurred_at"}
    assert not found.is_derived


def test_a_variable_over_sql_is_read_as_written():
    found = VariableDefinition.from_mapping("basket", {"sql": "a / b"})
    assert found == VariableDefinition("basket", label="basket", sql="a / b")
    assert found.is_derived
    assert found.columns_read() == frozenset()


@pytest.mark.parametrize(
    ("mapping", "field", "said"),
    [
        ("sum", (), "text"),
        ({}, (), "a table or sql"),
        ({"of": "orders"}, (), "'measure' is missing"),
        ({"of": "orders", "measure": "summ"}, ("measure",), "Did you mean 'sum'"),
        ({"of": "orders", "mesure": "sum"}, ("mesure",), "Did you mean 'measure'"),
        ({"of": "orders", "measure": "sum"}, ("measure",), "needs a column"),
        ({"of": "orders", "measure": "share"}, ("measure",), "needs a where"),
        ({"of": "orders", "measure": "recency", "column": "amount"}, ("column",), "no column"),
        ({"of": "orders", "measure": "count", "window": "a year"}, ("window",), "duration"),
        ({"of": "orders", "measure": "count", "window": None}, ("window",), "duration"),
        ({"of": "orders", "measure": "count", "where": {"all": [{}]}}, ("where", "all", 0), "condition is missing"),
        ({"of": ["orders"], "measure": "count"}, ("of",), "must be text"),
        ({"sql": "a / b", "measure": "count"}, ("measure",), "beside 'sql'"),
        ({"sql": "a / b", "where": {"column": "a", "gt": 1}}, ("where",), "beside 'sql'"),
        ({"sql": 5}, ("sql",), "must be text"),
    ],
)
def test_a_mistake_in_a_variable_is_refused_at_its_key(mapping, field, said):
    with pytest.raises(FieldInvalid, match=said) as caught:
        VariableDefinition.from_mapping("v", mapping)
    assert caught.value.field == field


def test_a_trait_is_read_as_written():
    found = TraitDefinition.from_mapping(
        "email", {"rule": "source_order", "from": ["crm.email", "club.email", "web.mail"], "order": ["web", "crm"]}
    )
    assert found.rule is Survivorship.SOURCE_ORDER
    assert found.columns[0] == SourceColumn("crm", "email")
    assert [str(column) for column in found.ranked()] == ["web.mail", "crm.email", "club.email"]
    assert TraitDefinition.from_mapping("email", {"from": ["crm.email"]}).rule is Survivorship.NEWEST


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({}, ()),
        ({"from": []}, ("from",)),
        ({"from": ["email"]}, ("from", 0)),
        ({"from": ["crm.email", "crm.email"]}, ("from",)),
        ({"from": ["crm.email"], "order": ["club"]}, ("order", 0)),
        ({"from": ["crm.email"], "rule": "oldest"}, ("rule",)),
        ({"from": ["crm.email"], "order": "crm"}, ("order",)),
    ],
)
def test_a_mistake_in_a_trait_is_refused_at_its_key(mapping, field):
    with pytest.raises(FieldInvalid) as caught:
        TraitDefinition.from_mapping("v", mapping)
    assert caught.value.field == field


def test_a_trait_without_columns_is_refused():
    with pytest.raises(FieldMissing):
        TraitDefinition("email", ())
