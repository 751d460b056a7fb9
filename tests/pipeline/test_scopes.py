"""Purposes that admit the same rows and columns share what is worked out; who admits less never sees more."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from small_projects import (
    CONSENTS,
    CONSENTS_HEAD,
    CRM,
    CRM_HEAD,
    NOW,
    ORDERS,
    ORDERS_HEAD,
    PURPOSES,
    VARIABLES,
    SmallProject,
    csv,
    stored,
)

from tillid.governance.errors import ColumnOutsidePurpose
from tillid.ports.errors import TableNotBuilt

LONG_AND_SHORT = PURPOSES.replace("consent, retention: 10 years", "consent, retention: 2 years")
SEGMENTS = """
segments:
  spent: {purpose: news, rule: {variable: revenue, gte: 10}}
  known: {purpose: analytics, rule: {variable: bought, gte: 1}}
"""
FILES = {
    "purposes.yml": LONG_AND_SHORT,
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "sources/consents.yml": CONSENTS,
    "variables/v.yml": VARIABLES,
    "segments/s.yml": SEGMENTS,
}
YOUNG = "2025-12-01 10:00:00"
OLD = "2023-06-01 10:00:00"
PEOPLE = [("1", "a@example.com", None, "Ann"), ("2", "b@example.com", None, "Bo"), ("3", None, None, "Cy")]


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """Three buyers, of whom two said yes to the newsletter; all orders are younger than its two years."""
    made = SmallProject(tmp_path, FILES)
    made.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE), NOW - timedelta(days=9))
    made.put("data/orders-1.csv", csv(ORDERS_HEAD, *((n, YOUNG, "cup", 10 * int(n)) for n, *_ in PEOPLE)))
    said = [(mail, "news", "given", "2025-11-20 10:00:00", "n1", "e") for _, mail, *_ in PEOPLE if mail]
    made.put("data/consents.csv", csv(CONSENTS_HEAD, *said))
    return made


def _old_order(project: SmallProject) -> None:
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, ("1", OLD, "tin", 5)))


def _places(project: SmallProject, table: str) -> int:
    return sum(place.startswith(f"{table}__") for place in stored(project.folder))


def _revenue(project: SmallProject, purpose: str) -> dict[str, float]:
    """Customer number → revenue, as a purpose sees them."""
    found = project.sql("select customer_no, revenue from people join variables using (person_id)", purpose)
    return {row["customer_no"]: float(row["revenue"]) for row in found}


def test_retentions_part_scopes_only_where_a_row_is_that_old(project: SmallProject) -> None:
    project.build()
    assert (_places(project, "variables"), _places(project, "people")) == (1, 1)
    assert _revenue(project, "analytics") == {"1": 10, "2": 20, "3": 30}
    assert _revenue(project, "news") == {"1": 10, "2": 20}
    _old_order(project)
    project.build()
    assert (_places(project, "variables"), _places(project, "people")) == (2, 2)
    assert _revenue(project, "analytics") == {"1": 15, "2": 20, "3": 30}
    assert _revenue(project, "news") == {"1": 10, "2": 20}


@pytest.mark.parametrize(
    ("age", "shared"), [(timedelta(days=-2), 1), (timedelta(hours=-23), 2), (timedelta(hours=1), 2)]
)
def test_a_row_that_comes_of_age_within_a_day_parts_them(project: SmallProject, age: timedelta, shared: int) -> None:
    two_years_ago = NOW.replace(year=NOW.year - 2)
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, ("1", two_years_ago - age, "tin", 5)))
    project.build()
    assert _places(project, "variables") == shared
    assert _revenue(project, "analytics")["1"] == 15
    assert _revenue(project, "news")["1"] == (15 if age < timedelta(0) else 10)


def test_a_closed_record_is_as_old_as_its_end(project: SmallProject) -> None:
    project.now = NOW - timedelta(days=1000)
    project.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE, ("4", None, None, "Di")), project.now - timedelta(days=2))
    project.build()
    project.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE), project.now - timedelta(days=1))
    project.build()
    project.now = NOW
    project.build()
    assert _places(project, "people") == 2


def test_columns_part_the_tables_that_have_them_alone(project: SmallProject) -> None:
    project.put(
        "purposes.yml",
        LONG_AND_SHORT.replace("user.contact, user.name, user.device, user.privacy", "user.name, user.privacy", 1),
    )
    project.build()
    assert (_places(project, "variables"), _places(project, "people")) == (1, 2)
    assert _revenue(project, "analytics") == {"1": 10, "2": 20, "3": 30}
    assert _revenue(project, "news") == {"1": 10, "2": 20}


def test_a_row_that_is_held_back_is_no_row(project: SmallProject) -> None:
    project.put(
        "sources/orders.yml",
        ORDERS.replace("collected_for: [analytics, news]", "collected_for_if: {analytics: may, news: may}"),
    )
    project.remove("data/orders-1.csv")
    rows = [("1", YOUNG, "cup", 10, "true"), ("1", OLD, "tin", 5, "false"), ("2", YOUNG, "cup", 20, "true")]
    project.put("data/orders-1.csv", csv(f"{ORDERS_HEAD},may", *rows))
    project.build()
    assert _places(project, "variables") == 1
    assert _revenue(project, "analytics") == {"1": 10, "2": 20, "3": 0}


def test_age_is_known_from_run_to_run(project: SmallProject) -> None:
    _old_order(project)
    project.build()
    project.put("data/orders-3.csv", csv(ORDERS_HEAD, ("2", YOUNG, "cup", 1)))
    project.build()
    assert _places(project, "variables") == 2
    # The file with the old row changed, so all are read anew, and no row is that old.
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, ("1", YOUNG, "tin", 5)))
    project.build()
    assert _places(project, "variables") == 1
    assert _revenue(project, "news") == {"1": 15, "2": 21}


def test_a_store_that_noted_no_age_shares_nothing_by_it(project: SmallProject) -> None:
    project.build()
    with duckdb.connect(str(project.folder / ".tillid" / "store.duckdb")) as connection:
        text = connection.execute("select notes from manifest.generation").fetchone()[0]
        noted = {key: value for key, value in json.loads(text).items() if key != "oldest"}
        connection.execute("update manifest.generation set notes = ?", [json.dumps(noted)])
    project.build()
    assert _places(project, "variables") == 2
    assert _revenue(project, "news") == {"1": 10, "2": 20}


def test_members_stay_members_when_a_scope_changes(project: SmallProject) -> None:
    _, first = project.build()
    assert {name: (s.people, s.entered, s.left) for name, s in first.segments.items()} == {
        "spent": (2, 2, 0),
        "known": (3, 3, 0),
    }
    _old_order(project)
    _, second = project.build()
    assert {name: (s.people, s.entered, s.left) for name, s in second.segments.items()} == {
        "spent": (2, 0, 0),
        "known": (3, 0, 0),
    }
    # Another source, for one of the purposes alone: another set of rows for it.
    project.put("sources/club.yml", CRM.replace("data/crm", "data/club").replace("linking, news", "linking"))
    project.put("data/club.csv", csv(CRM_HEAD, ("9", None, None, "Eva")))
    _, third = project.build()
    assert {name: (s.people, s.entered, s.left) for name, s in third.segments.items()} == {
        "spent": (2, 0, 0),
        "known": (3, 0, 0),
    }


def test_members_for_a_purpose_that_was_written_anew_are_new(project: SmallProject) -> None:
    project.build()
    project.put("purposes.yml", LONG_AND_SHORT.replace("retention: 2 years", "retention: 3 years"))
    _, second = project.build()
    assert (second.segments["spent"].entered, second.segments["spent"].left) == (2, 2)
    assert (second.segments["known"].entered, second.segments["known"].left) == (0, 0)


SICK = PURPOSES.replace("user.behavior, user.contact", "user.behavior, user.financial, user.contact", 1)
PAID = ORDERS + "  paid:   {name: paid, type: money, category: user.financial}\n"
BY_PAID = "variables:\n  most: {of: orders, measure: max, column: paid}\n"


def test_what_a_table_told_before_its_definition_changed_is_not_read(tmp_path: Path) -> None:
    """The values were worked out of a column that this purpose does not cover."""
    files = FILES | {"purposes.yml": SICK, "sources/orders.yml": PAID, "variables/v.yml": BY_PAID}
    rule = "segments:\n  rich: {purpose: analytics, rule: {did: orders, where: {column: paid, gte: 600}}}\n"
    made = SmallProject(tmp_path, files | {"segments/s.yml": rule})
    made.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE))
    made.put("data/orders.csv", csv(f"{ORDERS_HEAD},paid", ("1", YOUNG, "cup", 1, 666)))
    made.put("data/consents.csv", csv(CONSENTS_HEAD, ("a@example.com", "news", "given", YOUNG, "n1", "e")))
    made.build()
    with pytest.raises(ColumnOutsidePurpose):
        made.sql("select most from variables", "news")
    made.put("variables/v.yml", BY_PAID.replace("column: paid", "column: amount"))
    with pytest.raises(TableNotBuilt):
        made.sql("select most from variables", "news")
    made.put("segments/s.yml", rule.replace("column: paid, gte: 600", "column: item, eq: cup"))
    with pytest.raises(TableNotBuilt):
        made.sql("select person_id from segment__rich", "analytics")


def test_members_are_nobodys_but_those_they_were_worked_out_for(project: SmallProject) -> None:
    everyone = "segments:\n  spent: {purpose: news, rule: {variable: bought, gte: 0}}\n"
    project.put("segments/s.yml", everyone)
    project.build()
    assert len(project.sql("select person_id from segment__spent", "news")) == 2
    with pytest.raises(TableNotBuilt):
        project.sql("select person_id from segment__spent", "analytics")


def test_whom_a_purpose_comes_to_permit_has_entered(project: SmallProject) -> None:
    project.put("destinations/d.yml", "destinations:\n  list: {kind: file, path: out/list.csv}\n")
    project.put(
        "activations/a.yml",
        "activations:\n  calls: {segment: spent, purpose: analytics, destination: list, columns: {Nr: customer_no}}\n",
    )
    project.put("data/crm.csv", csv(CRM_HEAD, *PEOPLE[:2], ("3", "c@example.com", None, "Cy")))
    project.build()
    project.put("data/consents-2.csv", csv(CONSENTS_HEAD, ("c@example.com", "news", "given", YOUNG, "n1", "e")))
    project.now = NOW + timedelta(days=1)
    _, done = project.build()
    assert (done.segments["spent"].people, done.segments["spent"].entered) == (3, 1)
    since = project.sql("select entered_at from segment__spent order by 1", "news")
    assert [row["entered_at"].date() for row in since] == [NOW.date(), NOW.date(), project.now.date()]


def test_scopes_that_come_together_keep_who_was_a_member(project: SmallProject) -> None:
    _old_order(project)
    project.build()
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, ("1", YOUNG, "tin", 5)))
    _, done = project.build()
    assert _places(project, "variables") == 1
    assert {name: (s.entered, s.left) for name, s in done.segments.items()} == {"spent": (0, 0), "known": (0, 0)}


def test_linking_shares_no_profile(project: SmallProject) -> None:
    project.put(
        "purposes.yml",
        PURPOSES.replace(
            "[user.unique_id, user.contact, user.device]", "[user.unique_id, user.behavior, user.contact, user.name]"
        ),
    )
    project.put("sources/orders.yml", ORDERS.replace("[analytics, news]", "[analytics, news, linking]"))
    project.build()
    with pytest.raises(TableNotBuilt):
        project.sql("select count(*) as n from variables", "linking")


def test_retentions_in_other_words_are_the_same(project: SmallProject) -> None:
    project.put("purposes.yml", PURPOSES.replace("consent, retention: 10 years", "consent, retention: 120 months"))
    _old_order(project)
    project.build()
    assert (_places(project, "variables"), _places(project, "people")) == (1, 1)
