"""--as, --project and --json, before the verb and after it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("order", [("--json", "check"), ("check", "--json"), ("--json", "check", "--json")])
def test_json_is_taken_before_and_after_the_verb(kiosk, tillid, order) -> None:
    assert tillid(*order).json["purposes"] == ["analysis", "letters", "linking"]


@pytest.mark.parametrize("order", [("--as", "nobody", "check"), ("check", "--as", "nobody")])
def test_as_is_taken_before_and_after_the_verb(kiosk, tillid, order) -> None:
    said = tillid(*order)
    assert said.code == 1
    assert "'nobody' is not listed" in said.err


def test_the_option_nearest_to_the_end_wins(kiosk, tillid) -> None:
    assert tillid("--as", "nobody", "check", "--as", "ane").code == 0
    assert tillid("--as", "ane", "check", "--as", "nobody").code == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_options_stand_anywhere_around_a_verb_of_two_words(kiosk, tillid, place) -> None:
    words = ["explain", "variable"]
    said = tillid(*words[:place], "--as", "ane", "--json", *words[place:], "spent")
    assert said.json["variable"] == "spent"


@pytest.mark.parametrize("after", [True, False])
def test_project_is_taken_from_elsewhere(kiosk, tillid, tmp_path, monkeypatch, after) -> None:
    monkeypatch.chdir(tmp_path)
    where = ("--project", "kiosk")
    said = tillid(*(("check", *where) if after else (*where, "check")), "--json")
    assert said.code == 0
    assert "orders" in said.json["tables"]


def test_the_nearest_project_upwards_is_found(kiosk, tillid, monkeypatch) -> None:
    monkeypatch.chdir(kiosk / "data")
    assert tillid("check").code == 0


def test_no_project_is_told(tillid, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = tillid("check", "--json")
    assert (said.code, said.error["kind"]) == (1, "ProjectNotFound")
    assert "tillid init" in said.error["hint"]


def test_a_folder_that_is_no_project_is_not_searched_upwards(kiosk, tillid) -> None:
    said = tillid("check", "--project", "data")
    assert said.code == 1
    assert "No tillid.yml in data" in said.err


def test_a_user_without_a_name_must_say_who_asks(kiosk, tillid, monkeypatch) -> None:
    def no_user() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", no_user)
    said = tillid("check")
    assert said.code == 1
    assert "--as NAME" in said.err
    assert tillid("check", "--as", "ole").code == 0


def test_the_audit_log_names_the_whole_verb(kiosk, tillid, audit) -> None:
    tillid("explain", "sql", "select 1")
    assert audit()[-1]["verb"] == "explain sql"


def test_help_loads_nothing_heavy() -> None:
    heavy = "ibis", "pyarrow", "duckdb", "rich", "sqlglot", "fideslang", "altair", "yaml"
    script = f"import sys, tillid.cli.main; print(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_the_verbs_in_the_order_of_use(tillid) -> None:
    text = tillid("--help").out
    verbs = [
        "init",
        "suggest",
        "check",
        "plan",
        "run",
        "explain",
        "sql",
        "count",
        "person",
        "activate",
        "doctor",
        "bench",
    ]
    places = [text.index(f"\n  {verb} ") for verb in verbs]
    assert places == sorted(places)
