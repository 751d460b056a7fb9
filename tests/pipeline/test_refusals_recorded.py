"""What is refused to a program that uses Tillid as a library stands in the audit log, once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_projects import CRM, CRM_HEAD, SmallProject, csv

from tillid.governance.errors import Refused
from tillid.pipeline import answers
from tillid.pipeline.workspace import Workspace

ASKED: dict[str, Callable[[Workspace], Any]] = {
    "an unknown purpose": lambda w: w.permit("analitics"),
    "a column outside the purpose": lambda w: w.ask(w.table("crm").name, w.permit("linking")),
    "text that is no select": lambda w: answers.sql(w, "copy crm to 'x'", "analytics"),
    "a count for a purpose that is not there": lambda w: answers.sql(w, "select 1", "nothing"),
}


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(tmp_path, {"sources/crm.yml": CRM})
    made.put("data/crm.csv", csv(CRM_HEAD, ("1", "ann@example.com", None, "Ann")))
    made.build()
    return made


def _refused(project: SmallProject) -> list[dict[str, Any]]:
    lines = (project.folder / ".tillid" / "audit.ndjson").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return [entry["entry"] for entry in entries if entry["kind"] == "refused"]


@pytest.mark.parametrize("what", ASKED)
def test_caught_or_not_it_is_written_down_once(project: SmallProject, what: str) -> None:
    before = len(_refused(project))
    with project.opened("notebook") as workspace, pytest.raises(Refused):
        ASKED[what](workspace)
    with pytest.raises(Refused), project.opened("notebook") as workspace:
        ASKED[what](workspace)
    entries = _refused(project)[before:]
    assert len(entries) == 2
    assert {(entry["actor"], entry["verb"]) for entry in entries} == {("ole", "notebook")}
    assert all(entry["rule"] and entry["reason"] for entry in entries)


def test_what_was_asked_is_written_beside_it(project: SmallProject) -> None:
    with pytest.raises(Refused), Workspace.open(project.folder, "ole", verb="x", asking={"list": "news"}) as workspace:
        workspace.permit("nothing")
    assert _refused(project)[-1]["list"] == "news"
    with pytest.raises(Refused):
        Workspace.open(project.folder, "eve", verb="x", asking={"list": "calls"})
    assert (_refused(project)[-1]["actor"], _refused(project)[-1]["list"]) == ("eve", "calls")


def test_a_project_that_was_let_go_of_holds_no_file(project: SmallProject) -> None:
    with project.opened():
        pass
    held = sorted(os.listdir("/proc/self/fd"))
    with project.opened() as workspace, pytest.raises(Refused):
        workspace.permit("nothing")
    with pytest.raises(Refused):
        Workspace.open(project.folder, "eve", verb="notebook")
    assert sorted(os.listdir("/proc/self/fd")) == held
