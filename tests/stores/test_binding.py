"""Only guarded tables and names of the query's own reach an engine."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pytest
import sqlglot
from sqlglot import exp

from tillid.governance.errors import QueryForged
from tillid.governance.governed import GovernedQuery, SqlText, _issue_governed
from tillid.ports.errors import StoreError, TableNotBuilt
from tillid.stores.binding import Dialect, compile_query
from tillid.stores.compilers import DuckDbSql, SparkSql
from tillid.stores.manifest import Part
from tillid.terms.table import Table, TableKind
from tillid.testing.store_samples import SALES, ask

DUCKDB = Dialect("duckdb", DuckDbSql(), "kept")
SPARK = Dialect("spark", SparkSql())
GUARDED = ask("sales", lambda t: t.select("sale"))


class Holding:
    """A generation that holds these parts at every place."""

    def __init__(self, *parts: Part | None) -> None:
        self._parts = parts

    def parts(self, place: str, table: Table) -> tuple[Part, ...] | None:
        return None if self._parts == (None,) else tuple(part for part in self._parts if part)


WHOLE = Part("sales__g1", SALES.physical(), 1)


def _typed(sql: str, **parts: object) -> GovernedQuery:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    body = SqlText(tree, dict.fromkeys(parts, GUARDED.body) or {"__governed_sales": GUARDED.body})
    return _issue_governed(body, GUARDED.decision, GUARDED.fingerprints, GUARDED.places)


def _tables(tree: exp.Expr) -> set[str]:
    return {table.sql("duckdb", identify=False).split(" AS ")[0] for table in tree.find_all(exp.Table)}


def test_a_logical_name_becomes_the_physical_one() -> None:
    assert _tables(compile_query(GUARDED, DUCKDB, Holding(WHOLE))) == {'"kept"."sales__g1"'}
    assert "`sales__g1`" in SPARK.sql(compile_query(GUARDED, SPARK, Holding(WHOLE)))


@pytest.mark.parametrize(
    "what",
    [
        lambda t: t.union(t),
        lambda t: t.filter(t.amount > t.amount.mean()),
        lambda t: t.mutate(all=t.count().as_scalar(), some=t.filter(t.amount > 1).count().as_scalar()),
        lambda t: t.join(t.view(), "sale").select("sale"),
    ],
)
def test_a_table_named_twice_is_bound_twice(what: Callable[[ir.Table], ir.Table]) -> None:
    for dialect in (DUCKDB, SPARK):
        bound = _tables(compile_query(ask("sales", what), dialect, Holding(WHOLE)))
        assert "sales" in str(bound)
        assert [name for name in bound if "sales" in name and "sales__g1" not in name] == []


def test_a_forged_query_is_refused() -> None:
    with pytest.raises(QueryForged):
        compile_query(object.__new__(GovernedQuery), DUCKDB, Holding(WHOLE))


def test_no_part_is_an_empty_table_of_the_declared_types() -> None:
    sql = DUCKDB.sql(compile_query(GUARDED, DUCKDB, Holding()))
    assert 'CAST(NULL AS DECIMAL(18, 2)) AS "amount"' in sql
    assert "WHERE FALSE" in sql


def test_parts_are_laid_on_one_another_by_name() -> None:
    older = Part("sales__g0", {"text": "string", "sale": "int32"}, 1)
    sql = DUCKDB.sql(compile_query(GUARDED, DUCKDB, Holding(older, WHOLE)))
    assert 'SELECT CAST("sale" AS BIGINT) AS "sale", CAST(NULL AS DECIMAL(18, 2)) AS "amount"' in sql
    assert sql.count("UNION ALL") == 1


def test_a_derived_table_of_another_definition_is_not_built() -> None:
    query = ask("best")
    with pytest.raises(TableNotBuilt, match="'amount'"):
        compile_query(query, DUCKDB, Holding(Part("best__g1", SALES.physical() | {"amount": "float64"}, 1)))
    with pytest.raises(TableNotBuilt, match="tillid run"):
        compile_query(query, DUCKDB, Holding(None))
    assert next(iter(query.places.values())).kind is TableKind.DERIVED


@pytest.mark.parametrize(
    "sql",
    [
        "select * from __governed_sales",
        "select * from __governed_sales as a join __governed_sales as b using (sale)",
        "with a as (select * from __governed_sales), b as (select * from a) select * from b where sale in (select sale from a)",
        "select * from (with a as (select * from __governed_sales) select * from a) as x",
        "select sale from __governed_sales union all select sale from __governed_sales",
        "with recursive a as (select sale from __governed_sales union all select sale + 1 from a) select * from a",
    ],
)
def test_names_of_the_querys_own_pass(sql: str) -> None:
    tree = compile_query(_typed(sql), DUCKDB, Holding(WHOLE))
    assert '"kept"."sales__g1"' in _tables(tree)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from sales",
        "select * from duckdb_settings",
        "select * from kept.sales__g1",
        "select * from governed.sales",
        "select * from main.__governed_sales",
        "select * from other.main.__governed_sales",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from range(10)",
        "with a as (select * from a) select * from a",
        "with a as (select * from b), b as (select * from __governed_sales) select * from a",
        "select * from (with a as (select 1) select * from a) as x, a",
        "select (select count(*) from secret) from __governed_sales",
        "select * from __governed_sales where sale in (select * from secret)",
    ],
)
def test_any_other_table_is_refused(sql: str) -> None:
    for dialect in (DUCKDB, SPARK):
        with pytest.raises(StoreError, match="not under guards"):
            compile_query(_typed(sql), dialect, Holding(WHOLE))


def test_a_tree_with_a_table_that_govern_did_not_guard_is_refused() -> None:
    body = ibis.table({"a": "int64"}, name="secret")
    forged = _issue_governed(body, GUARDED.decision, {}, {})
    with pytest.raises(StoreError, match="not under guards"):
        compile_query(forged, DUCKDB, Holding(WHOLE))


def test_what_an_engine_can_not_express_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="spark can't express"):
        compile_query(ask("sales", lambda t: t.select(x=t.text.typeof())), SPARK, Holding(WHOLE))


def test_a_query_is_compiled_anew_each_time() -> None:
    first = DUCKDB.sql(compile_query(GUARDED, DUCKDB, Holding(WHOLE)))
    typed = _typed("select * from __governed_sales")
    assert [DUCKDB.sql(compile_query(typed, DUCKDB, Holding(WHOLE))) for _ in range(2)] == [
        DUCKDB.sql(compile_query(typed, DUCKDB, Holding(WHOLE)))
    ] * 2
    assert DUCKDB.sql(compile_query(GUARDED, DUCKDB, Holding(WHOLE))) == first
