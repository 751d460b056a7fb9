"""Which of a source's files are read in a run, and what a generation notes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

from tillid.pipeline.errors import FileChanged
from tillid.ports.errors import FileUnsettled
from tillid.ports.source import SourceFile
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.stages.ingest.plan_files import plan_files

FileNotes = dict[str, dict[str, object]]
"""What a generation notes of each file of a source, by path: its number, digest, size and time."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """Which of a source's files are read in this run, and whether what they brought before is read anew."""

    files: tuple[SourceFile, ...]
    unchanged: int
    anew: bool = False


def files_to_read(
    source: SourceDefinition, files: tuple[SourceFile, ...], seen: FileNotes, *, is_redefined: bool
) -> ToRead:
    """Which files must be read: new and changed ones, or all of them.

    All are read when the source's definition changed, when anything of a snapshot changed, and when a file
    of events changed: its former rows are in the facts already. Raises `FileChanged` when earlier files that
    this needs are no longer there.
    """
    plan = plan_files({path: str(note["digest"]) for path, note in seen.items()}, files)
    unchanged = len(plan.unchanged)
    if source.load is Load.SNAPSHOT:
        is_due = is_redefined or not plan.is_empty
        return ToRead(files if is_due else (), unchanged, anew=is_due)
    is_events = source.kind is SourceKind.EVENTS and not source.has_versions
    if is_redefined or (is_events and plan.changed):
        if is_events and plan.gone:
            what = "its definition" if is_redefined else plan.changed[0].path
            raise FileChanged(
                f"Of the source {source.name}, {what} changed after its files were read, and "
                f"{len(plan.gone)} of them are no longer there to read all of it anew",
                hint="Put the earlier files back, or deliver new rows in a file of a new name.",
            )
        return ToRead(files, unchanged, anew=True)
    return ToRead(plan.to_read, unchanged)


def is_held_back(
    source: SourceDefinition, waiting: tuple[SourceFile, ...], seen: FileNotes, *, is_redefined: bool, has_files: bool
) -> bool:
    """Whether nothing of the source can be read in this run, as a file that was read before is being written.

    What it held would be taken for gone. Raises `FileUnsettled` when that cannot wait: the definition changed,
    or there is no other file and nothing was ever read.
    """
    returning = [file.path for file in waiting if file.path in seen]
    if (returning and is_redefined) or (waiting and not has_files and not seen):
        raise FileUnsettled(
            f"Of the source {source.name}, {(returning or [waiting[0].path])[0]} is being written",
            hint="Run again when whoever writes it is done.",
        )
    return bool(returning) or (bool(waiting) and not has_files)


def is_redefined(source: SourceDefinition, notes: Mapping[str, object]) -> bool:
    """Whether the definition differs from the one that the generation of these notes was read by."""
    noted = cast("Mapping[str, str]", notes.get("definitions", {})).get(source.name)
    return noted is not None and noted != definition_digest(source)


def definition_digest(source: SourceDefinition) -> str:
    """A short digest of all that a source's definition says; another text, another digest."""
    # Said apart: a source that does not use what was added later keeps the digest that it had before.
    later = f"{source.from_ or ''}{' link_guesses' if source.link_guesses else ''}"
    return blake2b(f"{source!r}{later}".encode(), digest_size=8).hexdigest()


def file_notes(source: SourceDefinition, files: tuple[SourceFile, ...], seen: FileNotes) -> FileNotes:
    """What the generation will note of the files there are, and of those before whose rows are held still."""
    there = {file.path for file in files}
    # Of a snapshot nothing is left of a file that is gone; elsewhere its rows are held.
    notes: FileNotes = {p: n for p, n in seen.items() if p in there or source.load is not Load.SNAPSHOT}
    number = max((int(cast("int", note["number"])) for note in seen.values()), default=0)
    for file in files:
        if file.path not in notes:
            number += 1
            notes[file.path] = {"number": number}
        notes[file.path] = {
            "number": notes[file.path]["number"],
            "digest": file.digest,
            "size": file.size,
            "modified_at": file.modified_at.isoformat(),
        }
    return notes
