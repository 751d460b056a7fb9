"""How a run and its deliveries look to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tillid.cli.show import heading, plain, show, tabled

if TYPE_CHECKING:
    from tillid.pipeline.activate import Activated
    from tillid.pipeline.intake.sources import SourceCount
    from tillid.pipeline.project.project import Project
    from tillid.pipeline.report.figures import PurposeFigures
    from tillid.pipeline.run_report import RunReport


def run_shown(project: Project, report: RunReport, purposes: Sequence[PurposeFigures]) -> None:
    """The summary of a run: what was read, who may be processed, what was worked out, what was sent."""
    counts = [(name, c.read, c.accepted, c.refused, c.held_back, _files(c)) for name, c in report.sources.items()]
    sources = tabled(("source", "rows read", "accepted", "refused", "held back", "files"), counts, numbers=range(1, 5))
    show(heading("Sources"), sources)
    known = f"{report.people:,} people, known from {report.records:,} records and {report.events:,} events"
    show(heading("People"), f"{known}.", _permitted(purposes))
    segments = [
        (name, project.segments[name].label, project.segments[name].purpose, c.people, f"+{c.entered:,} -{c.left:,}")
        for name, c in report.segments.items()
    ]
    if segments:
        shown = tabled(("segment", "label", "purpose", "people", "since last"), segments, numbers=(3, 4))
        show(heading("Segments"), shown)
    activations_shown(report.activations)
    _to_look_at(report)
    show(f"\n{project.name}: done in {report.seconds:.1f} s. The report is {project.folder / report.report}")


def activations_shown(activations: Mapping[str, Activated], said: str = "") -> None:
    """What was sent, or would be: who was added and removed, and who was held back for what reason."""
    headers = ["activation", "people", "added", "removed", "held back"]
    rows: list[list[object]] = [
        [name, done.people, f"+{done.added:,}", f"-{done.removed:,}", _reasons(done.held_back) or "nobody"]
        for name, done in activations.items()
    ]
    if any(done.place for done in activations.values()):
        headers.append("sent to")
        rows = [[*row, done.place] for row, done in zip(rows, activations.values(), strict=True)]
    if rows:
        show(heading("Activations"), tabled(headers, rows, numbers=(1, 2, 3)))
    if said:
        show(said)


def _permitted(purposes: Sequence[PurposeFigures]) -> object:
    rows = [(p.key, p.legal_basis.replace("_", " "), p.permitted, _reasons(p.not_permitted)) for p in purposes]
    return tabled(("purpose", "legal basis", "permitted", "not"), rows, numbers=(2,))


def _files(count: SourceCount) -> str:
    parts = ((count.files_read, "read"), (count.files_unchanged, "unchanged"))
    return ", ".join(f"{files} {word}" for files, word in parts if files)


def _reasons(people: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in people.items())


def _to_look_at(report: RunReport) -> None:
    lines = [plain(finding) for finding in report.findings]
    refused = sum(count.refused for count in report.sources.values())
    if refused:
        lines.append(f"{refused:,} rows were refused and kept, with file, line, column and reason: see the report")
    if lines:
        show(heading("To look at"), *(f"  {line}" for line in lines))
