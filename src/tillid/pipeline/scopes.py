"""Which purposes admit the same to a table, so that it is worked out once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tillid.pipeline.catalogue import event_sources, people_sources
from tillid.pipeline.workspace import Workspace
from tillid.terms.durations import Duration
from tillid.terms.purpose import LINKING, Purpose

# A row must not come of age while a run is at work.
_MARGIN = timedelta(days=1)


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
    groups: dict[str, list[str]] = {}
    for key in profiled_purposes(workspace):
        groups.setdefault(workspace.register.scope_of(key, workspace.register.tables[table]), []).append(key)
    return [tuple(keys) for keys in groups.values()]


def rows_within(workspace: Workspace, oldest: Mapping[str, datetime]) -> dict[str, Duration]:
    """Purpose → the shortest retention that all rows which it admits are within, where its own is longer.

    It is one of a purpose that admits the same purpose sets: so the two admit the same rows, of any age. `oldest`
    gives each source of people or events the time from which retention counts of its oldest row.
    """
    named = (*event_sources(workspace.project), *people_sources(workspace.project))
    first = min((oldest[name] for name in named), default=datetime.max)
    found: dict[str, Duration] = {}
    alike: dict[frozenset[int], list[Purpose]] = {}
    for key in profiled_purposes(workspace):
        alike.setdefault(workspace.register.admitted_sets(key), []).append(workspace.register.purpose(key))
    now = workspace.now
    for purposes in alike.values():
        cutoffs = {purpose.retention.before(now): purpose.retention for purpose in purposes}
        for purpose in purposes:
            own = purpose.retention.before(now)
            within = [cutoff for cutoff in cutoffs if cutoff > own and first >= cutoff + _MARGIN]
            if within:
                found[purpose.key] = cutoffs[max(within)]
    return found
