"""The whole road on a small project: run, then every verb that answers from the store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tillid as package
from tillid.pipeline.workspace import Workspace

IDA = "ida@mail.example"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, make_kiosk) -> Path:
    """A project after its first run; run once, copied for each test."""
    folder = make_kiosk(tmp_path_factory.mktemp("finished") / "kiosk")
    script = "from tillid.cli.main import main; main()"
    command = [sys.executable, "-c", script, "run", "--as", "ole", "--json", "--project", str(folder)]
    path = str(Path(package.__file__).parents[1])
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": path})
    assert done.returncode == 0, done.stderr + done.stdout
    (folder / "said.json").write_text(done.stdout)
    return folder


@pytest.fixture
def ran(finished: Path, kiosk: Path) -> Path:
    shutil.copytree(finished, kiosk, dirs_exist_ok=True)
    return kiosk


def test_run_prints_one_object(ran) -> None:
    said = json.loads((ran / "said.json").read_text())
    counts = ("read", "accepted", "refused", "held_back")
    assert {name: [source[c] for c in counts] for name, source in said["sources"].items()} == {
        "crm": [3, 3, 0, 0],
        "orders": [5, 4, 1, 0],
    }
    assert (said["people"], said["records"], said["events"]) == (3, 3, 4)
    assert said["segments"] == {"big": 2}
    letters = said["activations"]["letters"]
    assert (letters["added"], letters["removed"], letters["held_back"]) == (2, 0, {})
    assert any("Note" in finding for finding in said["findings"])
    assert said["seconds"] > 0
    assert (ran / said["report"]).is_file()


def test_a_second_run_changes_nothing(ran, tillid) -> None:
    said = tillid("run", "--json").json
    assert (said["people"], said["segments"]) == (3, {"big": 2})
    assert said["sources"]["orders"]["read"] == 0
    letters = said["activations"]["letters"]
    assert (letters["added"], letters["removed"]) == (0, 0)


def test_the_summary_says_it_all(ran, tillid) -> None:
    (ran / "data" / "orders.csv").write_text("No,At,Amount\n1,2025-12-01,1000.00\n9,when?,1.00\n")
    with (ran / "data" / "crm.csv").open("a") as file:
        file.write("4,Per,,\n")
    said = tillid("run")
    assert said.code == 0
    for word in (
        "crm",
        "orders",
        "4 people",
        "legitimate interests",
        "Big spenders",
        "letters",
        "Note",
        "1 rows were refused",
    ):
        assert word in said.out, word
    assert str(ran / "report.html") in said.out
    assert "Reading crm" in said.err


def test_plan_says_what_is_new(ran, tillid) -> None:
    with (ran / "data" / "crm.csv").open("a") as file:
        file.write("4,Per,,\n")
    planned = tillid("plan", "--json").json
    assert planned["sources"]["crm"]["changed"] == ["data/crm.csv"]
    assert planned["sources"]["orders"]["unchanged"] == ["data/orders.csv"]
    assert "data/crm.csv" in tillid("plan").out


def test_count(ran, tillid) -> None:
    assert tillid("count", "big", "--json").json == {"segment": "big", "people": 2}
    assert tillid("count", "big").out == "big: 2 people\n"
    said = tillid("count", "bigg", "--json")
    assert (said.code, said.error["kind"]) == (1, "NotDefined")


def test_count_is_under_the_segments_purpose(ran, tillid, audit) -> None:
    said = tillid("count", "big", "--as", "ane", "--json")
    assert (said.code, said.error["kind"]) == (1, "PurposeNotPermitted")
    entry = audit()[-1]
    assert (entry["kind"], entry["actor"], entry["verb"], entry["segment"]) == ("refused", "ane", "count", "big")


SELECT = "select customer_no, sum(amount) as spent, max(occurred_at) as latest, null as nothing from orders group by 1 order by 1"


def test_sql_as_json_keeps_digits_and_order(ran, tillid) -> None:
    said = tillid("sql", "--purpose", "analysis", SELECT, "--json")
    assert '"1", 150.50, "2025-11-30T23:00:00"' in said.out
    assert said.json["columns"] == ["customer_no", "spent", "latest", "nothing"]
    assert [row[0] for row in said.json["rows"]] == ["1", "2", "3"]
    assert {row[3] for row in said.json["rows"]} == {None}


def test_sql_as_csv(ran, tillid) -> None:
    said = tillid("sql", "--csv", "--purpose", "analysis", SELECT)
    assert said.out.splitlines()[:2] == ["customer_no,spent,latest,nothing", "1,150.50,2025-11-30T23:00:00,"]


def test_sql_as_a_table(ran, tillid) -> None:
    out = tillid("sql", "--purpose", "analysis", SELECT).out
    assert "250.25" in out
    assert "2025-11-30 23:00:00" in out


def test_sql_from_a_file_and_from_stdin(ran, tillid, monkeypatch) -> None:
    (ran / "q.sql").write_text(f"-- what they spent\n{SELECT};\n", encoding="utf-8-sig")
    rows = tillid("sql", "--purpose", "analysis", SELECT, "--json").json["rows"]
    assert tillid("sql", "--purpose", "analysis", "-f", "q.sql", "--json").json["rows"] == rows
    for dash in (("-",), ("-f", "-")):
        with (ran / "q.sql").open() as file:
            monkeypatch.setattr("sys.stdin", file)
            assert tillid("sql", "--purpose", "analysis", *dash, "--json").json["rows"] == rows


def test_sql_from_a_file_that_can_not_be_read(ran, tillid) -> None:
    (ran / "latin.sql").write_bytes("select 'Købmand'".encode("iso-8859-1"))
    for name in ("nosuch.sql", "latin.sql"):
        said = tillid("sql", "--purpose", "analysis", "-f", name, "--json")
        assert (said.code, said.error["kind"]) == (1, "TextUnreadable")


def test_what_is_asked_is_written_down(ran, tillid, audit) -> None:
    tillid("sql", "--purpose", "analysis", SELECT)
    entry = audit()[-1]
    assert (entry["kind"], entry["actor"], entry["purposes"]) == ("query", "ole", ["analysis"])


def test_person(ran, tillid) -> None:
    profile = tillid("person", IDA, "--purpose", "letters", "--json").json["profile"]
    assert (profile["first_name"], profile["spent"]) == ("Ida", 150.5)
    assert "Ida" in tillid("person", "customer_no:1", "--purpose", "letters").out


def test_person_without_what_the_purpose_does_not_cover(ran, tillid) -> None:
    profile = tillid("person", IDA, "--purpose", "analysis", "--json").json["profile"]
    assert profile["spent"] == 150.5
    assert "first_name" not in profile


def test_a_person_that_is_not_there(ran, tillid) -> None:
    said = tillid("person", "eve@mail.example", "--purpose", "letters", "--json")
    assert (said.code, said.error["kind"]) == (1, "PersonUnknown")
    assert "eve@" not in said.out
    assert "eve@" not in (ran / ".tillid" / "audit.ndjson").read_text()


def test_explain_person(ran, tillid) -> None:
    said = tillid("explain", "person", IDA, "--purpose", "analysis", "--json").json
    (person,) = said["persons"]
    assert person["permitted"] is True
    usable = {f"{c['table']}.{c['column']}": c["usable"] for c in said["columns"]}
    assert usable["variables.spent"] is True
    assert usable["people.email"] is False
    out = tillid("explain", "person", IDA, "--purpose", "analysis").out
    assert "may be processed" in out
    assert "people.email" in out
    assert IDA not in out


def test_explain_sql_runs_nothing(ran, tillid, audit) -> None:
    before = len(audit())
    said = tillid(
        "explain", "sql", "--purpose", "analysis", "select sum(amount) as spent from orders where amount > 5", "--json"
    ).json
    assert said["columns"] == {"orders": ["amount"]}
    assert {"person_permitted", "row_collected_for", "within_retention"} <= {rule["rule"] for rule in said["rules"]}
    assert "__governed" not in said["statement"]
    assert "until__analysis" in said["tables"]["orders"]
    assert len(audit()) == before
    assert "stands for" in tillid("explain", "sql", "--purpose", "analysis", "select 1 from orders").out


def test_activate_dry_run_sends_nothing(ran, tillid) -> None:
    (ran / "out" / "letters.csv").unlink()
    said = tillid("activate", "letters", "--dry-run", "--json").json
    assert said["letters"]["people"] == 2
    assert not (ran / "out" / "letters.csv").exists()
    assert "Nothing was sent" in tillid("activate", "--dry-run").out


def test_activate_sends(ran, tillid, audit) -> None:
    (ran / "out" / "letters.csv").unlink()
    assert tillid("activate", "letters").code == 0
    assert (ran / "out" / "letters.csv").read_text().count("\n") == 3
    assert [entry["kind"] for entry in audit()].count("delivered") == 2


def test_activate_of_an_unknown_name_sends_nothing(ran, tillid) -> None:
    (ran / "out" / "letters.csv").unlink()
    said = tillid("activate", "letters", "leters", "--json")
    assert (said.code, said.error["kind"]) == (1, "NotDefined")
    assert not (ran / "out" / "letters.csv").exists()


@pytest.mark.parametrize(
    "verb", [("run",), ("count", "big"), ("sql", "--purpose", "analysis", "select count(*) from people")]
)
def test_a_second_verb_is_told_who_holds_the_store(ran, tillid, verb) -> None:
    with Workspace.open(ran, "ole", verb="run") as other:
        assert other.store is not None
        said = tillid(*verb, "--json")
    assert (said.code, said.error["kind"]) == (1, "StoreHeld")
    assert "run of ole" in said.error["message"]


def test_doctor_after_a_run(ran, tillid) -> None:
    said = tillid("doctor", "--json").json
    assert said["ok"]
    states = {check["name"]: check["state"] for check in said["checks"]}
    assert (states["store"], states["definitions"], states["as_of"]) == ("ok", "ok", "ok")


def test_doctor_sees_that_a_purpose_changed(ran, tillid) -> None:
    path = ran / "purposes.yml"
    path.write_text(path.read_text().replace("retention: 100 years", "retention: 99 years", 1))
    states = {check["name"]: check["state"] for check in tillid("doctor", "--json").json["checks"]}
    assert states["definitions"] == "warn"


@pytest.mark.parametrize(("as_of", "state"), [("2026-06-01", "warn"), ("2025-11-15", "warn"), ("2025-12-20", "ok")])
def test_doctor_holds_as_of_against_the_data(ran, tillid, as_of, state) -> None:
    path = ran / "tillid.yml"
    path.write_text(path.read_text().replace("as_of: 2026-01-01", f"as_of: {as_of}"))
    states = {check["name"]: check["state"] for check in tillid("doctor", "--json").json["checks"]}
    assert states["as_of"] == state


def test_a_run_that_fails_leaves_the_former_state(ran, tillid) -> None:
    (ran / "data" / "crm.csv").write_text("")
    said = tillid("run", "--json")
    assert (said.code, said.error["kind"]) == (1, "FileEmpty")
    assert tillid("count", "big", "--json").json["people"] == 2
