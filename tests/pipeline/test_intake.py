"""From files to facts: what is read again, which versions there are, what is refused, held back and kept out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from small_projects import (
    CONSENTS,
    CONSENTS_HEAD,
    CRM,
    CRM_HEAD,
    NOW,
    ORDERS,
    ORDERS_HEAD,
    VARIABLES,
    SmallProject,
    csv,
    stored,
)

from tillid.pipeline.errors import EmptySnapshot, FileChanged

DAY = [NOW - timedelta(days=n) for n in (30, 20, 10, 5)]
ANN = ("1", "ann@example.com", None, "Ann")
BO = ("2", "bo@example.com", None, "Bo")
CY = ("3", "cy@example.com", None, "Cy")
TIMED = CRM.replace("key: customer_no", "key: customer_no\ntime: changed_at") + (
    "  changed: {name: changed_at, type: timestamp, category: user.behavior}\n"
)
TIMED_HEAD = CRM_HEAD + ",changed"
SECRET = "Zanzibar"


def _versions(project: SmallProject, columns: str = "name") -> list[tuple[object, ...]]:
    rows = project.sql(f"select record_key, {columns}, valid_from, valid_to from crm")
    return sorted((tuple(row.values()) for row in rows), key=lambda row: (row[0], row[-2]))


def _holds(project: SmallProject, text: str) -> list[str]:
    """The places of the store that hold the text in any cell."""
    return [
        place
        for place, rows in stored(project.folder).items()
        if any(isinstance(cell, str) and text.lower() in cell.lower() for row in rows for cell in row)
    ]


# Versions of records -------------------------------------------------------------------------------------


def test_a_snapshot_changes_closes_and_reopens_records(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    project.put("data/crm.csv", csv(CRM_HEAD, ANN, BO, CY), DAY[0])
    assert project.build()[0].records == 3
    project.put(
        "data/crm.csv", csv(CRM_HEAD, ("1", "ann@example.com", None, "Anne"), BO, ("4", None, None, "Di")), DAY[1]
    )
    assert project.build()[0].records == 3
    project.put(
        "data/crm.csv", csv(CRM_HEAD, ("1", "ann@example.com", None, "Anne"), CY, ("4", None, None, "Di")), DAY[2]
    )
    assert project.build()[0].records == 3
    assert _versions(project) == [
        ("1", "Ann", DAY[0], DAY[1]),
        ("1", "Anne", DAY[1], None),
        ("2", "Bo", DAY[0], DAY[2]),
        ("3", "Cy", DAY[0], DAY[1]),
        ("3", "Cy", DAY[2], None),
        ("4", "Di", DAY[1], None),
    ]
    names = {name for ((name,),) in [(tuple(r.values()),) for r in project.sql("select name from people")]}
    assert names == {"Anne", "Cy", "Di", None}  # Bo's person is known from before, and has no name today


def test_a_snapshot_holds_though_its_file_is_older(tmp_path: Path) -> None:
    """Copied with its date or restored: what the newest delivery says holds, whatever the file's date."""
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    project.put("data/crm.csv", csv(CRM_HEAD, ANN, BO), DAY[2])
    project.build()
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", "ann@example.com", None, "Anne"), BO), DAY[0])
    project.build()
    assert [row for row in _versions(project) if row[-1] is None] == [
        ("1", "Anne", DAY[2], None),
        ("2", "Bo", DAY[0 + 2], None),
    ]


def test_records_with_their_own_time_close_and_reopen_by_the_files_time(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": TIMED})
    early, late = "2025-01-01T08:00:00", "2025-06-01T08:00:00"
    project.put("data/crm.csv", csv(TIMED_HEAD, (*ANN, early), (*BO, late)), DAY[0])
    project.build()
    project.put("data/crm.csv", csv(TIMED_HEAD, (*ANN, early)), DAY[1])  # the newest record is the one that goes
    project.build()
    assert _versions(project)[1] == ("2", "Bo", datetime.fromisoformat(late), DAY[1])
    project.put("data/crm.csv", csv(TIMED_HEAD, (*ANN, early), (*BO, late)), DAY[2])  # back, and dated as before
    project.build()
    assert _versions(project) == [
        ("1", "Ann", datetime.fromisoformat(early), None),
        ("2", "Bo", datetime.fromisoformat(late), DAY[1]),
        ("2", "Bo", DAY[2], None),
    ]
    project.put("data/crm.csv", csv(TIMED_HEAD, (*ANN, early), (*BO, late), (*CY, late)), DAY[3])
    taken, _ = project.build()
    assert taken.records == 3
    assert len(_versions(project)) == 4  # only Cy is new


@pytest.mark.parametrize("load", ["append", "delta"])
def test_more_of_a_source_closes_nothing(tmp_path: Path, load: str) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": TIMED + f"load: {load}\n"})
    times = [f"2025-0{n}-01T00:00:00" for n in range(1, 5)]
    project.put("data/crm-1.csv", csv(TIMED_HEAD, (*ANN, times[0]), (*BO, times[0])), DAY[0])
    project.build()
    # There and back again within one file: the way between is kept, and the end is as the file says.
    anne = ("1", "ann@example.com", None, "Anne")
    project.put("data/crm-2.csv", csv(TIMED_HEAD, (*anne, times[1]), (*ANN, times[2])), DAY[1])
    taken, _ = project.build()
    assert taken.counts["crm"].as_dict() | {"files_read": 1} == {
        "read": 2,
        "accepted": 2,
        "refused": 0,
        "held_back": 0,
        "quarantined": 0,
        "files_read": 1,
        "files_unchanged": 1,
    }
    at = [datetime.fromisoformat(time) for time in times]
    assert _versions(project) == [
        ("1", "Ann", at[0], at[1]),
        ("1", "Anne", at[1], at[2]),
        ("1", "Ann", at[2], None),
        ("2", "Bo", at[0], None),
    ]
    # What comes late finds its place in time.
    project.put("data/crm-3.csv", csv(TIMED_HEAD, ("2", "bo@example.com", None, "Bob", "2024-12-01T00:00:00")), DAY[2])
    project.build()
    assert _versions(project)[3:] == [("2", "Bob", datetime(2024, 12, 1), at[0]), ("2", "Bo", at[0], None)]


def test_things_are_those_of_today(tmp_path: Path) -> None:
    shops = """
kind: things
files: data/shops.csv
key: shop
columns:
  shop: {name: shop, type: text, category: user.behavior}
  city: {name: town, type: text, category: user.behavior}
"""
    project = SmallProject(tmp_path, {"sources/shops.yml": shops, "sources/crm.yml": CRM})
    project.put("data/crm.csv", csv(CRM_HEAD, ANN), DAY[0])
    project.put("data/shops.csv", "shop,city\nA,Odense\nB,Vejle\n", DAY[0])
    project.build()
    project.put("data/shops.csv", "shop,city\nA,Ribe\nC,Skive\n", DAY[1])
    project.build()
    assert {(r["shop"], r["town"]) for r in project.sql("select * from shops")} == {("A", "Ribe"), ("C", "Skive")}


@pytest.mark.parametrize("text", [CRM_HEAD + "\n", csv(TIMED_HEAD, (None, "x@example.com", None, "X", None))])
def test_an_empty_snapshot_is_refused(tmp_path: Path, text: str) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    project.put("data/crm.csv", csv(CRM_HEAD, ANN, BO), DAY[0])
    project.build()
    before = stored(tmp_path)
    project.put("data/crm.csv", text, DAY[1])
    with pytest.raises(EmptySnapshot, match="2 records are held"):
        project.build()
    assert stored(tmp_path) == before


# Which files are read ------------------------------------------------------------------------------------


def _order(number: int, item: str = "cup", customer: str | None = "1") -> tuple[object, ...]:
    return customer, f"2025-12-{number:02} 10:00:00", item, number


def test_only_a_new_file_of_a_glob_is_read(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/orders.yml": ORDERS})
    project.put("data/orders-1.csv", csv(ORDERS_HEAD, _order(1), _order(2)))
    project.build()
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, _order(3)))
    taken, _ = project.build()
    count = taken.counts["orders"]
    assert (count.read, count.files_read, count.files_unchanged, taken.events) == (1, 1, 1, 3)
    project.remove("data/orders-1.csv")  # put away after it was read: nothing happens
    taken, _ = project.build()
    assert (taken.counts["orders"].read, taken.events) == (0, 3)
    assert sorted(row["amount"] for row in project.sql("select amount from orders")) == [1, 2, 3]


def test_a_changed_file_of_events_is_read_anew_and_counts_once(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/orders.yml": ORDERS})
    project.put("data/orders-1.csv", csv(ORDERS_HEAD, _order(1), _order(2)))
    project.put("data/orders-2.csv", csv(ORDERS_HEAD, _order(3)))
    project.build()
    project.put("data/orders-1.csv", csv(ORDERS_HEAD, _order(1), _order(4), _order(5)))
    taken, _ = project.build()
    assert (taken.counts["orders"].read, taken.events) == (4, 4)
    assert sorted(row["amount"] for row in project.sql("select amount from orders")) == [1, 3, 4, 5]
    before = stored(tmp_path)
    project.put("data/orders-1.csv", csv(ORDERS_HEAD, _order(9)))
    project.remove("data/orders-2.csv")
    with pytest.raises(FileChanged, match=r"data/orders-1.csv.*no longer there"):
        project.build()
    assert stored(tmp_path) == before


def test_a_snapshot_under_a_new_name_is_read_once(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    project.put("data/crm-january.csv", csv(CRM_HEAD, ANN, BO), DAY[0])
    project.build()
    project.remove("data/crm-january.csv")
    project.put("data/crm-february.csv", csv(CRM_HEAD, ANN), DAY[1])
    assert project.build()[0].counts["crm"].read == 1
    again, _ = project.build()
    assert (again.counts["crm"].read, again.records) == (0, 1)


# What is not taken ---------------------------------------------------------------------------------------


def test_refused_rows_are_counted_told_and_kept(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/orders.yml": ORDERS})
    rows = [
        _order(1),
        ("1", "yesterday", "cup", 2),
        ("1", "2025-12-03 10:00:00", "cup", "a lot"),
        ("1", None, "cup", 4),
    ]
    project.put("data/orders.csv", csv(ORDERS_HEAD, *rows) + "1,2025-12-05 10:00:00,cup,2,3\n")
    taken, _ = project.build()
    count = taken.counts["orders"]
    assert (count.read, count.accepted, count.refused, taken.events) == (5, 1, 4, 1)
    kept = sorted(project.refused(), key=lambda row: row["line"])
    assert [(row["line"], row["column_name"]) for row in kept] == [(3, "at"), (4, "amount"), (5, "at"), (6, "")]
    assert {(row["source"], row["file"]) for row in kept} == {("orders", "data/orders.csv")}
    assert [row["value_class"] for row in kept] == ["text of 9 characters", "text of 5 characters", "", ""]
    assert "yesterday" in kept[0]["raw"]
    said = " ".join(str(refusal) for refusal in taken.refusals["orders"])
    assert "line 4, column amount" in said
    assert "yesterday" not in said
    assert "a lot" not in said


def test_rows_collected_for_nothing_are_never_stored(tmp_path: Path) -> None:
    web = """
kind: events
files: data/web.ndjson
time: occurred_at
data_subject: visitor
collected_for_if: {analytics: consent.statistics, news: consent.marketing}
columns:
  id:   {name: device, type: text, category: user.device.device_id, identifier: device_id}
  at:   {name: occurred_at, type: timestamp, category: user.behavior}
  page: {name: page, type: text, category: user.behavior}
"""
    leaves = [
        {"statistics": True},
        {"marketing": True, "statistics": False},
        {"statistics": False},
        {},
        None,
        {"statistics": "no"},
        {"statistics": "true"},
    ]
    rows = [
        {"id": f"dev-{n}" if leave and n != 5 else f"{SECRET}-{n}", "at": "2025-12-01T10:00:00Z", "page": f"p{n}"}
        | ({} if leave is None else {"consent": leave})
        for n, leave in enumerate(leaves)
    ]
    rows[2]["id"] = f"{SECRET}-2"
    project = SmallProject(tmp_path, {"sources/web.yml": web, "data/web.ndjson": "\n".join(map(json.dumps, rows))})
    taken, _ = project.build()
    count = taken.counts["web"]
    assert (count.read, count.accepted, count.refused, count.held_back) == (7, 3, 0, 4)
    assert {row["page"] for row in project.sql("select page from web")} == {"p0", "p6"}
    assert _holds(project, SECRET) == []
    assert "p1" in {cell for row in stored(tmp_path)["web"] for cell in row}


def test_a_column_without_category_stays_out_and_is_told(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM + "ignore: [memo]\n"})
    text = csv(CRM_HEAD + ",diagnosis,memo", (*ANN, SECRET, "m"), (*BO, SECRET, "m"), ("", "", "", "", SECRET, "m"))
    project.put("data/crm.csv", text, DAY[0])
    for _ in range(2):  # the run that reads nothing tells it too
        taken, _ = project.build()
        (finding,) = taken.findings
        assert "diagnosis" in finding
        assert "memo" not in finding
    assert _holds(project, SECRET) == []
    assert _holds(project, "Ann") != []


def test_consents_for_no_purpose_are_refused(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/consents.yml": CONSENTS, "sources/crm.yml": CRM})
    project.put("data/crm.csv", csv(CRM_HEAD, ANN, BO), DAY[0])
    at = "2025-12-01T10:00:00Z"
    project.put("data/consents.csv", csv(
        CONSENTS_HEAD,
        ("ann@example.com", "news", "given", at, "n1", "e1"),
        ("bo@example.com", "newz", "given", at, "n1", "e2"),
        ("bo@example.com", None, "given", at, "n1", "e3"),
        ("bo@example.com", "news", "maybe", at, "n1", "e4"),
        (None, "news", "given", at, "n1", "e5"),
        ("ann@example.com", "marketing", "objected", "2025-11-01T10:00:00Z", None, None),
    ))  # fmt: skip
    taken, _ = project.build()
    count = taken.counts["consents"]
    assert (count.read, count.accepted, count.refused) == (6, 3, 3)
    by_line = {row["line"]: row for row in project.refused()}
    assert by_line[3]["column_name"] == "purpose"
    assert "Valid: analytics, linking, news" in by_line[3]["reason"]
    assert "newz" not in by_line[3]["reason"]
    assert "empty" in by_line[4]["reason"]
    assert by_line[5]["column_name"] == "state"
    assert "no identifier" in by_line[6]["reason"]
    assert {(row["purpose"], row["state"]) for row in project.internal("consent_ledger")} == {
        ("news", "given"),
        ("marketing", "objected"),
    }


def test_a_list_of_suppressions_without_times_is_as_old_as_it_says(tmp_path: Path) -> None:
    listed = """
kind: suppressions
files: data/robinson.csv
bars: [marketing]
list_date: 2025-10-01
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
  day:  {name: at, type: date, category: user.privacy_preferences}
"""
    project = SmallProject(tmp_path, {"sources/robinson.yml": listed})
    project.put("data/robinson.csv", "mail,day\na@example.com,\nb@example.com,2024-02-03\n", NOW + timedelta(days=9))
    project.build()
    times = sorted(row["at"] for row in project.internal("consent_ledger"))
    assert times == [datetime(2024, 2, 3), datetime(2025, 10, 1)]


# Who is meant --------------------------------------------------------------------------------------------


def test_events_of_no_person_are_facts_of_no_person(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/orders.yml": ORDERS, "variables/v.yml": VARIABLES})
    rows = [_order(1), _order(2, customer=None), _order(3, customer=""), _order(4, customer="0000")]
    project.put("data/orders.csv", csv(ORDERS_HEAD, *rows))
    taken, derived = project.build()
    assert (taken.events, derived.people) == (4, 1)
    assert [row["revenue"] for row in project.sql("select revenue from variables")] == [1]
    found = project.sql("select person_id, amount from orders")
    assert sorted(row["amount"] for row in found if row["person_id"] is None) == [2, 3, 4]
    assert project.sql("select sum(amount) as all_of_it from orders") == [{"all_of_it": 10}]


def test_a_record_without_identifiers_is_a_person_of_its_own(tmp_path: Path) -> None:
    keyless = CRM.replace("key: customer_no\n", "")
    project = SmallProject(tmp_path, {"sources/crm.yml": keyless})
    nobody = [(None, None, None, "Eva"), (None, None, None, "Eva"), (None, "no address", None, "Ida")]
    project.put("data/crm.csv", csv(CRM_HEAD, ANN, *nobody), DAY[0])
    taken, derived = project.build()
    assert (taken.records, derived.people) == (3, 3)
    assert {row["name"] for row in project.sql("select name from people")} == {"Ann", "Eva", "Ida"}
    ids = {row["name"]: row["person_id"] for row in project.sql("select person_id, name from people")}
    project.put("data/crm.csv", csv(CRM_HEAD, (None, None, None, "Eva"), ANN), DAY[1])
    project.build()
    now = {row["name"]: row["person_id"] for row in project.sql("select person_id, name from people")}
    assert {name: now.get(name) for name in ("Ann", "Eva")} == {name: ids[name] for name in ("Ann", "Eva")}


def test_records_whose_key_no_wash_makes_sense_of_stay_apart(tmp_path: Path) -> None:
    crm = CRM.replace("key: customer_no", "key: phone")
    project = SmallProject(tmp_path, {"sources/crm.yml": crm})
    rows = [("1", "ann@example.com", "12", "Ann"), ("2", "bo@example.com", "13", "Bo")]
    project.put("data/crm.csv", csv(CRM_HEAD, *rows), DAY[0])
    assert project.build()[0].records == 2
    assert {row[0] for row in _versions(project)} == {"12", "13"}
    project.put("data/crm.csv", csv(CRM_HEAD, rows[0]), DAY[1])
    assert project.build()[0].records == 1


def test_what_is_empty_is_null(tmp_path: Path) -> None:
    project = SmallProject(
        tmp_path, {"sources/crm.yml": CRM, "sources/orders.yml": ORDERS, "variables/v.yml": VARIABLES}
    )
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", "  ", "", " ")), DAY[0])
    project.put("data/orders.csv", csv(ORDERS_HEAD, ("1", "2025-12-01 10:00:00", "", None)))
    project.build()
    (row,) = project.sql("select email, phone, name from people")
    assert row == {"email": None, "phone": None, "name": None}
    assert project.sql("select item, amount from orders") == [{"item": None, "amount": None}]
    assert project.sql("select revenue, bought from variables") == [{"revenue": 0, "bought": 1}]
