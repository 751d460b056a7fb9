"""The tables that a source stands for: the one that queries see, its log of versions, and its staging."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tillid.governance.housekeeping import INTAKE, LEADS
from tillid.stages.ingest.definitions import ColumnDefinition, Load, SourceDefinition, SourceKind
from tillid.stages.profile.golden_record import RECORD_KEY, VALID_FROM, VALID_TO
from tillid.terms.table import SUBJECT_ID, Column, Path, Table, TableKind

OCCURRED_AT = "occurred_at"
SOURCE_FILE = "source_file"
ROW = "row"
AT = "stated_at"
RECEIVED = "received"
GONE = "gone"
RECORD = "record"
"""The kind of identifier that a record without any other is given."""

NOBODY = ""
"""Staged in place of an identifier that identifies nobody, though its column holds something."""
NOT_AGEING = datetime.max
"""The time from which retention counts of the oldest row, where there is no row of which it counts."""
AGE_UNKNOWN = datetime.min

_ID = frozenset({"user.unique_id"})


def identifier_column(position: int) -> str:
    """The staged column with the usable value of the source's identifier at `position`, as `said_in` tells."""
    return f"identifier_{position}"


def said_in(source: SourceDefinition) -> tuple[str | None, ...]:
    """For each identifier the kept column that says it where the staged one is null; None where that says all."""
    own = [column.name if column.ibis_type == "string" else None for column in source.identifiers]
    return (*own, None) if source.kind is SourceKind.PEOPLE else tuple(own)


def numbered_as(position: int) -> str:
    """The column with the number of the identifier at `position`; no column of a source begins with _."""
    return f"_subject_{position}"


def identifier_kinds(source: SourceDefinition) -> tuple[str, ...]:
    """The kinds of the source's identifiers, in order; a people record without any gets one of its own."""
    kinds = tuple(str(column.identifier) for column in source.identifiers)
    return (*kinds, RECORD) if source.kind is SourceKind.PEOPLE else kinds


def kept_columns(source: SourceDefinition) -> tuple[Column, ...]:
    """The columns that the source's table keeps: each as washed, as it came where it was washed, and its parts."""
    kept: list[Column] = []
    is_record = source.kind is SourceKind.PEOPLE
    for column in source.columns:
        kept.append(_column(column, column.name, is_record=is_record))
        if source.kind is SourceKind.EVENTS and column.name == source.time == OCCURRED_AT:
            # A day is kept as the moment that it begins with, like the time of any event.
            kept[-1] = replace(kept[-1], type="timestamp(6)")
        if column.washed_as != "none":
            kept.append(_column(column.as_cast, f"{column.name}_raw", is_record=is_record))
        for part, name in column.parts.items():
            kept.append(Column(name, "string", frozenset({column.category_of_part(part)})))
    if source.kind is SourceKind.EVENTS and source.time != OCCURRED_AT:
        time = source.column(str(source.time))
        kept.append(Column(OCCURRED_AT, "timestamp(6)", frozenset({time.category}), "When it happened"))
    return tuple(kept)


def _column(column: ColumnDefinition, name: str, *, is_record: bool) -> Column:
    # One that identifies a person has a value of its own in each record, but comes in event after event.
    return Column(
        name,
        column.ibis_type,
        frozenset({column.category}),
        column.label,
        column.unit,
        distinct=is_record and column.identifier is not None,
    )


def staged_table(source: SourceDefinition) -> Table:
    """Where a source's rows stand during a run: numbered, with purpose set, identifiers and kept columns."""
    return Table(
        f"staged_{source.name}",
        (
            Column(ROW, "int64", key=True),
            Column(SOURCE_FILE, "int32", key=True),
            Column("collected", "int32", key=True),
            *(
                ()
                if source.kind is SourceKind.EVENTS and not source.has_versions
                else (Column(AT, "timestamp(6)", key=True),)
            ),
            *((Column(RECORD_KEY, "string", _ID),) if source.has_versions else ()),
            *(Column(identifier_column(i), "string", _ID) for i in range(len(identifier_kinds(source)))),
            *kept_columns(source),
        ),
        kind=TableKind.STAGED,
        only_for=frozenset({INTAKE}),
    )


def numbers_table(source: SourceDefinition) -> Table:
    """Where the numbers of the identifiers that a source's new rows hold stand during a run."""
    return Table(
        f"numbers_{source.name}",
        (Column("kind", "string", _ID), Column("value", "string", _ID), Column(SUBJECT_ID, "int64", key=True)),
        kind=TableKind.STAGED,
        only_for=frozenset({INTAKE}),
    )


def meant_table(source: SourceDefinition) -> Table:
    """Where what the guesses of a source's new rows mean stands during a run."""
    return Table(
        f"meant_{source.name}",
        (
            Column(SUBJECT_ID, "int64", key=True),
            Column("kind", "string", _ID),
            Column("value", "string", _ID),
            Column("guessed_id", "int64", key=True),
        ),
        kind=TableKind.STAGED,
        only_for=frozenset({INTAKE}),
    )


def numbered_table(source: SourceDefinition) -> Table:
    """Where the new rows of a source with several identifiers stand during a run: row and numbers alone."""
    return Table(
        f"numbered_{source.name}",
        (
            Column(ROW, "int64", key=True),
            Column("collected", "int32", key=True),
            *(Column(numbered_as(i), "int64", key=True) for i in range(len(identifier_kinds(source)))),
        ),
        kind=TableKind.STAGED,
        only_for=frozenset({INTAKE}),
    )


def log_table(source: SourceDefinition) -> Table:
    """The facts of a source that has versions: each version of each record as it was received."""
    subject = () if source.kind is SourceKind.THINGS else (Column(SUBJECT_ID, "int64", key=True),)
    file = (Column(SOURCE_FILE, "int32", key=True),) if source.kind is SourceKind.EVENTS else ()
    return Table(
        f"log_{source.name}",
        (
            *subject,
            *file,
            Column("collected", "int32", key=True),
            Column(RECORD_KEY, "string", _ID, distinct=True),
            Column(AT, "timestamp(6)", key=True),
            Column(RECEIVED, "int64", key=True),
            Column(GONE, "boolean", key=True),
            *kept_columns(source),
        ),
        only_for=frozenset({INTAKE, LEADS}),
    )


def gone_table(source: SourceDefinition) -> Table:
    """Where the keys of the records that a source marks as deleted stand during a run."""
    return Table(
        f"gone_{source.name}",
        (Column(RECORD_KEY, "string", _ID),),
        kind=TableKind.STAGED,
        only_for=frozenset({INTAKE}),
    )


def takes_keys(source: SourceDefinition) -> bool:
    """Whether a source's events are known by their keys, so that one that comes again is left out."""
    return source.kind is SourceKind.EVENTS and source.is_pulled and bool(source.key) and source.load is Load.APPEND


def keys_table(source: SourceDefinition) -> Table:
    """The facts of which events of a source are held: the key of each."""
    key = source.column(str(source.key))
    column = Column(RECORD_KEY, key.ibis_type, frozenset({key.category}), distinct=True)
    return Table(f"keys_{source.name}", (column,), only_for=frozenset({INTAKE}))


STAGED = (staged_table, numbers_table, meant_table, numbered_table, gone_table)
"""The tables of a source that stand during a run alone."""


def source_table(source: SourceDefinition) -> Table | None:
    """The table that queries see under the source's name; None for ledgers, which have their own."""
    match source.kind:
        case SourceKind.EVENTS:
            return events_table(source)
        case SourceKind.PEOPLE:
            return _people_table(source)
        case SourceKind.THINGS:
            return Table(source.name, kept_columns(source), kind=TableKind.DERIVED, label=source.label)
        case _:
            return None


def events_table(source: SourceDefinition) -> Table:
    """The table of a source of events: one row an event, those of no person included."""
    return Table(
        source.name,
        (Column(SOURCE_FILE, "int32", key=True), *kept_columns(source)),
        path=Path.SUBJECT,
        # A snapshot is all there is, and of versions the newest counts, so the table is worked out; facts are added to.
        kind=TableKind.FACTS if _only_adds(source) else TableKind.DERIVED,
        collected=True,
        retained_from=OCCURRED_AT,
        label=source.label,
    )


def _only_adds(source: SourceDefinition) -> bool:
    """Whether its rows are events that are added to those held."""
    return source.kind is SourceKind.EVENTS and source.load is not Load.SNAPSHOT and not source.has_versions


def _people_table(source: SourceDefinition) -> Table:
    times = (Column(VALID_FROM, "timestamp(6)", key=True), Column(VALID_TO, "timestamp(6)", key=True))
    return Table(
        source.name,
        (Column(RECORD_KEY, "string", _ID, distinct=True), *times, *kept_columns(source)),
        path=Path.SUBJECT,
        kind=TableKind.DERIVED,
        collected=True,
        retained_from=VALID_TO,
        label=source.label,
    )
