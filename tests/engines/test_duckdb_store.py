"""The DuckDB store, put to the suite that every store must pass, and to what is its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Timer
from time import monotonic

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from tillid.ports.errors import StoreError, StoreHeld, StoreTorn
from tillid.stores.duckdb import DuckDbSettings, DuckDbStore
from tillid.stores.manifest import Part
from tillid.terms.table import Column, Table, TableKind
from tillid.testing.store_conformance import StoreConformance
from tillid.testing.store_killed import POINTS
from tillid.testing.store_samples import (
    BEHAVIOUR,
    BEST,
    SALES,
    MemoryAudit,
    ask,
    build,
    build_sales,
    numbered,
    register,
    sales,
)


class TestDuckDbStore(StoreConformance):
    store_class = "tillid.stores.duckdb:DuckDbStore"
    # What is "in swap" elsewhere is one transaction here.
    kill_points = tuple(point for point in POINTS if point != "in swap")


def _open(folder: Path, settings: DuckDbSettings | None = None) -> DuckDbStore:
    return DuckDbStore(folder, MemoryAudit(), held_by="test of ole", settings=settings or DuckDbSettings())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a store that holds one generation."""
    store = _open(tmp_path)
    build_sales(store, 0, 50_000)
    store.close()
    return tmp_path / ".tillid" / "store.duckdb"


def test_a_file_that_is_not_a_store_is_said_to_be_torn(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"something else" * 1000)
    with pytest.raises(StoreTorn, match=r"can't be read.*backup"):
        _open(tmp_path)
    # And the lock is free again.
    file.unlink()
    _open(tmp_path).close()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_said_to_be_torn(file: Path, tmp_path: Path, kept: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(StoreTorn):
        _open(tmp_path).fetch(ask("sales", lambda t: t.agg(x=t.text.max(), y=t.sale.sum(), z=t.amount.sum())))


def test_blocks_overwritten_are_said_to_be_torn(file: Path, tmp_path: Path) -> None:
    with file.open("r+b") as opened:
        for place in range(3 * 4096 + 1000, file.stat().st_size, 2**18):
            opened.seek(place)
            opened.write(b"\xff" * 100)
    with pytest.raises(StoreTorn):
        _open(tmp_path).fetch(ask("sales", lambda t: t.agg(x=t.text.max(), y=t.sale.sum(), z=t.amount.sum())))


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from glob('/etc/*')",
        "copy (select 1) to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set threads = 1",
        "select * from sneaked",
    ],
)
def test_the_engine_reaches_nothing_outside_its_file(tmp_path: Path, sql: str) -> None:
    sneaked = sales({"sale": 1})[0]  # noqa: F841  DuckDB would find it by its name
    store = _open(tmp_path)
    with pytest.raises(StoreError), store._engine._cursor() as cursor:
        cursor.execute(sql.format(folder=tmp_path)).fetchall()
    store.close()


def test_settings_are_the_engines(tmp_path: Path) -> None:
    store = _open(tmp_path, DuckDbSettings(memory_limit=512 * 2**20, threads=1))
    query = "select current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    with store._engine._cursor() as cursor:
        memory, threads, scratch = cursor.execute(query).fetchone() or ()
    assert (memory, threads, scratch) == ("512.0 MiB", 1, str(tmp_path / ".tillid" / "tmp"))
    store.close()


def test_more_than_memory_is_spilled_in_the_projects_folder(tmp_path: Path) -> None:
    store = _open(tmp_path, DuckDbSettings(memory_limit=100 * 2**20, threads=1))
    going = build(store)
    going.append(SALES, numbered(0, 2000))
    pairs = ask("sales", lambda t: _pairs(t).group_by("one", "other").agg(n=ibis._.count()))
    rows = spilled = 0
    for batch in going.batches(pairs):
        spilled = max(spilled, sum(path.stat().st_size for path in (tmp_path / ".tillid" / "tmp").glob("*")))
        rows += batch.num_rows
    assert rows == 4_000_000
    assert spilled > 0
    store.close()


def _pairs(table: ir.Table) -> ir.Table:
    other = table.view()
    return table.cross_join(other).select(one=table.sale, other=other.sale)


def test_values_can_be_found_in_an_uncompressed_file(tmp_path: Path) -> None:
    name = "Søren Overgaard-Testesen the Third"
    store = _open(tmp_path, DuckDbSettings(uncompressed=True))
    going = build(store)
    going.append(SALES, sales(*({"sale": n, "text": f"{name} {n}"} for n in range(5000))))
    going.commit({})
    store.close()
    assert f"{name} 4999".encode() in (tmp_path / ".tillid" / "store.duckdb").read_bytes()


def test_small_parts_become_one(tmp_path: Path) -> None:
    store = _open(tmp_path)
    parts = []
    for first in range(0, 200, 10):
        going = build(store)
        going.append(SALES, numbered(first, 10))
        going.commit({})
        parts.append(len(store._manifest.facts["sales"]))
        assert store._engine.held() == set(store._manifest.physical())
    assert parts == [1, 2, 3, 4, 5, 6, 7, 8, 2, 3, 4, 5, 6, 7, 8, 2, 3, 4, 5, 6]
    assert sum(part.rows for part in store._manifest.facts["sales"]) == 200
    store.close()


def test_parts_whose_types_differ_are_left_as_they_are(tmp_path: Path) -> None:
    columns = [column for column in SALES.columns if column.name != "pieces"]
    wider = Table("sales", (*columns, Column("pieces", "int64", BEHAVIOUR)))
    store = _open(tmp_path)
    build_sales(store, 0, 10)
    for first in range(10, 110, 10):
        going = build(store, register(tables=(wider,)))
        going.append(wider, numbered(first, 10))
        going.commit({})
    assert len(store._manifest.facts["sales"]) == 11
    assert store.fetch(ask("sales", known=register(tables=(wider,)))).num_rows == 110
    store.close()


def test_what_a_killed_build_left_goes_when_the_store_is_opened(tmp_path: Path) -> None:
    store = _open(tmp_path)
    build_sales(store, 0, 10)
    going = build(store)
    going.append(SALES, numbered(10, 10))
    assert store._engine.held() == {"sales__g1", "best__g1", "sales__g2"}
    store._engine.close()
    store._lock.release()
    (tmp_path / ".tillid" / "tmp").mkdir(exist_ok=True)
    (tmp_path / ".tillid" / "tmp" / "spilled").write_text("rows of persons")
    store = _open(tmp_path)
    assert store._engine.held() == {"sales__g1", "best__g1"}
    assert not (tmp_path / ".tillid" / "tmp" / "spilled").exists()
    store.close()


def test_staged_rows_are_never_in_the_file(tmp_path: Path) -> None:
    staged = Table("met", (Column("mark", "string", BEHAVIOUR),), kind=TableKind.STAGED)
    store = DuckDbStore(tmp_path, MemoryAudit(), held_by="a test", settings=DuckDbSettings(uncompressed=True))
    build_sales(store, 0, 10)
    going = build(store, register(tables=(SALES, staged)))
    marks = [f"planted-mark-{number}" for number in range(20_000)]
    assert going.stage(staged, pa.table({"mark": marks}).to_batches()) == 20_000
    assert going.fetch(ask("met", known=register(tables=(SALES, staged)))).num_rows == 20_000
    store._engine._connection.execute("checkpoint")
    files = [path for path in (tmp_path / ".tillid").rglob("*") if path.is_file()]
    assert any(b"sales" in path.read_bytes() for path in files)
    assert not any(b"planted-mark-1" in path.read_bytes() for path in files)
    going.unstage(staged)
    going._turn.settle()
    assert not any("met" in name for name in store._engine.held())
    going.commit({})
    store.close()


def test_a_defined_table_is_a_view_that_goes_with_its_generation(tmp_path: Path) -> None:
    store = _open(tmp_path)
    going = build(store)
    going.append(SALES, numbered(0, 10))
    going.define(BEST, ask("sales"))
    going.commit({})
    views = store._engine._connection.sql("select view_name from duckdb_views() where schema_name = 'kept'")
    assert views.fetchall() == [("best__g1",)]
    store.close()
    store = _open(tmp_path)
    assert store._engine.held() == {"sales__g1", "best__g1"}
    build_sales(store, 10, 10)
    assert store._engine.held() == {"sales__g1", "sales__g2", "best__g2"}
    store.close()


@pytest.fixture
def stopped_by_hand() -> Iterator[None]:
    """Ctrl-C is what Python makes of it, whatever this process was started from or has started."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("stopped_by_hand")
def test_a_run_that_is_stopped_by_hand_ends_at_once(tmp_path: Path) -> None:
    def endless() -> Iterator[pa.RecordBatch]:
        began = monotonic()
        for first in count(0, 10_000):
            assert monotonic() - began < 60, "Ctrl-C was not noticed"
            yield from numbered(first, 10_000)

    store = _open(tmp_path)
    build_sales(store, 0, 100_000)
    going = build(store)
    stop = Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        going.append(SALES, endless())
    stop.join()
    every = ask("sales", lambda t: t.cross_join(t.select(other="sale")).order_by("text", "other").drop("other"))
    waiting = going.write(BEST, every)
    stop = Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        waiting.result()
    going.abandon()
    assert store._engine.held() == {"sales__g1", "best__g1"}
    store.close()


def test_a_swap_is_whole_or_not_at_all(tmp_path: Path) -> None:
    store = _open(tmp_path)
    made = build_sales(store, 0, 10)
    broken = replace(store._manifest, number=2, derived={"best": Part("best__g2", {}, "not a number")})
    with pytest.raises(StoreError):
        store._engine.swap(broken)
    assert store._engine.load().generation() == made
    store.close()


def test_another_program_on_the_file_is_named_as_such(file: Path, tmp_path: Path) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreHeld, match="another program"):
            _open(tmp_path)
        other.kill()
