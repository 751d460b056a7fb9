"""Progress: lines where nobody watches, bars on a terminal once it takes long."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import redirect_stderr

import pytest

from tillid.cli.progress import ShownProgress, progress_on_stderr
from tillid.pipeline.progress import Silent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_line_a_stage_where_stderr_is_no_terminal(capsys) -> None:
    progress = progress_on_stderr(quiet=False)
    with progress.stage("Reading crm", 10) as step:
        step.advance(10)
    out, err = capsys.readouterr()
    assert err.startswith("Reading crm")
    assert err.count("\n") == 1
    assert out == ""


def test_nothing_where_a_program_listens(capsys) -> None:
    with progress_on_stderr(quiet=True).stage("Reading crm") as step:
        step.advance()
    assert capsys.readouterr() == ("", "")


def test_a_short_stage_on_a_terminal_has_no_bar(terminal) -> None:
    with redirect_stderr(terminal), progress_on_stderr(quiet=True).stage("Reading crm", 2) as step:
        step.advance()
    assert "Reading crm" in terminal.getvalue()
    assert "━" not in terminal.getvalue()


def test_a_long_one_has(terminal) -> None:
    with redirect_stderr(terminal), ShownProgress(bars_after=0).stage("Reading crm", 4) as step:
        step.advance(3)
        until(lambda: "3/4" in terminal.getvalue())
    assert "3/4" in terminal.getvalue()
    assert "━" in terminal.getvalue()


def test_a_stage_that_fails_takes_its_bar_away(terminal) -> None:
    def stage() -> None:
        with redirect_stderr(terminal), ShownProgress(bars_after=0).stage("Reading crm", 4) as step:
            until(lambda: "Reading crm" in terminal.getvalue())
            step.advance("not a number")

    with pytest.raises(TypeError):
        stage()
    written = terminal.getvalue()
    assert "0/4" in written
    time.sleep(0.3)
    assert terminal.getvalue() == written


def test_the_silent_one_takes_any_stage() -> None:
    with Silent().stage("x", 3) as step:
        step.advance(2)
