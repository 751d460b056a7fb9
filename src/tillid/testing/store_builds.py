"""What every store must do while a generation is built: tables that are defined, that fail, that are left off."""

# ruff: noqa: D102, S101  these are tests
from __future__ import annotations

from concurrent.futures import CancelledError

import pytest

from tillid.ports.errors import StoreError, TableMismatch
from tillid.ports.store import Store
from tillid.testing.store_durability import Open, StoreDurability, count
from tillid.testing.store_samples import BEST, HEAP, SALES, VALUES, ask, build, build_sales, numbered


class StoreBuilds(StoreDurability):
    """The part of the suite that is about work under way."""

    @pytest.fixture
    def store(self, open_store: Open) -> Store:
        """An empty store."""
        return open_store()

    def test_a_table_can_be_defined_over_facts(self, store: Store, open_store: Open) -> None:
        going = build(store)
        going.append(SALES, numbered(0, 100))
        assert going.define(BEST, ask("sales", lambda t: t.filter(t.sale > 90))).result() == 9
        assert int(going.fetch(ask("best", lambda t: t.count())).column(0)[0].as_py()) == 9
        with pytest.raises(TableMismatch, match="there already"):
            going.define(BEST, ask("sales"))
        going.commit({})
        store.close()
        store = open_store()
        assert count(store, "best") == 9
        # It stays as it is, whatever is added to the facts, for as long as it is kept.
        going = build(store)
        going.append(SALES, numbered(100, 100))
        going.keep("best")
        going.commit({})
        assert (count(store), count(store, "best")) == (200, 9)
        reading = store.batches(ask("best"))
        build_sales(store, 200, 100)
        assert count(store, "best") == 6
        assert sum(batch.num_rows for batch in reading) == 9

    def test_a_table_is_defined_over_nothing_but_facts_that_stay(self, store: Store) -> None:
        going = build(store)
        going.append(SALES, numbered(0, 100))
        going.stage(HEAP, numbered(0, 10))
        with pytest.raises(TableMismatch, match="more than facts"):
            going.define(BEST, ask("heap", purpose="housekeeping.intake"))
        with pytest.raises(TableMismatch):
            going.define(HEAP, ask("sales"))
        with pytest.raises(TableMismatch):
            going.define(VALUES, ask("sales", lambda t: t.select("sale", "amount")))
        going.define(BEST, ask("sales"))
        going.commit({})
        going = build(store)
        going.keep("best")
        going.clear(SALES)
        with pytest.raises(StoreError, match="defined over"):
            going.commit({})
        going.abandon()
        assert (count(store), count(store, "best")) == (100, 100)

    def test_what_fails_while_it_is_worked_out_ends_the_build(self, store: Store) -> None:
        build_sales(store, 0, 100)
        wrong = [
            (ask("sales", lambda t: t.drop("sale")), TableMismatch, "sale"),
            (ask("sales", lambda t: t.mutate(amount=t.score)), TableMismatch, "float64"),
            (ask("sales", lambda t: t.mutate(pieces=(t.sale + 2**31).cast("int32"))), StoreError, "value"),
        ]
        for query, error, says in wrong:
            going = build(store)
            going.append(SALES, numbered(100, 10))
            failing = going.write(BEST, query)
            # Whether it has failed by now or not: nothing after it is done.
            with pytest.raises(error, match=says):
                going.extend(SALES, ask("sales")).result()
            with pytest.raises(error, match=says):
                failing.result()
            with pytest.raises(error, match=says):
                going.fetch(ask("sales"))
            with pytest.raises(error, match=says):
                going.commit({})
            going.abandon()
            assert (count(store), count(store, "best")) == (100, 2)
        assert build_sales(store, 100, 100).number == 2

    def test_an_abandoned_build_does_not_go_on(self, store: Store) -> None:
        going = build(store)
        going.append(SALES, numbered(0, 1000))
        waiting = [going.write(BEST, ask("sales", lambda t: t.order_by("at"))) for _ in range(20)]
        going.abandon()
        with pytest.raises((StoreError, CancelledError)):
            waiting[-1].result()
        assert store.generation() is None
        assert build_sales(store, 0, 100).number == 1
