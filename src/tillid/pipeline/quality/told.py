"""The quality of a project's sources as plain values: what `tillid quality --json` prints and the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from tillid.governance.housekeeping import INTAKE
from tillid.pipeline.errors import NotDefined
from tillid.pipeline.quality.drift import Remark, may_tell_shares, remarks, stability, usable, usual_gap
from tillid.pipeline.quality.figures import NOTES, ColumnFigures, LoadFigures
from tillid.pipeline.quality.showing import Showing, showings
from tillid.pipeline.report.small_cells import shown
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.quarantine import hidden
from tillid.stages.wash import Verdict
from tillid.terms.errors import nearest

Told = dict[str, Any]
_JUDGED = tuple(verdict for verdict in Verdict if verdict is not Verdict.EMPTY)


def quality(workspace: Workspace, wanted: str | None = None) -> Told:
    """The quality of each source, or of the one of this name, as its last loads had it.

    Asks for the purpose that data is taken in for. Raises `NotDefined` and `PurposeNotPermitted`.
    """
    workspace.permit(INTAKE)
    sources = workspace.project.sources
    if wanted is not None and wanted not in sources:
        raise NotDefined(f"No source {wanted!r} is defined", hint=nearest(wanted, sources))
    loads = loads_of(workspace)
    names = sources if wanted is None else [wanted]
    told = [_source(workspace, sources[name], loads.get(name, ())) for name in names]
    # Who is asked reads from the top, so the sick come first.
    told.sort(key=lambda source: -len(cast("list[object]", source["remarks"])))
    return {"project": workspace.project.name, "sources": told}


def loads_of(workspace: Workspace) -> dict[str, list[LoadFigures]]:
    """The loads that are remembered of each source, the oldest first."""
    generation = workspace.store.generation()
    notes = {} if generation is None else generation.notes
    noted = cast("Mapping[str, Sequence[Mapping[str, Any]]]", notes.get(NOTES, {}))
    return {name: [LoadFigures.from_note(note) for note in loads] for name, loads in noted.items()}


def _source(workspace: Workspace, source: SourceDefinition, loads: Sequence[LoadFigures]) -> Told:
    about: Told = {"name": source.name, "kind": str(source.kind), "load": str(source.load), "loads": len(loads)}
    if not loads:
        return {**about, "last": None, "freshness": None, "remarks": [], "columns": [], "history": []}
    # As the purposes are now, too: what was counted for a purpose that is gone is not shown any more.
    may_show = showings(source, workspace.project.purposes)
    found = remarks(source, loads, may_show, workspace.now)
    last = loads[-1]
    gap = usual_gap(loads)
    judged = [name for name, showing in may_show.items() if showing is not Showing.FILLED]
    return {
        **about,
        "last": {
            "generation": last.generation,
            "at": last.at,
            "files": last.files,
            "read": last.read,
            "kept": last.rows,
            "refused": last.refused,
            "held_back": last.held_back,
            "guessed": last.guessed,
            "guessed_alone": last.guessed_alone,
            "refused_by": [{"column": c, "reason": r, "rows": n} for c, r, n in last.refused_by],
        },
        "freshness": {
            "newest_file": last.file_time,
            "newest_record": last.newest,
            "usual_days": None if gap is None else round(gap.total_seconds() / 86_400, 2),
            "is_late": any(one.kind == "late" for one in found),
        },
        "remarks": [one.as_dict() for one in found],
        "columns": _columns(source, loads, may_show, found),
        "history": [
            {"at": one.file_time, "read": one.read, "refused": one.refused, "usable": _share(*usable(one, judged))}
            for one in loads
        ],
    }


def _columns(
    source: SourceDefinition, loads: Sequence[LoadFigures], may_show: Mapping[str, Showing], found: Sequence[Remark]
) -> list[Told]:
    last, weights = loads[-1], {one.column: one.weight for one in reversed(found)}
    told = []
    for column in sorted(source.columns, key=lambda c: -weights.get(c.name, 0)):
        if column.name not in last.columns:
            continue
        before = next((load for load in reversed(loads[:-1]) if column.name in load.columns), None)
        about = {
            "name": column.name,
            "header": hidden(column.header),
            "type": str(column.type),
            "category": column.category,
            "shown": str(may_show[column.name]),
        }
        told.append({**about, **_column(column.name, last, before, may_show[column.name])})
    return told


def _column(name: str, load: LoadFigures, before: LoadFigures | None, showing: Showing) -> Told:
    figures = load.columns[name]
    filled, _ = _counted((figures.filled, load.rows - figures.filled), showing)
    told: Told = {
        "rows": load.rows,
        "filled": filled,
        "verdicts": {},
        "reasons": {},
        "distinct": None,
        "looked_at": None,
        "low": None,
        "high": None,
        "examples": [],
        "drift": None if before is None else _drift(name, load, before, showing),
    }
    if showing is Showing.FILLED:
        return told
    if figures.verdicts:
        counts = _counted([figures.verdict(verdict) for verdict in _JUDGED], showing)
        told["verdicts"] = {str(v): count for v, count in zip(_JUDGED, counts, strict=True)}
        told["reasons"] = dict(zip(figures.reasons, _counted(list(figures.reasons.values()), showing), strict=True))
    return told if showing is Showing.COUNTS else {**told, **_looked_at(figures)}


def _looked_at(figures: ColumnFigures) -> Told:
    return {
        "distinct": figures.distinct,
        "looked_at": figures.looked_at,
        "low": figures.low,
        "high": figures.high,
        "examples": [{"shape": s.shape, "verdict": s.verdict or None, "rows": s.rows} for s in figures.shapes],
    }


def _counted(counts: Sequence[int], showing: Showing) -> list[int | None]:
    """Counts as they may be shown: of what asks for a law, one to four rows are not told, and others to five."""
    if showing is Showing.ALL:
        return list(counts)
    return [None if one.is_hidden else int(one.size) for one in shown(counts)]


def _drift(name: str, load: LoadFigures, before: LoadFigures, showing: Showing) -> Told:
    """How shares differ from the load before, in percentage points, and the stability index of the verdicts."""
    now, was = load.columns[name], before.columns[name]
    if not (may_tell_shares(load, showing) and may_tell_shares(before, showing)):
        return {"since": before.file_time, "points": {}, "psi": None}
    moved = {"filled": _points((was.filled, before.rows), (now.filled, load.rows))}
    if showing is not Showing.FILLED and now.verdicts and was.verdicts:
        for verdict in _JUDGED:
            moved[str(verdict)] = _points((was.verdict(verdict), was.filled), (now.verdict(verdict), now.filled))
    index = stability(was.verdicts, now.verdicts) if len(moved) > 1 else None
    return {"since": before.file_time, "points": moved, "psi": index}


def _points(was: tuple[int, int], now: tuple[int, int]) -> int | None:
    """The change in whole percentage points, which does not tell of a single row of a hundred."""
    if not was[1] or not now[1]:
        return None
    return round(100 * (now[0] / now[1] - was[0] / was[1]))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
