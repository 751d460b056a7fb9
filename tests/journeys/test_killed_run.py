"""`kill -9` in the middle of `tillid run`: what is there is the state before or the state after, and a run goes through."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from small_projects import (
    CONSENTS,
    CONSENTS_HEAD,
    CRM,
    CRM_HEAD,
    ORDERS,
    ORDERS_HEAD,
    TILLID,
    VARIABLES,
    SmallProject,
    csv,
)

from tillid.cli.main import answer
from tillid.governance.housekeeping import DELIVERIES, INTAKE, PERMISSIONS
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.wiring import audit_verdict
from tillid.pipeline.workspace import Workspace

PEOPLE = 150
SEGMENTS = """
segments:
  buyers:  {purpose: analytics, rule: {all: [{variable: revenue, gte: 1000}, {did: orders, within: 60 days}]}}
  readers: {purpose: news, rule: {trait: email, is_null: false}}
"""
ACTIVATIONS = """
activations:
  readers: {segment: readers, purpose: news, destination: readers_file, columns: {E-mail: email, Spent: revenue}}
"""
DEFINITIONS = {
    "tillid.yml": TILLID + "as_of: 2025-06-01\n",
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "sources/consents.yml": CONSENTS,
    "variables/all.yml": VARIABLES,
    "segments/all.yml": SEGMENTS,
    "destinations/all.yml": "destinations: {readers_file: {kind: file, path: out/readers.csv, format: csv}}\n",
    "activations/all.yml": ACTIVATIONS,
}
TABLES = {
    "analytics": ("crm", "orders", "people", "variables", "segment__buyers"),
    "news": ("people", "variables", "segment__readers"),
    INTAKE: ("log_crm", "refused_rows"),
    PERMISSIONS: ("members", "subjects", "standing", "mapping", "consent_ledger"),
    DELIVERIES: ("deliveries",),
}
DELIVERED = f"deliveries for {DELIVERIES}"
LIST = "out/readers.csv"

Tables = dict[str, Counter[tuple[object, ...]]]


@dataclass(frozen=True)
class State:
    """What a project holds: every table's rows, and the list that was sent."""

    tables: Tables
    sent: bytes

    @property
    def worked_out(self) -> Tables:
        """What one generation holds; what was sent is recorded in the next."""
        return {name: rows for name, rows in self.tables.items() if name != DELIVERED}

    @property
    def delivered(self) -> Counter[tuple[object, ...]]:
        """The record of what was sent."""
        return self.tables[DELIVERED]


@dataclass(frozen=True)
class Story:
    """A project whose data changed after a run, what it held before, and what it holds after the next run."""

    folder: Path
    before: State
    after: State
    whole: float
    """The processor time of that next run, in seconds."""


def _state(folder: Path) -> State:
    """Open the store and ask for every table under its purpose."""
    tables: Tables = {}
    with Workspace.open(folder, "ole", verb="test") as workspace:
        for purpose, names in TABLES.items():
            for name in names:
                rows = workspace.ask(unbound(workspace.register.table(name)), workspace.permit(purpose))
                # Made anew by every delivery.
                kept = rows.drop_columns([c for c in ("delivery_id", "sent_at") if c in rows.column_names])
                tables[f"{name} for {purpose}"] = Counter(tuple(row.values()) for row in kept.to_pylist())
    return State(tables, (folder / LIST).read_bytes())


def _write_data(project: SmallProject, turn: int) -> None:
    """The files of the first turn (0), or what the second (1) adds and changes, joins and closes."""
    random, at = Random(turn), datetime(2025, 5, 10 + turn * 10)
    numbers = range(turn * 10, PEOPLE + turn * 20)
    crm = [(f"C{n}", f"p{n - turn * (n % 5 == 0)}@post.example", None, f"Name {n + turn}") for n in numbers]
    project.put("data/crm.csv", csv(CRM_HEAD, *crm), at)
    moments = (datetime(2025, 4 + turn, 1 + random.randrange(28), n % 24) for n in range(3000))
    orders = ((f"C{random.randrange(PEOPLE)}", m, "tea", "?" if n == 9 else n % 50) for n, m in enumerate(moments))
    project.put(f"data/orders_{turn}.csv", csv(ORDERS_HEAD, *orders), at)
    said = ("given", "withdrawn")[turn]
    consents = ((f"p{n}@post.example", "news", said, at, "n1", f"form-{n}") for n in range(0, PEOPLE, 2 + turn * 5))
    project.put(f"data/consents_{turn}.csv", csv(CONSENTS_HEAD, *consents), at)


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`tillid run` in a process of its own, which is ended here at the latest."""
    command = [sys.executable, "-m", "tillid.cli", "run", "--as", "ole", "--json", "--project", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _run_through(folder: Path) -> int:
    return answer(["run", "--as", "ole", "--json", "--project", str(folder)])


def _processor_time(pid: int) -> float:
    """The seconds that a process has computed; infinite when it is done."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return float("inf") if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("killed") / "project"
    project = SmallProject(folder, DEFINITIONS)
    _write_data(project, 0)
    assert _run_through(folder) == 0
    before = _state(folder)
    _write_data(project, 1)
    whole = folder.with_name("whole")
    shutil.copytree(folder, whole)
    with _running(whole) as process:
        # Not reaped yet, so that its time can still be asked for.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        assert process.wait() == 0
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    after = _state(whole)
    unchanged = [name for name in before.tables if before.tables[name] == after.tables[name]]
    assert unchanged == [], "a table that stays the same can't tell the one state from the other"
    assert before.sent != after.sent
    return Story(folder, before, after, seconds)


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.prove)])
def test_a_killed_run_leaves_the_former_state_or_the_new_one(story: Story, tmp_path: Path, kills: int) -> None:
    """Moments are told by the run's own processor time, so that they fall alike on a busy machine."""
    random = Random(9)
    killed, found = 0, Counter[str]()
    for number in range(kills):
        folder = tmp_path / str(number)
        shutil.copytree(story.folder, folder)
        moment = story.whole * (number + random.random()) / kills
        killed += _kill_at(folder, moment)
        found[_check_whole(folder, story)] += 1
        assert _run_through(folder) == 0
        assert _state(folder) == story.after
        assert sorted(os.listdir(folder / "out")) == [Path(LIST).name]
        verdict = audit_verdict(folder)
        assert verdict is not None
        assert verdict.reason == ""
    assert killed >= kills - max(kills // 5, 1)
    assert found["before"] >= 0.3 * kills


def _kill_at(folder: Path, moment: float) -> bool:
    """Kill a run when it has computed for so many seconds; whether it was under way."""
    with _running(folder) as process:
        while _processor_time(process.pid) < moment:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def _check_whole(folder: Path, story: Story) -> str:
    """Which state there is: neither is ever mixed with the other."""
    now = _state(folder)
    state = "after" if now.worked_out == story.after.worked_out else "before"
    wanted = story.after if state == "after" else story.before
    assert [name for name, rows in now.worked_out.items() if rows != wanted.tables[name]] == []
    # A list is sent when the new state is there, and recorded when it is sent.
    assert now.sent in ({story.before.sent, story.after.sent} if state == "after" else {story.before.sent})
    if now.sent == story.after.sent:
        assert now.delivered in (story.before.delivered, story.after.delivered)
    else:
        assert now.delivered == story.before.delivered
    assert (folder / "report.html").read_text().rstrip().endswith("</html>")
    return state


def test_a_second_verb_is_told_who_holds_the_store(
    story: Story, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(story.folder, folder)
    lock = folder / ".tillid" / "store.lock"
    with _running(folder) as process:
        while str(process.pid) not in lock.read_text():
            assert process.poll() is None
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGSTOP)
        asked = ["--as", "ole", "--project", str(folder)]
        statement = "select count(*) as n from orders"
        for verb in (["run"], ["count", "buyers"], ["sql", "--purpose", "analytics", statement]):
            assert answer([*verb, *asked]) == 1
            assert f"held by tillid run of ole (process {process.pid})" in capfd.readouterr().err
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait() == 0
    assert _state(folder) == story.after
