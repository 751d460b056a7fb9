"""Tables of real databases come in whole and once: first load, more rows, changes, deletions, equal cursor values."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from shop_tables import KUNDER, MORNING, ORDRER, Database, Shop, customer, order

from tillid.connectors.sources.errors import CursorUnfit

ENGINES = ["sqlite", "postgresql", "mariadb"]
every_engine = pytest.mark.parametrize("database", ENGINES, indirect=True)


@every_engine
def test_a_snapshot_takes_what_is_there_and_closes_what_is_gone(database: Database, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", database, {"crm": KUNDER % {"more": ""}})
    shop.put(shop.customers, customer(1), customer(2, "Ærøskøbing"), customer(3))
    first = shop.run()
    assert (first.records, first.sources["crm"].read) == (3, 3)
    shop.change(shop.customers, 2, By="Ølgod")
    shop.remove(shop.customers, 3)
    shop.put(shop.customers, customer(4))
    assert shop.run().records == 3
    assert shop.held() == [("1", "Århus"), ("2", "Ølgod"), ("4", "Århus")]
    rows = shop.project.sql("select customer_no, city from crm where valid_to is not null")
    assert sorted(tuple(row.values()) for row in rows) == [("2", "Ærøskøbing"), ("3", "Århus")]


@every_engine
def test_a_delta_takes_changes_by_the_cursor_and_closes_what_is_marked(database: Database, tmp_path: Path) -> None:
    more = ", cursor: ændret, deleted: slettet"
    shop = Shop(tmp_path / "p", database, {"crm": KUNDER % {"more": more}})
    shop.put(shop.customers, customer(1), customer(2), customer(3))
    shop.run()
    later = MORNING + timedelta(hours=1)
    shop.change(shop.customers, 2, By="Skagen", ændret=later)
    # What is marked is emptied as well, as a shop does when a customer leaves.
    shop.change(shop.customers, 3, **{"slettet": True, "E-mail": None, "By": None}, ændret=later)
    shop.put(shop.customers, customer(4, at=later))
    report = shop.run()
    assert shop.held() == [("1", "Århus"), ("2", "Skagen"), ("4", "Århus")]
    assert report.sources["crm"].read == 2
    assert report.records == 3
    idle = shop.run()
    assert (idle.sources["crm"].read, idle.sources["crm"].files_unchanged) == (0, 1)
    assert shop.held() == [("1", "Århus"), ("2", "Skagen"), ("4", "Århus")]


@every_engine
@pytest.mark.parametrize("cursor", ["bestilt", "nr"])
def test_events_are_appended_once_by_the_cursor(database: Database, tmp_path: Path, cursor: str) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": cursor, "more": ""}})
    shop.put(shop.orders, *(order(nr, MORNING + timedelta(minutes=nr)) for nr in range(1, 6)))
    assert shop.run().events == 5
    shop.put(shop.orders, *(order(nr, MORNING + timedelta(minutes=nr)) for nr in range(6, 9)))
    assert shop.run().events == 8
    assert shop.run().events == 8
    assert shop.events() == [str(nr) for nr in range(1, 9)]
    assert set(shop.events("amount")) == {Decimal("99.50")}


@every_engine
def test_rows_that_share_the_newest_value_are_neither_lost_nor_taken_twice(database: Database, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": "bestilt", "more": ""}})
    shop.put(shop.orders, order(1), order(2))
    shop.run()
    for nr in (3, 4):
        shop.put(shop.orders, order(nr))
        shop.run()
    shop.put(shop.orders, order(5, MORNING + timedelta(microseconds=0, seconds=1)))
    shop.run()
    assert shop.events() == ["1", "2", "3", "4", "5"]


@every_engine
def test_a_lag_finds_rows_that_were_committed_late(database: Database, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", database, {"orders": ORDRER % {"cursor": "bestilt", "more": ", lag: 10 minutes"}})
    shop.put(shop.orders, order(1), order(2, MORNING + timedelta(minutes=30)))
    if database.driver == "sqlite":
        # Its times are text, from which nothing can be taken off.
        with pytest.raises(CursorUnfit, match="lag"):
            shop.run()
        return
    shop.run()
    shop.put(shop.orders, order(3, MORNING + timedelta(minutes=21)), order(4, MORNING + timedelta(minutes=5)))
    shop.run()
    shop.run()
    assert shop.events() == ["1", "2", "3"], "order 4 is further back than the lag"


@every_engine
def test_rows_without_a_cursor_value_come_once(database: Database, tmp_path: Path) -> None:
    sources = {"orders": ORDRER % {"cursor": "kunde", "more": ""}, "crm": KUNDER % {"more": ", cursor: ændret"}}
    shop = Shop(tmp_path / "p", database, sources)
    shop.put(shop.orders, order(1), order(2, kunde=None))  # type: ignore[arg-type]
    shop.put(shop.customers, customer(1), customer(2, at=None))  # type: ignore[arg-type]
    shop.run()
    shop.put(shop.orders, order(3, kunde=None))  # type: ignore[arg-type]
    shop.change(shop.customers, 2, By="Thisted")
    shop.run()
    shop.run()
    assert shop.run().events == 3
    assert shop.held() == [("1", "Århus"), ("2", "Thisted")]


@every_engine
def test_alike_rows_are_counted_and_not_merged(database: Database, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "p", database, {"visits": VISITS})
    shop.say("create table visits (who integer, seen timestamp null)")
    visit = "insert into visits values (1, '2025-11-03 09:30:00')"
    for statement in (visit, visit):
        shop.say(statement)
    assert shop.run().events == 2
    shop.say(visit)
    assert shop.run().events == 3
    assert shop.run().events == 3


VISITS = """
kind: events
database: {connection: butik, table: visits, cursor: seen}
time: occurred_at
data_subject: customer
collected_for: [analytics]
columns:
  who:  {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  seen: {name: occurred_at, type: timestamp, category: user.behavior}
"""


@every_engine
def test_an_event_with_a_key_comes_once_however_its_cursor_moves(database: Database, tmp_path: Path) -> None:
    keyed = ORDRER % {"cursor": "bestilt", "more": ""} + "key: order_no\n"
    shop = Shop(tmp_path / "p", database, {"orders": keyed})
    shop.put(shop.orders, order(1), order(2))
    shop.run()
    shop.change(shop.orders, 1, bestilt=MORNING + timedelta(days=1))
    shop.put(shop.orders, order(3))
    assert shop.run().events == 3
    assert shop.events() == ["1", "2", "3"]
