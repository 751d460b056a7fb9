"""A workspace: a project opened for one actor, with its register, audit log and store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.errors import Refused
from tillid.governance.govern import govern
from tillid.governance.permit import Permit, check_genuine
from tillid.governance.register import Register, fingerprint
from tillid.pipeline.catalogue import declared_tables, unbound
from tillid.pipeline.project.load import load_or_refuse
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import audit_log, open_store
from tillid.ports.clock import Clock, system_clock
from tillid.ports.store import Generation, Store
from tillid.terms.actor import Actor
from tillid.terms.durations import Duration
from tillid.terms.table import Table


class Workspace:
    """An opened project; use as a context manager, so that the store is let go of.

    The store is opened, and held, when it is first needed. What is refused goes to the audit log, whoever asks
    and from where, together with `asking`: what was asked.
    """

    def __init__(
        self, project: Project, actor: str, *, verb: str, clock: Clock, asking: Mapping[str, object] | None = None
    ) -> None:
        self.project = project
        self._asking = dict(asking or {})
        self._recorded: Refused | None = None
        self.audit = audit_log(project.folder)
        self.tables: Mapping[str, Table] = declared_tables(project)
        self._verb, self._asked_by, self._clock = verb, actor, clock
        self._store: Store | None = None
        self.register = self._register({})
        try:
            with self.refusals_recorded():
                self.actor: Actor = self.register.actor(actor)
        except BaseException:
            self.audit.close()
            raise

    @classmethod
    def open(
        cls,
        folder: Path,
        actor: str,
        *,
        verb: str,
        clock: Clock = system_clock,
        asking: Mapping[str, object] | None = None,
    ) -> Workspace:
        """Open the project in `folder` for the actor of this name.

        Raises `ProjectHasMistakes` with every finding, or `ActorUnknown`.
        """
        return cls(load_or_refuse(folder), actor, verb=verb, clock=clock, asking=asking)

    @property
    def store(self) -> Store:
        """The project's store, with the register on its current generation."""
        if self._store is None:
            self._store = open_store(self.project, self.audit, f"tillid {self._verb} of {self._asked_by}")
            self.refresh()
        return self._store

    @property
    def now(self) -> datetime:
        """The moment now, in UTC without a zone."""
        return self._clock()

    @property
    def as_of(self) -> datetime:
        """The moment that variables and segments are worked out for: the start of the project's day, or now."""
        if self.project.as_of is None:
            return self.now
        local = datetime.combine(self.project.as_of, time(), ZoneInfo(self.project.timezone))
        return local.astimezone(UTC).replace(tzinfo=None)

    def local(self, moment: datetime) -> datetime:
        """A moment of UTC without a zone in the project's time zone, as people there write it."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.project.timezone))

    def refresh(self) -> Generation | None:
        """Take the purpose sets of the store's current generation into the register."""
        generation = None if self._store is None else self._store.generation()
        notes = {} if generation is None else generation.notes
        self.register = self._register(purpose_sets(notes)).told(_rows_within(notes))
        return generation

    def know_purpose_sets(self, sets: Mapping[int, frozenset[str]]) -> None:
        """Take these purpose sets into the register; nothing is known yet of the rows' age."""
        self.register = self._register(sets)

    def know_rows_within(self, retentions: Mapping[str, Duration]) -> None:
        """Take into the register that all rows of these purposes are within these retentions."""
        self.register = self.register.told(retentions)

    def fingerprints(self) -> dict[str, str]:
        """Purpose key → fingerprint, of every purpose of the register."""
        return {key: fingerprint(purpose) for key, purpose in self.register.purposes.items()}

    def permit(self, purpose: str, *sharing: str) -> Permit:
        """A permit for the actor of this workspace."""
        with self.refusals_recorded():
            return self.register.permit(self.actor, purpose, *sharing)

    def table(self, name: str) -> ir.Table:
        """The declared table of this name, unbound."""
        return unbound(self.register.table(name))

    def ask(self, query: ir.Expr, permit: Permit) -> pa.Table:
        """Govern the query under the permit and fetch its rows from the current generation."""
        with self.refusals_recorded():
            check_genuine(permit)
            store = self.store
            if permit.register is not self.register:
                # Opening the store told which rows were collected for what; a permit from before sees none of them.
                permit = self.permit(*(purpose.key for purpose in permit.purposes))
            return store.fetch(govern(query, permit))

    @contextmanager
    def refusals_recorded(self) -> Iterator[None]:
        """Write to the audit log what is refused inside: by which rule and why, once however deep it is noticed.

        What a store refuses itself, it has written down with the query's decision besides.
        """
        try:
            yield
        except Refused as error:
            self._record(error)
            raise

    def _record(self, error: Refused) -> None:
        if error is self._recorded:
            return
        said = {"actor": self._asked_by, "verb": self._verb, "rule": error.rule, "reason": str(error)}
        self.audit.append("refused", {**said, **self._asking})
        self._recorded = error

    def close(self) -> None:
        """Let go of the store and the audit log."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self.audit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Refused):
            self._record(error)
        self.close()

    def _register(self, sets: Mapping[int, frozenset[str]]) -> Register:
        return Register(
            purposes=self.project.purposes.values(),
            actors=self.project.users.values(),
            tables=self.tables.values(),
            purpose_sets=sets,
            clock=self._clock,
        )


def purpose_sets(notes: Mapping[str, object]) -> dict[int, frozenset[str]]:
    """The purpose sets that a generation noted: id → keys."""
    noted = cast("Mapping[str, list[str]]", notes.get("purpose_sets", {}))
    return {int(number): frozenset(keys) for number, keys in noted.items()}


def _rows_within(notes: Mapping[str, object]) -> dict[str, Duration]:
    """The retentions that a generation noted: purpose → the one that all its rows are within."""
    noted = cast("Mapping[str, str]", notes.get("rows_within", {}))
    return {key: Duration.parse(text) for key, text in noted.items()}
