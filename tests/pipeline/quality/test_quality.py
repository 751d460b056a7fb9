"""What is counted of a load adds up however it is cut, tells what changed, and holds no value of anybody's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import CRM, CRM_HEAD, NOW, ORDERS, ORDERS_HEAD, TILLID, SmallProject, csv, notes

from tillid.governance.errors import Refused
from tillid.pipeline import run as run_module
from tillid.pipeline.intake.rows import Arrival, prepare
from tillid.pipeline.quality.count import Counting
from tillid.pipeline.quality.figures import MOST_LOADS, LoadFigures, remembered
from tillid.pipeline.quality.page import render
from tillid.pipeline.quality.sample import AFTER, FIRST, OF_EVERY, sampled
from tillid.pipeline.quality.showing import Showing
from tillid.pipeline.quality.told import quality
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.collected_for import COLLECTED_FOR
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind

SOURCE = SourceDefinition(
    "crm",
    SourceKind.PEOPLE,
    ("crm.csv",),
    (
        ColumnDefinition("No", "customer_no", ColumnType.TEXT, "user.unique_id", identifier="customer_no"),
        ColumnDefinition("Mail", "email", ColumnType.TEXT, "user.contact.email"),
        ColumnDefinition("Age", "age", ColumnType.INTEGER, "user.demographic"),
    ),
    load=Load.SNAPSHOT,
    key="customer_no",
    data_subject="customer",
    collected_for=("analytics",),
)
EMPTY = LoadFigures(1, "2026-01-01T00:00:00", "2026-01-01T00:00:00", None, 1, 0, 0, 0, 0)
ALL = {column.name: Showing.ALL for column in SOURCE.columns}


def counted(rows: list[tuple[str, str | None, int | None]], cuts: list[int]) -> LoadFigures:
    """The figures of rows that come in batches cut before these rows."""
    counting = Counting(SOURCE, ALL)
    bounds = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for low, high in pairwise(bounds):
        part = rows[low:high]
        purposes = pa.DictionaryArray.from_arrays(pa.array([0] * len(part), pa.int32()), pa.array(["analytics"]))
        batch = pa.record_batch(
            {
                "customer_no": pa.array([row[0] for row in part], pa.string()),
                "email": pa.array([row[1] for row in part], pa.string()),
                "age": pa.array([row[2] for row in part], pa.int64()),
                COLLECTED_FOR: purposes,
            }
        )
        done = prepare(batch, SOURCE, "DK", Arrival(1, NOW))
        counting.add(done.columns, done.found)
    return counting.figures(EMPTY)


MAILS = st.sampled_from(["ida@mail.example", "IDA@mail.example", "x", "", None, "bo@gmail.con", "per(at)mail.example"])
ROWS = st.lists(st.tuples(st.integers(0, 30).map(str), MAILS, st.none() | st.integers(0, 99)), max_size=60)


@settings(deadline=None, max_examples=40)
@given(ROWS, st.lists(st.integers(0, 60), max_size=3), st.randoms(use_true_random=False))
def test_batches_and_order_make_no_difference_and_counts_add_up(rows, cuts, random) -> None:
    whole = counted(rows, [])
    assert counted(rows, cuts) == whole
    mixed = list(rows)
    random.shuffle(mixed)
    assert counted(mixed, cuts) == whole
    mail = whole.columns["email"]
    assert sum(mail.verdicts.values()) == len(rows)
    assert mail.filled == len(rows) - mail.verdicts.get("empty", 0)
    assert sum(mail.reasons.values()) <= mail.filled
    assert mail.looked_at == mail.filled
    assert mail.distinct == len({row[1] for row in rows if row[1]})
    assert whole.columns["age"].filled == sum(row[2] is not None for row in rows)
    assert LoadFigures.from_note(json.loads(json.dumps(whole.as_note()))) == whole


@given(st.integers(0, 300_000), st.lists(st.integers(0, 300_000), max_size=5))
def test_the_same_rows_are_looked_at_however_a_load_is_cut(rows: int, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, rows) for cut in cuts), rows]
    seen: set[int] = set()
    for low, high in pairwise(bounds):
        for offset, length in sampled(low, high - low):
            assert offset + length <= high - low
            seen.update(range(low + offset, low + offset + length))
    assert seen == {row for row in range(rows) if row < FIRST or (row >= OF_EVERY and row % OF_EVERY < AFTER)}


def test_the_sample_of_a_long_load_is_bounded_and_said() -> None:
    rows = [(str(n), f"ida{n}@mail.example", n % 90) for n in range(70_000)]
    figures = counted(rows, [10_000, 66_000])
    assert figures.is_sampled
    assert figures.columns["email"].looked_at == FIRST + AFTER
    assert figures.columns["email"].filled == 70_000


def test_a_look_and_an_end_need_five_people() -> None:
    four = counted([(str(n), "ida@mail.example", n) for n in range(4)], [])
    assert four.columns["email"].shapes == ()
    assert four.columns["age"].low is None
    # One person many times is one person.
    same = counted([("7", "ida@mail.example", 41)] * 50, [])
    assert same.columns["email"].shapes == ()
    assert same.columns["age"].high is None
    five = counted([(str(n), "ida@mail.example", n) for n in range(1, 6)], [])
    assert [one.shape for one in five.columns["email"].shapes] == ["a@a.a"]
    assert five.columns["age"].low is None
    ten = counted([(str(n + 10), None, n) for n in range(10)], [])
    assert (ten.columns["age"].low, ten.columns["age"].high) == ("4", "5")


def test_what_is_remembered_has_a_bound_and_is_short_when_it_is_old() -> None:
    load = counted([(str(n), "ida@mail.example", 3) for n in range(20)], [])
    kept: list[dict[str, Any]] = []
    for number in range(MOST_LOADS + 5):
        kept = remembered(kept, replace(load, generation=number))
    assert [note["generation"] for note in kept] == list(range(5, MOST_LOADS + 5))
    assert kept[-2]["columns"]["email"]["shapes"]
    assert not kept[-3]["columns"]["email"]["shapes"]
    assert kept[0]["columns"]["email"]["verdicts"] == load.columns["email"].verdicts


def person(number: int, *, phone: str | None = None) -> list[object]:
    return [1000 + number, f"anna{number}.holm@mail.example", phone or f"2012{3000 + number}", "Anna Zeuthen"]


def crm(bad: int, rows: int = 400) -> str:
    return csv(CRM_HEAD, *(person(n, phone="12 34" if n < bad else None) for n in range(rows)))


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(tmp_path, {"sources/crm.yml": CRM, "sources/orders.yml": ORDERS})
    made.put("data/orders.csv", csv(ORDERS_HEAD, *([1000 + n, "2025-11-03", "bike", 99] for n in range(40)), "x,y"))
    return made


def told(project: SmallProject, source: str = "crm") -> dict[str, Any]:
    with project.opened("quality") as workspace:
        return quality(workspace, source)["sources"][0]


def load_on(project: SmallProject, day: int, bad: int, rows: int = 400) -> None:
    project.put("data/crm.csv", crm(bad, rows), NOW + timedelta(days=day))
    project.now = NOW + timedelta(days=day, hours=2)
    project.run()


def test_a_planted_change_is_told_with_since_when_until_it_is_put_right(project: SmallProject) -> None:
    for day, bad in ((0, 16), (1, 20), (2, 124), (3, 120)):
        load_on(project, day, bad)
    remark = told(project)["remarks"][0]
    assert (remark["column"], remark["kind"], remark["said"]) == ("phone", "invalid", "30 % invalid, was 5 %")
    assert remark["since"][:10] == "2026-01-03"
    assert remark["do"]
    # A run that reads no new file shows what is known.
    project.run()
    assert told(project)["remarks"][0] == remark
    load_on(project, 4, 18)
    assert told(project)["remarks"] == []
    assert [one["read"] for one in told(project)["history"]] == [400] * 5


def test_an_empty_column_a_short_file_and_a_late_one_are_told(project: SmallProject) -> None:
    for day in range(4):
        load_on(project, day, day)
    text = csv(CRM_HEAD, *([1000 + n, "", f"2012{3000 + n}", "Anna Zeuthen"] for n in range(200)))
    project.put("data/crm.csv", text, NOW + timedelta(days=4))
    project.now = NOW + timedelta(days=4, hours=1)
    project.run()
    project.now = NOW + timedelta(days=9)
    said = {(one["column"], one["kind"]): one["said"] for one in told(project)["remarks"]}
    assert said[("email", "empty")] == "100 % empty, was 0 %"
    assert said[("", "volume")] == "200 rows, was 400"
    assert said[("", "late")] == "no new file for 5 days, usually one every 24 hours"
    email = next(one for one in told(project)["columns"] if one["name"] == "email")
    assert email["drift"]["points"]["filled"] == -100


def test_refused_rows_are_told_by_column_and_reason(project: SmallProject) -> None:
    load_on(project, 0, 0)
    last = told(project, "orders")["last"]
    assert last["read"] == last["kept"] + last["refused"] + last["held_back"] == 41
    assert sum(one["rows"] for one in last["refused_by"]) == last["refused"] == 1


def test_no_value_of_the_data_is_in_what_is_kept_and_told(project: SmallProject) -> None:
    load_on(project, 0, 8)
    load_on(project, 1, 200)
    with project.opened("quality") as workspace:
        everything = quality(workspace)
    page = render(everything, datetime(2026, 1, 5))
    written = (project.folder / "quality.html").read_text(encoding="utf-8")
    kept = json.dumps(notes(project.folder)["quality"], ensure_ascii=False)
    for text in (json.dumps(everything, default=str, ensure_ascii=False), page, written, kept):
        for number in range(400):
            for value in person(number)[1:]:
                assert str(value) not in text
        for value in ("Zeuthen", "anna", "Anna", "holm", "12 34", "+4520"):
            assert value not in text
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_what_nobody_may_use_shows_only_how_many_are_filled(tmp_path: Path) -> None:
    purposes = """
purposes:
  linking: {data_use: operations, legal_basis: legitimate_interests, assessment: L1, retention: 10 years,
            categories: [user.unique_id]}
  care: {data_use: operations, legal_basis: consent, retention: 10 years, notices: [n1],
         special_category_basis: explicit_consent, categories: [user.unique_id, user.health_and_medical]}
"""
    source = """
kind: people
files: data/crm.csv
key: customer_no
data_subject: customer
collected_for: [linking, care]
columns:
  no:   {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  mail: {name: email, type: text, category: user.contact.email}
  ill:  {name: illness, type: text, category: user.health_and_medical}
"""
    made = SmallProject(tmp_path, {"purposes.yml": purposes, "sources/crm.yml": source})
    rows = ([n, f"ida{n}@mail.example", "asthma" if n < 3 else ""] for n in range(60))
    made.put("data/crm.csv", csv("no,mail,ill", *rows))
    made.build()
    columns = {one["name"]: one for one in told(made)["columns"]}
    assert columns["email"]["shown"] == "filled"
    assert columns["email"]["filled"] == 60
    assert (columns["email"]["verdicts"], columns["email"]["distinct"], columns["email"]["examples"]) == ({}, None, [])
    assert columns["illness"]["shown"] == "counts"
    # Three people's illness is not counted out loud.
    assert columns["illness"]["filled"] is None
    assert (columns["illness"]["distinct"], columns["illness"]["examples"]) == (None, [])
    noted = notes(tmp_path)["quality"]["crm"][-1]["columns"]
    assert noted["email"]["verdicts"] == {}
    assert noted["illness"]["shapes"] == []
    # Nor does a change between two small loads give it away.
    rows = ([n, f"ida{n}@mail.example", "asthma" if n < 2 else ""] for n in range(160))
    made.put("data/crm.csv", csv("no,mail,ill", *rows), NOW + timedelta(days=1))
    made.build()
    again = told(made)
    assert {one["name"]: one["drift"]["points"] for one in again["columns"] if one["shown"] != "all"} == {
        "email": {},
        "illness": {},
    }
    assert [one for one in again["remarks"] if one["column"]] == []


def test_a_run_that_fails_leaves_the_former_figures_whole(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_on(project, 0, 16)
    before = told(project)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run_module, "derive", killed)
        with pytest.raises(KeyboardInterrupt):
            load_on(project, 1, 300)
    project.now = NOW + timedelta(hours=2)
    assert told(project) == before


def test_without_a_role_for_taking_data_in_nothing_is_told(tmp_path: Path) -> None:
    analyst = TILLID.replace("users:", "  analyst: {purposes: [analytics], categories: all}\nusers:\n  ane: [analyst]")
    made = SmallProject(tmp_path, {"tillid.yml": analyst, "sources/crm.yml": CRM})
    made.put("data/crm.csv", crm(0))
    made.build()
    with Workspace.open(tmp_path, "ane", verb="quality") as workspace, pytest.raises(Refused):
        quality(workspace)
