"""Which purposes admit the same to a table, so that it is worked out once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce

from tillid.governance.columns_usable import is_usable
from tillid.governance.govern import govern
from tillid.pipeline.catalogue import event_sources, people_sources, unbound
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build
from tillid.terms.durations import Duration
from tillid.terms.purpose import LINKING, Purpose

# A row must not come of age while a run is at work.
_MARGIN = timedelta(days=1)
# As old as what is not there.
_NEVER = datetime.max


def profiled_purposes(workspace: Workspace) -> list[str]:
    """The purposes that profiles are worked out for, in the order of the register.

    Linking joins identifiers and asks for no profile, so none is worked out for it; nor is any where no source
    has people or events.
    """
    if not (people_sources(workspace.project) or event_sources(workspace.project)):
        return []
    return [key for key in workspace.project.purposes if key != LINKING]


def scope_groups(workspace: Workspace, table: str) -> list[tuple[str, ...]]:
    """The project's purposes that share a scope of the table, together, in the order of the register."""
    return by_scope(workspace, table, profiled_purposes(workspace))


def by_scope(workspace: Workspace, table: str, purposes: Sequence[str]) -> list[tuple[str, ...]]:
    """These purposes, those that share a scope of the table together."""
    groups: dict[str, list[str]] = {}
    for key in purposes:
        groups.setdefault(workspace.register.scope_of(key, workspace.register.tables[table]), []).append(key)
    return [tuple(keys) for keys in groups.values()]


def rows_within(workspace: Workspace, build: Build) -> dict[str, Duration]:
    """Purpose → the shortest retention that all rows which it admits are within, where its own is longer.

    It is one of a purpose that admits the same purpose sets: so the two admit the same rows, of any age.
    """
    found: dict[str, Duration] = {}
    alike: dict[frozenset[int], list[Purpose]] = {}
    for key in profiled_purposes(workspace):
        alike.setdefault(workspace.register.admitted_sets(key), []).append(workspace.register.purpose(key))
    now = workspace.now
    for purposes in alike.values():
        cutoffs = {purpose.retention.before(now): purpose.retention for purpose in purposes}
        for purpose in purposes:
            shorter = sorted(cutoff for cutoff in cutoffs if cutoff > purpose.retention.before(now))
            oldest = _oldest(workspace, build, purpose) if shorter else None
            within = [cutoff for cutoff in shorter if oldest is not None and cutoff + _MARGIN <= oldest]
            if within:
                found[purpose.key] = cutoffs[within[-1]]
    return found


def _oldest(workspace: Workspace, build: Build, purpose: Purpose) -> datetime | None:
    """The time that retention counts from of the oldest row that the purpose admits; None where it can't be told.

    It can't where the purpose does not cover such a time.
    """
    names = (*event_sources(workspace.project), *people_sources(workspace.project))
    times = []
    for table in (workspace.register.tables[name] for name in names):
        column = table.column(table.retained_from or "")
        if column is None or not is_usable(column, purpose):
            return None
        times.append(unbound(table).aggregate(oldest=unbound(table)[column.name].min()))
    every = reduce(lambda a, b: a.union(b), times)
    oldest = build.fetch(govern(every.aggregate(oldest=every.oldest.min()), workspace.permit(purpose.key)))
    found: datetime | None = oldest.column("oldest")[0].as_py()
    return _NEVER if found is None else found
