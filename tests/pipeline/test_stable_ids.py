"""The id of a person stays: over loads in parts, from zero, over merges and splits."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import CRM, CRM_HEAD, SmallProject, csv, stored

from tillid.pipeline.answers import person
from tillid.pipeline.intake.held import keep_sources
from tillid.pipeline.people import find_persons
from tillid.pipeline.progress import Silent
from tillid.pipeline.run import worked_out

FIRST = [(f"{n}", f"p{n}@mail.example", None, f"P{n}") for n in range(1, 9)]
REST = [
    ("21", "p2@mail.example", None, "P2"),  # one more number of 2
    ("3", "p5@mail.example", None, "P3"),  # 3 and 5 are one
    ("30", "p8@mail.example", "22330008", "P8"),
    ("31", "p7@mail.example", "22330008", "P7"),  # and so are 7 and 8
    ("32", "new@mail.example", None, "New"),
]
UNTOUCHED = ("1", "2", "4", "6")


@pytest.fixture
def halves(tmp_path: Path) -> tuple[SmallProject, dict[tuple[str, str], int]]:
    """A project that read its rest after its first half, and each identifier's person after the first."""
    append = CRM.replace("key: customer_no\n", "key: customer_no\nload: append\n")
    project = SmallProject(tmp_path, {"sources/crm.yml": append, "data/crm1.csv": csv(CRM_HEAD, *FIRST)})
    project.build()
    before = project.persons()
    project.put("data/crm2.csv", csv(CRM_HEAD, *REST))
    project.build()
    return project, before


def test_who_did_not_change_keeps_the_id(halves: tuple[SmallProject, dict[tuple[str, str], int]]) -> None:
    project, before = halves
    after = project.persons()
    for no in UNTOUCHED:
        for key in (("customer_no", no), ("email", f"p{no}@mail.example")):
            assert after[key] == before[key]
    assert len(set(after.values())) == len(set(before.values())) - 2 + 1


def test_every_id_that_was_merged_leads_to_who_they_are(
    halves: tuple[SmallProject, dict[tuple[str, str], int]],
) -> None:
    project, before = halves
    after = project.persons()
    with project.opened() as workspace:
        for key, id_ in before.items():
            assert find_persons(workspace, f"person_id:{id_}") == [after[key]]
            profile = person(workspace, f"person_id:{id_}", "analytics")["profile"]
            assert profile == person(workspace, ":".join(key), "analytics")["profile"]
    for one, other in (("3", "5"), ("7", "8")):
        merged = {before["customer_no", one], before["customer_no", other]}
        assert after["customer_no", one] == after["customer_no", other] == min(merged)


def test_worked_out_from_zero_all_ids_are_the_same(halves: tuple[SmallProject, dict[tuple[str, str], int]]) -> None:
    """Of what is worked out nothing is carried over: only facts, and the source's own table, which is made of them."""
    project, _ = halves
    before = stored(project.folder)
    with project.opened() as workspace:
        worked_out(workspace, Silent(), lambda build: keep_sources(workspace, build))
    assert stored(project.folder) == before


def test_read_anew_in_another_order_the_same_are_one(
    tmp_path: Path, halves: tuple[SmallProject, dict[tuple[str, str], int]]
) -> None:
    project, _ = halves
    other = SmallProject(tmp_path / "other", {"sources/crm.yml": CRM})
    other.put("data/crm.csv", csv(CRM_HEAD, *reversed([*FIRST, *REST])))
    other.build()
    assert other.partition() == project.partition()
