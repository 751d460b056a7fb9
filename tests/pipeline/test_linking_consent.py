"""Who said no to linking is linked with nobody; where linking rests on consent, a yes on both sides makes a link."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, PURPOSES, SmallProject, csv

from tillid.pipeline.explain_two import explain_two
from tillid.pipeline.judge import Judgement, judge
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.judgements import Verdict

AT = "2025-06-01T10:00:00Z"
LATER = "2025-07-01T10:00:00Z"
CONSENTED = PURPOSES.replace(
    "linking: {data_use: operations, legal_basis: legitimate_interests, assessment: L1,",
    "linking: {data_use: operations, legal_basis: consent, notices: [n1],",
)
IDA, BO = "ida@mail.example", "bo@mail.example"
PEOPLE = csv(CRM_HEAD, ("1", IDA, "22330001", "Ida"), ("2", IDA, None, "Ida"), ("3", BO, "22330003", "Bo"))


def _project(folder: Path, *said: tuple[str, ...], purposes: str = PURPOSES) -> SmallProject:
    files = {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS, "purposes.yml": purposes, "data/crm.csv": PEOPLE}
    project = SmallProject(folder, files)
    rows = [(mail, purpose, state, at, "n1", f"f{n}") for n, (mail, purpose, state, at) in enumerate(said)]
    project.put("data/consents.csv", csv(CONSENTS_HEAD, *rows))
    project.build()
    return project


def _with(project: SmallProject, *identifier: str) -> set[tuple[str, str]]:
    """Who is one person with the identifier, itself left out."""
    mine = next(person for person in project.partition() if identifier in person)
    return set(mine) - {identifier}


@pytest.mark.parametrize("state", ["withdrawn", "refused", "objected", "restricted"])
def test_a_no_takes_the_links_of_who_said_it_alone(tmp_path: Path, state: str) -> None:
    project = _project(tmp_path, (IDA, "linking", state, AT) if state != "restricted" else (BO, "news", "given", AT))
    if state == "restricted":
        project.restrict(IDA)
    assert _with(project, "email", IDA) == set()
    assert _with(project, "customer_no", "1") == {("phone", "+4522330001")}
    assert _with(project, "customer_no", "2") == set()
    assert _with(project, "customer_no", "3") == {("phone", "+4522330003"), ("email", BO)}


def test_a_later_yes_links_again(tmp_path: Path) -> None:
    said = ((IDA, "linking", "withdrawn", AT), (IDA, "linking", "given", LATER))
    project = _project(tmp_path, *said, purposes=CONSENTED)
    assert _with(project, "email", IDA) == {("customer_no", "1"), ("customer_no", "2")}


def test_who_is_linked_no_more_is_still_heard(tmp_path: Path) -> None:
    """What the address said is meant for all its customer's data, though they may not be joined over it."""
    project = _project(tmp_path, (IDA, "linking", "objected", AT), (IDA, "analytics", "objected", AT))
    assert {row["name"] for row in project.sql("select name from people")} == {"Bo"}
    restricted = _project(tmp_path / "restricted", (BO, "news", "given", AT))
    restricted.restrict(IDA)
    assert {row["name"] for row in restricted.sql("select name from people")} == {"Bo"}


def test_a_yes_does_not_cross_a_link_that_is_cut(tmp_path: Path) -> None:
    project = _project(tmp_path, (IDA, "linking", "objected", AT), (IDA, "news", "given", AT))
    assert project.sql("select name from people", "news") == []


def test_without_a_yes_nobody_is_linked_where_one_is_needed(tmp_path: Path) -> None:
    project = _project(tmp_path, (BO, "linking", "given", AT), purposes=CONSENTED)
    assert _with(project, "email", IDA) == set()
    assert _with(project, "customer_no", "1") == set()
    # Who gave it and who came with it in a row; a number that came with the customer alone lacks one.
    assert _with(project, "email", BO) == {("customer_no", "3")}
    assert _with(project, "phone", "+4522330003") == set()


def test_a_yes_that_was_taken_back_or_can_not_be_proven_links_nobody(tmp_path: Path) -> None:
    said = ((BO, "linking", "given", AT), (BO, "linking", "withdrawn", LATER))
    assert _with(_project(tmp_path / "back", *said, purposes=CONSENTED), "email", BO) == set()
    other = CONSENTED.replace("[n1], retention", "[n9], retention")
    assert other != CONSENTED
    assert _with(_project(tmp_path / "notice", said[0], purposes=other), "email", BO) == set()


def test_nothing_is_cut_where_there_are_no_links(tmp_path: Path) -> None:
    project = SmallProject(tmp_path, {"sources/consents.yml": CONSENTS, "purposes.yml": CONSENTED})
    project.put("data/consents.csv", csv(CONSENTS_HEAD, (IDA, "linking", "withdrawn", AT, "n1", "f")))
    project.build()
    assert len(project.partition()) == 1


def test_in_whatever_order_it_is_said_the_partition_is_the_same(tmp_path: Path) -> None:
    said = ((IDA, "linking", "withdrawn"), (BO, "linking", "given"), (IDA, "linking", "given"))
    found = set()
    for n, order in enumerate(permutations(range(3))):
        project = SmallProject(
            tmp_path / str(n), {"sources/crm.yml": CRM, "sources/consents.yml": CONSENTS, "purposes.yml": CONSENTED}
        )
        project.put("data/crm.csv", PEOPLE)
        for part, which in enumerate(order):
            row = (*said[which], AT if which < 2 else LATER, "n1", "f")
            project.put(f"data/consents_{part}.csv", csv(CONSENTS_HEAD, row))
            if part != 1 or n % 2:
                project.build()
        found.add(project.partition())
    assert len(found) == 1


def test_no_judgement_joins_who_said_no(tmp_path: Path) -> None:
    project = _project(tmp_path, (BO, "linking", "objected", AT))
    with project.opened("person") as workspace:
        said = Judgement(Verdict.TOGETHER, f"email:{BO}", f"email:{IDA}", "they told us")
        judge(workspace, said, Silent(), is_sure=True)
    assert _with(project, "email", BO) == set()
    with project.opened("explain person") as workspace:
        assert explain_two(workspace, BO, IDA)["reason"] == "no_consent_for_linking"
