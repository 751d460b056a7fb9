"""Segments against a slow reference in plain Python, on DuckDB and on Spark."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillid.stages.segment.compile import rule_categories, segment_members
from tillid.stages.segment.definitions import SegmentDefinition, read_rule
from tillid.stages.segment.members import each_once, entered, left, members_since
from tillid.stages.segment.tables import members_table
from tillid.terms.fields import FieldInvalid, NameUnknown

AS_OF = datetime(2024, 3, 31, 12)
TYPES = {
    "people": {"person_id": "int64", "country": "string", "level": "int64"},
    "variables": {"person_id": "int64", "revenue": "decimal(18, 2)", "country": "string"},
    "orders": {"person_id": "int64", "occurred_at": "timestamp", "amount": "decimal(18, 2)", "level": "int64"},
    "web": {"person_id": "int64", "occurred_at": "timestamp", "event": "string"},
}
ARROW = {
    "int64": pa.int64(),
    "string": pa.string(),
    "decimal(18, 2)": pa.decimal128(18, 2),
    "timestamp": pa.timestamp("us"),
}
PEOPLE, VARIABLES = (ibis.table(TYPES[name], name=name) for name in ("people", "variables"))
EVENTS = {name: ibis.table(TYPES[name], name=name) for name in ("orders", "web")}
WITHIN = {"1 month": datetime(2024, 2, 29, 12), "2 days": datetime(2024, 3, 29, 12)}


def members(rule, as_of=AS_OF):
    return segment_members(read_rule(rule), PEOPLE, VARIABLES, EVENTS, as_of)


def arrow(tables):
    return {
        name: pa.Table.from_pylist(
            tables.get(name, []), schema=pa.schema([(column, ARROW[type_]) for column, type_ in columns.items()])
        )
        for name, columns in TYPES.items()
    }


def ids(rows):
    found = [row["person_id"] for row in rows]
    assert len(found) == len(set(found))
    return set(found)


def compared(rule, value):
    ((operator, written),) = ((k, v) for k, v in rule.items() if k not in ("trait", "variable", "column"))
    if operator == "is_null":
        return (value is None) is written
    if value is None:
        return False
    return {
        "eq": lambda: value == written,
        "ne": lambda: value != written,
        "gte": lambda: value >= written,
        "lt": lambda: value < written,
        "in": lambda: value in written,
        "not_in": lambda: value not in written,
        "starts_with": lambda: value.startswith(written),
    }[operator]()


def met(rule, person, tables):
    if "all" in rule:
        return all(met(one, person, tables) for one in rule["all"])
    if "any" in rule:
        return any(met(one, person, tables) for one in rule["any"])
    if "not" in rule:
        return not met(rule["not"], person, tables)
    if "trait" in rule:
        return compared(rule, person[rule["trait"]])
    if "variable" in rule:
        own = [row for row in tables["variables"] if row["person_id"] == person["person_id"]]
        return compared(rule, own[0][rule["variable"]] if own else None)
    times = sum(
        row["person_id"] == person["person_id"]
        and row["occurred_at"] <= AS_OF
        and ("within" not in rule or row["occurred_at"] > WITHIN[rule["within"]])
        and ("where" not in rule or compared(rule["where"], row[rule["where"]["column"]]))
        for row in tables[rule.get("did") or rule["did_not"]]
    )
    if "did_not" in rule:
        return times == 0
    if "exactly" in rule:
        return times == rule["exactly"]
    low = rule.get("at_least", 0 if "at_most" in rule else 1)
    return low <= times <= rule.get("at_most", times)


def plainly(rule, tables):
    return {person["person_id"] for person in tables["people"] if met(rule, person, tables)}


LEAVES = st.sampled_from(
    [
        {"trait": "country", "in": ["DK", "NO"]},
        {"trait": "country", "ne": "DK"},
        {"trait": "country", "is_null": False},
        {"trait": "level", "not_in": [1, 2]},
        {"variable": "revenue", "gte": 100},
        {"variable": "revenue", "lt": Decimal("9.99")},
        {"variable": "country", "starts_with": "D"},
        {"did": "orders"},
        {"did": "orders", "at_least": 2, "within": "1 month"},
        {"did": "orders", "at_most": 1, "within": "1 month"},
        {"did": "orders", "at_least": 1, "at_most": 2},
        {"did": "orders", "exactly": 0, "where": {"column": "amount", "gte": 10}},
        {"did": "orders", "at_least": 0},
        {"did_not": "orders", "within": "2 days"},
        {"did": "web", "exactly": 1, "where": {"column": "event", "eq": "view"}, "within": "2 days"},
        {"did_not": "web", "where": {"column": "event", "ne": "view"}},
    ]
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules}),
        inner.map(lambda rule: {"not": rule}),
    ),
    max_leaves=8,
)
PERSON = st.sampled_from([None, 1, 2, 3, 4, 9])
TIMES = st.one_of(
    st.sampled_from([*WITHIN.values(), AS_OF, *(at + timedelta(microseconds=1) for at in (*WITHIN.values(), AS_OF))]),
    st.datetimes(datetime(2024, 2, 1), datetime(2024, 4, 5)),
)
COUNTRY = st.sampled_from([None, "DK", "NO", "DE"])
MONEY = st.sampled_from([None, Decimal("9.98"), Decimal("9.99"), Decimal("10.00"), Decimal("100.00")])
TABLES = st.fixed_dictionaries(
    {
        "people": st.lists(
            st.fixed_dictionaries(
                {"person_id": st.integers(1, 4), "country": COUNTRY, "level": st.sampled_from([None, 1, 2, 3])}
            ),
            unique_by=lambda row: row["person_id"],
        ),
        "variables": st.lists(
            st.fixed_dictionaries({"person_id": st.integers(1, 5), "revenue": MONEY, "country": COUNTRY}),
            unique_by=lambda row: row["person_id"],
        ),
        "orders": st.lists(
            st.fixed_dictionaries({"person_id": PERSON, "occurred_at": TIMES, "amount": MONEY}), max_size=12
        ),
        "web": st.lists(
            st.fixed_dictionaries(
                {"person_id": PERSON, "occurred_at": TIMES, "event": st.sampled_from([None, "view", "buy"])}
            ),
            max_size=12,
        ),
    }
)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(rule=RULES, tables=TABLES)
def test_members_are_those_of_the_reference(on_duckdb, rule, tables):
    assert ids(on_duckdb(members(rule), arrow(tables))) == plainly(rule, tables)


@QUICK
@given(rule=RULES, tables=TABLES)
def test_the_opposite_of_a_rule_has_everyone_else(on_duckdb, rule, tables):
    everyone = {person["person_id"] for person in tables["people"]}
    inside = ids(on_duckdb(members(rule), arrow(tables)))
    outside = ids(on_duckdb(members({"not": rule}), arrow(tables)))
    assert inside | outside == everyone
    assert not inside & outside


@settings(QUICK, max_examples=30)
@given(rule=RULES, tables=TABLES, later=TABLES)
def test_events_after_the_moment_change_nobody(on_duckdb, rule, tables, later):
    moved = {
        name: rows + [row | {"occurred_at": AS_OF + timedelta(microseconds=1)} for row in later[name]]
        if name in EVENTS
        else rows
        for name, rows in tables.items()
    }
    query = members(rule)
    assert ids(on_duckdb(query, arrow(tables))) == ids(on_duckdb(query, arrow(moved)))


def _check_many(engine, leaves):
    pick = random.Random(3)
    moments = [*WITHIN.values(), AS_OF, AS_OF + timedelta(microseconds=1), datetime(2024, 3, 30), datetime(2024, 3, 1)]
    money = [None, Decimal("9.98"), Decimal("9.99"), Decimal("10.00"), Decimal("100.00")]
    countries = [None, "DK", "NO", "DE"]
    people = range(1, 60)
    tables = {
        "people": [
            {"person_id": n, "country": pick.choice(countries), "level": pick.choice([None, 1, 2, 3])} for n in people
        ],
        "variables": [
            {"person_id": n, "revenue": pick.choice(money), "country": pick.choice(countries)} for n in people[10:]
        ],
        "orders": [
            {
                "person_id": pick.choice([None, *people]),
                "occurred_at": pick.choice(moments),
                "amount": pick.choice(money),
            }
            for _ in range(90)
        ],
        "web": [
            {
                "person_id": pick.choice([None, *people]),
                "occurred_at": pick.choice(moments),
                "event": pick.choice([None, "view", "buy"]),
            }
            for _ in range(90)
        ],
    }
    rules = [
        *leaves,
        {"not": {"any": leaves[:3]}},
        {"all": [leaves[0], {"not": leaves[4]}, {"any": leaves[7:]}]},
        # Two windows over one table: the wider one must not lose its events to the narrower.
        {"any": [leaves[8], {"not": leaves[13]}]},
    ]
    # All rules in one query: a row for each rule and member.
    queries = [members(rule).mutate(rule=ibis.literal(number, type="int64")) for number, rule in enumerate(rules)]
    found = engine(ibis.union(*queries, distinct=False), arrow(tables))
    for number, rule in enumerate(rules):
        expected = plainly(rule, tables)
        assert ids([row for row in found if row["rule"] == number]) == expected, rule
        assert rule == {"did": "orders", "at_least": 0} or 0 < len(expected) < len(people), rule


def test_many_rules_on_duckdb(on_duckdb):
    _check_many(on_duckdb, list(LEAVES.elements))


@pytest.mark.spark
def test_many_rules_on_spark(on_spark):
    _check_many(on_spark, list(LEAVES.elements))


def test_equal_conditions_on_events_are_counted_once():
    did = {"did": "orders", "at_least": 2, "within": "1 month"}
    again = {"did": "orders", "at_least": 5, "within": "1 month"}
    sql = ibis.to_sql(members({"any": [did, {"all": [again, {"did_not": "web"}]}]}), dialect="duckdb")
    assert sql.count('"orders"') == 1
    assert sql.count("COUNT(*)") == 2


@pytest.mark.parametrize(
    ("rule", "field", "said"),
    [
        ({"trait": "contry", "eq": "DK"}, ("trait",), "Did you mean 'country'"),
        ({"not": {"variable": "revenu", "gt": 1}}, ("not", "variable"), "Did you mean 'revenue'"),
        ({"all": [{"did": "order"}]}, ("all", 0, "did"), "Did you mean 'orders'"),
        ({"any": [{"did_not": "wep"}]}, ("any", 0, "did_not"), "Did you mean 'web'"),
        (
            {"all": [{"did": "web", "where": {"not": {"column": "evnt", "eq": "x"}}}]},
            ("all", 0, "where", "not", "column"),
            "Did you mean 'event'",
        ),
        ({"trait": "person_id", "eq": 1}, ("trait",), "Valid: country, level"),
    ],
)
def test_an_unknown_name_is_given_with_its_place_and_the_nearest(rule, field, said):
    with pytest.raises(NameUnknown, match=said) as caught:
        members(rule)
    assert caught.value.field == field


def test_a_comparison_of_the_wrong_type_knows_its_place():
    with pytest.raises(FieldInvalid) as caught:
        members({"all": [{"trait": "country", "is_null": True}, {"not": {"variable": "revenue", "eq": "much"}}]})
    assert caught.value.field == ("all", 1, "not", "eq")


def test_without_variables_a_rule_over_one_is_refused():
    with pytest.raises(NameUnknown, match="None is declared"):
        segment_members(read_rule({"variable": "revenue", "gt": 1}), PEOPLE, None, {}, AS_OF)


CATEGORIES = (
    {"country": frozenset({"user.contact.address"})},
    {"revenue": frozenset({"user.financial"})},
    {"web": {"occurred_at": frozenset({"user.behavior"}), "event": frozenset({"user.behavior.browsing_history"})}},
)


def test_membership_tells_of_all_that_the_rule_reads():
    rule = {
        "any": [
            {"trait": "country", "eq": "DK"},
            {"not": {"variable": "revenue", "gt": 1}},
            {"did_not": "web", "where": {"column": "event", "eq": "view"}},
        ]
    }
    found = rule_categories(read_rule(rule), *CATEGORIES)
    assert found == {"user.contact.address", "user.financial", "user.behavior", "user.behavior.browsing_history"}
    definition = SegmentDefinition.from_mapping("s", {"purpose": "newsletter", "rule": rule})
    assert members_table(definition, found, frozenset()).columns[0].categories == found


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"trait": "x", "eq": 1}, ("trait",)),
        ({"all": [{"variable": "x", "eq": 1}]}, ("all", 0, "variable")),
        ({"did": "x"}, ("did",)),
        ({"did_not": "web", "where": {"column": "x", "eq": 1}}, ("where",)),
    ],
)
def test_categories_of_an_unknown_name_are_refused(rule, field):
    with pytest.raises(NameUnknown) as caught:
        rule_categories(read_rule(rule), *CATEGORIES)
    assert caught.value.field == field


FORMER = ibis.table({"person_id": "int64", "entered_at": "timestamp"}, name="former")
NOW = ibis.table({"person_id": "int64"}, name="now")


def _member_tables():
    return {
        "now": pa.table({"person_id": pa.array([1, 2], pa.int64())}),
        "former": pa.table(
            {
                "person_id": pa.array([2, 3, 5], pa.int64()),
                "entered_at": pa.array([AS_OF - timedelta(days=n) for n in (3, 2, 9)], pa.timestamp("us")),
            }
        ),
    }


def test_entered_left_and_since(on_duckdb):
    tables = _member_tables()
    assert ids(on_duckdb(entered(NOW, FORMER), tables)) == {1}
    assert ids(on_duckdb(left(NOW, FORMER), tables)) == {3, 5}
    since = {row["person_id"]: row["entered_at"] for row in on_duckdb(members_since(NOW, FORMER, AS_OF), tables)}
    assert since == {1: AS_OF, 2: AS_OF - timedelta(days=3)}


def test_of_merged_members_the_earliest_entry_counts(on_duckdb):
    tables = _member_tables()
    # As the guards show the former members: 5 is now person 2.
    people = {2: 2, 3: 3, 5: 2}
    merged = [people[n] for n in tables["former"]["person_id"].to_pylist()]
    tables["former"] = tables["former"].set_column(0, "person_id", pa.array(merged, pa.int64()))
    known = each_once(FORMER)
    assert ids(on_duckdb(left(NOW, known), tables)) == {3}
    since = {row["person_id"]: row["entered_at"] for row in on_duckdb(members_since(NOW, known, AS_OF), tables)}
    assert since == {1: AS_OF, 2: AS_OF - timedelta(days=9)}
