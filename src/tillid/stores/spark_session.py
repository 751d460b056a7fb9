"""The one Spark session of a process: started when first asked for, quiet, in UTC, and strict about values."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tillid.ports.errors import EngineMissing, StoreError, StoreFull, StoreTorn
from tillid.stores.memory import default_limit

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_FULL = ("No space left", "File too large", "Disk quota")
_TORN = ("FAILED_READ_FILE", "is not a Parquet file", "FileNotFoundException", "ChecksumException")
_ENDED = "Nothing is lost: run again. If it ends again, look whether there is enough memory."
_HINT = "Install it: pip install 'tillid[spark]', and a Java runtime (17 or later)."


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """How much Spark may use: bytes of memory (default: 70 % of what there is, at most 8 GiB) and processors.

    They count for the first session of a process; later ones share its JVM.
    """

    memory_limit: int | None = None
    threads: int | None = None

    def as_config(self, scratch: Path) -> dict[str, str]:
        """The settings in Spark's names."""
        memory = self.memory_limit or min(default_limit(), 8 * 2**30)
        threads = self.threads or len(os.sched_getaffinity(0))
        return {
            "spark.master": f"local[{threads}]",
            "spark.app.name": "tillid",
            "spark.driver.memory": f"{memory // 2**20}m",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(scratch),
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.shuffle.partitions": str(2 * threads),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            # Spark's messages show values of rows.
            "spark.log.level": "OFF",
            "spark.sql.parquet.compression.codec": "snappy",
            "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        }


def open_session(scratch: Path, settings: SparkSettings) -> SparkSession:
    """A session with views of its own; the JVM is shared by all sessions of the process."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an extra: there may be none
    except ImportError:
        raise EngineMissing("The store is spark, but PySpark is not installed", hint=_HINT) from None
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise EngineMissing("Spark needs Java, and there is none", hint=_HINT)
    if how_ended() is not None:
        _forget()
    # PySpark writes the text of each failed query, values and all, to this logger.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    if SparkSession.getActiveSession() is None:
        # What a killed process left there holds rows of persons.
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        _start(SparkSession.builder, settings.as_config(scratch))
    return SparkSession.builder.getOrCreate().newSession()


def _start(builder: Any, config: dict[str, str]) -> None:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    for key, value in config.items():
        builder = builder.config(key, value)
    with tempfile.TemporaryFile() as said:
        try:
            with _stderr_to(said.fileno()):
                builder.getOrCreate()
        except Exception:  # noqa: BLE001  whatever kept the JVM from starting is told below
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            why = lines[-1] if lines else "it gave no reason"
            raise EngineMissing(f"Spark did not start: {why}", hint=_HINT) from None


def how_ended() -> str | None:
    """How the process' JVM ended, in words; None while it lives or where there is none yet."""
    from pyspark import SparkContext  # noqa: PLC0415

    # Not there where another program, such as spark-submit, started the JVM.
    process = vars(SparkContext._gateway).get("proc") if SparkContext._gateway is not None else None
    status = None if process is None else process.poll()
    if status is None:
        return None
    return f"by signal {-status}" if status < 0 else f"with status {status}"


def _forget() -> None:
    """Make PySpark forget a JVM that has ended, so that the next session starts another."""
    from pyspark import SparkContext  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    # PySpark has no name for this: its own stop asks the JVM.
    SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
    SparkSession._instantiatedSession = SparkSession._activeSession = None


def arrow_schema(frame: DataFrame) -> pa.Schema:
    """The Arrow columns of a select that has not run."""
    from pyspark.sql.pandas.types import to_arrow_schema  # noqa: PLC0415

    return to_arrow_schema(frame.schema, timezone="UTC")


def struct_type(columns: Mapping[str, pa.DataType]) -> StructType:
    """Columns of these Arrow types, in Spark's words."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return from_arrow_schema(pa.schema(list(columns.items())), prefer_timestamp_ntz=True)


@contextmanager
def _stderr_to(file: int) -> Iterator[None]:
    """Let what is started inside write its messages to `file`: the JVM announces itself on stderr."""
    kept = os.dup(2)
    os.dup2(file, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise a `StoreError` for what Spark or the file system raises inside."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (PySparkException, Py4JError, pa.ArrowException, OSError) as error:
        ended = how_ended()
        if ended is not None:
            raise StoreError(f"Spark's Java process ended {ended}", hint=_ENDED) from None
        raise _in_words(error) from None


def _in_words(error: Exception) -> StoreError:
    from pyspark.errors import AnalysisException, ParseException  # noqa: PLC0415

    text = str(error)
    if getattr(error, "errno", None) in _NO_SPACE or any(sign in text for sign in _FULL):
        return StoreFull("There is no space left for the store", hint="Free some, then run again: nothing is lost.")
    if any(sign in text for sign in _TORN):
        return StoreTorn("A file of the store can't be read", hint="Restore .tillid from a backup.")
    if isinstance(error, AnalysisException | ParseException):
        return StoreError(f"Spark can't run the query: {text.strip().splitlines()[0]}")
    if isinstance(error, OSError):
        return StoreError(f"The store's folder can't be used ({errno.errorcode.get(error.errno or 0, 'unknown')})")
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    return StoreError(f"Spark can't work out a value of the query ({condition})")
