"""Loads a project folder: finds it, reads it, checks it, and says every mistake in one go."""

from __future__ import annotations

from pathlib import Path

from tillid.pipeline.project.build import build_project
from tillid.pipeline.project.cross_checks import check_across
from tillid.pipeline.project.entries import read_entries
from tillid.pipeline.project.errors import ProjectHasMistakes, ProjectNotFound
from tillid.pipeline.project.findings import Finding, Findings
from tillid.pipeline.project.known import Known
from tillid.pipeline.project.project import Project
from tillid.pipeline.project.table_checks import check_tables
from tillid.pipeline.project.type_checks import check_types

PROJECT_FILE = "tillid.yml"


def find_project(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds a tillid.yml; ProjectNotFound when none does."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ProjectNotFound(
        f"No {PROJECT_FILE} in this folder or above it",
        hint="Go to a project, name one with --project DIR, or make one with `tillid init`.",
    )


def load_project(folder: Path) -> tuple[Project | None, list[Finding]]:
    """The project in `folder` and every mistake in it, by file and line.

    With mistakes, the project holds only the definitions that could be made (for showing, not for running),
    and is None when tillid.yml itself cannot be used.
    """
    findings = Findings()
    if not (folder / PROJECT_FILE).is_file():
        findings.add(PROJECT_FILE, 1, "the file is missing: without it a folder is no project")
        return None, findings.in_order()
    entries = read_entries(folder, findings)
    known = Known(entries)
    check_across(known)
    project = build_project(folder, entries)
    if project is not None:
        check_tables(project, known)
        check_types(project, known)
    return project, findings.in_order()


def load_or_refuse(folder: Path) -> Project:
    """The project in `folder`, or ProjectHasMistakes with every finding."""
    project, findings = load_project(folder)
    if findings or project is None:
        raise ProjectHasMistakes(findings)
    return project
