"""Engines that run an expression of a stage: DuckDB and a local Spark, each compiled and run over its driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import ibis
import ibis.config
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Rows = list[dict[str, Any]]
Engine = Callable[[ir.Table, Mapping[str, pa.Table]], Rows]


class _SparkOptions(ibis.config.Config):
    treat_nan_as_null: bool = False


if ibis.options.pyspark is None:
    # The compiler reads an option that only the backend (never used here) would register.
    ibis.options.pyspark = _SparkOptions()


@pytest.fixture(scope="session")
def on_duckdb() -> Engine:
    """Run an expression over Arrow tables on DuckDB; the rows as dicts."""

    def run(expression: ir.Table, tables: Mapping[str, pa.Table]) -> Rows:
        with duckdb.connect(config={"threads": 2}) as connection:
            for name, table in tables.items():
                connection.register(name, table)
            return connection.sql(ibis.to_sql(expression, dialect="duckdb")).to_arrow_table().to_pylist()

    return run


@pytest.fixture(scope="session")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The same on a local Spark, whose session is in UTC and otherwise as it comes (ANSI mode)."""
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]").appName("tillid-tests")
    for key, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def run(expression: ir.Table, tables: Mapping[str, pa.Table]) -> Rows:
        folder = tmp_path_factory.mktemp("spark")
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
            session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
        return [row.asDict() for row in session.sql(ibis.to_sql(expression, dialect="pyspark")).collect()]

    yield run
    session.stop()
