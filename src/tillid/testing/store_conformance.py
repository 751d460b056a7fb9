"""What every store must do, as one suite of tests: subclass it and say which store.

    class TestMyStore(StoreConformance):
        store_class = "my_package.my_store:MyStore"

The class is called as `MyStore(folder, audit, held_by="run of ole")`.
"""

# ruff: noqa: D102, S101  these are tests
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ibis
import pyarrow as pa
import pytest

from tillid.governance.errors import PermissionsStale, QueryForged
from tillid.governance.governed import GovernedQuery
from tillid.governance.sql_text import govern_sql
from tillid.ports.errors import StoreError, TableMismatch, TableNotBuilt
from tillid.ports.store import Store
from tillid.terms.durations import Duration
from tillid.terms.table import Column, Table
from tillid.testing.store_builds import StoreBuilds
from tillid.testing.store_durability import count
from tillid.testing.store_samples import (
    BEHAVIOUR,
    BEST,
    HEAP,
    NEWS,
    REGISTER,
    SALE_ROWS,
    SALES,
    VALUES,
    MemoryAudit,
    arrow_schema,
    ask,
    build,
    build_sales,
    numbered,
    register,
    rows_of,
    sales,
    write_orders,
    write_people,
)


class StoreConformance(StoreBuilds):
    """The suite: what a store holds, shows and refuses; and, by inheritance, what it survives."""

    def test_is_empty_before_the_first_run(self, store: Store) -> None:
        assert store.generation() is None
        rows = store.fetch(ask("sales"))
        assert rows.num_rows == 0
        assert rows.schema.types == arrow_schema(SALES).types
        with pytest.raises(TableNotBuilt, match="tillid run"):
            store.fetch(ask("best"))

    def test_gives_back_every_value_as_it_came(self, store: Store) -> None:
        going = build(store)
        assert going.append(SALES, sales(*SALE_ROWS)) == 4
        assert going.write(BEST, ask("sales")).result() == 4
        going.commit({})
        for name in ("sales", "best"):
            rows = store.fetch(ask(name))
            assert rows.schema.equals(arrow_schema(SALES), check_metadata=False)
            assert rows_of(rows) == rows_of(pa.Table.from_batches(sales(*SALE_ROWS)))

    def test_batches_are_the_rows_of_fetch(self, store: Store) -> None:
        going = build(store)
        going.append(SALES, numbered(0, 250_000, size=50_000))
        going.commit({})
        query = ask("sales", lambda t: t.select("sale", t.amount * 2).order_by(ibis.desc("sale")))
        batches = list(store.batches(query))
        assert max(batch.num_rows for batch in batches) < 250_000
        assert pa.Table.from_batches(batches) == store.fetch(query).combine_chunks()
        assert batches[0].column(0)[0].as_py() == 249_999

    def test_a_build_is_unseen_before_its_commit(self, store: Store) -> None:
        first = build_sales(store, 0, 100)
        assert (first.number, first.notes["upto"]) == (1, 100)
        assert first.places == {"sales", "best"}
        going = build(store)
        assert (going.number, going.former) == (2, first)
        going.append(SALES, numbered(100, 100))
        assert int(going.fetch(ask("sales", lambda t: t.count())).column(0)[0].as_py()) == 200
        assert sum(batch.num_rows for batch in going.batches(ask("sales"))) == 200
        assert (count(store), count(store, "best")) == (100, 2)
        with pytest.raises(TableNotBuilt):
            going.fetch(ask("best"))
        second = going.commit({})
        assert store.generation() == second
        assert second.places == {"sales"}
        assert count(store) == 200
        with pytest.raises(TableNotBuilt):
            store.fetch(ask("best"))
        going.abandon()
        with pytest.raises(StoreError):
            going.append(SALES, numbered(0, 1))

    def test_an_abandoned_build_leaves_nothing(self, store: Store) -> None:
        build_sales(store, 0, 100)
        for _ in range(2):
            going = build(store)
            going.append(SALES, numbered(100, 100))
            going.write(BEST, ask("sales"))
            going.abandon()
        assert (count(store), count(store, "best")) == (100, 2)
        assert build_sales(store, 100, 100).number == 2
        assert count(store) == 200

    def test_one_build_at_a_time(self, store: Store) -> None:
        going = build(store)
        with pytest.raises(StoreError, match="built already"):
            build(store)
        going.abandon()
        build(store).abandon()

    def test_keeps_a_derived_table(self, store: Store) -> None:
        build_sales(store, 0, 100)
        going = build(store)
        assert going.keep("best")
        assert not going.keep("worst")
        assert not going.keep("sales")
        going.write(BEST, ask("sales"))
        going.abandon()
        assert count(store, "best") == 2
        going = build(store)
        going.keep("best")
        # What is kept can be read while it is worked out anew.
        assert going.write(BEST, ask("best", lambda t: t.filter(t.amount > 98))).result() == 1
        going.commit({})
        assert count(store, "best") == 1

    def test_staged_rows_are_for_the_build_alone(self, store: Store) -> None:
        going = build(store)
        with pytest.raises(TableNotBuilt):
            going.fetch(ask("heap", purpose="housekeeping.intake"))
        assert going.stage(HEAP, []) == 0
        assert going.fetch(ask("heap", purpose="housekeeping.intake")).num_rows == 0
        assert going.stage(HEAP, numbered(0, 60)) == 60
        assert going.stage(HEAP, numbered(60, 40)) == 40
        assert going.extend(SALES, ask("heap", purpose="housekeeping.intake")).result() == 100
        assert (
            going.extend(SALES, ask("heap", lambda t: t.filter(t.sale < 1), purpose="housekeeping.intake")).result()
            == 1
        )
        assert going.commit({}).places == {"sales"}
        assert count(store) == 101
        with pytest.raises(TableNotBuilt):
            store.fetch(ask("heap", purpose="housekeeping.intake"))

    def test_a_staged_table_goes_when_it_is_told_to(self, store: Store) -> None:
        going = build(store)
        going.stage(HEAP, numbered(0, 10))
        going.unstage(HEAP)
        with pytest.raises(TableNotBuilt):
            going.fetch(ask("heap", purpose="housekeeping.intake"))
        going.unstage(HEAP)
        assert going.stage(HEAP, numbered(0, 3)) == 3
        assert going.fetch(ask("heap", purpose="housekeeping.intake")).num_rows == 3
        with pytest.raises(TableMismatch):
            going.unstage(SALES)

    def test_scoped_tables_are_kept_once_a_scope(self, store: Store) -> None:
        query = ask("values")
        place = next(name for name in query.places if name.startswith("values__"))
        going = build(store)
        going.append(SALES, numbered(0, 10))
        source = ask("sales", lambda t: t.select("sale", "amount"))
        for wrong in ("", "values", "sales__x"):
            with pytest.raises(TableMismatch):
                going.write(VALUES, source, place=wrong)
        going.write(VALUES, ask("sales", lambda t: t.select("sale", "amount").limit(3)), place="values__other")
        with pytest.raises(TableNotBuilt):
            going.fetch(query)
        going.write(VALUES, source, place=place)
        assert going.commit({}).places == {"sales", place, "values__other"}
        assert store.fetch(query).num_rows == 10

    def test_refuses_rows_that_do_not_fit(self, store: Store) -> None:
        going = build(store)
        schema = arrow_schema(SALES)
        wrong = [
            schema.remove(1),
            schema.append(pa.field("more", pa.int64())),
            schema.set(1, pa.field("amount", pa.float64())),
            schema.set(1, pa.field("amount", pa.decimal128(18, 3))),
            schema.set(2, pa.field("at", pa.timestamp("us", tz="UTC"))),
            schema.set(2, pa.field("at", pa.timestamp("ns"))),
            schema.set(7, pa.field("pieces", pa.string())),
        ]
        for each in wrong:
            with pytest.raises(TableMismatch):
                going.append(SALES, [pa.RecordBatch.from_pylist([], schema=each)])
        for method, table in ((going.append, BEST), (going.stage, SALES), (going.append, HEAP)):
            with pytest.raises(TableMismatch):
                method(table, [])
        with pytest.raises(TableMismatch):
            going.write(SALES, ask("sales"))
        with pytest.raises(TableMismatch):
            going.extend(BEST, ask("sales"))

    def test_casts_what_fits_and_names_no_value(self, store: Store) -> None:
        narrow = arrow_schema(SALES)
        wide = narrow.set(0, pa.field("sale", pa.int32())).set(1, pa.field("amount", pa.decimal128(38, 1)))
        wide = wide.set(7, pa.field("pieces", pa.int64())).set(4, pa.field("text", pa.large_string()))
        going = build(store)
        going.append(SALES, [pa.RecordBatch.from_pylist([{"sale": 7, "pieces": 3, "text": "a"}], schema=wide)])
        with pytest.raises(TableMismatch) as caught:
            going.append(SALES, [pa.RecordBatch.from_pylist([{"pieces": 98765432101}], schema=wide)])
        assert "98765432101" not in str(caught.value)
        going.write(BEST, ask("sales", lambda t: t.mutate(pieces=t.sale, text=ibis.null("string"))))
        going.commit({})
        assert store.fetch(ask("best")).schema.equals(narrow, check_metadata=False)
        with pytest.raises(StoreError) as refused:
            store.fetch(ask("sales", lambda t: t.select(n=(t.text + "hemmelig").cast("int64"))))
        assert "hemmelig" not in f"{refused.value} {refused.value.__cause__}"
        assert refused.value.__suppress_context__

    def test_what_the_giver_of_rows_raises_comes_out_as_it_is(self, store: Store) -> None:
        def failing() -> Iterator[pa.RecordBatch]:
            yield from numbered(0, 2000)
            raise LookupError("row 2001")

        build_sales(store, 0, 100)
        going = build(store)
        with pytest.raises(LookupError, match="row 2001"):
            going.append(SALES, failing())
        assert int(going.fetch(ask("sales", lambda t: t.count())).column(0)[0].as_py()) == 100
        assert going.append(SALES, numbered(100, 10)) == 10
        with pytest.raises(LookupError, match="row 2001"):
            going.append(SALES, failing())
        going.commit({})
        assert count(store) == 110

    def test_older_parts_answer_to_a_newer_declaration(self, store: Store) -> None:
        build_sales(store, 0, 10)
        kept = [column for column in SALES.columns if column.name != "fine"]
        kept[-1] = Column("pieces", "int64", BEHAVIOUR)
        newer = Table("sales", (*kept, Column("channel", "string", BEHAVIOUR)))
        known = register(tables=(newer,))
        going = build(store, known)
        batch = pa.RecordBatch.from_pylist([{"sale": 10, "channel": "web", "pieces": 5}])
        for field in arrow_schema(SALES):
            if field.name not in {"sale", "pieces", "fine"}:
                batch = batch.append_column(field.name, pa.nulls(1, field.type))
        going.append(newer, [batch])
        going.commit({})
        found = rows_of(store.fetch(ask("sales", known=known)))
        assert [row["channel"] for row in found] == [None] * 10 + ["web"]
        assert found[10]["pieces"] == 5
        assert "fine" not in found[0]
        # Under the former declaration the newer column is simply not seen.
        assert rows_of(store.fetch(ask("sales")))[10]["fine"] is None

    def test_many_small_parts_hold_the_same_rows(self, store: Store) -> None:
        for first in range(0, 120, 10):
            going = build(store)
            going.append(SALES, numbered(first, 10))
            going.commit({})
        assert [row["sale"] for row in rows_of(store.fetch(ask("sales")))] == list(range(120))

    def test_a_facts_table_can_be_left_out(self, store: Store) -> None:
        build_sales(store, 0, 100)
        going = build(store)
        going.clear(SALES)
        assert going.append(SALES, numbered(100, 10)) == 10
        with pytest.raises(TableMismatch):
            going.clear(BEST)
        assert count(store) == 100
        going.commit({})
        assert count(store) == 10

    def test_guards_hold(self, store: Store) -> None:
        going = build(store)
        write_people(going)
        write_orders(going)
        going.commit({})
        spent = store.fetch(ask("orders", lambda t: t.group_by("person_id").agg(spent=t.amount.sum())))
        assert {row["person_id"]: int(row["spent"]) for row in spent.to_pylist()} == {1: 30, 2: 40}

    def test_an_analysts_own_sql(self, store: Store) -> None:
        going = build(store)
        write_people(going)
        write_orders(going)
        going.append(SALES, numbered(0, 10))
        permit = REGISTER.permit(REGISTER.actor("ole"), "news")
        sql = (
            "with dear as (select person_id, amount from orders where amount > 10) "
            "select b.person_id, sum(b.amount) as spent, count(*) as n, "
            "(select count(*) from sales) as all_sales from dear b group by b.person_id order by b.person_id desc"
        )
        rows = going.fetch(govern_sql(sql, permit)).to_pylist()
        assert [(row["person_id"], int(row["spent"]), row["n"], row["all_sales"]) for row in rows] == [
            (2, 40, 1, 10),
            (1, 20, 1, 10),
        ]
        written = govern_sql("select sale, sum(amount) as amount from sales group by sale", permit)
        assert going.write(VALUES, written, place="values__sql").result() == 10
        going.abandon()

    def test_runs_nothing_that_govern_did_not_make(self, store: Store, audit: MemoryAudit) -> None:
        forged = object.__new__(GovernedQuery)
        going = build(store)
        for reader in (store, going):
            with pytest.raises(QueryForged):
                reader.fetch(forged)
            with pytest.raises(QueryForged):
                list(reader.batches(forged))
        with pytest.raises(QueryForged):
            going.write(BEST, forged)
        assert audit.entries == []

    def test_stale_permissions_are_refused(self, store: Store, audit: MemoryAudit) -> None:
        going = build(store)
        write_people(going)
        write_orders(going)
        going.commit({})
        changed = register(news=replace(NEWS, retention=Duration.parse("6 months")))
        with pytest.raises(PermissionsStale, match="changed"):
            store.fetch(ask("orders", known=changed))
        assert audit.entries[-1][0] == "refused"
        assert audit.entries[-1][1]["refused"] == "PermissionsStale"
        assert store.fetch(ask("sales", known=changed)).num_rows == 0
        again = build(store, changed)
        assert not again.keep("mapping")
        with pytest.raises(PermissionsStale, match="changed"):
            again.fetch(ask("orders"))
        write_people(again, changed)
        again.commit({})
        assert store.fetch(ask("orders", known=changed)).num_rows == 0
        bare = store.build({})
        with pytest.raises(PermissionsStale, match="added"):
            bare.fetch(ask("orders", known=changed))

    def test_every_read_is_written_down_first(self, store: Store, audit: MemoryAudit) -> None:
        build_sales(store, 0, 100)
        audit.entries.clear()
        store.fetch(ask("sales"))
        reading = store.batches(ask("best"))
        assert [(kind, entry["doing"], entry["actor"]) for kind, entry in audit.entries] == [
            ("query", "fetch", "ole"),
            ("query", "fetch", "ole"),
        ]
        assert sum(batch.num_rows for batch in reading) == 2
        audit.fail = OSError("no space")
        going = build(store)
        with pytest.raises(OSError, match="no space"):
            store.fetch(ask("sales"))
        with pytest.raises(OSError, match="no space"):
            store.batches(ask("sales"))
        with pytest.raises(OSError, match="no space"):
            going.write(BEST, ask("sales"))

    def test_a_reader_goes_on_over_a_commit(self, store: Store) -> None:
        going = build(store)
        going.append(SALES, numbered(0, 300_000, size=100_000))
        going.write(BEST, ask("sales"))
        going.commit({})
        begun, waiting = store.batches(ask("best")), store.batches(ask("best"))
        rows = next(begun).num_rows
        build_sales(store, 300_000, 10)
        build_sales(store, 300_010, 10)
        assert rows + sum(batch.num_rows for batch in begun) == 300_000
        assert sum(batch.num_rows for batch in waiting) == 300_000
