"""Variables over events against a slow reference in plain Python, on DuckDB and on Spark."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillid.stages.profile.definitions import NEEDS_COLUMN, Measure, VariableDefinition
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.errors import TypeOutsideMeasure
from tillid.stages.profile.variables import events_to_variables, join_variables, variable_type
from tillid.terms.fields import FieldInvalid, NameUnknown

AS_OF = datetime(2024, 3, 31, 13, 30, 0, 250_000)
TYPES = {
    "person_id": "int64",
    "occurred_at": "timestamp",
    "row_id": "int64",
    "amount": "decimal(18, 2)",
    "quantity": "int64",
    "product": "string",
    "gift": "boolean",
    "due": "date",
}
ARROW = pa.schema(
    [
        ("person_id", pa.int64()),
        ("occurred_at", pa.timestamp("us")),
        ("row_id", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("quantity", pa.int64()),
        ("product", pa.string()),
        ("gift", pa.bool_()),
        ("due", pa.date32()),
    ]
)
ORDERS = ibis.table(TYPES, name="orders")
WINDOWS = {None: None, "1 month": datetime(2024, 2, 29, 13, 30, 0, 250_000), "2 weeks": AS_OF - timedelta(days=14)}
WHERES = {
    "plain": {"column": "quantity", "gt": 1},
    "money": {"column": "amount", "gte": 9.99},
    "fraction": {"column": "quantity", "lt": 2.5},
    "text": {"any": [{"column": "product", "contains": "a"}, {"column": "product", "starts_with": "Ø%"}]},
    "negated": {"not": {"all": [{"column": "product", "ne": "x"}, {"column": "quantity", "lte": 3}]}},
    "lists": {"all": [{"column": "amount", "not_in": [1, 2.5]}, {"column": "quantity", "in": [1, 2, 3.0]}]},
    "nulls": {"any": [{"column": "gift", "is_null": True}, {"column": "gift", "eq": True}]},
    "days": {"column": "due", "gte": "2024-03-01"},
    "times": {"column": "occurred_at", "lt": datetime(2024, 3, 20, 12)},
}
COLUMNS = {
    Measure.SUM: ["amount", "quantity"],
    Measure.MEAN: ["amount", "quantity"],
    Measure.MIN: ["amount", "quantity", "product", "due", "occurred_at", "gift"],
    Measure.MAX: ["amount", "quantity", "product", "due", "occurred_at", "gift"],
    Measure.FIRST: ["amount", "quantity", "product", "due", "gift"],
    Measure.LAST: ["amount", "quantity", "product", "due", "gift"],
    Measure.DISTINCT: ["amount", "quantity", "product", "gift"],
    Measure.COUNT: [None, "product"],
    Measure.SHARE: [None, "amount", "quantity"],
    Measure.RECENCY: [None],
}


def _defined(measure, column, window, where):
    mapping = {"of": "orders", "measure": measure.value, "column": column, "window": window, "where": WHERES.get(where)}
    name = "_".join(str(part).replace(" ", "") for part in (measure.value, column, window, where))
    return VariableDefinition.from_mapping(name, {key: value for key, value in mapping.items() if value is not None})


DEFINITIONS = [
    (_defined(measure, column, window, where), WINDOWS[window], WHERES.get(where))
    for measure, columns in COLUMNS.items()
    for column in columns
    for window in WINDOWS
    for where in (None, *WHERES)
    if not (measure is Measure.SHARE and where is None)
]


def met(where, row):
    if where is None:
        return True
    if "all" in where:
        return all(met(one, row) for one in where["all"])
    if "any" in where:
        return any(met(one, row) for one in where["any"])
    if "not" in where:
        return not met(where["not"], row)
    value = row[where["column"]]
    ((operator, written),) = ((key, item) for key, item in where.items() if key != "column")
    if operator == "is_null":
        return (value is None) is written
    if value is None:
        return False
    if isinstance(written, float) and isinstance(value, Decimal):
        written = Decimal(str(written))
    if isinstance(value, date) and isinstance(written, str):
        written = date.fromisoformat(written)
    return {
        "eq": lambda: value == written,
        "ne": lambda: value != written,
        "gt": lambda: value > written,
        "gte": lambda: value >= written,
        "lt": lambda: value < written,
        "lte": lambda: value <= written,
        "in": lambda: value in [Decimal(str(one)) for one in written],
        "not_in": lambda: value not in [Decimal(str(one)) for one in written],
        "contains": lambda: written in value,
        "starts_with": lambda: value.startswith(written),
    }[operator]()


def _plain(definition, start, where, rows, as_of):
    windowed = [row for row in rows if start is None or row["occurred_at"] > start]
    counted = [row for row in windowed if met(where, row)]
    column, measure = definition.column, definition.measure
    values = [row[column] for row in counted if column is None or row[column] is not None] if column else counted
    zero = Decimal("0.00") if column == "amount" else 0
    timed = sorted((row["occurred_at"], row[column]) for row in counted if column and row[column] is not None)
    if measure is Measure.COUNT:
        return len(values)
    if measure is Measure.SUM:
        return sum(values, zero)
    if measure is Measure.DISTINCT:
        return len(set(values))
    if measure is Measure.RECENCY:
        return (as_of - max(row["occurred_at"] for row in counted)).days if counted else None
    if measure is Measure.SHARE:
        if column is None:
            return len(counted) / len(windowed) if windowed else None
        whole = sum((row[column] for row in windowed if row[column] is not None), zero)
        return float(sum(values, zero)) / float(whole) if whole else None
    if not values:
        return None
    return {
        Measure.MEAN: lambda: float(sum(values, zero)) / len(values),
        Measure.MIN: lambda: min(values),
        Measure.MAX: lambda: max(values),
        Measure.FIRST: lambda: timed[0][1],
        Measure.LAST: lambda: timed[-1][1],
    }[measure]()


def plainly(definitions, rows, as_of=AS_OF):
    """The reference: person → variable → value."""
    people = {}
    for row in rows:
        if row["person_id"] is not None and row["occurred_at"] <= as_of:
            people.setdefault(row["person_id"], []).append(row)
    return {
        person: {d.name: _plain(d, start, where, own, as_of) for d, start, where in definitions}
        for person, own in people.items()
    }


def assert_same(rows, expected):
    found = {row["person_id"]: {name: value for name, value in row.items() if name != "person_id"} for row in rows}
    assert len(found) == len(rows)
    assert found.keys() == expected.keys()
    for person, values in expected.items():
        for name, value in values.items():
            got = found[person][name]
            if isinstance(value, float) and isinstance(got, float):
                assert math.isclose(got, value, rel_tol=1e-9), (person, name, got, value)
            else:
                assert type(got) is type(value), (person, name, got, value)
                assert got == value, (person, name, got, value)


def arrow(rows):
    return {"orders": pa.Table.from_pylist(rows, schema=ARROW)}


def compiled(definitions, as_of=AS_OF):
    return events_to_variables(ORDERS, [definition for definition, _, _ in definitions], as_of)


NEAR = [AS_OF, AS_OF + timedelta(microseconds=1), WINDOWS["1 month"], WINDOWS["1 month"] + timedelta(microseconds=1)]
TIMES = st.one_of(
    st.sampled_from([*NEAR, *(AS_OF - timedelta(days=1, microseconds=n) for n in (-1, 0, 1))]),
    st.datetimes(datetime(2023, 12, 1), datetime(2024, 4, 30)),
)
TEXT = st.one_of(
    st.sampled_from(["a", "A", "x", "Ø% 1", "ø", "ij", "zebra", "", "a'b\\n"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.one_of(st.none(), st.integers(1, 3)),
            "occurred_at": TIMES,
            "amount": st.one_of(st.none(), st.decimals(-500, 500, places=2), st.just(Decimal("9.99"))),
            "quantity": st.one_of(st.none(), st.integers(-5, 5)),
            "product": st.one_of(st.none(), TEXT),
            "gift": st.sampled_from([None, True, False]),
            "due": st.one_of(st.none(), st.dates(date(2024, 2, 1), date(2024, 4, 1))),
        }
    ),
    max_size=14,
).map(lambda rows: [row | {"row_id": number} for number, row in enumerate(rows)])
SOME = st.lists(st.sampled_from(DEFINITIONS), min_size=1, max_size=25, unique_by=lambda entry: entry[0].name)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(rows=EVENTS, definitions=SOME)
def test_every_measure_gives_what_the_reference_gives(on_duckdb, rows, definitions):
    assert_same(on_duckdb(compiled(definitions), arrow(rows)), plainly(definitions, rows))


@settings(QUICK, max_examples=30)
@given(rows=EVENTS, later=EVENTS, definitions=SOME)
def test_events_after_the_moment_change_nothing(on_duckdb, rows, later, definitions):
    after = [
        row | {"occurred_at": AS_OF + abs(row["occurred_at"] - AS_OF) + timedelta(microseconds=1)} for row in later
    ]
    query = compiled(definitions)
    before = on_duckdb(query, arrow(rows))
    since = on_duckdb(query, arrow([*after, *rows]))
    assert sorted(before, key=lambda row: row["person_id"]) == sorted(since, key=lambda row: row["person_id"])


@settings(QUICK, max_examples=30)
@given(rows=EVENTS, definitions=SOME, seed=st.randoms())
def test_the_order_of_arrival_changes_nothing(on_duckdb, rows, definitions, seed):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    renumbered = [row | {"row_id": number} for number, row in enumerate(shuffled)]
    query = compiled(definitions)
    first, second = on_duckdb(query, arrow(rows)), on_duckdb(query, arrow(renumbered))
    assert sorted(first, key=lambda row: row["person_id"]) == sorted(second, key=lambda row: row["person_id"])


def _many_rows():
    pick = random.Random(20240331)
    products = [None, "a", "A", "x", "Ø% 1", "ø", "Ø", "zebra", "", "a'b\\n", "ij", "🎁", "\ue000"]
    rows = []
    for number in range(600):
        near = pick.choice([*NEAR, *(AS_OF - timedelta(days=1, microseconds=n) for n in (-1, 0, 1))])
        rows.append(
            {
                "person_id": pick.choice([None, *range(1, 40)]),
                "occurred_at": pick.choice([near, AS_OF - timedelta(microseconds=pick.randint(-(10**12), 10**13))]),
                "row_id": number,
                "amount": pick.choice([None, Decimal(pick.randint(-50000, 50000)).scaleb(-2), Decimal("9.99")]),
                "quantity": pick.choice([None, pick.randint(-5, 5)]),
                "product": pick.choice(products),
                "gift": pick.choice([None, True, False]),
                "due": pick.choice([None, date(2024, 2, 1) + timedelta(days=pick.randint(0, 60))]),
            }
        )
    return rows


def _many_people():
    return {"people": pa.table({"person_id": pa.array(range(1, 45), pa.int64())})}


PEOPLE = ibis.table({"person_id": "int64"}, name="people")
EXPRESSIONS = {
    "basket": "spent / nullif(orders, 0)",
    "by_zero": "spent / (orders - orders)",
    "left_over": "orders % (orders - 3)",
    "with_vat": "round(spent * 1.25, 1)",
    "level": "case when orders > 20 then 'gold' when orders > 15 then 'silver' else 'none' end",
    "half": "round(spent / 2, 1)",
    "logs": "ln(spent) + sqrt(spent)",
    "whole": "cast(spent as integer) + floor(spent / 7) - ceil(spent / 7)",
    "most": "greatest(spent, orders, 100)",
    "money": "cast(spent / 3 as decimal(18, 2))",
    "days": "date_diff('day', earliest, latest)",
    "picked": "coalesce(last_product, 'none') in ('a', 'none') and not latest is null",
    "text": "cast(orders as text)",
    "nested": "basket + half",
}


def _derived_plainly(values):
    spent, orders = values["spent"], values["orders"]
    half = lambda x: math.floor(abs(x) * 10 + 0.5) / 10 * (1 if x >= 0 else -1)  # noqa: E731
    basket = float(spent) / orders if orders else None
    vat = (spent * Decimal("1.25")).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    moved = math.floor(abs(float(spent) / 3) * 100 + 0.5)
    return {
        "basket": basket,
        "by_zero": None,
        "left_over": int(math.fmod(orders, orders - 3)) if orders != 3 else None,
        "with_vat": vat,
        "level": "gold" if orders > 20 else "silver" if orders > 15 else "none",
        "half": half(float(spent) / 2),
        "logs": math.log(spent) + math.sqrt(spent) if spent > 0 else None,
        "whole": int(spent.quantize(Decimal(1), "ROUND_HALF_UP")) + math.floor(spent / 7) - math.ceil(spent / 7),
        "most": max(spent, Decimal(orders), Decimal(100)),
        "money": Decimal(moved).scaleb(-2) * (1 if spent >= 0 else -1),
        "days": (values["latest"].date() - values["earliest"].date()).days if values["latest"] else None,
        "picked": values["last_product"] in (None, "a", "none") and values["latest"] is not None,
        "text": str(orders),
        "nested": basket + half(float(spent) / 2) if basket is not None else None,
    }


def _profile():
    base = [
        VariableDefinition("spent", of="orders", measure=Measure.SUM, column="amount"),
        VariableDefinition("orders", of="orders", measure=Measure.COUNT),
        VariableDefinition("earliest", of="orders", measure=Measure.MIN, column="occurred_at"),
        VariableDefinition("latest", of="orders", measure=Measure.MAX, column="occurred_at"),
        VariableDefinition("last_product", of="orders", measure=Measure.LAST, column="product"),
    ]
    derived = [VariableDefinition(name, sql=sql) for name, sql in reversed(EXPRESSIONS.items())]
    parts = [events_to_variables(ORDERS, base[:2], AS_OF), events_to_variables(ORDERS, base[2:], AS_OF)]
    return base, add_derived(join_variables(PEOPLE, parts, base), [*derived, *base])


def _profile_plainly(base, rows):
    known = plainly([(definition, None, None) for definition in base], rows)
    nobody = {"spent": Decimal("0.00"), "orders": 0, "earliest": None, "latest": None, "last_product": None}
    return {person: known.get(person, nobody) | _derived_plainly(known.get(person, nobody)) for person in range(1, 45)}


def _check_everything(engine, definitions):
    rows = _many_rows()
    expected = plainly(definitions, rows)
    for start in range(0, len(definitions), 140):
        some = definitions[start : start + 140]
        names = {definition.name for definition, _, _ in some}
        wanted = {p: {n: v for n, v in values.items() if n in names} for p, values in expected.items()}
        assert_same(engine(compiled(some), arrow(rows)), wanted)
    base, query = _profile()
    assert_same(engine(query, arrow(rows) | _many_people()), _profile_plainly(base, rows))


def test_all_variables_and_derived_ones_on_duckdb(on_duckdb):
    _check_everything(on_duckdb, DEFINITIONS)


@pytest.mark.spark
def test_all_variables_and_derived_ones_on_spark(on_spark):
    # Each measure of each column, each window and each where are among them; all pairs would take minutes.
    _check_everything(on_spark, DEFINITIONS[::7])


def test_one_pass_reads_the_events_once():
    sql = ibis.to_sql(compiled(DEFINITIONS[:100]), dialect="duckdb")
    assert sql.count('"orders"') == 1
    assert sql.count("GROUP BY") == 1


def test_declared_types_are_those_that_come_out(on_duckdb):
    some = DEFINITIONS[::7]
    rows = arrow(_many_rows())
    query = compiled(some)
    with_types = on_duckdb(query.limit(0), rows)
    assert with_types == []
    for definition, _, _ in some:
        assert variable_type(definition, TYPES) == str(query.schema()[definition.name])


@pytest.mark.parametrize("measure", sorted(NEEDS_COLUMN))
def test_an_unknown_column_is_named_with_the_nearest(measure):
    definition = VariableDefinition("v", of="orders", measure=measure, column="amuont")
    with pytest.raises(NameUnknown, match="Did you mean 'amount'") as caught:
        events_to_variables(ORDERS, [definition], AS_OF)
    assert (caught.value.definition, caught.value.field) == ("v", ("column",))


def test_a_mistake_in_a_where_knows_its_place():
    definition = _defined(Measure.COUNT, None, None, None)
    wrong = VariableDefinition.from_mapping(
        "v", {"of": "orders", "measure": "count", "where": {"all": [{"column": "product", "gt": 5}]}}
    )
    with pytest.raises(FieldInvalid) as caught:
        events_to_variables(ORDERS, [definition, wrong], AS_OF)
    assert (caught.value.definition, caught.value.field) == ("v", ("where", "all", 0, "gt"))


def test_text_is_not_added_up():
    with pytest.raises(TypeOutsideMeasure):
        events_to_variables(
            ORDERS, [VariableDefinition("v", of="orders", measure=Measure.SUM, column="product")], AS_OF
        )
