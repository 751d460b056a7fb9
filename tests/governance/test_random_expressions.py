"""Random expressions, governed and run by an engine, against a slow reference that filters first and then reckons."""

from __future__ import annotations

import random

import duckdb
import pytest
from guard_walk import assert_guarded
from made_shop import MARKETER, STEWARD, Shop, load, make_shop
from random_trees import RandomTrees
from running import compiled
from same_rows import assert_same_rows

from tillid.governance import govern as governing
from tillid.governance.errors import CategoryNotVisible, ColumnOutsidePurpose, TableNotForPurpose
from tillid.governance.govern import govern
from tillid.governance.rules import RULES
from tillid.governance.sql_text import govern_sql

BLOCKS, BLOCK = 20, 50
SHOPS = 5
_loaded: dict[int, tuple[Shop, duckdb.DuckDBPyConnection]] = {}


def shop_of(seed: int) -> tuple[Shop, duckdb.DuckDBPyConnection]:
    number = seed % SHOPS
    if number not in _loaded:
        shop = make_shop(number)
        _loaded[number] = shop, load(shop)
    return _loaded[number]


def permit_of(seed: int, shop: Shop):
    actor, purpose = [(STEWARD, "news"), (STEWARD, "analytics"), (STEWARD, "service"), (MARKETER, "news")][seed % 4]
    return shop.permit(purpose, actor)


def check(seed: int) -> None:
    """One expression, and one that must be refused."""
    shop, connection = shop_of(seed)
    permit = permit_of(seed, shop)
    relation, types = RandomTrees(seed, permit).tree(random.Random(seed).randint(1, 4))
    wanted = [tuple(row[name] for name in types) for row in relation.rows(lambda name: shop.allowed(name, permit))]
    query = govern(relation.ibis(shop.table), permit)
    sql = compiled(query)
    assert_guarded(sql, query, permit)
    assert_same_rows(connection.execute(sql).fetchall(), wanted)
    check_refused(seed, shop)


def check_refused(seed: int, shop: Shop) -> None:
    rng = random.Random(seed)
    orders, people, notes = (shop.table(name) for name in ("orders", "people", "intake_notes"))
    attempts = [
        (ColumnOutsidePurpose, STEWARD, orders.filter(orders.iban == "secret").select("amount")),
        (ColumnOutsidePurpose, STEWARD, orders.group_by("iban").agg(n=orders.count())),
        (ColumnOutsidePurpose, STEWARD, people.mutate(pay=people.salary * 2).select("visits", "pay")),
        (CategoryNotVisible, MARKETER, people.select("first_name")),
        (CategoryNotVisible, MARKETER, people.filter(people.first_name.length() > 2).count().as_table()),
        (TableNotForPurpose, STEWARD, notes),
    ]
    error, actor, query = rng.choice(attempts)
    try:
        govern(query, shop.permit("news", actor))
    except error:
        return
    pytest.fail(f"{error.__name__} was not raised", pytrace=False)


def check_sql(seed: int) -> None:
    """The same expression, as an analyst would write it."""
    shop, connection = shop_of(seed)
    permit = permit_of(seed, shop)
    relation, types = RandomTrees(seed, permit).tree(random.Random(seed).randint(1, 4))
    wanted = [tuple(row[name] for name in types) for row in relation.rows(lambda name: shop.allowed(name, permit))]
    query = govern_sql(relation.sql(), permit)
    sql = compiled(query)
    assert_guarded(sql, query, permit)
    assert_same_rows(connection.execute(sql).fetchall(), wanted)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_expressions_give_the_rows_of_the_reference(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        try:
            check(seed)
        except Exception as error:  # whatever it is, the seed repeats it
            error.add_note(f"seed {seed}")
            raise


@pytest.mark.parametrize("block", range(4))
def test_random_sql_gives_the_rows_of_the_reference(block: int) -> None:
    for seed in range(10_000 + block * BLOCK, 10_000 + (block + 1) * BLOCK):
        try:
            check_sql(seed)
        except Exception as error:  # whatever it is, the seed repeats it
            error.add_note(f"seed {seed}")
            raise


def test_rows_are_counted_when_every_column_of_them_was_dropped() -> None:
    shop, connection = shop_of(0)
    orders, permit = shop.table("orders"), shop.permit("news")
    by_channel = orders.group_by("channel").agg(n=orders.count()).filter(lambda t: t.n > 0)
    for kept, dropped in ((by_channel, by_channel.drop("n")), (orders, orders.drop("iban"))):
        one, other = (connection.execute(compiled(govern(q.count(), permit))).fetchall() for q in (kept, dropped))
        assert one == other
        assert one[0][0] > 0


@pytest.mark.parametrize("left_out", RULES, ids=lambda rule: rule.__name__)
def test_a_missing_guard_is_found_out(left_out, monkeypatch: pytest.MonkeyPatch) -> None:
    # The walk over the SQL would find it too; here the rows alone must.
    monkeypatch.setitem(globals(), "assert_guarded", lambda *_: None)
    monkeypatch.setattr(governing, "RULES", tuple(rule for rule in RULES if rule is not left_out))
    found = 0
    for seed in range(60):
        try:
            check(seed)
        except (AssertionError, pytest.fail.Exception):
            found += 1
    assert found > 0


@pytest.mark.parametrize("left_out", RULES, ids=lambda rule: rule.__name__)
def test_a_missing_guard_is_seen_in_the_sql(left_out, monkeypatch: pytest.MonkeyPatch) -> None:
    if left_out.__name__ in ("table_for_purpose", "column_covered", "category_visible"):
        return
    monkeypatch.setattr(governing, "RULES", tuple(rule for rule in RULES if rule is not left_out))
    shop, _ = shop_of(0)
    permit = shop.permit("news")
    for name in ("orders", "people"):
        query = govern(shop.table(name).count(), permit)
        with pytest.raises(AssertionError):
            assert_guarded(compiled(query), query, permit)


def test_the_reference_is_not_empty() -> None:
    """A test of nothing but empty results would always pass."""
    sizes = []
    for seed in range(200):
        shop, _ = shop_of(seed)
        permit = permit_of(seed, shop)
        relation, _ = RandomTrees(seed, permit).tree(random.Random(seed).randint(1, 4))
        sizes.append(len(relation.rows(lambda name, shop=shop, permit=permit: shop.allowed(name, permit))))
    # An aggregate has few rows, a condition on NULL none.
    assert sum(size > 2 for size in sizes) > 60
