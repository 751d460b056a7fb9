"""The golden record against a slow reference in plain Python, on DuckDB and on Spark."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillid.stages.profile.definitions import Survivorship, TraitDefinition
from tillid.stages.profile.errors import ProfileInvalid, TraitTypesDiffer, TypeOutsideMeasure
from tillid.stages.profile.golden_record import default_traits, trait_categories, traits
from tillid.terms.fields import NameUnknown

AS_OF = datetime(2024, 3, 31, 12)
MODEL = {"person_id": "int64", "record_key": "string", "valid_from": "timestamp", "valid_to": "timestamp"}
SOURCES = {
    "crm": {"email": "string", "first_name": "string", "level": "int32"},
    "club": {"email": "string", "work_email": "string", "level": "int64"},
    "shop": {"first_name": "string", "newsletter": "boolean"},
}
ARROW = {"int64": pa.int64(), "int32": pa.int32(), "string": pa.string(), "boolean": pa.bool_()}
VERSIONS = {name: ibis.table(MODEL | columns, name=name) for name, columns in SOURCES.items()}
EMAIL = ["crm.email", "club.email", "club.work_email"]
DEFINITIONS = [
    TraitDefinition.from_mapping(f"{name}_{rule}", {"rule": rule, "from": columns, "order": order})
    for name, columns, order in (
        ("email", EMAIL, ["club"]),
        ("first_name", ["crm.first_name", "shop.first_name"], ["shop", "crm"]),
        ("level", ["crm.level", "club.level"], ["club"]),
        ("newsletter", ["shop.newsletter"], ["shop"]),
    )
    for rule in Survivorship
    if rule is not Survivorship.LONGEST or name in ("email", "first_name")
]


def plainly(sources, definitions=DEFINITIONS, as_of=AS_OF):
    """The reference: person → trait → value."""
    valid = {
        source: [
            row
            for row in rows
            if row["person_id"] is not None
            and row["valid_from"] <= as_of
            and (row["valid_to"] is None or row["valid_to"] > as_of)
        ]
        for source, rows in sources.items()
    }
    people = {row["person_id"] for rows in valid.values() for row in rows}
    return {person: {d.name: _survivor(d, valid, person) for d in definitions} for person in people}


def _survivor(definition, valid, person):
    said = [
        (row["valid_from"], -rank, row[column.column])
        for rank, column in enumerate(definition.ranked())
        for row in valid[column.source]
        if row["person_id"] == person and row[column.column] is not None
    ]
    times = Counter(value for _, _, value in said)
    key = {
        Survivorship.NEWEST: lambda at, rank, value: (at, rank, value),
        Survivorship.SOURCE_ORDER: lambda at, rank, value: (rank, at, value),
        Survivorship.LONGEST: lambda at, rank, value: (len(value), at, rank, value),
        Survivorship.MOST_FREQUENT: lambda at, rank, value: (times[value], at, rank, value),
    }[definition.rule]
    return max((key(*one) for one in said), default=(None,))[-1]


def arrow(sources):
    time = pa.timestamp("us")
    tables = {}
    for name, columns in SOURCES.items():
        fields = [("person_id", pa.int64()), ("record_key", pa.string()), ("valid_from", time), ("valid_to", time)]
        fields += [(column, ARROW[type_]) for column, type_ in columns.items()]
        tables[name] = pa.Table.from_pylist(sources.get(name, []), schema=pa.schema(fields))
    return tables


def by_person(rows):
    found = {row["person_id"]: {name: value for name, value in row.items() if name != "person_id"} for row in rows}
    assert len(found) == len(rows)
    return found


TIMES = st.sampled_from(
    [AS_OF + timedelta(hours=n) for n in (-48, -24, -1, 0, 1)] + [AS_OF + timedelta(microseconds=1)]
)
VALUES = {
    "string": st.sampled_from([None, "a", "b", "B", "ø", "🎁x", "\ue000y", "aa", "ab", ""]),
    "int32": st.sampled_from([None, 1, 2, 10]),
    "int64": st.sampled_from([None, 1, 2, 9]),
    "boolean": st.sampled_from([None, True, False]),
}
RECORDS = st.fixed_dictionaries(
    {
        source: st.lists(
            st.fixed_dictionaries(
                {
                    "person_id": st.sampled_from([None, 1, 1, 2]),
                    "record_key": st.sampled_from(["k1", "k2"]),
                    "valid_from": TIMES,
                    "valid_to": st.one_of(st.none(), TIMES),
                    **{column: VALUES[type_] for column, type_ in columns.items()},
                }
            ),
            max_size=6,
        )
        for source, columns in SOURCES.items()
    }
)
SOME = st.lists(st.sampled_from(DEFINITIONS), min_size=1, max_size=6, unique_by=lambda definition: definition.name)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(sources=RECORDS, definitions=SOME)
def test_every_rule_gives_what_the_reference_gives(on_duckdb, sources, definitions):
    found = on_duckdb(traits(VERSIONS, definitions, AS_OF), arrow(sources))
    assert by_person(found) == plainly(sources, definitions)


@settings(QUICK, max_examples=30)
@given(sources=RECORDS, later=RECORDS, definitions=SOME)
def test_versions_after_the_moment_change_nothing(on_duckdb, sources, later, definitions):
    query = traits(VERSIONS, definitions, AS_OF)
    after = AS_OF + timedelta(microseconds=1)
    # A later version also closes the one before it, at a time after the moment.
    since = {
        source: [row | {"valid_to": row["valid_to"] or after} for row in rows]
        + [row | {"valid_from": max(row["valid_from"], after)} for row in later[source]]
        for source, rows in sources.items()
    }
    assert by_person(on_duckdb(query, arrow(sources))) == by_person(on_duckdb(query, arrow(since)))


@settings(QUICK, max_examples=30)
@given(sources=RECORDS, definitions=SOME, seed=st.randoms())
def test_the_order_of_arrival_changes_nothing(on_duckdb, sources, definitions, seed):
    shuffled = {source: seed.sample(rows, len(rows)) for source, rows in sources.items()}
    backwards = {source: VERSIONS[source] for source in reversed(VERSIONS)}
    first = on_duckdb(traits(VERSIONS, definitions, AS_OF), arrow(sources))
    second = on_duckdb(traits(backwards, definitions, AS_OF), arrow(shuffled))
    assert by_person(first) == by_person(second)


def _check_many(engine):
    pick = random.Random(7)
    texts = [None, "a", "b", "B", "ø", "🎁x", "\ue000y", "aa", "ab", "", "Ægir"]
    sources = {}
    for source, columns in SOURCES.items():
        sources[source] = [
            {
                "person_id": pick.choice([None, *range(30)]),
                "record_key": "k",
                "valid_from": AS_OF + timedelta(hours=pick.randint(-5, 1)),
                "valid_to": pick.choice([None, AS_OF + timedelta(hours=pick.randint(-3, 3))]),
                **{
                    column: pick.choice({"string": texts, "boolean": [None, True, False]}.get(type_, [None, 1, 2, 10]))
                    for column, type_ in columns.items()
                },
            }
            for _ in range(200)
        ]
    found = engine(traits(VERSIONS, DEFINITIONS, AS_OF), arrow(sources))
    assert by_person(found) == plainly(sources)
    assert {"a", "🎁x"} & {row["email_longest"] for row in found}


def test_many_people_on_duckdb(on_duckdb):
    _check_many(on_duckdb)


@pytest.mark.spark
def test_many_people_on_spark(on_spark):
    _check_many(on_spark)


def test_default_traits_leave_out_keys_and_raw_twins():
    columns = {
        "crm": ["record_key", "valid_from", "valid_to", "person_id", "email", "email_raw", "raw"],
        "club": ["email", "email_raw", "net_raw"],
    }
    found = {trait.name: [str(column) for column in trait.columns] for trait in default_traits(columns)}
    assert found == {"email": ["crm.email", "club.email"], "raw": ["crm.raw"], "net_raw": ["club.net_raw"]}


def test_categories_are_the_union_over_the_columns():
    columns = {"crm": {"email": frozenset({"user.contact.email"})}, "club": {"login": frozenset({"user.unique_id"})}}
    trait = TraitDefinition.from_mapping("email", {"from": ["crm.email", "club.login"]})
    assert trait_categories([trait], columns) == {"email": {"user.contact.email", "user.unique_id"}}
    with pytest.raises(NameUnknown):
        trait_categories([TraitDefinition.from_mapping("email", {"from": ["crm.mail"]})], columns)


@pytest.mark.parametrize(
    ("mapping", "error", "field"),
    [
        ({"from": ["crmm.email"]}, NameUnknown, ("from", 0)),
        ({"from": ["crm.email", "club.emial"]}, NameUnknown, ("from", 1)),
        ({"from": ["crm.email", "crm.level"]}, TraitTypesDiffer, ("from",)),
        ({"from": ["crm.level"], "rule": "longest"}, TypeOutsideMeasure, ("rule",)),
    ],
)
def test_mistakes_are_named(mapping, error, field):
    with pytest.raises(error) as caught:
        traits(VERSIONS, [TraitDefinition.from_mapping("v", mapping)], AS_OF)
    assert (caught.value.definition, caught.value.field) == ("v", field)


def test_no_source_and_a_taken_name_are_refused():
    trait = TraitDefinition.from_mapping("person_id", {"from": ["crm.email"]})
    for versions, definitions in (({}, DEFINITIONS), (VERSIONS, [trait]), (VERSIONS, [DEFINITIONS[0]] * 2)):
        with pytest.raises(ProfileInvalid):
            traits(versions, definitions, AS_OF)


def test_no_traits_at_all_still_give_the_people(on_duckdb):
    row = {"person_id": 5, "record_key": "k", "valid_from": AS_OF, "valid_to": None, "email": None}
    assert on_duckdb(traits(VERSIONS, [], AS_OF), arrow({"crm": [row, row]})) == [{"person_id": 5}]
