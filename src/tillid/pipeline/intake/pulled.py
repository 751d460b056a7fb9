"""Pulled sources on their way in: each is read as the one file that it stands for, from where the last load ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import cast

import pyarrow as pa

from tillid.pipeline.errors import FileChanged, SourceShrank
from tillid.pipeline.intake.rows import Arrival, prepare
from tillid.pipeline.intake.to_read import FileNotes
from tillid.pipeline.project.project import Project
from tillid.ports.pulled import Cursor, Pulled, PulledBatch
from tillid.ports.source import Look, RawBatch, SourceFile
from tillid.stages.ingest.cast import Cast
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.stages.ingest.refusals import RefusedRow
from tillid.stages.profile.golden_record import RECORD_KEY


@dataclass(frozen=True, slots=True)
class Due:
    """From where a source is pulled in a run (None: from its beginning), and whether that replaces what is held."""

    since: Cursor | None
    anew: bool


def due(source: SourceDefinition, name: str, seen: FileNotes, *, is_redefined: bool) -> Due:
    """What must be pulled of a source that is called `name` and of which `seen` was read before.

    Raises `FileChanged` when facts would have to be read anew that came from elsewhere.
    """
    if source.load is Load.SNAPSHOT:
        return Due(None, anew=True)
    elsewhere = sorted(path for path in seen if path != name)
    if not is_redefined:
        return Due(cast("Cursor | None", seen.get(name, {}).get("cursor")), anew=False)
    if source.kind is SourceKind.EVENTS and elsewhere:
        raise FileChanged(
            f"The definition of the source {source.name} changed after events were read from {elsewhere[0]}, "
            f"which cannot be read anew from {name}",
            hint="Put the definition back, or declare the new one under another name.",
        )
    return Due(None, anew=True)


class PulledFile:
    """A pulled source as one file of its name, changed each time. A `Source`.

    `reached` and `gone` are what the pull came to, once all that `read` gives has been taken.
    """

    def __init__(self, pulled: Pulled, since: Cursor | None, at: datetime) -> None:
        self.file = SourceFile(pulled.name, 0, at, at.isoformat())
        self.reached = since
        self.gone: list[RawBatch] = []
        self._pulled, self._since = pulled, since
        self._look: Look | None = None
        self._pull: Iterator[PulledBatch] | None = None

    def files(self) -> tuple[SourceFile, ...]:
        """The one that it stands for."""
        return (self.file,)

    def waiting(self) -> tuple[SourceFile, ...]:
        """None."""
        return ()

    def look(self, file: SourceFile) -> Look:  # noqa: ARG002  there is one
        """How its rows are read; asked once."""
        if self._look is None:
            self._look = self._pulled.look()
        return self._look

    def brings_nothing(self) -> bool:
        """Whether the pull comes to no row at all; asks for the first that there are."""
        self._pull = self._pulled.pull(self._since)
        for batch in self._pull:
            self.reached = batch.reached or self.reached
            if batch.rows.table.num_rows or batch.rows.unreadable or batch.gone is not None:
                self._pull = chain([batch], self._pull)
                return False
        return True

    def read(self, file: SourceFile) -> Iterator[RawBatch]:  # noqa: ARG002  there is one
        """Its rows, once."""
        for batch in self._pulled.pull(self._since) if self._pull is None else self._pull:
            self.reached = batch.reached or self.reached
            if batch.gone is not None:
                self.gone.append(batch.gone)
            yield batch.rows

    def line_of(self, file: SourceFile, rows: Sequence[int]) -> list[int]:  # noqa: ARG002  there is one
        """Row + 1: the place of the row in its pull."""
        return [row + 1 for row in rows]

    def close(self) -> None:
        """Nothing is held between batches."""


def notes_of(reader: PulledFile, source: SourceDefinition, seen: FileNotes) -> FileNotes:
    """What the generation notes of a pulled source, as far as it is known before its rows are read."""
    name = reader.file.path
    elsewhere = {} if source.load is Load.SNAPSHOT else {path: note for path, note in seen.items() if path != name}
    number = max((int(cast("int", note["number"])) for note in seen.values()), default=0) + 1
    note: dict[str, object] = {
        "number": number,
        "read": 0,
        **seen.get(name, {}),
        "digest": reader.file.digest,
        "size": 0,
        "modified_at": reader.file.modified_at.isoformat(),
        "cursor": reader.reached,
        "types": {**former_types(seen.get(name, {})), **reader.look(reader.file).types},
    }
    return {**elsewhere, name: note}


@dataclass(frozen=True, slots=True)
class Settled:
    """What a pull came to: `read` rows, in place of what was held when `anew`; `held` events were there before."""

    read: int
    anew: bool
    held: int


def settle(reader: PulledFile, source: SourceDefinition, note: dict[str, object], done: Settled) -> None:
    """Note how many rows a pull read, and how far it went.

    Raises `SourceShrank` when events that were to be read anew are no longer all there.
    """
    read = int(cast("int", note["read"]))
    # Rows of events that are known by their keys may have been read several times.
    before = done.held if source.key else read
    only_adds = source.kind is SourceKind.EVENTS and source.load is not Load.SNAPSHOT and not source.has_versions
    if done.anew and only_adds and done.read < before:
        raise SourceShrank(
            f"{reader.file.path} has {done.read} rows to read anew under the changed definition of {source.name}, "
            f"and {before} were read from it before",
            hint="The others would be lost. Put the definition back, or declare the new one under another name.",
        )
    note["cursor"], note["read"] = reader.reached, done.read + (0 if done.anew else read)


def former_types(former: Mapping[str, object]) -> Mapping[str, str]:
    """The columns' types as a former load noted them."""
    return cast("Mapping[str, str]", former.get("types", {}))


def changes_of_columns(source: SourceDefinition, look: Look, former: Mapping[str, object]) -> list[str]:
    """Sentences on columns that came, went or changed their type since the last load, as `former` notes them."""
    before, now = former_types(former), look.types
    if not before or not now:
        return []
    told = []
    # Of an API some rows alone were looked at: what is not in them need not be gone, nor be new what is.
    if look.columns_complete:
        told += [f"{source.name}: new since the last load: column {column}" for column in now if column not in before]
        told += [f"{source.name}: gone since the last load: column {column}" for column in before if column not in now]
    told += [
        f"{source.name}: the type of column {column} changed from {before[column]} to {type_}"
        for column, type_ in now.items()
        if before.get(column, type_) != type_
    ]
    return told


def keys_of(
    raw: RawBatch, source: SourceDefinition, look: Look, project: Project
) -> tuple[pa.RecordBatch, tuple[RefusedRow, ...]]:
    """The keys of rows that are marked as deleted, read and washed as ever, and the rows without one.

    Of what else is in such a row nothing is read: it may have been emptied.
    """
    key = source.column(str(source.key))
    # A thing is told by its key alone, so no purpose, time or identifier is asked for.
    alone = replace(
        source,
        kind=SourceKind.THINGS,
        columns=(replace(key, identifier=None, wash=key.washed_as),),
        time=None,
        country=None,
        data_subject=None,
        collected_for=(),
        collected_for_if={},
        ignore=(),
    )
    typed = Cast(alone, look, project.timezone).cast(raw)
    keys = prepare(typed.rows, alone, project.country, Arrival(0, datetime.min)).columns[RECORD_KEY]
    return pa.record_batch({RECORD_KEY: keys}), typed.refused
