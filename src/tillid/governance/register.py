"""The register of purposes, roles and declared tables; the only maker of permits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from types import MappingProxyType
from typing import TypeVar

from tillid.governance.columns_usable import is_usable
from tillid.governance.errors import (
    ActorUnknown,
    DeclaredTwice,
    PurposeMissing,
    PurposeNotPermitted,
    PurposesDiffer,
    PurposeUnknown,
    TableUnknown,
)
from tillid.governance.housekeeping import HOUSEKEEPING, is_housekeeping
from tillid.governance.permit import Permit, _issue_permit
from tillid.terms.actor import ALL, Actor
from tillid.terms.durations import Duration
from tillid.terms.errors import nearest
from tillid.terms.purpose import LINKING, Purpose
from tillid.terms.table import Table

_HOUSEKEEPING_KEYS = frozenset(purpose.key for purpose in HOUSEKEEPING)

_Entry = TypeVar("_Entry")


def _digest(parts: Iterable[object]) -> str:
    state = blake2b(digest_size=8)
    for part in parts:
        state.update(repr(part).encode())
        state.update(b"\0")
    return state.hexdigest()


def _said(keys: frozenset[str] | None) -> str:
    return ALL if keys is None else str(sorted(keys))


def fingerprint(purpose: Purpose) -> str:
    """A short digest of all that a purpose says; another text, another fingerprint."""
    return _digest(
        sorted(value) if isinstance(value, frozenset) else value
        for value in (getattr(purpose, name) for name in Purpose.__slots__)
    )


def _by_name(kind: str, entries: Iterable[tuple[str, _Entry]]) -> Mapping[str, _Entry]:
    named: dict[str, _Entry] = {}
    for name, entry in entries:
        # Were the last to win, a second `mapping` could stand in for the one that carries permissions.
        if name in named:
            raise DeclaredTwice(f"There are two declarations of the {kind} {name!r}", hint="Name one otherwise.")
        named[name] = entry
    return MappingProxyType(named)


class Register:
    """Which purposes there are, who may use them, and on which tables.

    `purpose_sets` maps the id that a row carries to the purposes that the row was collected for. `clock`
    gives the moment (UTC, without time zone) by which permission and retention are judged.
    """

    def __init__(
        self,
        *,
        purposes: Iterable[Purpose],
        actors: Iterable[Actor],
        tables: Iterable[Table],
        purpose_sets: Mapping[int, frozenset[str]],
        clock: Callable[[], datetime],
    ) -> None:
        everything = (*purposes, *HOUSEKEEPING)
        self.purposes: Mapping[str, Purpose] = _by_name("purpose", ((p.key, p) for p in everything))
        self.actors: Mapping[str, Actor] = _by_name("actor", ((a.name, a) for a in actors))
        self.tables: Mapping[str, Table] = _by_name("table", ((t.name, t) for t in tables))
        self.purpose_sets: Mapping[int, frozenset[str]] = MappingProxyType(dict(purpose_sets))
        self.rows_within: Mapping[str, Duration] = MappingProxyType({})
        self._clock = clock
        self._scopes: dict[tuple[str, str], str] = {}

    def told(self, rows_within: Mapping[str, Duration]) -> Register:
        """The same register that knows, of some purposes, a shorter retention that all their rows are within."""
        told = copy(self)
        told.rows_within, told._scopes = MappingProxyType(dict(rows_within)), {}
        return told

    def now(self) -> datetime:
        """The moment by which permission and retention are judged."""
        return self._clock()

    @cached_property
    def version(self) -> str:
        """A short digest of purposes, roles and tables: kept with every decision."""
        return _digest(
            [
                *(f"{key} {fingerprint(purpose)}" for key, purpose in sorted(self.purposes.items())),
                *(
                    f"{a.name} {[(r.name, _said(r.purposes), _said(r.categories)) for r in a.roles]}"
                    for a in sorted(self.actors.values(), key=lambda a: a.name)
                ),
                *(
                    f"{t.name} {t.path} {t.collected} {t.scoped} {t.shared} {sorted(t.worked_out_from)}"
                    f" {t.retained_from} {sorted(t.only_for)}"
                    f" {[(c.name, c.type, sorted(c.categories), c.key) for c in t.columns]}"
                    for t in sorted(self.tables.values(), key=lambda t: t.name)
                ),
            ]
        )

    def actor(self, name: str) -> Actor:
        """The actor of this name, or refuse."""
        if name not in self.actors:
            raise ActorUnknown(
                f"{name!r} is not listed under users in tillid.yml",
                hint="Ask as someone who is (--as NAME), or have the name added.",
            )
        return self.actors[name]

    def purpose(self, key: str) -> Purpose:
        """The purpose of this key, or refuse."""
        if not key:
            raise PurposeMissing("No purpose was named", hint="Name one of purposes.yml (--purpose KEY).")
        if key not in self.purposes:
            valid = [name for name in self.purposes if not name.startswith("housekeeping.")]
            raise PurposeUnknown(f"No purpose {key!r} in the register", hint=nearest(key, valid))
        return self.purposes[key]

    def table(self, name: str) -> Table:
        """The declared table of this name, or refuse."""
        if name not in self.tables:
            raise TableUnknown(f"No table {name!r} is declared", hint=nearest(name, self.public_tables()))
        return self.tables[name]

    def public_tables(self) -> list[str]:
        """The names of the tables that a query may use under a purpose of the project, sorted."""
        return sorted(table.name for table in self.tables.values() if not table.only_for)

    def permit(self, actor: Actor, purpose: str, *sharing: str) -> Permit:
        """Leave for `actor` to use data for `purpose`, and for others that admit the same rows.

        Raises `PurposeUnknown`, `PurposeNotPermitted`, or `PurposesDiffer` when they admit other rows.
        """
        known = self.actor(actor.name)
        keys = (purpose, *sharing)
        purposes = tuple(self.purpose(key) for key in keys)
        for key in keys:
            # The actor is looked up again: an Actor made by hand carries no rights.
            if not known.may_use(key):
                usable = [name for name in self.purposes if known.may_use(name)]
                raise PurposeNotPermitted(
                    f"{known.name!r} has no role that may use the purpose {key!r}",
                    hint=nearest(key, usable),
                )
        if len({self._rows_of(key) for key in keys}) > 1:
            raise PurposesDiffer(f"The purposes {', '.join(keys)} do not admit the same rows")
        return _issue_permit(known, purposes, self)

    def admitted_sets(self, purpose: str) -> frozenset[int]:
        """The ids of the purpose sets that hold this purpose; the platform's own purposes are in every set."""
        if is_housekeeping(self.purpose(purpose)):
            return frozenset(self.purpose_sets)
        return frozenset(number for number, keys in self.purpose_sets.items() if purpose in keys)

    def scope_of(self, purpose: str, table: Table) -> str:
        """A short name of what a purpose admits to a scoped table; of equal names the table is kept once.

        It covers the purpose sets and the retention that the purpose admits rows by, and each column of the table
        and of the scoped tables that this is worked out from: its data categories, and whether the purpose covers
        them. Linking shares with none: no profile is worked out for it. Nor does anyone share what is not `shared`.
        """
        if (purpose, table.name) not in self._scopes:
            entry = self.purpose(purpose)
            columns = [
                f"{of.name}.{column.name} {sorted(column.categories)} {is_usable(column, entry)}"
                for of in (table, *(self.table(name) for name in table.worked_out_from))
                for column in of.columns
            ]
            alone = purpose if purpose == LINKING or not table.shared else ""
            self._scopes[purpose, table.name] = _digest([alone, self._rows_of(purpose), sorted(columns)])
        return self._scopes[purpose, table.name]

    def _rows_of(self, purpose: str) -> str:
        within = self.rows_within.get(purpose, self.purpose(purpose).retention)
        return f"{sorted(self.admitted_sets(purpose))} within {within.canonical}"
