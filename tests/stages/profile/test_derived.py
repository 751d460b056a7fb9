"""Variables over sql: what may be written, in which order they are worked out, what they may be used for."""

from __future__ import annotations

from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from tillid.stages.profile.definitions import Measure, VariableDefinition
from tillid.stages.profile.derived import add_derived, inputs_of, variable_categories
from tillid.stages.profile.errors import ExpressionInvalid, FunctionNotAllowed, VariablesInCycle
from tillid.terms.fields import FieldInvalid, NameUnknown

SCHEMA = {
    "person_id": "int64",
    "n": "int64",
    "money": "decimal(18, 2)",
    "share": "float64",
    "word": "string",
    "yes": "boolean",
    "day": "date",
    "at": "timestamp",
}
VARIABLES = ibis.table(SCHEMA, name="variables")


def derived(sql):
    return add_derived(VARIABLES, [VariableDefinition("v", sql=sql)])


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("read_csv('x')", "readcsv"),
        ("my_function(n)", "my_function"),
        ("(select 1)", "subquery"),
        ("n || 'a'", "dpipe"),
        ("n // 2", "intdiv"),
        ("count(*)", "count"),
        ("log(n)", "log"),
        ("try_cast(n as int)", "trycast"),
        ("cast(n as uuid)", "UUID"),
        ("yes is true", "is null"),
        ("n in (select 1)", "in takes"),
        ("$1", "placeholder"),
        ("select n", "select"),
        ("drop table variables", "drop"),
    ],
)
def test_what_is_outside_the_list_is_named(sql, named):
    with pytest.raises(FunctionNotAllowed, match=named) as caught:
        derived(sql)
    assert caught.value.definition == "v"
    assert caught.value.field == ("sql",)
    assert "coalesce" in caught.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "n +",
        "n; money",
        "",
        "'open",
        "word + 1",
        "n and yes",
        "case when n then 1 end",
        "n = word",
        "cast(word as integer)",
        "cast(share as text)",
        "cast(at as text)",
        "cast(n as decimal(40, 2))",
        "round(share, n)",
        "round(share, 10)",
        "date_diff('hour', at, at)",
        "date_diff('day', n, at)",
        "variables.n",
        "9223372036854775808",
        "coalesce(null, null) + null > 1 and null",
        "null",
    ],
)
def test_what_cannot_be_read_or_does_not_fit_is_refused(sql):
    with pytest.raises(FieldInvalid) as caught:
        add_derived(VARIABLES, [VariableDefinition("v", sql=sql)])
    assert isinstance(caught.value, ExpressionInvalid) or not sql


def test_an_unknown_variable_is_named_with_the_nearest():
    with pytest.raises(NameUnknown, match="Did you mean 'money'"):
        derived("monye * 2")


def test_variables_in_a_cycle_are_named_in_order():
    definitions = [
        VariableDefinition("start", sql="a + n"),
        VariableDefinition("a", sql="b + 1"),
        VariableDefinition("b", sql="c + 1"),
        VariableDefinition("c", sql="a + 1"),
    ]
    with pytest.raises(VariablesInCycle) as caught:
        add_derived(VARIABLES, definitions)
    assert caught.value.names == ("a", "b", "c", "a")


@pytest.mark.parametrize(
    ("sql", "type_", "value"),
    [
        ("n / 2", "float64", 3.5),
        ("n / 0", "float64", None),
        ("n % 0", "int64", None),
        ("-n % 4", "int64", -3),
        ("money * money", "decimal(37, 4)", Decimal("156.2500")),
        ("money * money * money", "float64", 1953.125),
        ("money + 0.125", "decimal(20, 3)", Decimal("12.625")),
        ("round(money)", "decimal(17, 0)", Decimal(13)),
        ("round(-money)", "decimal(17, 0)", Decimal(-13)),
        ("round(share, 2)", "float64", 2.68),
        ("round(n, 2)", "int64", 7),
        ("cast(-2.5e0 as integer)", "int64", -3),
        ("cast(share as decimal(5, 2))", "decimal(5, 2)", Decimal("2.68")),
        ("ceil(money) + floor(-money)", "int64", 0),
        ("ln(0 * n)", "float64", None),
        ("sqrt(-n)", "float64", None),
        ("coalesce(null, n, money)", "decimal(21, 2)", Decimal("7.00")),
        ("greatest(n, null, share)", "float64", 7.0),
        ("least(word, 'b')", "string", "b"),
        ("nullif(word, 'x')", "string", None),
        ("case word when 'x' then 1 else null end", "int64", 1),
        ("n between 1 and 7.0", "boolean", True),
        ("not (n is null or yes)", "boolean", False),
        ("day <= day and n <> 8", "boolean", True),
        ("date_diff('day', day, at)", "int64", 2),
        ("cast(money as text)", "string", "12.50"),
        ("abs(-1.5) = 1.5", "boolean", True),
        ("n > null", "boolean", None),
        ("1e20 * 1e2", "float64", 1e22),
    ],
)
def test_each_construct_has_one_type_and_value(on_duckdb, sql, type_, value):
    query = derived(sql)
    row = {"person_id": 1, "n": 7, "money": Decimal("12.50"), "share": 2.675, "word": "x", "yes": True}
    columns = {name: pa.array([item]) for name, item in row.items()}
    columns["money"] = columns["money"].cast(pa.decimal128(18, 2))
    columns["day"] = pa.array(["2024-02-28"]).cast(pa.date32())
    columns["at"] = pa.array(["2024-03-01 00:30:00"]).cast(pa.timestamp("us"))
    (found,) = on_duckdb(query.select("v"), {"variables": pa.table(columns)})
    assert str(query.schema()["v"]) == type_
    assert found["v"] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)
    assert type(found["v"]) is type(value)


CATEGORIES = {
    "orders": {
        "occurred_at": frozenset({"user.behavior"}),
        "amount": frozenset({"user.financial"}),
        "place": frozenset({"user.location"}),
    }
}


def test_categories_are_the_union_of_all_that_is_read():
    spent = VariableDefinition.from_mapping(
        "spent", {"of": "orders", "measure": "sum", "column": "amount", "where": {"column": "place", "eq": "Vejle"}}
    )
    count = VariableDefinition("count", of="orders", measure=Measure.COUNT)
    basket = VariableDefinition("basket", sql="twice / nullif(count, 0)")
    twice = VariableDefinition("twice", sql="spent * 2")
    found = variable_categories([basket, twice, spent, count], CATEGORIES)
    everything = frozenset({"user.behavior", "user.financial", "user.location"})
    assert found == {"basket": everything, "twice": everything, "spent": everything, "count": {"user.behavior"}}


def test_categories_of_an_unknown_column_are_refused():
    with pytest.raises(NameUnknown) as caught:
        variable_categories([VariableDefinition("v", of="orders", measure=Measure.SUM, column="x")], CATEGORIES)
    assert (caught.value.definition, caught.value.field) == ("v", ("column",))


def test_the_inputs_of_an_expression_are_its_columns_once():
    assert inputs_of(VariableDefinition("v", sql="case when b > 0 then a / b else a end")) == ("b", "a")
