"""tillid doctor: whether the machine, the project and its store have what a run needs, and what to do if not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tillid.governance.errors import Refused
from tillid.governance.govern import govern
from tillid.pipeline.catalogue import event_sources
from tillid.pipeline.check import admit
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import STATE, audit_verdict, open_pulled, open_source
from tillid.pipeline.workspace import Workspace
from tillid.ports.errors import StoreHeld
from tillid.ports.source import Look
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.profile.definitions import OCCURRED_AT
from tillid.terms.errors import TillidError, nearest

OLDEST_PYTHON = (3, 11)
LITTLE_SPACE = 1 << 30
NO_SPACE = 100 << 20
LONG_AGO = timedelta(days=60)
_ENGINES = {"duckdb": ("duckdb", "ibis-framework", "pyarrow"), "spark": ("pyspark", "ibis-framework", "pyarrow")}


class State(StrEnum):
    """What a check found: in order, something to know, or something that stands in the way."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and what to do where it is not in order."""

    name: str
    state: State
    found: str
    hint: str = ""

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {"name": self.name, "state": self.state.value, "found": self.found, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing stands in the way."""
        return all(check.state is not State.FAIL for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {"ok": self.is_well, "checks": [check.as_dict() for check in self.checks]}


def examine(folder: Path, actor: str) -> Examination:
    """Look at everything, for the actor of this name; what can't be looked at is a check that says so.

    Raises `ActorUnknown` when the project can be read and does not list the actor.
    """
    project, findings = load_project(folder)
    if project is not None:
        admit(project, actor, "doctor")
    checks = [_python(), *_engine("duckdb" if project is None else project.store), _space(folder)]
    if project is None or findings:
        said = f"{len(findings)} mistake{'' if len(findings) == 1 else 's'} in the definitions"
        checks += [Check("project", State.FAIL, said, "Run: tillid check"), _permissions(folder), _audit(folder)]
        return Examination(tuple(checks))
    checks.append(Check("project", State.OK, f"{project.name}: {_counted(project)}"))
    checks += [_permissions(folder), _audit(folder), *_pulled(project), *_remote(project), *_store(folder, actor)]
    return Examination(tuple(checks))


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("python", State.OK, found)
    return Check("python", State.FAIL, found, f"Use {'.'.join(map(str, OLDEST_PYTHON))} or newer.")


def _engine(store: str) -> Iterator[Check]:
    for package in _ENGINES[store]:
        try:
            yield Check(package, State.OK, version(package))
        except PackageNotFoundError:
            extra = "tillid[spark]" if package == "pyspark" else "tillid"
            yield Check(package, State.FAIL, "not installed", f"Run: pip install '{extra}'")
    if store == "spark":
        yield _java()


def _java() -> Check:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found:
        return Check("java", State.OK, found)
    return Check("java", State.FAIL, "not found", "Install a Java runtime (17 or newer), or set JAVA_HOME.")


def _space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB free"
    if free < NO_SPACE:
        return Check("disk", State.FAIL, said, "Free some: a run writes a new generation beside the former one.")
    if free < max(LITTLE_SPACE, 2 * _size(folder / STATE)):
        return Check("disk", State.WARN, said, "A run writes a new generation beside the former one.")
    return Check("disk", State.OK, said)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _permissions(folder: Path) -> Check:
    state = folder / STATE
    if not state.exists():
        return Check("privacy", State.OK, f"{STATE} is made by the first run")
    if not os.access(state, os.R_OK | os.W_OK | os.X_OK):
        return Check("privacy", State.FAIL, f"{STATE} can't be written", f"Run: chmod u+rwx {state}")
    if state.stat().st_mode & 0o077:
        # The folder is the fence: what is inside is reached through it alone.
        return Check("privacy", State.WARN, f"others can look into {STATE}", f"Run: chmod go= {state}")
    return Check("privacy", State.OK, f"{STATE} is open to you alone")


def _audit(folder: Path) -> Check:
    verdict = audit_verdict(folder)
    if verdict is None:
        return Check("audit log", State.OK, "nothing has been asked yet")
    if verdict.bad_line is None:
        return Check("audit log", State.OK, f"{verdict.lines:,} entries, unbroken")
    said = f"line {verdict.bad_line}: {verdict.reason}"
    return Check("audit log", State.FAIL, said, "Compare with a backup: someone or something changed it.")


def _pulled(project: Project) -> Iterator[Check]:
    """Whether each source that is pulled lets us in and has what its definition names, and what else it tells."""
    for source in project.sources.values():
        if not source.is_pulled:
            continue
        try:
            pulled = open_pulled(project, source)
            yield _columns_of(source, pulled.look())
            for noticed in pulled.notice():
                state = State.WARN if noticed.hint else State.OK
                yield Check(f"{source.name} {noticed.what}", state, noticed.found, noticed.hint)
        except TillidError as error:
            yield Check(source.name, State.FAIL, error.message, error.hint)


def _columns_of(source: SourceDefinition, look: Look) -> Check:
    missing = [column.header for column in source.columns if column.header not in look.columns]
    said = f"{look.file}: {len(look.columns)} columns"
    if missing and look.columns_complete:
        return Check(source.name, State.FAIL, f"{said}, and no {', '.join(missing)}", nearest(missing[0], look.columns))
    return Check(source.name, State.OK, said)


def _remote(project: Project) -> Iterator[Check]:
    """Whether the files that are elsewhere are reached: the server is the known one, lets us in, and has some."""
    for source in project.sources.values():
        if source.from_ is None:
            continue
        try:
            with closing(open_source(project, source)) as reader:
                files, waiting = reader.files(), reader.waiting()
        except TillidError as error:
            yield Check(source.name, State.FAIL, error.message, error.hint)
            continue
        being_written = f", {len(waiting)} being written" if waiting else ""
        yield Check(source.name, State.OK, f"{source.from_}: {len(files)} files{being_written}")


def _store(folder: Path, actor: str) -> Iterator[Check]:
    try:
        with Workspace.open(folder, actor, verb="doctor") as workspace:
            generation = workspace.store.generation()
            if generation is None:
                yield Check("store", State.WARN, "no run yet", "Run: tillid run")
                return
            at = str(generation.notes.get("run_at", ""))[:19].replace("T", " ")
            yield Check("store", State.OK, f"{workspace.store.engine}, generation {generation.number} of {at} UTC")
            yield _definitions(workspace, generation.notes.get("register"))
            yield from _as_of(workspace)
    except StoreHeld as error:
        yield Check("store", State.WARN, error.message, error.hint)
    except TillidError as error:
        yield Check("store", State.FAIL, error.message, error.hint)


def _definitions(workspace: Workspace, worked_out: object) -> Check:
    if worked_out == workspace.register.version:
        return Check("definitions", State.OK, "as at the last run")
    return Check("definitions", State.WARN, "purposes, roles or tables changed since the last run", "Run: tillid run")


def _as_of(workspace: Workspace) -> Iterator[Check]:
    """Whether the moment that windows look back from is near the newest events."""
    newest = [at for name in event_sources(workspace.project) if (at := _newest(workspace, name)) is not None]
    if not newest:
        return
    last, as_of = max(newest), workspace.as_of
    end, newest_at = workspace.local(as_of), workspace.local(last)
    said = f"windows end {end:%Y-%m-%d}, the newest event is of {newest_at:%Y-%m-%d}"
    if as_of - last > LONG_AGO:
        hint = "Set as_of in tillid.yml if the data ends there; else see why nothing newer comes."
        yield Check("as_of", State.WARN, said, hint)
    elif last - as_of > timedelta(days=1):
        yield Check("as_of", State.WARN, said, "Newer events are left out: take as_of out of tillid.yml.")
    else:
        yield Check("as_of", State.OK, said)


def _newest(workspace: Workspace, source: str) -> datetime | None:
    """The time of a source's newest event, under any purpose for which the actor may see it."""
    events = workspace.table(source)
    query = events.aggregate(newest=events[OCCURRED_AT].max())
    for purpose in workspace.project.purposes:
        try:
            rows = workspace.store.fetch(govern(query, workspace.permit(purpose)))
        except Refused:
            continue
        found = rows.column("newest")[0].as_py()
        if isinstance(found, datetime):
            return found
    return None


def _counted(project: Project) -> str:
    kinds = ("purposes", "sources", "variables", "segments", "activations")
    return ", ".join(f"{len(getattr(project, kind))} {kind}" for kind in kinds)
