"""What the rows of a file probably are, and which of its columns say when, who and what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tillid.stages.ingest.columns import ColumnType
from tillid.stages.ingest.definitions import SourceKind

_SUPPRESSIONS = re.compile(r"robinson|suppress|opt-?_?out|unsub|block|bel-?me-?niet|spærre|reserv", re.IGNORECASE)
_HAPPENINGS = frozenset({"event", "session_id", "quantity", "order_no", "invoice_no", "path", "search"})
_SAID = "user.privacy_preferences"
_TIMES = (ColumnType.TIMESTAMP, ColumnType.DATE)
_OF_A_PERSON = frozenset({"customer_no", "member_no", "user_id", "login"})


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """A column as it is drafted; without a `category` nobody can tell what it means.

    `states` maps the words for yes and no in a column of answers to what they mean.
    """

    header: str
    name: str
    type: ColumnType
    category: str = ""
    identifier: str | None = None
    is_unique: bool = False
    repeats: bool = False
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A source as it is drafted; `key`, `time` and `country` are names of columns."""

    kind: SourceKind
    columns: tuple[DraftColumn, ...]
    key: str | None = None
    time: str | None = None
    country: str | None = None


def source_of(file: str, columns: Sequence[DraftColumn]) -> DraftSource:
    """The kind of source that these columns of the file of this name are, with its key and times."""
    kind = _kind(file, columns)
    if kind is SourceKind.THINGS:
        columns = [_of_a_thing(column) for column in columns]
    time = _time(kind, columns)
    if kind in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS) and time is not None:
        columns = [replace(c, name="at", category=_SAID) if c.name == time else c for c in columns]
        time = None
    country = next((c.name for c in columns if c.name == "country"), None)
    return DraftSource(kind, tuple(columns), _key(kind, columns), time, country)


def _kind(file: str, columns: Sequence[DraftColumn]) -> SourceKind:
    names = {column.name for column in columns}
    identifiers = [column for column in columns if column.identifier]
    has_time = any(column.type in _TIMES for column in columns)
    if identifiers and _SUPPRESSIONS.search(file):
        return SourceKind.SUPPRESSIONS
    if identifiers and has_time and "state" in names:
        return SourceKind.CONSENTS
    if has_time and (names & _HAPPENINGS or (identifiers and all(column.repeats for column in identifiers))):
        return SourceKind.EVENTS
    return SourceKind.PEOPLE if identifiers else SourceKind.THINGS


def _of_a_thing(column: DraftColumn) -> DraftColumn:
    return replace(column, category="system.operations" if column.category else "", identifier=None)


def _time(kind: SourceKind, columns: Sequence[DraftColumn]) -> str | None:
    times = [column.name for column in columns if column.type in _TIMES]
    if kind is SourceKind.PEOPLE:
        return next((name for name in times if name == "updated_at"), None)
    if kind is SourceKind.THINGS:
        return None
    return next((name for name in times if name == "occurred_at"), next(iter(times), None))


def _key(kind: SourceKind, columns: Sequence[DraftColumn]) -> str | None:
    unique = [column for column in columns if column.is_unique and column.category]
    if kind is SourceKind.PEOPLE:
        unique = [column for column in unique if column.identifier in _OF_A_PERSON or column.name == "record_no"]
    elif kind is not SourceKind.THINGS:
        return None
    return next((column.name for column in unique), None)
