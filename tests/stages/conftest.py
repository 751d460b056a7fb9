"""Engines that run an expression of a stage: DuckDB and a local Spark, each compiled and run over its driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tillid.stores.spark  # noqa: F401  Ibis compiles for Spark only once its options are registered
from tillid.stores.spark_session import SparkSettings, open_session

Rows = list[dict[str, Any]]
Engine = Callable[[ir.Table, Mapping[str, pa.Table]], Rows]


@pytest.fixture(scope="session")
def on_duckdb() -> Iterator[Engine]:
    """Run an expression over Arrow tables on DuckDB; the rows as dicts."""
    with duckdb.connect(config={"threads": 2}) as connection:

        def run(expression: ir.Table, tables: Mapping[str, pa.Table]) -> Rows:
            for name, table in tables.items():
                connection.register(name, table)
            return connection.sql(ibis.to_sql(expression, dialect="duckdb")).to_arrow_table().to_pylist()

        yield run


@pytest.fixture(scope="session")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The same on a local Spark, in a session as the store opens it."""
    pytest.importorskip("pyspark")

    def run(expression: ir.Table, tables: Mapping[str, pa.Table]) -> Rows:
        session = open_session(tmp_path_factory.mktemp("scratch"), SparkSettings())
        folder = tmp_path_factory.mktemp("spark")
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
            session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
        return [row.asDict() for row in session.sql(ibis.to_sql(expression, dialect="pyspark")).collect()]

    return run
