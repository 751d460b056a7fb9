"""The SQL that profiles and segments compile to, for each engine, as files to read.

A change of the SQL shows as a change of a file: run with TILLID_WRITE_GOLDEN=1 and read the difference.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import ibis
import pytest

from tillid.stages.profile.definitions import TraitDefinition, VariableDefinition
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.golden_record import traits
from tillid.stages.profile.variables import events_to_variables, join_variables
from tillid.stages.segment.compile import segment_members
from tillid.stages.segment.definitions import read_rule

GOLDEN = Path(__file__).parents[1] / "golden"
AS_OF = datetime(2011, 12, 10)
MODEL = {"person_id": "int64", "record_key": "string", "valid_from": "timestamp", "valid_to": "timestamp"}
PEOPLE = ibis.table({"person_id": "int64", "country": "string"}, name="people")
ORDERS = ibis.table(
    {"person_id": "int64", "occurred_at": "timestamp", "amount": "decimal(18, 2)", "product": "string"}, name="orders"
)
VARIABLES = ibis.table({"person_id": "int64", "revenue_12m": "decimal(18, 2)"}, name="variables")


def _variable(name, **mapping):
    return VariableDefinition.from_mapping(name, mapping)


def _variables():
    where = {"all": [{"column": "amount", "gt": 0}, {"not": {"column": "product", "starts_with": "POST"}}]}
    definitions = [
        _variable("orders_12m", of="orders", measure="count", window="12 months"),
        _variable("revenue_12m", of="orders", measure="sum", column="amount", window="12 months", where=where),
        _variable("mean_amount", of="orders", measure="mean", column="amount"),
        _variable("last_product", of="orders", measure="last", column="product"),
        _variable("days_since", of="orders", measure="recency"),
        _variable("products", of="orders", measure="distinct", column="product"),
        _variable("share_dear", of="orders", measure="share", where={"column": "amount", "gte": 99.5}),
        _variable("basket", sql="round(revenue_12m / nullif(orders_12m, 0), 2)"),
    ]
    part = events_to_variables(ORDERS, [d for d in definitions if not d.is_derived], AS_OF)
    return add_derived(join_variables(PEOPLE, [part], definitions), definitions)


def _traits():
    versions = {
        "crm": ibis.table(MODEL | {"email": "string", "first_name": "string"}, name="crm"),
        "club": ibis.table(MODEL | {"email": "string"}, name="club"),
    }
    definitions = [
        TraitDefinition.from_mapping("email", {"from": ["crm.email", "club.email"], "order": ["club"]}),
        TraitDefinition.from_mapping("first_name", {"from": ["crm.first_name"], "rule": "longest"}),
        TraitDefinition.from_mapping("usual_email", {"from": ["crm.email", "club.email"], "rule": "most_frequent"}),
    ]
    return traits(versions, definitions, AS_OF)


def _members():
    rule = {
        "all": [
            {"variable": "revenue_12m", "gte": 1000},
            {"not": {"did": "orders", "within": "90 days"}},
            {"any": [{"trait": "country", "in": ["DK", "NO"]}, {"trait": "country", "is_null": True}]},
            {"did": "orders", "at_least": 2, "where": {"column": "amount", "gt": 12.5}},
        ]
    }
    return segment_members(read_rule(rule), PEOPLE, VARIABLES, {"orders": ORDERS}, AS_OF)


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
@pytest.mark.parametrize("query", [_variables, _traits, _members])
def test_the_sql_is_that_of_the_file(query, dialect):
    file = GOLDEN / dialect / f"{query.__name__.removeprefix('_')}.sql"
    sql = f"{ibis.to_sql(query(), dialect=dialect)}\n"
    if os.environ.get("TILLID_WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sql)
    assert file.read_text() == sql
