"""Conditions: how they are written, what is refused, and what they mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import ibis
import pyarrow as pa
import pytest

from tillid.terms.comparisons import Comparison, Operator
from tillid.terms.conditions import (
    AllOf,
    AnyOf,
    ColumnCondition,
    Negated,
    columns_of,
    condition_to_ibis,
    read_condition,
)
from tillid.terms.fields import FieldInvalid, NameUnknown

SCHEMA = {
    "n": "int64",
    "money": "decimal(18, 2)",
    "share": "float64",
    "word": "string",
    "yes": "boolean",
    "day": "date",
    "at": "timestamp",
}
TABLE = ibis.table(SCHEMA, name="things")


def test_a_tree_is_read_as_written():
    written = {
        "all": [
            {"any": [{"column": "n", "gt": 1}, {"column": "word", "in": ["a", "b"]}]},
            {"not": {"column": "yes", "is_null": True}},
        ]
    }
    assert read_condition(written) == AllOf(
        (
            AnyOf(
                (
                    ColumnCondition("n", Comparison(Operator.GT, 1)),
                    ColumnCondition("word", Comparison(Operator.IN, ("a", "b"))),
                )
            ),
            Negated(ColumnCondition("yes", Comparison(Operator.IS_NULL, True))),
        )
    )
    assert columns_of(read_condition(written)) == {"n", "word", "yes"}
    assert columns_of(None) == frozenset()


@pytest.mark.parametrize(
    ("written", "field", "said"),
    [
        ([], (), "a list"),
        ({}, (), "condition is missing"),
        ({"gt": 5}, (), "condition is missing"),
        ({"column": "n"}, (), "comparison is missing"),
        ({"column": "n", "gt": 1, "lt": 5}, ("lt",), "compares once"),
        ({"column": "n", "gtt": 1}, ("gtt",), "Did you mean 'gt'"),
        ({"column": None, "gt": 1}, ("column",), "empty"),
        ({"column": 7, "gt": 1}, ("column",), "must be text"),
        ({"all": []}, ("all",), "at least one"),
        ({"all": {"column": "n", "gt": 1}}, ("all",), "must be a list"),
        ({"all": [{"column": "n", "gt": 1}], "any": []}, ("any",), "cannot stand beside"),
        ({"not": {"column": "n", "gt": 1}, "gt": 1}, ("gt",), "cannot stand beside"),
        (
            {"any": [{"column": "n", "gt": 1}, {"not": {"column": "n", "in": 5}}]},
            ("any", 1, "not", "in"),
            "needs a list",
        ),
        ({"column": "n", "in": []}, ("in",), "needs a list"),
        ({"column": "n", "in": [1, None]}, ("in", 1), "nothing"),
        ({"column": "n", "eq": None}, ("eq",), "nothing"),
        ({"column": "n", "eq": [1]}, ("eq",), "a list"),
        ({"column": "n", "is_null": "yes"}, ("is_null",), "true or false"),
        ({"column": "n", "contains": 5}, ("contains",), "needs text"),
    ],
)
def test_a_mistake_is_refused_at_its_key(written, field, said):
    with pytest.raises(FieldInvalid, match=said) as caught:
        read_condition(written)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"column": "m", "gt": 1}, ("column",)),
        ({"column": "word", "gt": 1}, ("gt",)),
        ({"column": "word", "in": ["a", 1]}, ("in", 1)),
        ({"column": "n", "eq": "1"}, ("eq",)),
        ({"column": "n", "eq": True}, ("eq",)),
        ({"column": "n", "contains": "1"}, ("contains",)),
        ({"column": "yes", "gt": False}, ("gt",)),
        ({"column": "yes", "eq": "ja"}, ("eq",)),
        ({"column": "day", "gt": "yesterday"}, ("gt",)),
        ({"column": "day", "gt": "2024-01-01T12:00:00"}, ("gt",)),
        ({"column": "at", "gt": 5}, ("gt",)),
        ({"not": {"any": [{"column": "money", "gt": "much"}]}}, ("not", "any", 0, "gt")),
    ],
)
def test_what_does_not_fit_the_table_is_refused_at_its_key(written, field):
    with pytest.raises(FieldInvalid) as caught:
        condition_to_ibis(read_condition(written), TABLE)
    assert caught.value.field == field


def test_a_personal_value_is_never_in_the_message():
    with pytest.raises(FieldInvalid) as caught:
        condition_to_ibis(read_condition({"column": "n", "eq": "Ida Lund"}), TABLE)
    assert "Ida" not in str(caught.value)


ROW = {
    "n": 3,
    "money": Decimal("9.99"),
    "share": 0.1,
    "word": "Bøf & vin 50%",
    "yes": False,
    "day": date(2024, 2, 29),
    "at": datetime(2024, 2, 29, 23, 30),
}
ARROW = pa.schema(
    [
        ("n", pa.int64()),
        ("money", pa.decimal128(18, 2)),
        ("share", pa.float64()),
        ("word", pa.string()),
        ("yes", pa.bool_()),
        ("day", pa.date32()),
        ("at", pa.timestamp("us")),
    ]
)


def holds(written, row):
    things = pa.Table.from_pylist([row], schema=ARROW)
    query = TABLE.filter(condition_to_ibis(read_condition(written), TABLE))
    with duckdb.connect() as connection:
        connection.register("things", things)
        return len(connection.sql(ibis.to_sql(query, dialect="duckdb")).fetchall()) == 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"column": "n", "gt": 2.5}, True),
        ({"column": "n", "in": [2.5, 3]}, True),
        ({"column": "n", "eq": 3.0}, True),
        ({"column": "money", "eq": 9.99}, True),
        ({"column": "money", "gte": 9.991}, False),
        ({"column": "money", "lt": 9.99000000000000000001}, False),
        ({"column": "money", "not_in": [9.99, 1]}, False),
        ({"column": "money", "in": [9.991, 9.99, 100000000000000000000]}, True),
        ({"column": "money", "lt": Decimal("1E+30")}, True),
        ({"column": "money", "gt": Decimal("1E-30")}, True),
        ({"column": "money", "lt": Decimal("1E+80")}, True),
        ({"column": "n", "lt": 2**70}, True),
        ({"column": "share", "eq": 0.1}, True),
        ({"column": "share", "lt": float("inf")}, True),
        ({"column": "word", "contains": "50%"}, True),
        ({"column": "word", "contains": "_"}, False),
        ({"column": "word", "contains": "bøf"}, False),
        ({"column": "word", "starts_with": "Bø"}, True),
        ({"column": "word", "lt": "C"}, True),
        ({"column": "yes", "eq": False}, True),
        ({"column": "yes", "in": [True]}, False),
        ({"column": "day", "eq": "2024-02-29"}, True),
        ({"column": "day", "lt": date(2024, 3, 1)}, True),
        ({"column": "at", "gt": "2024-02-29"}, True),
        ({"column": "at", "gt": date(2024, 3, 1)}, False),
        ({"column": "at", "eq": "2024-03-01T00:30:00+01:00"}, True),
        ({"column": "at", "eq": datetime(2024, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))}, True),
        ({"column": "at", "lt": datetime(2024, 2, 29, 23, 30, tzinfo=UTC)}, False),
        ({"column": "n", "is_null": False}, True),
    ],
)
def test_values_are_held_against_the_columns_type(written, expected):
    assert holds(written, ROW) is expected
    assert holds({"not": written}, ROW) is not expected


@pytest.mark.parametrize("column", SCHEMA)
@pytest.mark.parametrize("operator", ["eq", "ne", "in", "not_in"])
def test_a_comparison_with_null_is_not_met_and_its_opposite_is(column, operator):
    written = {"column": column, operator: [ROW[column]] if "in" in operator else ROW[column]}
    nothing = dict.fromkeys(SCHEMA)
    assert not holds(written, nothing)
    assert holds({"not": written}, nothing)
    assert not holds({"not": {"not": written}}, nothing)


def test_an_unknown_column_is_given_with_the_nearest():
    with pytest.raises(NameUnknown, match="Did you mean 'word'"):
        condition_to_ibis(read_condition({"column": "wrod", "eq": "a"}), TABLE)
