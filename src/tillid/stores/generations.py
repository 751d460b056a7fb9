"""A store of generations over any engine: who may read what of which generation, and when it is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock

import pyarrow as pa

from tillid.governance.governed import GovernedQuery
from tillid.ports.audit import AuditLog
from tillid.ports.errors import StoreError
from tillid.ports.store import Generation
from tillid.stores.arrow_rows import Outgoing
from tillid.stores.building import GenerationBuild
from tillid.stores.engine import Engine
from tillid.stores.gate import Gate
from tillid.stores.lock import StoreLock
from tillid.stores.manifest import Manifest, Part
from tillid.terms.table import Table, TableKind


class _Held:
    """What a finished generation holds."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def parts(self, place: str, table: Table) -> Sequence[Part] | None:
        if table.kind is TableKind.FACTS:
            return self._manifest.facts.get(place, ())
        found = self._manifest.derived.get(place) if table.kind is TableKind.DERIVED else None
        return None if found is None else (found,)


_NOTHING = Manifest(0)


class GenerationStore:
    """The `Store` of `tillid.ports.store`, over an engine.

    The physical tables of a former generation stay until the last reader that began on it is done.
    """

    def __init__(self, engine: Engine, audit: AuditLog, lock: StoreLock) -> None:
        self._engine = engine
        self._lock = lock
        self._gate = Gate(engine, audit)
        self._state = RLock()
        self._readers: Counter[int] = Counter()
        self._read: dict[int, Manifest] = {}
        self._build: GenerationBuild | None = None
        self._manifest = engine.load()
        self._is_open = True
        self.sweep()

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self._engine.name

    def generation(self) -> Generation | None:
        """The current generation, or None before the first run."""
        return None if self._manifest is None else self._manifest.generation()

    def fetch(self, query: GovernedQuery) -> pa.Table:
        """All rows of a governed query."""
        with self._reading() as manifest:
            tree = self._gate.compile(query, _Held(manifest), manifest.fingerprints, "fetch")
            return Outgoing(query.body).table(self._engine.fetch(self._engine.dialect.sql(tree)))

    def batches(self, query: GovernedQuery) -> Iterator[pa.RecordBatch]:
        """The rows of a governed query in batches."""
        rows = self._stream(query)
        # The first step refuses, records and pins the generation, now and not at the first batch.
        next(rows)
        return rows

    def _stream(self, query: GovernedQuery) -> Iterator[pa.RecordBatch]:
        with self._reading() as manifest:
            tree = self._gate.compile(query, _Held(manifest), manifest.fingerprints, "fetch")
            sql = self._engine.dialect.sql(tree)
            yield None
            yield from Outgoing(query.body).batches(self._engine.batches(sql))

    def build(self, fingerprints: Mapping[str, str]) -> GenerationBuild:
        """Begin a new generation."""
        with self._state:
            self._check_open()
            if self._build is not None and not self._build.is_done:
                raise StoreError("A generation is being built already", hint="Commit or abandon it first.")
            self._build = None
            self.sweep()
            self._build = GenerationBuild(self._gate, self._manifest, dict(fingerprints), self.become)
            return self._build

    def become(self, manifest: Manifest | None) -> None:
        """Take this manifest as the current one; what a finished build left over goes."""
        with self._state:
            self._manifest = manifest
        try:
            self.sweep()
        except StoreError:
            # The generation stands; what is left over goes before the next build.
            return

    def sweep(self) -> None:
        """Drop every physical table that no generation in use points to."""
        with self._state:
            used: set[str] = set()
            for manifest in (self._manifest, *self._read.values()):
                used |= manifest.physical() if manifest else frozenset()
            leftovers = self._engine.held() - used
            if leftovers:
                self._engine.drop(sorted(leftovers))

    def close(self) -> None:
        """Let go of the store; a build that was not committed is abandoned."""
        if not self._is_open:
            return
        try:
            if self._build is not None:
                self._build.abandon()
            self._engine.close()
        finally:
            self._is_open = False
            self._lock.release()

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreError("The store is closed", hint="Open it again.")

    @contextmanager
    def _reading(self) -> Iterator[Manifest]:
        with self._state:
            self._check_open()
            manifest = self._manifest or _NOTHING
            self._readers[manifest.number] += 1
            self._read[manifest.number] = manifest
        try:
            yield manifest
        finally:
            with self._state:
                self._readers[manifest.number] -= 1
                if not self._readers[manifest.number]:
                    del self._readers[manifest.number], self._read[manifest.number]
