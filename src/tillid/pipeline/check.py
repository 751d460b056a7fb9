"""tillid check: what a project declares, and every mistake in it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tillid.governance.errors import Refused
from tillid.governance.register import Register
from tillid.pipeline.catalogue import declared_tables
from tillid.pipeline.intake.declare import source_table
from tillid.pipeline.project.findings import Finding
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import audit_log
from tillid.ports.clock import system_clock


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The keys of a project's purposes, the tables that a query may name, and every mistake."""

    purposes: tuple[str, ...]
    tables: tuple[str, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {
            "purposes": list(self.purposes),
            "tables": list(self.tables),
            "findings": [{"file": f.file, "line": f.line, "message": f.message} for f in self.findings],
        }


def check(folder: Path, actor: str) -> CheckReport:
    """Read every definition of the project in `folder`, for the actor of this name.

    With mistakes, `purposes` and `tables` are those that could be made. Raises `ActorUnknown`.
    """
    project, findings = load_project(folder)
    if project is None:
        return CheckReport((), (), tuple(findings))
    admit(project, actor, "check")
    if findings:
        return CheckReport(tuple(project.purposes), _tables_of_sources(project), tuple(findings))
    names = sorted(table.name for table in declared_tables(project).values() if not table.only_for)
    return CheckReport(tuple(project.purposes), tuple(names), ())


def admit(project: Project, actor: str, verb: str) -> None:
    """Refuse who is not listed in the project, and write that to its audit log.

    For verbs that look at a project which may be too broken for a workspace. Raises `ActorUnknown`.
    """
    register = Register(purposes=(), actors=project.users.values(), tables=(), purpose_sets={}, clock=system_clock)
    try:
        register.actor(actor)
    except Refused as error:
        entry = {"actor": actor, "verb": verb, "rule": error.rule, "reason": str(error)}
        with closing(audit_log(project.folder)) as log:
            log.append("refused", entry)
        raise


def _tables_of_sources(project: Project) -> tuple[str, ...]:
    return tuple(sorted(source.name for source in project.sources.values() if source_table(source) is not None))
