"""The DuckDB store: one file, embedded in the process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import duckdb
import pyarrow as pa
from sqlglot import exp

from tillid.ports.audit import AuditLog
from tillid.stores.binding import Dialect
from tillid.stores.compilers import DuckDbSql
from tillid.stores.duckdb_errors import store_errors
from tillid.stores.generations import GenerationStore
from tillid.stores.lock import StoreLock
from tillid.stores.manifest import Columns, Manifest, Part, is_staged
from tillid.stores.memory import default_limit

_KEPT = "kept"
_STAGING = "staging"
_TABLES = "select table_name from duckdb_tables() where schema_name = ?"
_VIEWS = "select view_name from duckdb_views() where schema_name = ?"
_BATCH_ROWS = 100_000
_INCOMING = "incoming"
# Staged rows stay out of the file: they are gone when the process is, and are written as they are. What does not
# fit in memory goes to the folder for temporary files.
_ATTACH_STAGING = f"ATTACH ':memory:' AS {_STAGING}; CREATE SCHEMA {_STAGING}.{_KEPT};"
# Settled when the file is open: its own folder for temporary files can't be named after this.
_SHUT = "SET enable_external_access = false; SET lock_configuration = true;"
_MANIFEST_TABLES = """
create schema if not exists kept;
create schema if not exists manifest;
create table if not exists manifest.generation (number bigint, fingerprints varchar, notes varchar);
create table if not exists manifest.parts
    (place varchar, kind varchar, position integer, name varchar, columns varchar, row_count bigint);
alter table manifest.parts add column if not exists of varchar default '[]';
"""


@dataclass(frozen=True, slots=True)
class DuckDbSettings:
    """How much DuckDB may use, and how it writes.

    `memory_limit` is in bytes (default: 70 % of what there is), `threads` defaults to the processors.
    `uncompressed` writes values as they are, so that the file can be searched for them.
    """

    memory_limit: int | None = None
    threads: int | None = None
    uncompressed: bool = False

    def as_config(self, state: Path) -> dict[str, str | bool | int | float | list[str]]:
        """The settings in DuckDB's names."""
        limit = (self.memory_limit or default_limit()) // 2**20
        return {
            "memory_limit": f"{limit}MiB",
            "threads": str(self.threads or len(os.sched_getaffinity(0))),
            "temp_directory": str(state / "tmp"),
            "preserve_insertion_order": "false",
            # Pages that were freed are taken again instead of asked for anew: a tenth of a run's processor time.
            "block_allocator_memory": f"{limit // 4}MiB",
            # No extension or Python variable can be reached from inside a query; see also _SHUT.
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        }


_DEFAULTS = DuckDbSettings()


class DuckDbStore(GenerationStore):
    """A store in `folder`/.tillid/store.duckdb; the `Store` of `tillid.ports.store`.

    `held_by` says which verb of whom, as "run of ole". Raises `StoreHeld`, `StoreTorn`, `StoreFull`.
    """

    def __init__(self, folder: Path, audit: AuditLog, *, held_by: str, settings: DuckDbSettings = _DEFAULTS) -> None:
        state = folder.resolve() / ".tillid"
        lock = StoreLock(state / "store.lock", held_by)
        try:
            super().__init__(DuckDbEngine(state, settings), audit, lock)
        except BaseException:
            lock.release()
            raise


class DuckDbEngine:
    """DuckDB over one file, through its own driver."""

    name = "duckdb"
    dialect = Dialect("duckdb", DuckDbSql(), _KEPT, _STAGING)

    def __init__(self, state: Path, settings: DuckDbSettings = _DEFAULTS) -> None:
        # What a killed process left there holds rows of persons.
        shutil.rmtree(state / "tmp", ignore_errors=True)
        self._opening = Lock()
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        with store_errors(opening=True):
            self._connection = duckdb.connect(str(state / "store.duckdb"), config=settings.as_config(state))
            if settings.uncompressed:
                self._connection.execute("PRAGMA force_compression='uncompressed'")
            self._connection.execute(_ATTACH_STAGING)
            self._connection.execute(_SHUT)
            self._connection.execute(_MANIFEST_TABLES)

    def load(self) -> Manifest | None:
        """The current manifest."""
        with self._cursor() as cursor:
            found = cursor.execute("select number, fingerprints, notes from manifest.generation").fetchone()
            parts = cursor.execute("select * from manifest.parts order by place, position").fetchall()
        if found is None:
            return None
        facts: dict[str, tuple[Part, ...]] = {}
        derived: dict[str, Part] = {}
        for place, kind, _, name, columns, rows, of in parts:
            part = Part(name, json.loads(columns), rows, tuple(json.loads(of)))
            if kind == "facts":
                facts[place] = (*facts.get(place, ()), part)
            else:
                derived[place] = part
        return Manifest(found[0], json.loads(found[1]), facts, derived, json.loads(found[2]))

    def swap(self, manifest: Manifest) -> None:
        """Make `manifest` the current one, in one transaction."""
        rows = [
            (place, kind, position, part.name, json.dumps(dict(part.columns)), part.rows, json.dumps(part.of))
            for place, kind, parts in _places(manifest)
            for position, part in enumerate(parts)
        ]
        head = (manifest.number, json.dumps(dict(manifest.fingerprints)), json.dumps(dict(manifest.notes)))
        with self._cursor() as cursor, _transaction(cursor):
            cursor.execute("delete from manifest.generation; delete from manifest.parts;")
            cursor.execute("insert into manifest.generation values (?, ?, ?)", head)
            if rows:
                cursor.executemany("insert into manifest.parts values (?, ?, ?, ?, ?, ?, ?)", rows)

    def held(self) -> set[str]:
        """The names of all physical tables, those that are defined alone included."""
        with self._cursor() as cursor:
            return {name for of in (_TABLES, _VIEWS) for (name,) in cursor.execute(of, [_KEPT]).fetchall()}

    def drop(self, names: Iterable[str]) -> None:
        """Remove physical tables, and give their blocks back to the file."""
        staged: list[str] = []
        kept: list[str] = []
        for name in names:
            (staged if is_staged(name) else kept).append(name)
        with self._cursor() as cursor:
            views = {name for (name,) in cursor.execute(_VIEWS, [_KEPT]).fetchall()}
            # A transaction may write to one database alone.
            for together in filter(None, (staged, kept)):
                with _transaction(cursor):
                    for name in together:
                        kind = "view" if name in views else "table"
                        cursor.execute(f"drop {kind} if exists {self._table(name)}")
            if not kept:
                return
            try:
                cursor.execute("checkpoint")
            except duckdb.TransactionException:
                # A reader is under way; DuckDB checkpoints when it is done.
                return

    def receive(
        self, name: str, columns: Columns, rows: pa.RecordBatchReader, distinct: frozenset[str] = frozenset()
    ) -> int:
        """Put rows from outside in a physical table."""
        with self._cursor() as cursor:
            cursor.register(_INCOMING, rows)
            try:
                return self._fill(cursor, name, columns, f"from {_INCOMING}", distinct)
            finally:
                cursor.unregister(_INCOMING)

    def derive(self, name: str, columns: Columns, sql: str, distinct: frozenset[str] = frozenset()) -> int:
        """Put the rows of a select in a physical table."""
        with self._cursor() as cursor:
            return self._fill(cursor, name, columns, sql, distinct)

    def define(self, name: str, columns: Columns, sql: str) -> int:  # noqa: ARG002
        """Make a view of a select; it is taken up into each query that reads it."""
        table = self._table(name)
        with self._cursor() as cursor:
            cursor.execute(f"create view {table} as {sql}")
            ((rows,),) = cursor.table(table).count("*").fetchall()
        return int(rows)

    def schema(self, sql: str) -> pa.Schema:
        """The columns of a select."""
        with self._cursor() as cursor:
            nothing: pa.Table = cursor.sql(sql).limit(0).to_arrow_table()
        return nothing.schema

    def fetch(self, sql: str) -> pa.Table:
        """All rows of a select."""
        with self._cursor() as cursor:
            relation = cursor.sql(sql)
            schema = _without_huge(relation)
            rows: pa.Table = relation.to_arrow_table()
        return rows if schema is None else rows.cast(schema)

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a select in batches."""
        with self._cursor() as cursor:
            relation = cursor.sql(sql)
            schema = _without_huge(relation)
            for batch in relation.to_arrow_reader(_BATCH_ROWS):
                yield batch if schema is None else batch.cast(schema)

    def interrupt(self) -> None:
        """Cut short what is being run."""
        with self._opening:
            for cursor in self._cursors:
                cursor.interrupt()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _fill(
        self,
        cursor: duckdb.DuckDBPyConnection,
        name: str,
        columns: Columns,
        sql: str,
        distinct: frozenset[str],
    ) -> int:
        table = self._table(name)
        with _transaction(cursor):
            cursor.execute(f"create table if not exists {table} ({self._declared(columns, distinct)})")
            counted = cursor.execute(f"insert into {table} {sql}").fetchone()
        return 0 if counted is None else int(counted[0])

    def _declared(self, columns: Columns, distinct: frozenset[str]) -> str:
        """The columns as a `create table` has them. What is distinct is not packed: that costs twice as much."""
        declared = []
        for name, kind in columns.items():
            quoted = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
            packed = " using compression uncompressed" if name in distinct else ""
            declared.append(f"{quoted} {self.dialect.type(kind).sql(dialect='duckdb')}{packed}")
        return ", ".join(declared)

    def _table(self, name: str) -> str:
        return self.dialect.physical(name).sql(dialect="duckdb")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with store_errors():
            with self._opening:
                cursor = self._connection.cursor()
                self._cursors.append(cursor)
            try:
                yield cursor
            finally:
                with self._opening:
                    self._cursors.remove(cursor)
                    cursor.close()


def _places(manifest: Manifest) -> Iterator[tuple[str, str, tuple[Part, ...]]]:
    for place, parts in manifest.facts.items():
        yield place, "facts", parts
    for place, part in manifest.derived.items():
        yield place, "derived", (part,)


@contextmanager
def _transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    cursor.execute("begin")
    try:
        yield
    except BaseException:
        cursor.execute("rollback")
        raise
    cursor.execute("commit")


def _without_huge(relation: duckdb.DuckDBPyRelation) -> pa.Schema | None:
    """The columns with sums of whole numbers as int64, which DuckDB keeps in 128 bits; None where there are none."""
    kinds = [str(kind) for kind in relation.types]
    if "HUGEINT" not in kinds:
        return None
    arrow = relation.limit(0).to_arrow_table().schema
    return pa.schema(
        [pa.field(f.name, pa.int64()) if kind == "HUGEINT" else f for f, kind in zip(arrow, kinds, strict=True)]
    )
