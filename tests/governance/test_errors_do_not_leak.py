"""An error in a condition must not tell of rows that the guards take out."""

from __future__ import annotations

import duckdb
import ibis.expr.types as ir
import pytest
from ibis import _
from made_shop import Shop, load, make_shop
from running import compiled

from tillid.governance.fallible import may_fail
from tillid.governance.govern import govern
from tillid.governance.mapping import MAPPING, until_column
from tillid.governance.sql_text import govern_sql


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(3, people=200, orders=3_000)


@pytest.fixture(scope="module")
def connection(shop: Shop):
    """Every row that may not be read holds a text that breaks a cast; no other does."""
    made = load(shop)

    made.execute("update governed.orders set channel = 'trap'")
    made.execute(f"""
        update governed.orders o set channel = '7' from governed."{MAPPING}" m
        where o.subject_id = m.subject_id and m."{until_column("news")}" > timestamp '2026-01-01' and not m.restricted
        and o.purpose_set in (1, 3, 5) and o.occurred_at >= timestamp '2024-01-01'""")
    (trapped,) = made.execute("select count(*) from governed.orders where channel = 'trap'").fetchone()
    assert 500 < trapped < 3_000
    return made


@pytest.mark.parametrize(
    "text",
    [
        "select count(*) from orders where cast(channel as integer) > 0",
        "select sum(cast(channel as integer)) from orders",
        "select count(*) from orders where case when channel = 'trap' then cast('x' || channel as integer) else 1 end = 1",
        "select count(*) from orders where cast(channel as integer) > 0 and amount > 0 and quantity > 0",
        "select count(*) from orders o join things t on cast(o.channel as integer) = t.product_id",
        "select max(v) from (select cast(channel as integer) as v, amount from orders) t where v > 0",
        "select cast(channel as integer) as c, count(*) from orders group by 1 having cast(min(channel) as integer) > 0",
        "select count(*) from orders o where exists (select 1 from orders p where cast(p.channel as integer) = o.quantity)",
    ],
)
def test_sql(text: str, shop: Shop, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(compiled(govern_sql(text, shop.permit("news")))).fetchall()


def test_the_id_of_a_person_who_may_not_be_read(shop: Shop, connection: duckdb.DuckDBPyConnection) -> None:
    """Nor does an error tell that there is such a person."""
    gone = {r["person_id"] for r in shop.rows[MAPPING] if r[until_column("news")] is None or r["restricted"]}
    listed = ", ".join(map(str, gone))
    for table in ("members", "orders", "people"):
        text = f"select count(*) from {table} where case when person_id in ({listed}) then cast('x' || person_id as integer) else 1 end = 1"
        connection.execute(compiled(govern_sql(text, shop.permit("news")))).fetchall()


def _number(orders: ir.Table) -> ir.Table:
    return orders.mutate(number=orders.channel.cast("int64"))


def _by_person(orders: ir.Table) -> ir.Table:
    return _number(orders).group_by("person_id").agg(most=_.number.max(), lines=_.count())


FAILING = {
    "a condition": lambda t: t.filter(t.channel.cast("int64") > 0),
    "through a projection": lambda t: _number(t).filter(_.number > 0),
    "through a sort and a limit": lambda t: _number(t).order_by("number").limit(10_000).filter(_.number > 0),
    "through distinct": lambda t: _number(t).select("number", "quantity").distinct().filter(_.number > 0),
    "through a union": lambda t: _number(t).select("number").union(_number(t).select("number")).filter(_.number > 0),
    "through a join": lambda t: (
        _number(t).join(_by_person(t).select("person_id", "lines"), "person_id").filter(_.number > 0)
    ),
    "through a measure": lambda t: _by_person(t).filter(_.most > 0),
    "through a count of some": lambda t: (
        t.group_by("person_id").agg(lines=_.count(where=_.channel.cast("int64") > 0)).filter(_.lines > 0)
    ),
    "through a group": lambda t: _number(t).group_by("number").agg(lines=_.count()).filter(_.number > 0),
    "as a key of a join": lambda t: _number(t).select("number").join(t.select("quantity"), [("number", "quantity")]),
    "in a subquery": lambda t: t.filter(t.quantity.isin(_number(t).number)),
    "behind what fills in": lambda t: _number(t).fill_null({"number": 0}).filter(_.number > 0),
}
SURE = {
    "no condition": lambda t: _number(t).select("number"),
    "beside the condition": lambda t: _number(t).filter(_.quantity > 0),
    "beside the key of a join": lambda t: _by_person(t).join(t.select("person_id", "amount"), "person_id"),
    "beside a measure": lambda t: _by_person(t).filter(_.lines > 1),
    "dropped again": lambda t: _number(t).drop("channel").drop("amount").filter(_.quantity > 0),
}


@pytest.mark.parametrize("name", [*FAILING, *SURE])
def test_expression(name: str, shop: Shop, connection: duckdb.DuckDBPyConnection) -> None:
    query = (FAILING | SURE)[name](shop.table("orders").drop("iban", "untagged"))
    connection.execute(compiled(govern(query, shop.permit("news")))).fetchall()


@pytest.mark.parametrize("name", [*FAILING, *SURE])
def test_shields_are_for_what_may_fail_in_a_condition(name: str, shop: Shop) -> None:
    assert may_fail((FAILING | SURE)[name](shop.table("orders").drop("iban", "untagged")).op()) == (name in FAILING)


def test_the_trap_works(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute("select count(*) from governed.orders where cast(channel as integer) > 0").fetchall()
