"""A generation in which nothing is read: what is held of every source stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tillid.pipeline.errors import NotBuilt
from tillid.pipeline.intake.declare import source_table
from tillid.pipeline.intake.former import former_oldest
from tillid.pipeline.intake.load import Numbering
from tillid.pipeline.intake.rows import PurposeSets
from tillid.pipeline.intake.sources import SourceCount, TakenIn
from tillid.pipeline.intake.to_read import FileNotes, is_redefined
from tillid.pipeline.workspace import Workspace, purpose_sets
from tillid.ports.store import Build
from tillid.terms.table import TableKind


def keep_sources(workspace: Workspace, build: Build) -> TakenIn:
    """Carry over all that was taken in before, and read nothing.

    Raises `NotBuilt` before the first run, and where the definition of a source is not the one that it was read by.
    """
    if build.former is None:
        raise NotBuilt("No run has taken in anything yet", hint="Run: tillid run")
    notes = build.former.notes
    files = cast("Mapping[str, FileNotes]", notes.get("files", {}))
    rows = cast("Mapping[str, int]", notes.get("rows", {}))
    taken = TakenIn(PurposeSets.known(purpose_sets(notes).items()))
    taken.numbers = Numbering(int(cast("int", notes.get("next_subject", 1))))
    taken.untagged = dict(cast("Mapping[str, list[str]]", notes.get("untagged", {})))
    known = cast("Mapping[str, str]", notes.get("definitions", {}))
    for name in files.keys() - workspace.project.sources.keys():
        build.keep(name)
    for source in workspace.project.sources.values():
        if source.name not in known or is_redefined(source, notes):
            raise NotBuilt(
                f"The definition of the source {source.name!r} is not the one of the last run", hint="Run: tillid run"
            )
        table = source_table(source)
        if table is not None and table.kind is TableKind.DERIVED:
            build.keep(table.name)
        taken.files[source.name], taken.kinds[source.name] = files.get(source.name, {}), source.kind
        taken.rows[source.name], taken.oldest[source.name] = rows.get(source.name, 0), former_oldest(source, notes)
        taken.counts[source.name] = SourceCount(files_unchanged=len(taken.files[source.name]))
    return taken
