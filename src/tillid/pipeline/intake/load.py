"""Takes one source's new rows in: staged, numbered, and added to the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.ledgers import DATA_SUBJECTS, LEDGER, NEW_STATEMENTS
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.intake import guesses, ledger, subjects, versions
from tillid.pipeline.intake.declare import (
    AT,
    GONE,
    NOT_AGEING,
    RECEIVED,
    ROW,
    STAGED,
    events_table,
    gone_table,
    identifier_column,
    identifier_kinds,
    kept_columns,
    keys_table,
    log_table,
    meant_table,
    numbered_as,
    numbered_table,
    numbers_table,
    said_in,
    source_table,
    staged_table,
    takes_keys,
)
from tillid.pipeline.intake.rows import mostly_distinct
from tillid.pipeline.intake.unread import unread_table
from tillid.ports.store import Build
from tillid.stages.ingest.definitions import Load, SourceDefinition, SourceKind
from tillid.stages.profile.golden_record import RECORD_KEY
from tillid.stages.resolve.tables import GUESSES, LINKS, SUBJECTS
from tillid.terms.table import NO_PERSON, PURPOSE_SET, SUBJECT_ID, Table


@dataclass(slots=True)
class Numbering:
    """The number from which new identifiers get theirs."""

    next_subject: int = 1


@dataclass(frozen=True, slots=True)
class Received:
    """The prepared rows of a source's files, and the time of the newest of these files (UTC).

    When all rows were taken is asked for `gone`, the keys of records that were marked as deleted, for `has_guesses`,
    whether an identifier of the rows is known by what was typed, and for `has_unread`, whether the state or time of a
    consent could not be read.
    """

    batches: Iterable[pa.RecordBatch]
    at: datetime
    gone: Iterable[pa.RecordBatch] = ()
    has_guesses: Callable[[], bool] = bool
    has_unread: Callable[[], bool] = bool


def first_subject(build: Build) -> None:
    """Write subject 0, whom facts about no person are about."""
    rows = pa.table({SUBJECT_ID: pa.array([NO_PERSON], pa.int64()), "kind": ["nobody"], "value": [""]})
    build.append(SUBJECTS, rows.to_batches())


@dataclass(frozen=True, slots=True)
class Entered:
    """How many rows of a source were staged; what tells how many records are open, or how many events were added
    where that may be fewer, once it is worked out; and the time from which retention counts of the record
    version that ended first.
    """

    staged: int
    open_records: Callable[[], int] | None = None
    added: Callable[[], int] | None = None
    first_end: datetime = NOT_AGEING


def take_in(build: Build, source: SourceDefinition, received: Received, permit: Permit, numbers: Numbering) -> Entered:
    """Stage the received rows of a source and add what is new to the facts and, for versions, to what they say.

    `permit` is for housekeeping.intake. For a snapshot the rows are all that there is.
    """
    batches = iter(received.batches)
    first = next(batches, None)
    distinct = frozenset() if first is None else mostly_distinct(first)
    entered = Entered(build.stage(staged_table(source), chain([] if first is None else [first], batches)))
    closing = list(received.gone)
    if closing:
        build.stage(gone_table(source), closing)
    # Asked first, when there is little that the answer must wait for.
    is_each_once = source.has_versions and _count(build, versions.repeated(unbound(staged_table(source))), permit) == 0
    kinds = identifier_kinds(source)
    rows = _numbered(build, source, permit, numbers.next_subject) if kinds else unbound(staged_table(source))
    numbers.next_subject += entered.staged * len(kinds)
    if received.has_guesses():
        _keep_guesses(build, source, permit, numbers.next_subject)
        numbers.next_subject += entered.staged * len(kinds)
    match source.kind:
        case SourceKind.EVENTS if not source.has_versions:
            added = _add_events(build, source, rows, permit, distinct)
            entered = replace(entered, added=added)
        case SourceKind.PEOPLE | SourceKind.THINGS | SourceKind.EVENTS:
            stated = _Stated(rows, received.at, is_each_once, has_gone=bool(closing))
            is_first = _add_versions(build, source, stated, permit)
            entered = _work_out_versions(build, source, permit, entered.staged, are_single=is_first and is_each_once)
        case SourceKind.CONSENTS | SourceKind.SUPPRESSIONS:
            said_by = [numbered_as(p) for p in range(len(kinds))]
            if received.has_unread():
                unread = ledger.entries(rows.filter(~ledger.is_readable(rows)), source, said_by)
                held = unbound(unread_table(source))
                build.extend(unread_table(source), govern(ledger.unknown(unread, held), permit))
                rows = rows.filter(ledger.is_readable(rows))
            said = ledger.unknown(ledger.entries(rows, source, said_by), unbound(LEDGER))
            build.extend(NEW_STATEMENTS, govern(said, permit))
            new = unbound(NEW_STATEMENTS)
            build.extend(LEDGER, govern(new.filter(new.source == source.name), permit))
    for table in STAGED:
        build.unstage(table(source))
    return entered


def _work_out_versions(
    build: Build, source: SourceDefinition, permit: Permit, staged: int, *, are_single: bool
) -> Entered:
    """Work out a source's own table from its log: of people the versions with times, else what holds today."""
    table = source_table(source)
    if table is None:
        return Entered(staged)
    log = unbound(log_table(source))
    if are_single or _count(build, versions.repeated(log), permit) == 0:
        opened = build.define(table, govern(_shaped(versions.still_open(log), table), permit))
        return Entered(staged, opened.result)
    timed = versions.with_times(log)
    if source.kind is not SourceKind.PEOPLE:
        timed = timed.filter(timed["valid_to"].isnull())
    build.write(table, govern(_shaped(timed, table), permit))
    newest = versions.latest(log)
    ended = build.fetch(govern(versions.first_end(log), permit)).column("ended_at")[0].as_py()
    return Entered(staged, partial(_count, build, newest.filter(~newest[GONE]), permit), first_end=ended or NOT_AGEING)


def _count(build: Build, rows: ir.Table, permit: Permit) -> int:
    return int(build.fetch(govern(rows.count().name("rows"), permit)).column("rows")[0].as_py())


def _numbered(build: Build, source: SourceDefinition, permit: Permit, start: int) -> ir.Table:
    """The staged rows with the numbers of their identifiers, after the new ones were given theirs."""
    staged = subjects.with_identifiers(unbound(staged_table(source)), said_in(source))
    found = unbound(numbers_table(source))
    kinds = identifier_kinds(source)
    _number(build, source, permit, start)
    if len(kinds) == 1:
        return subjects.with_subject(subjects.numbered(staged, found, kinds), kinds)
    once = subjects.numbered(staged.select(ROW, "collected", *map(identifier_column, range(len(kinds)))), found, kinds)
    build.write(numbered_table(source), govern(once.select(*numbered_table(source).physical()), permit))
    rows = subjects.with_subject(unbound(numbered_table(source)), kinds)
    build.extend(LINKS, govern(subjects.links(rows, kinds, source.name), permit))
    return staged.join(rows.drop("collected"), ROW)


def _number(build: Build, source: SourceDefinition, permit: Permit, start: int) -> None:
    staged = subjects.with_identifiers(unbound(staged_table(source)), said_in(source))
    found = numbers_table(source)
    every = subjects.numbers(staged, unbound(SUBJECTS), identifier_kinds(source), start)
    build.write(found, govern(every, permit))
    build.extend(SUBJECTS, govern(subjects.new_subjects(unbound(found), start), permit))
    if source.data_subject:
        seen = subjects.subjects_met(unbound(found), source.data_subject)
        unseen = seen.anti_join(unbound(DATA_SUBJECTS), [SUBJECT_ID, "data_subject"])
        build.extend(DATA_SUBJECTS, govern(unseen, permit))


def _keep_guesses(build: Build, source: SourceDefinition, permit: Permit, start: int) -> None:
    """Number what the guesses of the staged rows mean, and keep which identifier as it was typed means which."""
    found = meant_table(source)
    staged, numbers = unbound(staged_table(source)), unbound(numbers_table(source))
    build.write(found, govern(guesses.meant(staged, numbers, unbound(SUBJECTS), source, start), permit))
    build.extend(SUBJECTS, govern(guesses.new_subjects(unbound(found), start), permit))
    build.extend(GUESSES, govern(guesses.unknown(unbound(found), unbound(GUESSES)), permit))


def _add_events(
    build: Build, source: SourceDefinition, rows: ir.Table, permit: Permit, distinct: frozenset[str]
) -> Callable[[], int]:
    """Add the events; what tells how many there were, once that is worked out."""
    table = events_table(source).with_distinct(distinct)
    held = unbound(keys_table(source)) if takes_keys(source) else None
    if held is not None:
        rows = _not_held(build, source, rows, held, permit)
    query = govern(_shaped(rows, table), permit)
    if source.load is Load.SNAPSHOT:
        return build.write(table, query).result
    added = build.extend(table, query).result
    if held is not None:
        keys = unbound(staged_table(source)).select(**{RECORD_KEY: source.key}).distinct()
        build.extend(keys_table(source), govern(keys.anti_join(held, RECORD_KEY), permit))
    return added


def _not_held(build: Build, source: SourceDefinition, rows: ir.Table, held: ir.Table, permit: Permit) -> ir.Table:
    """The rows with a key that no event which is held has, each key once: what was pulled before may come again."""
    key = str(source.key)
    if _count(build, versions.repeated(unbound(staged_table(source)), [key]), permit):
        rows = versions.one_a_key(rows, [key], [ROW])
    return rows.anti_join(held, rows[key] == held[RECORD_KEY])


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the records of one load say: their rows, the time of its newest file, whether each is there once.

    `has_gone` says that some were marked as deleted.
    """

    rows: ir.Table
    at: datetime
    is_each_once: bool
    has_gone: bool


def _add_versions(build: Build, source: SourceDefinition, stated: _Stated, permit: Permit) -> bool:
    """Add what the rows say that is new to the log; whether they are the first in it."""
    log = log_table(source)
    compared = ["collected", *(column.name for column in kept_columns(source))]
    is_snapshot = source.load is Load.SNAPSHOT
    shared = [RECORD_KEY, *([AT] if not is_snapshot or source.time is not None else [])]
    repeated = versions.repeated(unbound(staged_table(source)), shared)
    is_unique = stated.is_each_once or _count(build, repeated, permit) == 0
    new = once = stated.rows if is_unique else versions.one_a_key(stated.rows, shared, [AT, ROW])
    is_first = build.former is None or log.name not in build.former.places
    snapshot_at = ibis.literal(stated.at, type="timestamp(6)")
    newest = versions.latest(unbound(log))
    if not is_first:
        new = versions.changed(once, newest, compared, snapshot_at if is_snapshot else None)
    keys = unbound(gone_table(source))
    if stated.has_gone:
        once, new = once.anti_join(keys, RECORD_KEY), new.anti_join(keys, RECORD_KEY)
    received = ibis.literal(build.number, "int64")
    entering = _shaped(new.mutate(**{RECEIVED: received, GONE: ibis.literal(False)}), log)
    if not is_first and is_snapshot:
        closing = versions.gone(newest, once, snapshot_at, build.number)
        entering = entering.union(_shaped(closing, log))
    elif not is_first and stated.has_gone:
        entering = entering.union(_shaped(versions.deleted(newest, keys, snapshot_at, build.number), log))
    build.extend(log, govern(entering, permit))
    return is_first


def _shaped(rows: ir.Table, table: Table) -> ir.Table:
    """The rows with exactly the columns that the store keeps of `table`."""
    values = {}
    for name, type_ in table.physical().items():
        column = "collected" if name == PURPOSE_SET else name
        values[name] = rows[column].cast(type_)
    return rows.select(**values)
