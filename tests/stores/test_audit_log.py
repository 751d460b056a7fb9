"""The audit log only grows, and says where it was tampered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tillid.ports.errors import StoreFull, StoreTorn
from tillid.stores import audit_log
from tillid.stores.audit_log import FileAuditLog, verify

APPEND = (
    "import sys; from tillid.stores.audit_log import FileAuditLog; from pathlib import Path\n"
    "log = FileAuditLog(Path(sys.argv[1]))\n"
    "for n in range(100): log.append('query', {'n': n, 'who': sys.argv[2]})"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / ".tillid" / "audit.ndjson"
    log = FileAuditLog(path)
    for number in range(1, 6):
        log.append("query", {"actor": "åse", "n": number})
    log.close()
    return path


def test_a_log_that_was_let_go_of_is_opened_again(path: Path) -> None:
    log = FileAuditLog(path)
    log.close()
    log.close()
    held = len(os.listdir("/proc/self/fd"))
    log.append("query", {"n": 6})
    assert len(os.listdir("/proc/self/fd")) == held + 1
    log.close()
    assert len(os.listdir("/proc/self/fd")) == held
    assert verify(path).lines == 6


def test_lines_are_numbered_timed_and_chained(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0]["entry"] == {"actor": "åse", "n": 1}
    assert [line["former"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert all(line["at"].startswith("20") and line["kind"] == "query" for line in lines)
    assert verify(path) == audit_log.Verdict(5)
    assert path.stat().st_mode & 0o077 == 0


def _swap(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    ("change", "bad_line"),
    [
        (lambda lines: [lines[0], lines[1].replace("åse", "ole"), *lines[2:]], 2),
        (lambda lines: [*lines[:4], lines[4].replace('"n":5', '"n":6')], 5),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (_swap, 2),
        (lambda lines: [*lines[:4], lines[4].replace('"n":5', '"n": 5')], 5),
        (lambda lines: [*lines[:3], "not a line\n", *lines[3:]], 4),
        (lambda lines: [*lines[:3], "[1]\n", *lines[3:]], 4),
        (lambda lines: [*lines[:4], lines[4].rstrip("\n")], 5),
    ],
)
def test_the_first_bad_line_is_named(path: Path, change: Callable[[list[str]], list[str]], bad_line: int) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(change(lines)), "utf-8")
    verdict = verify(path)
    assert (verdict.lines, verdict.bad_line) == (bad_line - 1, bad_line)
    assert verdict.reason


def test_goes_on_where_it_left_off(path: Path) -> None:
    first, second = FileAuditLog(path), FileAuditLog(path)
    for log in (first, second, first):
        log.append("query", {})
    assert verify(path) == audit_log.Verdict(8)


def test_many_processes_write_one_chain(path: Path) -> None:
    children = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), str(n)]) for n in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert verify(path) == audit_log.Verdict(305)


def test_a_line_that_was_never_finished_is_taken_off(path: Path) -> None:
    with path.open("a") as file:
        file.write('{"seq":6,"at":"2026')
    FileAuditLog(path).append("query", {"n": 6})
    assert verify(path) == audit_log.Verdict(6)


def test_a_log_that_is_not_one_stops_the_reading(path: Path) -> None:
    with path.open("a") as file:
        file.write("something else\n")
    with pytest.raises(StoreTorn, match=r"audit\.ndjson"):
        FileAuditLog(path).append("query", {})


def test_a_full_disk_stops_the_reading_and_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(audit_log.os, "write", lambda file, line: write(file, line[:10]))
    log = FileAuditLog(path)
    with pytest.raises(StoreFull, match="nothing is read"):
        log.append("query", {})
    monkeypatch.undo()
    assert verify(path) == audit_log.Verdict(5)
    log.append("query", {})
    assert verify(path) == audit_log.Verdict(6)
