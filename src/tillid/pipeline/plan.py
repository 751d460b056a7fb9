"""tillid plan: what a run would read and work out, without doing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from tillid.pipeline.intake.pulled import due
from tillid.pipeline.intake.to_read import FileNotes, files_to_read, is_held_back, is_redefined
from tillid.pipeline.scopes import scope_groups
from tillid.pipeline.wiring import open_pulled, open_source
from tillid.pipeline.workspace import Workspace
from tillid.ports.source import SourceFile
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.plan_files import plan_files
from tillid.stages.profile.tables import PEOPLE


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What a run would do with one source's files, by path.

    `waiting` are those that a run would leave for the next: one that is being written, and all where none can be read
    without it.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]
    to_read: tuple[str, ...]
    waiting: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, list[str]]:
        """As plain values."""
        names = ("new", "changed", "unchanged", "gone", "to_read", "waiting")
        return {name: list(getattr(self, name)) for name in names}


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
        look = _pulled_plan if source.is_pulled else _files_plan
        sources[source.name] = look(workspace, source, held.get(source.name, {}), redefined=is_redefined(source, notes))
    project = workspace.project
    return Plan(
        generation=0 if generation is None else generation.number,
        sources=sources,
        scopes=tuple(scope_groups(workspace, PEOPLE)),
        variables=tuple(project.variables),
        segments=tuple(project.segments),
        activations=tuple(project.activations),
    )


def _files_plan(workspace: Workspace, source: SourceDefinition, seen: FileNotes, *, redefined: bool) -> SourcePlan:
    with closing(open_source(workspace.project, source)) as reader:
        files, waiting = reader.files(), reader.waiting()
    if is_held_back(source, waiting, seen, is_redefined=redefined, has_files=bool(files)):
        return SourcePlan((), (), tuple(seen), (), (), _paths((*waiting, *files)))
    now = plan_files({path: str(note["digest"]) for path, note in seen.items()}, files)
    return SourcePlan(
        new=_paths(now.new),
        changed=_paths(now.changed),
        unchanged=_paths(now.unchanged),
        gone=now.gone,
        to_read=_paths(files_to_read(source, files, seen, is_redefined=redefined).files),
        waiting=_paths(waiting),
    )


def _paths(files: Iterable[SourceFile]) -> tuple[str, ...]:
    return tuple(file.path for file in files)


def _pulled_plan(workspace: Workspace, source: SourceDefinition, seen: FileNotes, *, redefined: bool) -> SourcePlan:
    """A pulled source is asked each time, and only a run tells whether it has anything new."""
    pulled = open_pulled(workspace.project, source)
    pulled.look()
    due(source, pulled.name, seen, is_redefined=redefined)
    name = (pulled.name,)
    is_seen = pulled.name in seen
    gone = tuple(path for path in seen if path != pulled.name)
    return SourcePlan(() if is_seen else name, name if is_seen else (), (), gone, name)
