"""Takes in what changed: which files to read, their rows typed and prepared, and the facts that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast

import pyarrow as pa

from tillid.governance.housekeeping import INTAKE
from tillid.governance.permit import Permit
from tillid.pipeline.errors import EmptySnapshot
from tillid.pipeline.intake import refused
from tillid.pipeline.intake.ahead import ahead
from tillid.pipeline.intake.declare import NOT_AGEING, keys_table, source_table, takes_keys
from tillid.pipeline.intake.former import former_oldest
from tillid.pipeline.intake.guesses import told as guesses_told
from tillid.pipeline.intake.load import Numbering, Received, first_subject, take_in
from tillid.pipeline.intake.national_ids import (
    Taken,
    audit_entries,
    noted,
    quarantine_of,
    refuse_file_names,
    told,
)
from tillid.pipeline.intake.pulled import PulledFile, Settled, changes_of_columns, due, keys_of, notes_of, settle
from tillid.pipeline.intake.purposes import named_purposes, why_refused
from tillid.pipeline.intake.rows import Arrival, Prepared, PurposeSets, date_orders, prepare
from tillid.pipeline.intake.to_read import FileNotes, ToRead, file_notes, files_to_read, is_held_back, is_redefined
from tillid.pipeline.intake.unread import Unread, reads_anew, unread_table
from tillid.pipeline.progress import Progress, Step
from tillid.pipeline.quality.count import Counting
from tillid.pipeline.quality.figures import LoadFigures
from tillid.pipeline.quality.showing import showings
from tillid.pipeline.wiring import open_pulled, open_source
from tillid.pipeline.workspace import Workspace, purpose_sets
from tillid.ports.source import Source
from tillid.ports.store import Build
from tillid.stages.ingest.cast import Cast, CastBatch
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import Cleaned, Judged, Quarantine, hidden
from tillid.stages.ingest.refusals import Refusal
from tillid.terms.table import TableKind


@dataclass(slots=True)
class SourceCount:
    """The rows of one source in one run."""

    read: int = 0
    accepted: int = 0
    refused: int = 0
    held_back: int = 0
    quarantined: int = 0
    files_read: int = 0
    files_unchanged: int = 0

    def as_dict(self) -> dict[str, int]:
        """As plain values."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "refused": self.refused,
            "held_back": self.held_back,
            "quarantined": self.quarantined,
            "files_read": self.files_read,
            "files_unchanged": self.files_unchanged,
        }


@dataclass(slots=True)
class TakenIn:
    """What a run took in."""

    purpose_sets: PurposeSets
    counts: dict[str, SourceCount] = field(default_factory=dict)
    files: dict[str, FileNotes] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    open_records: dict[str, Callable[[], int]] = field(default_factory=dict)
    oldest: dict[str, datetime] = field(default_factory=dict)
    """Source → the time from which retention counts of its oldest row."""
    kinds: dict[str, SourceKind] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    untagged: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, list[Refusal]] = field(default_factory=dict)
    quarantined: dict[str, Taken] = field(default_factory=dict)
    """Source → how many national identity numbers were taken out, by header and kind."""
    looked_at: dict[str, dict[str, object]] = field(default_factory=dict)
    """Source → what was seen of its columns, without values."""
    numbers: Numbering = field(default_factory=Numbering)
    quality: dict[str, LoadFigures] = field(default_factory=dict)
    """Source → what was counted of it, where anything was read."""

    def settle(self) -> None:
        """Wait until the store has worked out what was taken in, and count the records that are open."""
        self.rows |= {name: count() for name, count in self.open_records.items()}
        self.open_records.clear()

    def _total(self, kind: SourceKind) -> int:
        return sum(rows for name, rows in self.rows.items() if self.kinds.get(name) is kind)

    @property
    def records(self) -> int:
        """How many records of people are open today."""
        return self._total(SourceKind.PEOPLE)

    @property
    def events(self) -> int:
        """How many events are held, those of no person included."""
        return self._total(SourceKind.EVENTS)


def take_in_sources(workspace: Workspace, build: Build, progress: Progress) -> TakenIn:
    """Read what is new or changed of every source into the build."""
    notes = {} if build.former is None else build.former.notes
    taken = TakenIn(PurposeSets.known(purpose_sets(notes).items()))
    taken.numbers = Numbering(int(cast("int", notes.get("next_subject", 1))))
    permit = workspace.permit(INTAKE)
    if build.former is None:
        first_subject(build)
    for name in cast("Mapping[str, object]", notes.get("files", {})).keys() - workspace.project.sources.keys():
        # Of a source that is not declared any more nothing is read; what was worked out of its facts is kept with them.
        build.keep(name)
    for source in workspace.project.sources.values():
        with progress.stage(f"Reading {source.name}") as step:
            _take_in_one(workspace, build, source, permit, _Run(taken, step))
    return taken


@dataclass(frozen=True, slots=True)
class _Run:
    taken: TakenIn
    step: Step


@dataclass(frozen=True, slots=True)
class _Opened:
    """A source that was opened: what reads it, what of it is to be read, and what the generation notes of it."""

    reader: Source
    todo: ToRead
    notes: FileNotes


def _opened(workspace: Workspace, source: SourceDefinition, notes: Mapping[str, object], run: _Run) -> _Opened:
    seen = cast("Mapping[str, FileNotes]", notes.get("files", {})).get(source.name, {})
    redefined = is_redefined(source, notes)
    if source.is_pulled:
        return _opened_pulled(workspace, source, seen, run.taken, redefined=redefined)
    reader = open_source(workspace.project, source, run.step.tell)
    files, waiting = reader.files(), reader.waiting()
    refuse_file_names(source, (*files, *waiting))
    is_held = is_held_back(source, waiting, seen, is_redefined=redefined, has_files=bool(files))
    if waiting:
        left = ", ".join(file.path for file in (*waiting, *(files if is_held else ())))
        run.taken.findings.append(f"{source.name}: left for the next run, as a file is being written: {left}")
    if is_held:
        return _Opened(reader, ToRead((), len(seen)), seen)
    return _Opened(reader, files_to_read(source, files, seen, is_redefined=redefined), file_notes(source, files, seen))


def _opened_pulled(
    workspace: Workspace, source: SourceDefinition, seen: FileNotes, taken: TakenIn, *, redefined: bool
) -> _Opened:
    pulled = open_pulled(workspace.project, source)
    from_ = due(source, pulled.name, seen, is_redefined=redefined)
    file = PulledFile(pulled, from_.since, workspace.now)
    is_idle = not from_.anew and pulled.name in seen and file.brings_nothing()
    taken.findings += changes_of_columns(source, file.look(file.file), seen.get(pulled.name, {}))
    todo = ToRead((), 1) if is_idle else ToRead(file.files(), 0, from_.anew)
    return _Opened(file, todo, notes_of(file, source, seen))


def _take_in_one(workspace: Workspace, build: Build, source: SourceDefinition, permit: Permit, run: _Run) -> None:
    notes = {} if build.former is None else build.former.notes
    opened = _opened(workspace, source, notes, run)
    with closing(opened.reader):
        _take_in_opened(workspace, build, source, (permit, opened), run)


def _take_in_opened(
    workspace: Workspace, build: Build, source: SourceDefinition, by: tuple[Permit, _Opened], run: _Run
) -> None:
    taken, (permit, opened) = run.taken, by
    notes = {} if build.former is None else build.former.notes
    rows = cast("Mapping[str, int]", notes.get("rows", {})).get(source.name, 0)
    todo = opened.todo
    count = SourceCount(files_read=len(todo.files), files_unchanged=todo.unchanged)
    taken.counts[source.name], taken.kinds[source.name] = count, source.kind
    taken.files[source.name] = opened.notes
    taken.rows[source.name] = rows
    taken.oldest[source.name] = NOT_AGEING if todo.anew else former_oldest(source, notes)
    table = source_table(source)
    if not todo.files:
        _tell_untagged(source, cast("Mapping[str, list[str]]", notes.get("untagged", {})).get(source.name, []), taken)
        if table is not None and table.kind is TableKind.DERIVED:
            build.keep(table.name)
        return
    _clear_what_comes_anew(build, source, todo)
    refusals = taken.refusals.setdefault(source.name, [])
    quarantine = quarantine_of(source, workspace.project.purposes, notes)
    taken_out = taken.quarantined.setdefault(source.name, Counter())
    counting = Counting(source, showings(source, workspace.project.purposes))
    reading = _Reading(count, refusals, taken, run.step, quarantine, taken_out, counting)
    batches = _prepared(workspace, source, opened, reading)
    gone = _keys_gone(workspace, source, opened, reading)
    newest = max(file.modified_at for file in todo.files)
    received = Received(batches, newest, gone, lambda: counting.guessed.rows > 0, lambda: reading.unread.is_of(source))
    entered = take_in(build, source, received, permit, taken.numbers)
    if entered.staged == 0 and rows and source.load is Load.SNAPSHOT:
        raise EmptySnapshot(
            f"The snapshot of {source.name} has no row that can be read, and {rows} records are held",
            hint="An empty snapshot would close them all. Put what it is read from right, or say load: append.",
        )
    if isinstance(opened.reader, PulledFile):
        file = opened.reader.file.path
        settle(opened.reader, source, opened.notes[file], Settled(count.read, todo.anew, rows))
    refused.keep(build, source, refusals)
    _tell_quarantined(workspace, source, reading)
    taken.findings.extend([*guesses_told(source, counting.guessed), *reading.unread.told(source)])
    taken.quality[source.name] = _quality(workspace, build, todo, reading)
    before = 0 if todo.anew else rows
    taken.rows[source.name] = before + entered.staged
    if entered.added is not None:
        taken.open_records[source.name] = partial(_sum_of, before, entered.added)
    if source.kind is SourceKind.PEOPLE:
        taken.oldest[source.name] = entered.first_end
    if entered.open_records is not None:
        taken.open_records[source.name] = entered.open_records


def _clear_what_comes_anew(build: Build, source: SourceDefinition, todo: ToRead) -> None:
    notes = {} if build.former is None else build.former.notes
    table = source_table(source)
    if todo.anew and table is not None and table.kind is TableKind.FACTS:
        build.clear(table)
        if takes_keys(source):
            build.clear(keys_table(source))
    if reads_anew(source, notes, todo.files):
        build.clear(unread_table(source))


def _tell_quarantined(workspace: Workspace, source: SourceDefinition, reading: _Reading) -> None:
    reading.taken.findings.extend(told(source, reading.quarantine, reading.taken_out))
    reading.taken.looked_at[source.name] = noted(reading.quarantine)
    for entry in audit_entries(source, workspace.actor.name, reading.taken_out):
        workspace.audit.append("quarantined", entry)


def _quality(workspace: Workspace, build: Build, todo: ToRead, reading: _Reading) -> LoadFigures:
    count = reading.count
    load = LoadFigures(
        generation=build.number,
        at=workspace.now.isoformat(timespec="seconds"),
        file_time=max(file.modified_at for file in todo.files).isoformat(timespec="seconds"),
        newest=None,
        files=count.files_read,
        read=count.read,
        rows=count.accepted,
        refused=count.refused,
        held_back=count.held_back,
        # A snapshot is read whole each time; elsewhere that makes a load that none before compares with.
        is_anew=todo.anew and reading.counting.source.load is not Load.SNAPSHOT,
    )
    return reading.counting.figures(load)


def _sum_of(before: int, added: Callable[[], int]) -> int:
    return before + added()


def _keys_gone(
    workspace: Workspace, source: SourceDefinition, opened: _Opened, reading: _Reading
) -> Iterator[pa.RecordBatch]:
    """The keys of the records that a pulled source marked as deleted; to be asked for when its rows were taken."""
    reader, project = opened.reader, workspace.project
    if not isinstance(reader, PulledFile):
        return
    for came in reader.gone:
        raw = reading.quarantine.clean(reading.quarantine.judge(came)).raw
        keys, without_key = keys_of(raw, source, reader.look(reader.file), project)
        refused.note(reading.refusals, refused.refusals(reader, reader.file, raw, without_key))
        yield keys


@dataclass(frozen=True, slots=True)
class _Reading:
    count: SourceCount
    refusals: list[Refusal]
    taken: TakenIn
    step: Step
    quarantine: Quarantine
    taken_out: Taken
    counting: Counting
    unread: Unread = field(default_factory=Unread)


def _prepared(
    workspace: Workspace, source: SourceDefinition, opened: _Opened, reading: _Reading
) -> Iterator[pa.RecordBatch]:
    project, count, reader = workspace.project, reading.count, opened.reader
    valid = named_purposes(source, project.purposes)
    for file in opened.todo.files:
        look = reader.look(file)
        cast_ = Cast(valid, look, project.timezone)
        _note_columns(source, look.columns, reading.taken)
        number = int(cast("int", reading.taken.files[source.name][file.path]["number"]))
        arrival = Arrival(number, file.modified_at, date_orders(source, look))
        washed = partial(_typed_and_washed, cast_, project.country, arrival, reading.quarantine)
        for cleaned, typed, batch in ahead(washed, map(reading.quarantine.judge, reader.read(file))):
            raw = cleaned.raw
            left_out = refused.refusals(reader, file, raw, why_refused(source, project.purposes, typed.refused))
            read = raw.table.num_rows + len(raw.unreadable)
            staged = batch.staged(source, count.accepted, reading.taken.purpose_sets)
            count.read += read
            count.refused += len(left_out)
            count.accepted += batch.rows
            count.held_back += batch.held
            count.quarantined += cleaned.taken.total()
            reading.taken_out.update(cleaned.taken)
            if source.kind is SourceKind.EVENTS:
                reading.taken.oldest[source.name] = min(reading.taken.oldest[source.name], batch.oldest)
            refused.note(reading.refusals, left_out)
            refused.note(reading.refusals, refused.with_lines(reader, file, reading.unread.add(typed)))
            reading.counting.add(batch.columns, batch.found)
            reading.counting.refuse(left_out)
            reading.step.advance(read)
            yield staged


def _typed_and_washed(
    cast_: Cast, country: str, arrival: Arrival, quarantine: Quarantine, judged: Judged
) -> tuple[Cleaned, CastBatch, Prepared]:
    """All of a batch's way in that does not depend on the batches before it."""
    cleaned = quarantine.clean(judged)
    typed = cast_.cast(cleaned.raw, cleaned.emptied)
    return cleaned, typed, prepare(typed.rows, quarantine.source, country, arrival)


def _note_columns(source: SourceDefinition, columns: tuple[str, ...], taken: TakenIn) -> None:
    known = {*source.headers, *source.ignore, *taken.untagged.get(source.name, ())}
    _tell_untagged(source, [hidden(column) for column in columns if column not in known], taken)


def _tell_untagged(source: SourceDefinition, columns: list[str], taken: TakenIn) -> None:
    if columns:
        taken.findings.append(f"{source.name}: kept out, since no data category is given: {', '.join(columns)}")
        taken.untagged.setdefault(source.name, []).extend(columns)
