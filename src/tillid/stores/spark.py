"""The Spark store: folders of Parquet and one pointer, for where one machine's DuckDB is outgrown."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.ports.audit import AuditLog
from tillid.ports.errors import StoreError, StoreTorn
from tillid.stores.binding import Dialect
from tillid.stores.compilers import SparkSql
from tillid.stores.fit import arrow_type
from tillid.stores.generations import GenerationStore
from tillid.stores.lock import StoreLock
from tillid.stores.manifest import Columns, Manifest
from tillid.stores.spark_session import (
    SparkSettings,
    arrow_schema,
    open_session,
    store_errors,
    struct_type,
)

_BATCH_ROWS = 100_000
_GROUP_ROWS = 500_000
_DEFAULTS = SparkSettings()


class SparkStore(GenerationStore):
    """A store in `folder`/.tillid/spark; the `Store` of `tillid.ports.store`.

    `held_by` says which verb of whom, as "run of ole". Raises `EngineMissing` without PySpark or Java,
    `StoreHeld`, `StoreTorn`, `StoreFull`.
    """

    def __init__(self, folder: Path, audit: AuditLog, *, held_by: str, settings: SparkSettings = _DEFAULTS) -> None:
        state = folder.resolve() / ".tillid"
        lock = StoreLock(state / "store.lock", held_by)
        try:
            super().__init__(SparkEngine(state, settings), audit, lock)
        except BaseException:
            lock.release()
            raise


class SparkEngine:
    """Spark in this process' own JVM; each physical table is a folder of Parquet and a temporary view on it."""

    name = "spark"
    dialect = Dialect("spark", SparkSql())

    def __init__(self, state: Path, settings: SparkSettings = _DEFAULTS) -> None:
        self._root = state / "spark"
        self._tables = self._root / "tables"
        self._spill = state / "tmp" / "results"
        self._pointer = self._root / "current.json"
        self._durable: set[str] = set()
        self._columns: dict[str, Columns] = {}
        self._session = open_session(state / "tmp", settings)
        with store_errors():
            self._tables.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._spill, ignore_errors=True)

    def load(self) -> Manifest | None:
        """The current manifest; a view is made on each of its tables."""
        try:
            text = self._pointer.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            manifest = Manifest.from_json(text)
        except (ValueError, KeyError, TypeError):
            raise StoreTorn("The store's pointer can't be read", hint="Restore .tillid from a backup.") from None
        for part in manifest.all_parts():
            if not (self._tables / part.name).is_dir():
                raise StoreTorn("A table of the store is gone from its folder", hint="Restore .tillid from a backup.")
            self._columns[part.name] = part.columns
            self._view(part.name)
        self._durable = set(manifest.physical())
        return manifest

    def swap(self, manifest: Manifest) -> None:
        """Make `manifest` the current one: its tables to disk first, then the pointer in one rename."""
        with store_errors():
            for name in sorted(manifest.physical() - self._durable):
                _sync_folder(self._tables / name)
            _sync(self._tables)
            coming = self._pointer.with_suffix(".new")
            with coming.open("w", encoding="utf-8") as file:
                file.write(manifest.to_json())
                file.flush()
                os.fsync(file.fileno())
            coming.replace(self._pointer)
            _sync(self._root)
        self._durable = set(manifest.physical())

    def held(self) -> set[str]:
        """The names of all table folders."""
        return {folder.name for folder in self._tables.iterdir()}

    def drop(self, names: Iterable[str]) -> None:
        """Remove table folders and their views."""
        with store_errors():
            for name in names:
                self._session.catalog.dropTempView(f"`{name}`")
                self._columns.pop(name, None)
                if (self._tables / name).exists():
                    shutil.rmtree(self._tables / name)

    def receive(
        self,
        name: str,
        columns: Columns,
        rows: pa.RecordBatchReader,
        distinct: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int:
        """Write rows from outside as one Parquet file of the table's folder."""
        with store_errors(), self._growing(name, columns) as folder:
            # Spark passes over names that begin with a dot.
            file = folder / f"part-{uuid4().hex}.parquet"
            coming = folder / f".{file.name}"
            try:
                count = _write_parquet(coming, rows)
                coming.rename(file)
            finally:
                coming.unlink(missing_ok=True)
        return count

    def derive(
        self,
        name: str,
        columns: Columns,
        sql: str,
        distinct: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int:
        """Write the rows of a select into the table's folder."""
        with store_errors(), self._growing(name, columns) as folder:
            before = set(folder.glob("*.parquet"))
            self._session.sql(sql).write.mode("append").parquet(str(folder))
            added = set(folder.glob("*.parquet")) - before
            return sum(pq.read_metadata(file).num_rows for file in added)

    def define(self, name: str, columns: Columns, sql: str) -> int:
        """Write the rows of a select into the table's folder: a folder is found again, a view is not."""
        return self.derive(name, columns, sql)

    def schema(self, sql: str) -> pa.Schema:
        """The columns of a select."""
        with store_errors():
            return arrow_schema(self._session.sql(sql))

    def fetch(self, sql: str) -> pa.Table:
        """All rows of a select."""
        with store_errors():
            return self._session.sql(sql).toArrow()

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a select, by way of a folder: they need not fit in memory."""
        folder = self._spill / uuid4().hex
        try:
            with store_errors():
                frame = self._session.sql(sql)
                names = frame.columns
                # Parquet wants one column a name, a select does not.
                numbered = frame.toDF(*(f"c{number}" for number in range(len(names))))
                numbered.write.parquet(str(folder))
            # Files are numbered in the order of the rows.
            for file in sorted(folder.glob("*.parquet")):
                for batch in pq.ParquetFile(file).iter_batches(_BATCH_ROWS):
                    yield batch.rename_columns(names)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def interrupt(self) -> None:
        """Cut short what is being run."""
        self._session.sparkContext.cancelAllJobs()

    def close(self) -> None:
        """Forget the views; the session is the process' and lives on."""
        # They are gone with a JVM that ended, whether or not another was started since.
        with suppress(StoreError), store_errors():
            for name in list(self._columns):
                self._session.catalog.dropTempView(f"`{name}`")

    @contextmanager
    def _growing(self, name: str, columns: Columns) -> Iterator[Path]:
        folder = self._tables / name
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        try:
            yield folder
        except BaseException:
            if is_new:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        self._columns[name] = columns
        self._view(name)

    def _view(self, name: str) -> None:
        # Not as text: Spark would read it under the settings of the thread, which are this session's in one alone.
        types = struct_type({column: arrow_type(kind) for column, kind in self._columns[name].items()})
        with store_errors():
            rows = self._session.read.schema(types).parquet(str(self._tables / name))
            rows.createOrReplaceTempView(f"`{name}`")


def _write_parquet(file: Path, rows: pa.RecordBatchReader) -> int:
    count = 0
    with pq.ParquetWriter(file, rows.schema, compression="snappy") as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in rows:
            waiting.append(batch)
            count += batch.num_rows
            if sum(each.num_rows for each in waiting) >= _GROUP_ROWS:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        writer.write_table(pa.Table.from_batches(waiting, schema=rows.schema))
    return count


def _sync_folder(folder: Path) -> None:
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
