"""tillid check, suggest, explain of definitions: verbs that need no run."""

from __future__ import annotations

import pytest
import yaml


def test_check_names_purposes_and_tables(kiosk, tillid) -> None:
    assert tillid("check", "--json").json == {
        "purposes": ["analysis", "letters", "linking"],
        "tables": ["crm", "orders", "people", "segment__big", "variables"],
        "findings": [],
    }


def test_check_of_a_mistake_names_it_and_ends_with_1(kiosk, tillid) -> None:
    path = kiosk / "segments" / "all.yml"
    path.write_text(path.read_text().replace("purpose: letters", "purpose: leters"))
    said = tillid("check", "--json")
    assert said.code == 1
    (finding,) = said.json["findings"]
    assert (finding["file"], finding["line"]) == ("segments/all.yml", 4)
    assert "did you mean `letters`?" in finding["message"]
    assert said.json["purposes"] == ["analysis", "letters", "linking"]
    assert "orders" in said.json["tables"]


def test_every_mistake_is_on_a_line_of_its_own(kiosk, tillid) -> None:
    path = kiosk / "segments" / "all.yml"
    path.write_text(path.read_text().replace("purpose: letters", "purpose: leters").replace("label:", "lable:"))
    said = tillid("check")
    assert said.code == 1
    assert [line.split(": ")[0] for line in said.out.splitlines()] == ["segments/all.yml:3", "segments/all.yml:4"]


def test_check_of_a_tillid_yml_that_can_not_be_read(kiosk, tillid) -> None:
    (kiosk / "tillid.yml").write_text("name: [")
    said = tillid("check", "--json")
    assert said.code == 1
    assert said.json["findings"][0]["file"] == "tillid.yml"
    assert said.json["purposes"] == []


@pytest.mark.parametrize("verb", [("run",), ("sql", "--purpose", "analysis", "select 1"), ("plan",)])
def test_a_project_with_mistakes_does_nothing_and_names_them(kiosk, tillid, verb) -> None:
    (kiosk / "variables" / "all.yml").write_text("variables: {spent: {of: orders, meassure: count}}\n")
    said = tillid(*verb)
    assert said.code == 1
    assert "variables/all.yml:1" in said.err
    assert "measure" in said.err
    assert not (kiosk / ".tillid").exists()


def test_suggest_drafts_a_source(kiosk, tillid) -> None:
    said = tillid("suggest", "data/crm.csv")
    assert said.code == 0
    drafted = yaml.safe_load(said.out)
    assert (drafted["kind"], drafted["files"]) == ("people", "data/crm.csv")
    assert drafted["columns"]["Email"]["identifier"] == "email"
    assert "ida@mail.example" not in said.out


def test_suggest_finds_the_file_from_where_one_stands(kiosk, tillid, monkeypatch) -> None:
    monkeypatch.chdir(kiosk / "data")
    assert yaml.safe_load(tillid("suggest", "crm.csv").out)["files"] == "data/crm.csv"


@pytest.mark.parametrize("name", ["crm[1].csv", "a*b.csv"])
def test_suggest_takes_a_name_for_what_it_is(kiosk, tillid, name) -> None:
    (kiosk / "data" / name).write_text("E-mail\nida@mail.example\n")
    assert tillid("suggest", f"data/{name}", "--json").code == 0


def test_suggest_of_a_file_that_is_not_there(kiosk, tillid) -> None:
    said = tillid("suggest", "data/cmr.csv", "--json")
    assert (said.code, said.error["kind"]) == (1, "FileMissing")
    assert "data/crm.csv" in said.error["hint"]


def test_explain_of_a_variable(kiosk, tillid) -> None:
    said = tillid("explain", "variable", "spent", "--json").json
    assert said["worked_out"] == "sum of orders.amount"
    assert said["categories"] == ["user.behavior.purchase_history"]
    usable = {row["purpose"]: row["usable"] for row in said["purposes"]}
    assert usable == {"analysis": True, "letters": True, "linking": False}
    assert said["used_in"] == {"variables": ["basket"], "segments": ["big"], "activations": ["letters"]}


def test_explain_says_what_who_asks_may_see(kiosk, tillid) -> None:
    said = tillid("explain", "variable", "spent", "--json", "--as", "ane").json
    reasons = {row["purpose"]: row["reason"] for row in said["purposes"]}
    assert "no role of 'ane' may use the purpose" in reasons["letters"]


def test_explain_of_a_segment(kiosk, tillid) -> None:
    said = tillid("explain", "segment", "big", "--json").json
    assert said["rule"] == ["all of:", "  variable spent ≥ 100", "  orders within 365 days, once or more"]
    assert (said["purpose"], said["usable"]["usable"]) == ("letters", True)
    assert said["used_in"] == {"activations": ["letters"]}


def test_explain_of_an_activation(kiosk, tillid) -> None:
    said = tillid("explain", "activation", "letters", "--json").json
    assert [(row["header"], row["from"], row["usable"]) for row in said["columns"]] == [
        ("Name", "people.first_name", True),
        ("Spent", "variables.spent", True),
    ]


@pytest.mark.parametrize("what", [("variable", "spent"), ("segment", "big"), ("activation", "letters")])
def test_explanations_read_well_too(kiosk, tillid, audit, what) -> None:
    said = tillid("explain", *what)
    assert said.code == 0
    assert "letters" in said.out
    assert "{" not in said.out
    assert audit() == []
