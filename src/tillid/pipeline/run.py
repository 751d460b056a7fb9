"""tillid run: from changed files to a new generation, then to delivered lists and a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from time import perf_counter
from typing import Any, cast

from tillid.pipeline.activate import activate_all
from tillid.pipeline.derive import Derived, derive, steps
from tillid.pipeline.intake.national_ids import NOTES
from tillid.pipeline.intake.sources import TakenIn, take_in_sources
from tillid.pipeline.intake.to_read import definition_digest
from tillid.pipeline.progress import Progress
from tillid.pipeline.quality.figures import NOTES as QUALITY
from tillid.pipeline.quality.figures import remembered
from tillid.pipeline.run_report import RunReport
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build, Generation


def run(workspace: Workspace, progress: Progress) -> RunReport:
    """Build and swap in a new generation, deliver the activations, write the report.

    Raises a `TillidError`, and the former generation stays, when a source can't be read or a purpose is not
    the actor's to use.
    """
    began = perf_counter()
    taken, derived = build_generation(workspace, progress)
    report = RunReport(
        sources=taken.counts,
        people=derived.people,
        records=taken.records,
        events=taken.events,
        segments=derived.segments,
        findings=tuple(taken.findings),
    )
    with progress.stage("Activating", len(workspace.project.activations)) as step:
        report.activations = activate_all(workspace, step)
    with progress.stage("Writing the report"):
        # Imported here: what draws charts is slow to load, and data need not wait for it.
        from tillid.pipeline.quality.page import FILE, write  # noqa: PLC0415
        from tillid.pipeline.quality.told import quality  # noqa: PLC0415
        from tillid.pipeline.report.gather import write_report  # noqa: PLC0415

        report.seconds = perf_counter() - began
        report.generation = _number(workspace.store.generation())
        write(quality(workspace), workspace.local(workspace.now), workspace.project.folder / FILE)
        report.quality = FILE
        report.report = write_report(workspace, report, taken)
    report.seconds = perf_counter() - began
    return report


def build_generation(workspace: Workspace, progress: Progress) -> tuple[TakenIn, Derived]:
    """Take in what changed and work out everything that follows from it, in one new generation."""
    return worked_out(workspace, progress, lambda build: take_in_sources(workspace, build, progress))


def worked_out(
    workspace: Workspace,
    progress: Progress,
    take_in: Callable[[Build], TakenIn],
    look: Callable[[Build], None] = lambda _: None,
) -> tuple[TakenIn, Derived]:
    """Have `take_in` add facts to a new generation, work out what follows, have `look` read it, and make it current."""
    build = workspace.store.build(workspace.fingerprints())
    try:
        taken = take_in(build)
        workspace.know_purpose_sets(taken.purpose_sets.as_sets())
        with progress.stage("Working out persons, profiles and segments", steps(workspace)) as step:
            derived = derive(workspace, build, taken.oldest, step)
            taken.settle()
        look(build)
        build.commit(_notes(workspace, build, taken, derived))
    except BaseException:
        build.abandon()
        workspace.refresh()
        raise
    workspace.refresh()
    return taken, derived


def _number(generation: Generation | None) -> int:
    return 0 if generation is None else generation.number


def _notes(workspace: Workspace, build: Build, taken: TakenIn, derived: Derived) -> dict[str, object]:
    former = {} if build.former is None else dict(build.former.notes)

    # What is not declared any more is held still, and found again when it is declared anew.
    def held(name: str, now: Mapping[str, object]) -> dict[str, object]:
        return {**cast("Mapping[str, object]", former.get(name, {})), **now}

    loads = cast("Mapping[str, list[Mapping[str, Any]]]", former.get(QUALITY, {}))
    quality = {name: remembered(loads.get(name, []), load) for name, load in taken.quality.items()}
    return {
        **former,
        "register": workspace.register.version,
        "purpose_sets": {str(n): sorted(keys) for n, keys in taken.purpose_sets.as_sets().items()},
        "files": held("files", taken.files),
        "definitions": held("definitions", {s.name: definition_digest(s) for s in workspace.project.sources.values()}),
        "untagged": taken.untagged,
        NOTES: held(NOTES, taken.looked_at),
        "oldest": held("oldest", {name: moment.isoformat() for name, moment in taken.oldest.items()}),
        "next_subject": taken.numbers.next_subject,
        "rows": held("rows", taken.rows),
        "counts": held("counts", {n: c.as_dict() for n, c in taken.counts.items() if c.files_read}),
        QUALITY: held(QUALITY, quality),
        "as_of": workspace.as_of.isoformat(),
        "run_at": workspace.now.isoformat(),
        "purposes": workspace.fingerprints(),
        "rows_within": {key: str(retention) for key, retention in workspace.register.rows_within.items()},
        "members": {name: asdict(members) for name, members in derived.members.items()},
        "people": derived.people,
        "segments": {name: count.people for name, count in derived.segments.items()},
    }
