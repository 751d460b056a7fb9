"""What was said while two were one person stays with every part when they are parted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, SmallProject, csv, stored

from tillid.pipeline.judge import Judgement, judge
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.judgements import Verdict

IDA, ADA = "ida@mail.example", "ada@mail.example"
EARLY, THEN, LATER, LAST = (f"2025-0{month}-01T10:00:00Z" for month in (5, 6, 7, 8))
BARRED = """
kind: suppressions
files: data/barred.csv
bars: [marketing.communications]
list_date: 2025-10-01
columns:
  mail: {name: email, type: text, category: user.contact.email, identifier: email}
"""


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """Two customers, each with a yes to the newsletter, who are judged to be one."""
    files = {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS, "sources/barred.yml": BARRED}
    made = SmallProject(tmp_path, files)
    made.put("data/crm.csv", csv(CRM_HEAD, ("1", IDA, None, "Ida"), ("2", ADA, None, "Ada")))
    made.put("data/barred.csv", "mail\nnobody@mail.example\n")
    _say(made, (IDA, "news", "given", EARLY), (ADA, "news", "given", EARLY))
    assert _reached(made) == {"Ida", "Ada"}
    _judge(made, Verdict.TOGETHER)
    return made


def _say(project: SmallProject, *said: tuple[str, ...]) -> None:
    number = len(list((project.folder / "data").glob("consents*"))) if (project.folder / "data").exists() else 0
    rows = [(mail, purpose, state, at, "n1", f"f{number}-{n}") for n, (mail, purpose, state, at) in enumerate(said)]
    project.put(f"data/consents_{number}.csv", csv(CONSENTS_HEAD, *rows))
    project.build()


def _judge(project: SmallProject, verdict: Verdict) -> None:
    with project.opened("person") as workspace:
        judge(
            workspace,
            Judgement(verdict, "customer_no:1", "customer_no:2", "they told us"),
            Silent(),
            is_sure=True,
        )


def _reached(project: SmallProject, purpose: str = "news") -> set[str]:
    return {row["name"] for row in project.sql("select name from crm", purpose)}


@pytest.mark.parametrize(
    ("purpose", "state", "barred"),
    [
        ("news", "withdrawn", ("news",)),
        ("news", "refused", ("news",)),
        ("analytics", "objected", ("analytics",)),
        ("marketing", "objected", ("news",)),
    ],
)
def test_a_no_stays_with_every_part(project: SmallProject, purpose: str, state: str, barred: tuple[str, ...]) -> None:
    _say(project, (IDA, purpose, state, THEN))
    for parted in (False, True):
        if parted:
            _judge(project, Verdict.WITHDRAWN)
        for each in ("news", "analytics"):
            assert _reached(project, each) == (set() if each in barred else {"Ida", "Ada"})
    project.build()
    assert all(_reached(project, each) == set() for each in barred)


def test_a_suppression_stays_with_every_part(project: SmallProject) -> None:
    project.put("data/barred.csv", f"mail\nnobody@mail.example\n{ADA}\n")
    project.build()
    _judge(project, Verdict.WITHDRAWN)
    assert _reached(project) == set()


def test_a_restriction_stays_with_every_part(project: SmallProject) -> None:
    project.restrict(ADA)
    _judge(project, Verdict.WITHDRAWN)
    assert _reached(project, "analytics") == set()


def test_a_no_in_the_very_run_that_joins_or_parts_stays_too(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS})
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", IDA, None, "Ida"), ("2", IDA, None, "Ada")))
    _say(project, (IDA, "analytics", "objected", THEN))
    numbers = {(row["kind"], row["value"]): row["subject_id"] for row in project.internal("subjects")}
    carried = {(row["subject_id"], row["from_subject"]) for row in project.internal("carried")}
    ida = numbers["email", IDA]
    assert carried == {(numbers["customer_no", no], ida) for no in "12"}
    assert project.internal("new_statements") == []


def test_a_yes_given_while_they_were_one_lifts_what_was_carried(project: SmallProject) -> None:
    _say(project, (IDA, "news", "withdrawn", THEN))
    _say(project, (IDA, "news", "given", LATER))
    assert _reached(project) == {"Ida", "Ada"}
    _judge(project, Verdict.WITHDRAWN)
    assert _reached(project) == {"Ida", "Ada"}


def test_a_yes_given_afterwards_lifts_ones_own_alone(project: SmallProject) -> None:
    _say(project, (IDA, "news", "withdrawn", THEN))
    _judge(project, Verdict.WITHDRAWN)
    _say(project, (IDA, "news", "given", LATER))
    assert _reached(project) == {"Ida"}
    # Her own yes, later than what she was told of, lifts no word of somebody else.
    _say(project, (ADA, "news", "given", LAST))
    assert _reached(project) == {"Ida"}


def test_a_yes_of_another_is_no_permission(project: SmallProject) -> None:
    _say(project, (ADA, "news", "withdrawn", THEN), (IDA, "news", "withdrawn", THEN))
    _say(project, (IDA, "news", "given", LATER))
    _judge(project, Verdict.WITHDRAWN)
    assert _reached(project) == {"Ida"} - {"Ida"}  # what Ada said while they were one stays with Ida


def test_joined_and_parted_without_a_word_all_is_as_before(project: SmallProject) -> None:
    def derived() -> dict[str, Any]:
        return {name: rows for name, rows in stored(project.folder).items() if name != "judgements"}

    _say(project, (IDA, "news", "withdrawn", THEN))
    before = derived()
    _judge(project, Verdict.WITHDRAWN)
    assert derived() != before
    _judge(project, Verdict.TOGETHER)
    assert derived() == before


def test_what_was_said_before_they_were_one_stays_with_who_said_it(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS})
    project.put("data/crm.csv", csv(CRM_HEAD, ("1", IDA, None, "Ida"), ("2", ADA, None, "Ada")))
    _say(project, (IDA, "news", "withdrawn", EARLY), (ADA, "news", "given", EARLY))
    before = stored(project.folder)
    _judge(project, Verdict.TOGETHER)
    assert _reached(project) == set()
    _judge(project, Verdict.WITHDRAWN)
    assert _reached(project) == {"Ada"}
    after = stored(project.folder)
    assert {name: rows for name, rows in after.items() if name != "judgements"} == before
