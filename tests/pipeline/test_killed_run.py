"""A run that is killed: the store opens, holds the one state or the other whole, and the next run finishes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from small_projects import (
    CRM,
    CRM_HEAD,
    NOW,
    ORDERS,
    ORDERS_HEAD,
    TILLID,
    VARIABLES,
    SmallProject,
    Tables,
    csv,
    notes,
    stored,
)

import tillid

MOMENTS = 10
IN_EVERY_TEST_RUN = (4, 7, 9)
FILES = {
    "tillid.yml": TILLID + "as_of: 2026-01-01\n",
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "variables/v.yml": VARIABLES,
    "segments/s.yml": "segments:\n  buyers: {purpose: analytics, rule: {variable: revenue, gte: 100}}\n",
    "destinations/d.yml": "destinations:\n  list: {kind: file, path: out/list.csv}\n",
    "activations/a.yml": "activations:\n  mail: {segment: buyers, purpose: analytics, destination: list, "
    "columns: {E-mail: email, Spent: revenue}}\n",
}


def _tillid(folder: Path, *verb: str) -> subprocess.Popen[str]:
    """A verb in a process of its own."""
    command = [sys.executable, "-c", "from tillid.cli.main import main; main()", *verb, "--as", "ole", "--json"]
    path = str(Path(tillid.__file__).parents[1])
    env = os.environ | {"PYTHONPATH": path}
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, "--project", str(folder)], stdout=pipe, stderr=pipe, text=True, env=env)


def _orders(first: int, count: int) -> str:
    rows = (
        (n % 97, f"2025-12-{n % 28 + 1:02} 10:00:00", "cup" if n % 3 else "tin", n % 11)
        for n in range(first, first + count)
    )
    return csv(ORDERS_HEAD, *rows)


@dataclass(frozen=True)
class Tale:
    """A project before a run with new files in it, both states whole, what was sent in each, and how long a run takes."""

    folder: Path
    former: Tables
    new: Tables
    sent_before: Counter[tuple[object, ...]]
    sent_after: Counter[tuple[object, ...]]
    listed: bytes
    seconds: float


def _state(folder: Path) -> tuple[Tables, Counter[tuple[object, ...]]]:
    """The tables, and apart from them who was added or removed by deliveries, whose ids and times differ each time."""
    tables = stored(folder)
    sent: Counter[tuple[object, ...]] = Counter()
    for row, times in tables.pop("deliveries", Counter()).items():
        sent[row[0], *(cell for cell in row if cell in ("added", "removed", "kept"))] += times
    return tables, sent


@pytest.fixture(scope="module")
def tale(tmp_path_factory: pytest.TempPathFactory) -> Tale:
    folder = tmp_path_factory.mktemp("killed") / "project"
    project = SmallProject(folder, FILES)
    people = [(n, f"p{n}@example.com", None, f"N{n}") for n in range(80)]
    project.put("data/crm.csv", csv(CRM_HEAD, *people), NOW - timedelta(days=9))
    project.put("data/orders-1.csv", _orders(0, 2_000))
    assert _tillid(folder, "run").wait() == 0
    former, sent_before = _state(folder)
    renamed = [(n, f"p{n}@example.com", None, f"M{n}") for n in range(20, 90)]
    project.put("data/crm.csv", csv(CRM_HEAD, *renamed), NOW - timedelta(days=2))
    project.put("data/orders-2.csv", _orders(2_000, 60_000))
    whole = folder.with_name("whole")
    shutil.copytree(folder, whole)
    began = time.monotonic()
    assert _tillid(whole, "run").wait() == 0
    seconds = time.monotonic() - began
    new, sent_after = _state(whole)
    assert new != former
    assert sent_after != sent_before
    return Tale(folder, former, new, sent_before, sent_after, (whole / "out/list.csv").read_bytes(), seconds)


def _moment(number: int) -> float:
    """A moment in the tenth of this number of a run's time, most of them after Python has loaded."""
    return 0.15 + 0.9 * (number + random.Random(f"killed {number}").random()) / MOMENTS


@pytest.mark.parametrize(
    "number",
    [n if n in IN_EVERY_TEST_RUN else pytest.param(n, marks=pytest.mark.prove) for n in range(MOMENTS)],
)
def test_a_killed_run_leaves_one_state_whole_and_the_next_finishes(tale: Tale, tmp_path: Path, number: int) -> None:
    folder = tmp_path / "project"
    shutil.copytree(tale.folder, folder)
    child = _tillid(folder, "run")
    time.sleep(tale.seconds * _moment(number))
    child.send_signal(signal.SIGKILL)
    child.communicate()

    project = SmallProject(folder, FILES)
    asked = project.sql("select count(*) as orders from orders")  # it opens, and sweeps out what nothing points to
    tables, sent = _state(folder)
    assert tables in (tale.former, tale.new)
    is_new = tables == tale.new
    assert asked == [{"orders": 62_000 if is_new else 2_000}]
    assert notes(folder)["rows"]["orders"] == asked[0]["orders"]
    assert sent == tale.sent_before or (is_new and sent == tale.sent_after)

    again = _tillid(folder, "run")
    _, told = again.communicate()
    assert again.returncode == 0, told
    tables, sent = _state(folder)
    assert tables == tale.new
    assert sent == tale.sent_after
    assert (folder / "out/list.csv").read_bytes() == tale.listed
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["list.csv"]


def test_a_second_verb_is_told_who_holds_the_store(tale: Tale, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(tale.folder, folder)
    project = SmallProject(folder, FILES)
    with project.opened("run") as workspace:
        assert workspace.store.generation() is not None
        for verb in (("run",), ("count", "buyers"), ("sql", "--purpose", "analytics", "select 1 as one from orders")):
            second = _tillid(folder, *verb)
            out, err = second.communicate()
            assert second.returncode == 1
            assert f"held by tillid run of ole (process {os.getpid()})" in out + err
            assert "Traceback" not in err
    assert project.sql("select count(*) as orders from orders") == [{"orders": 2_000}]
