"""Why two identifiers are one person, or are not; without a value of either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, NOW, SmallProject, csv

from tillid.pipeline.errors import PersonUnknown
from tillid.pipeline.explain_two import explain_two
from tillid.pipeline.judge import Judgement, judge
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.judgements import Verdict

ROWS = [
    ("1", "ida@mail.example", "22330001", "Ida"),
    ("2", "ida@mail.example", None, "Ida"),
    ("3", "bo@mail.example", None, "Bo"),
    *((f"5{n}", None, "22330009", "X") for n in range(8)),
]


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(
        tmp_path, {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS, "data/crm.csv": csv(CRM_HEAD, *ROWS)}
    )
    said = ("nobody@mail.example", "news", "given", "2025-06-01T10:00:00Z", "n1", "f")
    made.put("data/consents.csv", csv(CONSENTS_HEAD, said))
    made.build()
    return made


def _explained(project: SmallProject, one: str, other: str) -> dict[str, Any]:
    with project.opened("explain person") as workspace:
        told = explain_two(workspace, one, other)
    text = json.dumps(told, default=str)
    assert "mail.example" not in text
    assert "2233" not in text
    return told


def _judge(project: SmallProject, verdict: Verdict, one: str, other: str) -> None:
    with project.opened("person") as workspace:
        judge(workspace, Judgement(verdict, one, other, "told"), Silent(), is_sure=True)


def test_one_person_over_links_and_judgements(project: SmallProject) -> None:
    told = _explained(project, "22330001", "customer_no:2")
    assert told["are_one"]
    assert [(step["from"], step["to"]) for step in told["way"]] == [
        ("phone", "customer_no"),
        ("customer_no", "email"),
        ("email", "customer_no"),
    ]
    assert {(*step["sources"], step["judged_by"], step["counts"]) for step in told["way"]} == {("crm", None, True)}
    _judge(project, Verdict.TOGETHER, "customer_no:2", "customer_no:3")
    *_, last = _explained(project, "ida@mail.example", "customer_no:3")["way"]
    assert (last["sources"], last["judged_by"], last["judged_at"]) == ([], "ole", NOW)
    same = _explained(project, "customer_no:1", "customer_no:1")
    assert same["are_one"]
    assert same["way"] == []


def test_two_persons_and_why(project: SmallProject) -> None:
    assert _explained(project, "customer_no:1", "customer_no:3")["reason"] == "never_met"
    shared = _explained(project, "customer_no:50", "customer_no:51")
    assert shared["reason"] == "shared_too_widely"
    assert [step["counts"] for step in shared["way"]] == [False, False]
    _judge(project, Verdict.APART, "customer_no:1", "customer_no:2")
    apart = _explained(project, "ida@mail.example", "customer_no:2")
    assert _explained(project, "customer_no:1", "customer_no:2")["reason"] == "judged_apart"
    assert apart["are_one"] or apart["judged_apart"] == [{"by": "ole", "at": NOW}]


def test_two_persons_for_want_of_leave(project: SmallProject) -> None:
    said = ("ida@mail.example", "linking", "objected", "2025-06-01T10:00:00Z", "n1", "f")
    project.put("data/consents2.csv", csv(CONSENTS_HEAD, said))
    project.build()
    told = _explained(project, "customer_no:1", "customer_no:2")
    assert told["reason"] == "no_consent_for_linking"
    assert told["reason_in_words"]


def test_one_over_another_way_than_one_that_does_not_count(project: SmallProject) -> None:
    project.put(
        "data/crm2.csv", csv(CRM_HEAD, ("50", "x@mail.example", None, "X"), ("51", "x@mail.example", None, "X"))
    )
    project.build()
    told = _explained(project, "customer_no:50", "customer_no:51")
    assert told["are_one"]
    assert [step["to"] for step in told["way"]] == ["email", "customer_no"]


def test_who_is_unknown_is_not_explained(project: SmallProject) -> None:
    with pytest.raises(PersonUnknown):
        _explained(project, "customer_no:1", "customer_no:none")
