"""The packaged example from end to end: what its author planted is found, held back and delivered."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

import pyarrow.parquet as pq
import pytest
from small_projects import SmallProject, notes, stored
from union_find import UnionFind, counting

from tillid.governance.housekeeping import INTAKE
from tillid.pipeline.begin import begin
from tillid.testing.nordlys.lists import COUNTER_PHONE, WORTHLESS_PHONES

NOW = datetime(2026, 1, 1, 12)
LISTS = ("crm", "newsletter", "loyalty")


@dataclass(frozen=True)
class Ran:
    """The example after its run."""

    project: SmallProject
    report: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("nordlys") / "demo"
    begin(folder, "ole", files("tillid.cli") / "example" / "nordlys")
    project = SmallProject.there(folder, NOW)
    began = time.perf_counter()
    report = project.run().as_dict()
    seconds = time.perf_counter() - began
    print(f"\nThe example ran in {seconds:.1f} s")
    return Ran(project, report, seconds)


def _rows(project: SmallProject, name: str) -> list[dict[str, str]]:
    text = (project.folder / f"data/{name}.csv").read_text("iso-8859-1" if name == "crm" else "utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if name == "crm" else ","))


def _delivered(project: SmallProject, name: str) -> list[dict[str, str]]:
    with (project.folder / f"out/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_every_row_is_accounted_for(ran: Ran) -> None:
    sources = ran.report["sources"]
    assert {name: count["read"] for name, count in sources.items()} == {
        "call_consents": 556, "cookie_choices": 620, "crm": 1604, "loyalty": 500, "newsletter": 758,
        "newsletter_consents": 929, "orders": 95_692, "products": 3376, "suppressions": 190, "web": 4361,
    }  # fmt: skip
    assert all(count["refused"] == 0 for count in sources.values())
    assert {name: count["held_back"] for name, count in sources.items() if count["held_back"]} == {"web": 1312}
    assert ran.report["events"] == 95_692 + 4361 - 1312
    assert ran.report["findings"] == []
    lines = ran.project.sql("select count(*) as lines from orders where person_id is null", "customer_analytics")
    assert lines == [{"lines": 2514}]


def test_people_are_those_that_an_exact_union_find_gives(ran: Ran) -> None:
    sets = {int(number): keys for number, keys in notes(ran.project.folder)["purpose_sets"].items()}
    names = {row["subject_id"]: (row["kind"], row["value"]) for row in ran.project.internal("subjects")}
    joined = UnionFind()
    for subject, identifier in names.items():
        if subject:
            joined.top(identifier)
    links = stored(ran.project.folder)["links"]
    pairs = [(names[one], names[other]) for purposes, one, other, *_ in links if "linking" in sets[purposes]]
    assert pairs
    for one, other in counting(pairs):
        joined.join(one, other)
    assert ran.project.partition() == joined.sets()
    assert ran.report["people"] == len(joined.sets()) == 3161
    members = {row["subject_id"]: row["person_id"] for row in ran.project.internal("members")}
    on_lists = {members[row["subject_id"]] for name in LISTS for row in ran.project.internal(f"log_{name}", INTAKE)}
    assert len(on_lists) == 2482  # of 2,419 made-up people; the rest are joined by nothing but their name


def test_a_phone_that_many_share_and_values_that_say_nothing_join_nobody(ran: Ran) -> None:
    typed = [row["Mobil"].replace(" ", "").removeprefix("+45") for row in _rows(ran.project, "crm")]
    assert typed.count(COUNTER_PHONE.removeprefix("+45")) == 24
    people = ran.project.partition()
    assert frozenset({("phone", COUNTER_PHONE)}) in people
    assert max(len([1 for kind, _ in person if kind == "customer_no"]) for person in people) <= 5
    values = {value for person in people for _, value in person}
    assert not values & {"test@example.com", "0000", "anonymous", *WORTHLESS_PHONES}


def test_a_list_holds_only_who_said_yes_under_a_text_that_counts(ran: Ran) -> None:
    said: dict[str, list[tuple[str, str, str]]] = {}
    for row in _rows(ran.project, "newsletter_consents"):
        said.setdefault(row["email"].strip().lower(), []).append((row["at"], row["answer"], row["notice"]))
    sent = [row["E-mail"] for row in _delivered(ran.project, "newsletter")]
    assert len(sent) == len(set(sent)) == ran.report["activations"]["newsletter"]["people"] > 20
    for mail in sent:
        # A person may have said yes under another address of theirs; under this one they did not say no.
        newest = max(said.get(mail, [("", "yes", "newsletter-2025")]))
        assert newest[1:] in (("yes", "newsletter-2024"), ("yes", "newsletter-2025"))
    assert sum(mail in said for mail in sent) > 0.7 * len(sent)
    held = ran.report["activations"]["newsletter"]["held_back"]
    assert {"consent_missing", "consent_not_proven", "consent_refused", "consent_withdrawn", "objected"} <= held.keys()


def test_nobody_on_the_suppression_list_is_called_or_written_to(ran: Ran) -> None:
    barred = {row["phone"].replace(" ", "") for row in _rows(ran.project, "suppressions") if row["phone"]}
    calls = _delivered(ran.project, "calls")
    assert len(calls) == ran.report["activations"]["calls"]["people"] > 20
    assert not barred & {row["Telefon"].replace(" ", "").lstrip("'") for row in calls}
    letters = pq.read_table(ran.project.folder / "out/win_back.parquet")
    assert letters.num_rows == ran.report["activations"]["win_back"]["people"] > 100
    assert set(letters["country"].to_pylist()) == {"DK", "NO"}
    assert ran.report["activations"]["win_back"]["held_back"]["suppressed"] > 0
    assert ran.report["activations"]["calls"]["held_back"]["suppressed"] > 0


def test_the_page_stands_alone(ran: Ran) -> None:
    page = (ran.project.folder / ran.report["report"]).read_text(encoding="utf-8")
    assert "<svg" in page
    assert 'src="http' not in page
    assert "<script src" not in page
    for row in _rows(ran.project, "newsletter")[:200]:
        assert row["email"] not in page


def test_a_second_run_reads_nothing_and_sends_nobody_anew(ran: Ran) -> None:
    again = ran.project.run().as_dict()
    assert {count["read"] for count in again["sources"].values()} == {0}
    for figure in ("people", "records", "events", "segments"):
        assert again[figure] == ran.report[figure]
    for name, done in again["activations"].items():
        assert (done["added"], done["removed"]) == (0, 0)
        assert done["people"] == ran.report["activations"][name]["people"]
