"""Judgements on who is who: they hold after every run, break no more than they must, and can be taken back."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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

from tillid.pipeline.errors import JudgementEmpty, NotBuilt, PersonUnknown
from tillid.pipeline.judge import Judgement, judge
from tillid.pipeline.people import find_persons
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.errors import JudgedBothWays
from tillid.stages.resolve.judgements import Verdict, check_consistent
from tillid.stages.resolve.parting import part

ROWS = [
    ("1", "ida@mail.example", "22330001", "Ida"),
    ("2", "ada@mail.example", "22330002", "Ada"),
    ("3", "ada@mail.example", None, "Ada"),
    ("4", "bo@mail.example", "22330002", "Bo"),
]
"""1 stands alone; 2, 3 and 4 are one: 3 over an address, 4 over a number."""
FILES = {
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "sources/consents.yml": CONSENTS,
    "variables/all.yml": VARIABLES,
    "segments/all.yml": "segments: {good: {purpose: analytics, rule: {variable: revenue, gte: 5}}}\n",
    "data/crm.csv": csv(CRM_HEAD, *ROWS),
    "data/orders.csv": csv(ORDERS_HEAD, *((no, "2025-12-01 10:00:00", "cup", 2 * int(no)) for no in "1234")),
    "data/consents.csv": csv(
        CONSENTS_HEAD,
        ("ida@mail.example", "news", "given", "2025-06-01T10:00:00Z", "n1", "f1"),
        ("ada@mail.example", "news", "given", "2025-06-01T10:00:00Z", "n1", "f2"),
        ("bo@mail.example", "news", "withdrawn", "2025-06-01T10:00:00Z", "n1", "f3"),
    ),
}
LEDGERS = {"judgements"}


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(tmp_path, FILES)
    made.build()
    return made


def _judge(project: SmallProject, verdict: Verdict, one: str, other: str, *, is_sure: bool = True) -> dict[str, Any]:
    with project.opened("person") as workspace:
        return judge(workspace, Judgement(verdict, one, other, "they told us"), Silent(), is_sure=is_sure)


def _are_one(project: SmallProject, one: str, other: str) -> bool:
    persons = project.persons()
    return persons["customer_no", one] == persons["customer_no", other]


def _no(number: str) -> str:
    return f"customer_no:{number}"


def _derived(project: SmallProject) -> dict[str, Any]:
    return {name: rows for name, rows in stored(project.folder).items() if name not in LEDGERS}


# What a judgement does -----------------------------------------------------------------------------------


def test_two_are_joined_and_stay_so(project: SmallProject) -> None:
    before = project.persons()
    told = _judge(project, Verdict.TOGETHER, _no("1"), _no("2"), is_sure=False)
    assert not told["recorded"]
    assert project.persons() == before
    assert project.internal("judgements") == []
    done = _judge(project, Verdict.TOGETHER, _no("1"), _no("2"))
    assert done == told | {"recorded": True}
    assert sum(move["identifiers"] for move in done["moves"]) == 6  # 2, 3 and 4, their two addresses and their number
    assert {move["to"] for move in done["moves"]} == {before["customer_no", "1"]}
    assert _are_one(project, "1", "4")
    project.put("data/crm2.csv", csv(CRM_HEAD, ("5", "ida@mail.example", None, "Ida")))
    project.build()
    assert _are_one(project, "1", "4")
    (row,) = project.internal("judgements")
    assert (row["verdict"], row["actor"], row["reason"], row["at"]) == ("together", "ole", "they told us", NOW)


def test_a_no_of_one_counts_for_who_is_joined(project: SmallProject) -> None:
    reached = {row["name"] for row in project.sql("select name from people", "news")}
    assert reached == {"Ida"}
    _judge(project, Verdict.TOGETHER, _no("1"), _no("4"))
    assert project.sql("select name from people", "news") == []


def test_the_weakest_link_alone_gives_way(project: SmallProject) -> None:
    """Between 3 and 4 stand an address and a number; by kind they are as sure, so a second source tells."""
    project.put("sources/club.yml", CRM.replace("data/crm", "data/club"))
    project.put("data/club.csv", csv(CRM_HEAD, ("2", "ada@mail.example", None, "Ada"), ("3", "ada@mail.example")))
    project.build()
    done = _judge(project, Verdict.APART, _no("3"), _no("4"))
    assert _are_one(project, "2", "3")
    assert not _are_one(project, "2", "4")
    assert {move["kind"] for move in done["moves"]} >= {"customer_no", "email"}
    project.build()
    assert not _are_one(project, "3", "4")


def test_who_is_split_keeps_the_id_that_came_first(project: SmallProject) -> None:
    before = project.persons()
    _judge(project, Verdict.APART, _no("2"), _no("4"))
    after = project.persons()
    assert after["customer_no", "2"] == before["customer_no", "2"]
    assert after["customer_no", "1"] == before["customer_no", "1"]
    numbers = {(row["kind"], row["value"]): row["subject_id"] for row in project.internal("subjects")}
    mine = [key for key, person in after.items() if person == after["customer_no", "4"]]
    assert after["customer_no", "4"] == min(numbers[key] for key in mine)


@pytest.mark.parametrize(("verdict", "pair"), [(Verdict.TOGETHER, ("1", "2")), (Verdict.APART, ("2", "4"))])
def test_taken_back_all_is_as_before_row_for_row(
    project: SmallProject, verdict: Verdict, pair: tuple[str, str]
) -> None:
    before = _derived(project)
    _judge(project, verdict, *map(_no, pair))
    assert _derived(project) != before
    _judge(project, Verdict.WITHDRAWN, *map(_no, reversed(pair)))
    assert _derived(project) == before
    assert len(project.internal("judgements")) == 2  # what was judged is kept


def test_a_judgement_is_derived_with_as_a_run_would(project: SmallProject) -> None:
    _judge(project, Verdict.APART, _no("2"), _no("4"))
    judged = _derived(project)
    project.build()
    assert _derived(project) == judged


def test_a_judged_link_is_dropped_by_no_limit(tmp_path: Path) -> None:
    many = [(f"{n}", None, "22330009", "X") for n in range(20)]
    project = SmallProject(tmp_path, {"sources/crm.yml": CRM, "data/crm.csv": csv(CRM_HEAD, *many)})
    project.build()
    assert not _are_one(project, "3", "7")
    _judge(project, Verdict.TOGETHER, "22330009", _no("3"))
    _judge(project, Verdict.TOGETHER, "22330009", _no("7"))
    assert _are_one(project, "3", "7")
    assert not _are_one(project, "3", "8")


def test_order_of_arrival_changes_no_partition(tmp_path: Path) -> None:
    found = []
    for seed in range(2):
        rows = Random(seed).sample(ROWS, len(ROWS))
        project = SmallProject(tmp_path / str(seed), FILES | {"data/crm.csv": csv(CRM_HEAD, *rows[:2])})
        project.build()
        project.put("data/crm2.csv", csv(CRM_HEAD, *rows[2:]))
        project.build()
        for one, other in Random(seed).sample([("3", "4"), ("2", "4"), ("1", "4")], 3):
            _judge(project, Verdict.TOGETHER if one == "1" else Verdict.APART, *map(_no, (one, other)))
        found.append(project.partition())
    assert found[0] == found[1]


# What a judgement cannot be ------------------------------------------------------------------------------


def test_judgements_that_contradict_one_another_are_named(project: SmallProject) -> None:
    _judge(project, Verdict.TOGETHER, _no("1"), _no("2"))
    _judge(project, Verdict.TOGETHER, _no("2"), _no("4"))
    numbers = {row["value"]: row["subject_id"] for row in project.internal("subjects") if row["kind"] == "customer_no"}
    with pytest.raises(JudgedBothWays) as raised:
        _judge(project, Verdict.APART, _no("4"), _no("1"))
    one, two, four = (numbers[no] for no in "124")
    assert raised.value.over == ((one, two), (two, four))
    _judge(project, Verdict.WITHDRAWN, _no("2"), _no("4"))
    _judge(project, Verdict.APART, _no("4"), _no("1"))
    with pytest.raises(JudgedBothWays):
        _judge(project, Verdict.TOGETHER, _no("2"), _no("4"))
    assert len(project.internal("judgements")) == 4


def test_a_judgement_that_says_nothing_is_none(project: SmallProject) -> None:
    for verdict, one, other in (
        (Verdict.TOGETHER, _no("1"), "1"),
        (Verdict.WITHDRAWN, _no("1"), _no("2")),
    ):
        with pytest.raises(JudgementEmpty):
            _judge(project, verdict, one, other)
    _judge(project, Verdict.TOGETHER, _no("1"), _no("2"))
    with pytest.raises(JudgementEmpty):
        _judge(project, Verdict.TOGETHER, _no("2"), _no("1"))
    with pytest.raises(PersonUnknown):
        _judge(project, Verdict.TOGETHER, _no("1"), _no("nobody"))
    with project.opened() as workspace, pytest.raises(JudgementEmpty):
        judge(workspace, Judgement(Verdict.APART, _no("1"), _no("2"), " "), Silent(), is_sure=True)


def test_nothing_is_derived_by_another_definition_than_was_read(project: SmallProject) -> None:
    project.put("sources/crm.yml", CRM.replace("user.name}", "user.name, label: Name}"))
    with pytest.raises(NotBuilt, match="crm"):
        _judge(project, Verdict.TOGETHER, _no("1"), _no("2"))
    assert project.internal("judgements") == []


def test_what_can_not_be_derived_is_not_judged(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored(project.folder)

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("tillid.pipeline.run.derive", fails)
    with pytest.raises(OSError, match="no space"):
        _judge(project, Verdict.TOGETHER, _no("1"), _no("2"))
    assert stored(project.folder) == before


# Numbers of persons --------------------------------------------------------------------------------------


def test_the_id_of_who_was_merged_leads_to_who_they_are(project: SmallProject) -> None:
    before = project.persons()
    one, two = before["customer_no", "1"], before["customer_no", "2"]
    _judge(project, Verdict.TOGETHER, f"person_id:{one}", f"person_id:{two}")
    with project.opened() as workspace:
        assert find_persons(workspace, f"person_id:{two}") == [one]
        assert find_persons(workspace, f"person_id:{one}") == [one]
        for nobody in ("0", "12345678", "1x", "-1", "9" * 40):
            with pytest.raises(PersonUnknown):
                find_persons(workspace, f"person_id:{nobody}")


# Laws ----------------------------------------------------------------------------------------------------

SUBJECT = st.integers(0, 8)
PAIRS = st.lists(st.tuples(SUBJECT, SUBJECT).filter(lambda pair: pair[0] != pair[1]), max_size=14)


def _consistent(together: list[tuple[int, int]], apart: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of `apart` that the others allow."""
    kept: list[tuple[int, int]] = []
    for pair in apart:
        try:
            check_consistent(together, [*kept, pair])
        except JudgedBothWays:
            continue
        kept.append(pair)
    return kept


@given(PAIRS, PAIRS, PAIRS)
def test_judgements_hold_whatever_is_linked(together: Any, links: Any, apart: Any) -> None:
    apart = _consistent(together, apart)
    label = part([*together, *links], apart)
    assert all(label[a] == label[b] for a, b in together)
    assert not any(a in label and b in label and label[a] == label[b] for a, b in apart)
    # A link that was left out lies between two groups that hold a pair judged apart.
    groups = {top: {one for one, of in label.items() if of == top} for top in label.values()}
    for a, b in links:
        foes = groups[label[a]] | groups[label[b]]
        assert label[a] == label[b] or any(one in foes and other in foes for one, other in apart)
    assert all(top == min(group) for top, group in groups.items())


@given(PAIRS, PAIRS)
def test_only_the_weakest_link_of_a_chain_is_left_out(links: Any, apart: Any) -> None:
    """What the stronger links alone make is not touched by the weaker ones."""
    whole = part(links, apart)
    for many in range(len(links)):
        strong = part(links[:many], apart)
        assert all(whole[a] == whole[b] for a, b in combinations(strong, 2) if strong[a] == strong[b])
