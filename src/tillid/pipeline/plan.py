"""tillid plan: what a run would read and work out, without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tillid.pipeline.intake.to_read import FileNotes, files_to_read, is_redefined
from tillid.pipeline.scopes import scope_groups
from tillid.pipeline.wiring import open_source
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.plan_files import plan_files
from tillid.stages.profile.tables import PEOPLE


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What a run would do with one source's files, by path."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]
    to_read: tuple[str, ...]

    def as_dict(self) -> dict[str, list[str]]:
        """As plain values."""
        return {name: list(getattr(self, name)) for name in ("new", "changed", "unchanged", "gone", "to_read")}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would read, and what it would work out from it."""

    generation: int
    sources: Mapping[str, SourcePlan]
    scopes: tuple[tuple[str, ...], ...]
    variables: tuple[str, ...]
    segments: tuple[str, ...]
    activations: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {
            "generation": self.generation,
            "sources": {name: source.as_dict() for name, source in self.sources.items()},
            "scopes": [list(purposes) for purposes in self.scopes],
            "variables": list(self.variables),
            "segments": list(self.segments),
            "activations": list(self.activations),
        }


def plan(workspace: Workspace) -> Plan:
    """Look at every source's files and say what a run would do."""
    generation = workspace.store.generation()
    notes = {} if generation is None else generation.notes
    held = cast("Mapping[str, FileNotes]", notes.get("files", {}))
    sources = {}
    for source in workspace.project.sources.values():
        files = open_source(workspace.project, source).files()
        seen = held.get(source.name, {})
        files_now = plan_files({path: str(note["digest"]) for path, note in seen.items()}, files)
        sources[source.name] = SourcePlan(
            new=tuple(f.path for f in files_now.new),
            changed=tuple(f.path for f in files_now.changed),
            unchanged=tuple(f.path for f in files_now.unchanged),
            gone=files_now.gone,
            to_read=tuple(
                f.path for f in files_to_read(source, files, seen, is_redefined=is_redefined(source, notes)).files
            ),
        )
    project = workspace.project
    return Plan(
        generation=0 if generation is None else generation.number,
        sources=sources,
        scopes=tuple(scope_groups(workspace, PEOPLE)),
        variables=tuple(project.variables),
        segments=tuple(project.segments),
        activations=tuple(project.activations),
    )
