"""How a run and its deliveries look to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tillid.cli.show import facts, heading, plain, show, tabled

if TYPE_CHECKING:
    from tillid.pipeline.activate import Activated
    from tillid.pipeline.project.project import Project
    from tillid.pipeline.run import RunReport


def run_shown(project: Project, report: RunReport) -> None:
    """The summary of a run: what was read, who was found, what was worked out, what was sent."""
    counts = [
        (name, c.read, c.accepted, c.refused, c.held_back, f"{c.files_read} read, {c.files_unchanged} unchanged")
        for name, c in report.sources.items()
    ]
    headers = ("source", "rows read", "accepted", "refused", "held back", "files")
    show(heading("Sources"), tabled(headers, counts, numbers=range(1, 5)))
    show(
        heading("People"),
        facts(
            {
                "people": f"{report.people:,}, found in {report.records:,} records",
                "events": f"{report.events:,}",
            }
        ),
    )
    segments = [
        (name, project.segments[name].label, project.segments[name].purpose, c.people, f"+{c.entered:,} -{c.left:,}")
        for name, c in report.segments.items()
    ]
    if segments:
        show(heading("Segments"), tabled(("segment", "", "for", "people", "since last"), segments, numbers=(3,)))
    activations_shown(report.activations)
    if report.findings:
        show(heading("To look at"), *(f"  {plain(finding)}" for finding in report.findings))
    refused = sum(count.refused for count in report.sources.values())
    if refused:
        show(f"  {refused:,} rows were refused and kept, with file, line, column and reason: refused_rows")
    show(f"\n{project.name}: done in {report.seconds:.1f} s. See {report.report}")


def activations_shown(activations: Mapping[str, Activated], said: str = "") -> None:
    """What was sent, or would be: who was added and removed, and who was held back for what reason."""
    rows = [
        (name, done.people, f"+{done.added:,}", f"-{done.removed:,}", _held(done.held_back), done.place)
        for name, done in activations.items()
    ]
    if rows:
        headers = ("activation", "people", "added", "removed", "held back", "sent to")
        show(heading("Activations"), tabled(headers, rows, numbers=(1, 2, 3)))
    if said:
        show(said)


def _held(held_back: Mapping[str, int]) -> str:
    return ", ".join(f"{people:,} {reason.replace('_', ' ')}" for reason, people in held_back.items()) or "nobody"
