"""tillid person join, split and unjudge: what would change is said first, and a person is shown as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

TOLD = ("--reason", "they told us")


@pytest.fixture
def ran(kiosk: Path, tillid):
    assert tillid("run").code == 0
    return kiosk


def test_a_person_is_shown_with_the_verb_and_without(ran: Path, tillid) -> None:
    plain = tillid("person", "1", "--purpose", "letters", "--json").json
    assert plain["profile"]["first_name"] == "Ida"
    for asked in (
        ("person", "show", "1", "--purpose", "letters"),
        ("person", "--purpose", "letters", "1"),
        ("person", "--as", "ole", "customer_no:1", "--purpose", "letters"),
        ("person", f"person_id:{plain['profile']['person_id']}", "--purpose", "letters"),
    ):
        assert tillid(*asked, "--json").json == plain
    assert tillid("person").code == 2
    assert "join" in tillid("person", "--help").out


def test_judgements_are_planned_made_and_taken_back(ran: Path, tillid, audit) -> None:
    asked = ("person", "join", "customer_no:1", "customer_no:2", *TOLD)
    plan = tillid(*asked)
    assert plan.code == 0
    assert "--yes" in plan.out
    planned = tillid(*asked, "--json").json
    assert not planned["recorded"]
    assert not [entry for entry in audit() if entry["kind"] == "judged"]
    done = tillid(*asked, "--yes", "--json").json
    assert done == planned | {"recorded": True}
    both = tillid("person", "2", "--purpose", "letters", "--json").json
    assert both == tillid("person", "1", "--purpose", "letters", "--json").json
    (entry,) = [entry for entry in audit() if entry["kind"] == "judged"]
    assert (entry["actor"], entry["verdict"], entry["moved"]) == ("ole", "together", 2)
    split = tillid("person", "split", "customer_no:1", "customer_no:2", *TOLD, "--yes")
    assert "two persons" in split.out
    back = tillid("person", "unjudge", "customer_no:2", "customer_no:1", *TOLD, "--yes")
    assert "judged no more" in back.out
    assert "No identifier changes" in back.out
    assert "mail.example" not in plan.out + split.out + back.out


def test_who_may_not_judge_is_refused(ran: Path, tillid, audit) -> None:
    said = tillid("person", "join", "1", "2", *TOLD, "--as", "ane", "--json")
    assert said.code == 1
    assert said.error["kind"] == "PurposeNotPermitted"
    assert audit()[-1]["kind"] == "refused"
    assert tillid("person", "join", "1", "2").code == 2  # a reason must be given
    wrong = tillid("person", "unjudge", "1", "2", *TOLD, "--json")
    assert (wrong.code, wrong.error["kind"]) == (1, "JudgementEmpty")


def test_why_two_are_one_is_explained(ran: Path, tillid) -> None:
    one = tillid("explain", "person", "1", "ida@mail.example")
    assert one.code == 0
    assert "are one person" in one.out
    assert "crm" in one.out
    assert "ida@" not in one.out
    two = tillid("explain", "person", "1", "2", "--json").json
    assert (two["are_one"], two["reason"], two["way"]) == (False, "never_met", [])
    tillid("person", "split", "1", "ida@mail.example", *TOLD, "--yes")
    apart = tillid("explain", "person", "1", "ida@mail.example")
    assert "Judged apart by ole" in apart.out
