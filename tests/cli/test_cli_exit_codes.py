"""Exit codes, and how a mistake is told: one sentence, no traceback, no personal value."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tillid.pipeline import check as check_room

MAIL = "ida@mail.example"


def test_a_verb_that_works_ends_with_0(kiosk, tillid) -> None:
    assert tillid("check").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuchverb",),
        ("check", "--nosuchoption"),
        ("count",),
        ("sql", "--purpose", "analysis"),
        ("sql", "--purpose", "analysis", "select 1", "-f", "x.sql"),
        ("sql", "--purpose", "analysis", "select 1", "--csv", "--json"),
        ("explain", "planet", "mars"),
    ],
)
def test_a_call_that_does_not_exist_ends_with_2(kiosk, tillid, arguments) -> None:
    said = tillid(*arguments)
    assert said.code == 2
    assert said.err
    assert not said.out


def test_what_failed_is_one_line_on_stderr(kiosk, tillid) -> None:
    said = tillid("explain", "segment", "bigg")
    assert (said.code, said.out) == (1, "")
    assert said.err == "tillid: No segment 'bigg' is defined. Did you mean 'big'? Valid: big.\n"


def test_what_failed_is_an_object_on_stdout_with_json(kiosk, tillid) -> None:
    said = tillid("explain", "segment", "bigg", "--json")
    assert (said.code, said.err) == (1, "")
    assert said.json == {
        "error": {
            "kind": "NotDefined",
            "message": "No segment 'bigg' is defined",
            "hint": "Did you mean 'big'? Valid: big.",
        }
    }


@pytest.fixture
def broken(monkeypatch) -> None:
    def crash(folder, actor):
        try:
            raise KeyError(MAIL)
        except KeyError:
            raise ValueError(f"no luck with {MAIL}") from None

    monkeypatch.setattr(check_room, "check", crash)


def test_a_mistake_of_ours_is_told_without_its_text(kiosk, tillid, broken) -> None:
    said = tillid("check")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "Tillid itself (ValueError)" in said.err
    assert ".tillid/crash.log" in said.err
    assert MAIL not in said.err
    log = (kiosk / ".tillid" / "crash.log").read_text()
    assert "in crash" in log
    assert "ValueError" in log
    assert MAIL not in log


def test_a_mistake_of_ours_with_json(kiosk, tillid, broken) -> None:
    said = tillid("check", "--json")
    assert (said.code, said.error["kind"]) == (1, "ValueError")
    assert MAIL not in said.out


def test_the_crash_log_is_for_its_owner_and_grows(kiosk, tillid, broken) -> None:
    tillid("check")
    tillid("check")
    log = kiosk / ".tillid" / "crash.log"
    assert log.stat().st_mode & 0o077 == 0
    assert log.read_text().count("--- ") == 2


def test_a_mistake_outside_a_project_says_how_to_see_it(tillid, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tillid.pipeline.begin.begin", lambda *_: 1 / 0)
    said = tillid("init", "x", "--as", "ole")
    assert said.code == 1
    assert "TILLID_DEBUG=1" in said.err


def test_debug_shows_the_traceback(kiosk, tillid, broken, monkeypatch) -> None:
    monkeypatch.setenv("TILLID_DEBUG", "1")
    with pytest.raises(ValueError, match="no luck"):
        tillid("check")


def test_what_the_system_refuses_is_told_in_its_words(kiosk, tillid, monkeypatch) -> None:
    def refused(folder, actor):
        raise PermissionError(13, "Permission denied", "tillid.yml")

    monkeypatch.setattr(check_room, "check", refused)
    assert "Permission denied: tillid.yml" in tillid("check").err


def test_a_stopped_verb_ends_with_1(kiosk, tillid, monkeypatch) -> None:
    def stopped(folder, actor):
        raise KeyboardInterrupt

    monkeypatch.setattr(check_room, "check", stopped)
    said = tillid("check")
    assert said.code == 1
    assert said.err.strip() == "Stopped."


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    script = "import sys; sys.argv[1:] = ['--help']; from tillid.cli.main import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""
