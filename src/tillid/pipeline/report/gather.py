"""Gathers what the page of a run shows, each figure by a governed query under a purpose that it may be read for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import cast

import ibis

from tillid.governance.columns_usable import is_usable
from tillid.governance.housekeeping import INTAKE, PERMISSIONS
from tillid.governance.permissions import why_column
from tillid.pipeline.catalogue import people_sources, unbound
from tillid.pipeline.intake.declare import log_table
from tillid.pipeline.intake.sources import TakenIn
from tillid.pipeline.quality.figures import LoadFigures
from tillid.pipeline.quality.told import loads_of
from tillid.pipeline.report import distributions as spread
from tillid.pipeline.report.figures import (
    ActivationFigures,
    OverlapFigures,
    PurposeFigures,
    RefusedRows,
    ReportFigures,
    SegmentFigures,
    SourceFigures,
    VariableFigures,
    WashedFigures,
)
from tillid.pipeline.report.page import write
from tillid.pipeline.run_report import RunReport
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import hidden
from tillid.stages.ingest.refusals import Refusal
from tillid.stages.profile.tables import VARIABLES
from tillid.stages.resolve.tables import MEMBERS
from tillid.stages.wash import Verdict
from tillid.terms.purpose import LINKING
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Column

FILE = "report.html"
_LINES_SHOWN = 5
_VERDICTS = (Verdict.VALID, Verdict.CORRECTED, Verdict.INVALID, Verdict.EMPTY, Verdict.SUSPECT)


def write_report(workspace: Workspace, report: RunReport, taken: TakenIn) -> str:
    """Write `report.html` into the project folder; its path there."""
    write(gather(workspace, report, taken), workspace.project.folder / FILE)
    return FILE


def gather(workspace: Workspace, report: RunReport, taken: TakenIn) -> ReportFigures:
    """The figures of the page."""
    project = workspace.project
    in_source, overlap = _people_by_source(workspace)
    loads = loads_of(workspace)
    return ReportFigures(
        project=project.name,
        controller=project.controller,
        contact=project.contact,
        as_of=workspace.local(workspace.as_of),
        ran_at=workspace.local(workspace.now),
        took_for=report.seconds,
        generation=report.generation,
        register_version=workspace.register.version,
        engine=workspace.store.engine,
        people=report.people,
        records=report.records,
        events=report.events,
        sources=tuple(_source(workspace, s, taken, in_source, loads.get(s.name, ())) for s in project.sources.values()),
        overlap=overlap,
        purposes=purpose_figures(workspace),
        variables=tuple(_variables(workspace)),
        segments=tuple(
            SegmentFigures(s.name, s.label, s.purpose, count.people, count.entered, count.left)
            for s in project.segments.values()
            if (count := report.segments.get(s.name)) is not None
        ),
        activations=_activations(workspace, report),
    )


def _people_by_source(workspace: Workspace) -> tuple[Mapping[str, int], tuple[OverlapFigures, ...]]:
    """How many people each people source knows, and how many exactly these sources know together."""
    names = people_sources(workspace.project)
    if not names:
        return {}, ()
    logs = [workspace.project.sources[name] for name in names]
    members = unbound(MEMBERS)
    each = [
        unbound(log_table(source))
        .join(members, SUBJECT_ID)
        .select(PERSON_ID)
        .distinct()
        .mutate(bit=ibis.literal(1 << n))
        for n, source in enumerate(logs)
    ]
    seen = reduce(lambda a, b: a.union(b), each)
    person = seen.group_by(PERSON_ID).agg(sources=seen["bit"].sum())
    counted = person.group_by("sources").agg(people=person.count())
    rows = workspace.ask(counted, workspace.permit(INTAKE)).to_pylist()
    in_source: dict[str, int] = defaultdict(int)
    overlap = []
    for row in sorted(rows, key=lambda row: -row["people"]):
        within = tuple(name for n, name in enumerate(names) if int(row["sources"]) >> n & 1)
        overlap.append(OverlapFigures(within, row["people"]))
        for name in within:
            in_source[name] += row["people"]
    return in_source, tuple(overlap)


def _source(
    workspace: Workspace,
    source: SourceDefinition,
    taken: TakenIn,
    in_source: Mapping[str, int],
    loads: Sequence[LoadFigures],
) -> SourceFigures:
    generation = workspace.store.generation()
    noted = {} if generation is None else cast("Mapping[str, Mapping[str, int]]", generation.notes.get("counts", {}))
    # A run that found the files unchanged shows what the last reading of them brought.
    count = noted.get(source.name, taken.counts[source.name].as_dict())
    return SourceFigures(
        name=source.name,
        kind=str(source.kind),
        read=count["read"],
        accepted=count["accepted"],
        refused=count["refused"],
        held_back=count["held_back"],
        people=in_source.get(source.name, 0) if source.kind is SourceKind.PEOPLE else None,
        washed=_washed(source, loads),
        untagged=tuple(taken.untagged.get(source.name, ())),
        refusals=_refusals(taken.refusals.get(source.name, ())),
        quarantined=tuple(
            (hidden(header), str(kind), values)
            for (header, kind), values in sorted(taken.quarantined.get(source.name, {}).items())
        ),
    )


def _washed(source: SourceDefinition, loads: Sequence[LoadFigures]) -> tuple[WashedFigures, ...]:
    columns = loads[-1].columns if loads else {}
    return tuple(
        WashedFigures(c.name, *(columns[c.name].verdict(verdict) for verdict in _VERDICTS))
        for c in source.columns
        if c.name in columns and columns[c.name].verdicts
    )


def _refusals(refused: Sequence[Refusal]) -> tuple[RefusedRows, ...]:
    lines: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row in refused:
        lines[(row.file, row.column, row.reason)].append(row.line)
    return tuple(RefusedRows(*key, len(at), tuple(at[:_LINES_SHOWN])) for key, at in lines.items())


def purpose_figures(workspace: Workspace) -> tuple[PurposeFigures, ...]:
    """How many people each purpose of the project may process, and why not the others."""
    stands = workspace.table("standing")
    permit = workspace.permit(PERMISSIONS)
    figures = []
    for purpose in workspace.project.purposes.values():
        why = stands[why_column(purpose.key)]
        counted = stands.group_by(why=why).agg(people=stands.count())
        reasons = {row["why"]: row["people"] for row in workspace.ask(counted, permit).to_pylist()}
        permitted = reasons.pop(None, 0)
        basis = str(purpose.legal_basis)
        figures.append(PurposeFigures(purpose.key, purpose.label, basis, permitted, dict(sorted(reasons.items()))))
    return tuple(figures)


def _variables(workspace: Workspace) -> list[VariableFigures]:
    """Each variable as the first purpose that covers it sees it."""
    table = workspace.register.table(VARIABLES)
    by_purpose: dict[str, list[Column]] = defaultdict(list)
    usable_for: dict[str, tuple[str, ...]] = {}
    for column in table.columns:
        purposes = [p.key for p in workspace.project.purposes.values() if p.key != LINKING and is_usable(column, p)]
        usable_for[column.name] = tuple(purposes)
        if purposes:
            by_purpose[purposes[0]].append(column)
    shown = {}
    for purpose, columns in by_purpose.items():
        permit = workspace.permit(purpose)
        rows = unbound(table)
        extent = workspace.ask(spread.extents(rows, [c.name for c in columns]), permit).to_pylist()[0]
        for column in columns:
            shown[column.name] = _variable(workspace, column, extent, usable_for[column.name])
    return [shown[column.name] for column in table.columns if column.name in shown]


def _variable(
    workspace: Workspace, column: Column, extent: Mapping[str, float], purposes: tuple[str, ...]
) -> VariableFigures:
    permit = workspace.permit(purposes[0])
    rows = workspace.table(VARIABLES)
    figures = VariableFigures(
        name=column.name,
        label=column.label,
        unit=column.unit,
        covered=int(extent[f"{column.name}__covered"]),
        people=int(extent[spread.PEOPLE]),
        purposes=purposes,
    )
    if spread.is_number(column.type):
        low, high = extent[f"{column.name}__low"], extent[f"{column.name}__high"]
        scale = spread.scale_of(low, high, whole=column.type.startswith("int"))
        if scale is None:
            return figures
        counted = workspace.ask(spread.bins_query(rows, column.name, scale), permit)
        return replace(figures, bins=spread.bins_of(scale, counted))
    ordered = spread.is_time(column.type)
    counted = workspace.ask(spread.groups_query(rows, column.name), permit)
    return replace(figures, groups=spread.groups_of(counted, figures.covered, ordered=ordered), ordered=ordered)


def _activations(workspace: Workspace, report: RunReport) -> tuple[ActivationFigures, ...]:
    return tuple(
        ActivationFigures(
            name=a.name,
            label=a.label,
            segment=a.segment,
            purpose=a.purpose,
            destination=a.destination,
            added=done.added,
            kept=done.people - done.added,
            removed=done.removed,
            held_back=done.held_back,
        )
        for a in workspace.project.activations.values()
        if (done := report.activations.get(a.name)) is not None
    )
