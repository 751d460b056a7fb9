"""tillid doctor: what is wrong, and what to do."""

from __future__ import annotations

import shutil
from collections import namedtuple
from importlib.metadata import PackageNotFoundError

from tillid.pipeline import doctor
from tillid.pipeline.workspace import Workspace


def state_of(said, name: str) -> str:
    return {check["name"]: check["state"] for check in said.json["checks"]}[name]


def test_before_the_first_run_all_is_well(kiosk, tillid) -> None:
    said = tillid("doctor", "--json")
    assert said.code == 0
    assert said.json["ok"] is True
    assert state_of(said, "store") == "warn"
    assert state_of(said, "project") == "ok"


def test_a_person_is_told_what_to_do(kiosk, tillid) -> None:
    said = tillid("doctor")
    assert "Run: tillid run" in said.out


def test_mistakes_in_the_definitions(kiosk, tillid) -> None:
    (kiosk / "purposes.yml").write_text("purposes: {}\n")
    said = tillid("doctor", "--json")
    assert said.code == 1
    assert state_of(said, "project") == "fail"


def test_a_state_folder_that_others_can_read(kiosk, tillid) -> None:
    tillid("doctor")
    (kiosk / ".tillid").chmod(0o755)
    assert state_of(tillid("doctor", "--json"), "privacy") == "warn"


def test_an_audit_log_that_was_changed(kiosk, tillid) -> None:
    tillid("sql", "select 1")
    tillid("sql", "select 1")
    log = kiosk / ".tillid" / "audit.ndjson"
    log.write_text(log.read_text().replace("purpose_named", "purpose_nomad", 1))
    said = tillid("doctor", "--json")
    assert said.code == 1
    assert state_of(said, "audit log") == "fail"


def test_a_store_that_is_held(kiosk, tillid) -> None:
    with Workspace.open(kiosk, "ole", verb="run") as other:
        assert other.store is not None
        said = tillid("doctor", "--json")
    assert said.code == 0
    (check,) = [check for check in said.json["checks"] if check["name"] == "store"]
    assert check["state"] == "warn"
    assert "run of ole" in check["found"]


def test_a_store_that_is_torn(kiosk, tillid) -> None:
    (kiosk / ".tillid").mkdir(mode=0o700)
    (kiosk / ".tillid" / "store.duckdb").write_bytes(b"not a store" * 1000)
    said = tillid("doctor", "--json")
    assert said.code == 1
    assert state_of(said, "store") == "fail"


def test_little_space_and_none(kiosk, tillid, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")
    for free, state in ((50 << 20, "fail"), (500 << 20, "warn"), (5 << 30, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage(free, 0, free))
        assert state_of(tillid("doctor", "--json"), "disk") == state


def test_spark_needs_java(kiosk, tillid, monkeypatch) -> None:
    text = (kiosk / "tillid.yml").read_text()
    (kiosk / "tillid.yml").write_text(f"{text}store: spark\n")
    monkeypatch.setattr(doctor, "_store", lambda *_: iter(()))
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    said = tillid("doctor", "--json")
    assert (said.code, state_of(said, "java")) == (1, "fail")


def test_an_engine_that_is_not_installed(kiosk, tillid, monkeypatch) -> None:
    def no_duckdb(package: str) -> str:
        if package == "duckdb":
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(doctor, "version", no_duckdb)
    assert state_of(tillid("doctor", "--json"), "duckdb") == "fail"
