"""The Spark store, put to the suite that every store must pass, and to what is its own."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path

import pytest

from tillid.ports.errors import EngineMissing, StoreError, StoreTorn
from tillid.stores import spark_session
from tillid.stores.spark import SparkStore
from tillid.testing.store_conformance import StoreConformance
from tillid.testing.store_samples import MemoryAudit, ask, build_sales

pytest.importorskip("pyspark")
pytestmark = pytest.mark.spark


class TestSparkStore(StoreConformance):
    store_class = "tillid.stores.spark:SparkStore"
    # Each starts a JVM of its own.
    kill_points = ("in swap", "after swap")
    random_kills = 1


def _open(folder: Path) -> SparkStore:
    return SparkStore(folder, MemoryAudit(), held_by="test of ole")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a store that holds one generation."""
    store = _open(tmp_path)
    build_sales(store, 0, 1000)
    store.close()
    return tmp_path / ".tillid" / "spark"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"number": 1}'])
def test_a_pointer_that_can_not_be_read_is_torn(root: Path, tmp_path: Path, text: str) -> None:
    (root / "current.json").write_text(text)
    with pytest.raises(StoreTorn, match="backup"):
        _open(tmp_path)


def test_a_table_that_is_gone_is_torn(root: Path, tmp_path: Path) -> None:
    shutil.rmtree(root / "tables" / "sales__g1")
    with pytest.raises(StoreTorn, match="gone"):
        _open(tmp_path)


def test_a_file_cut_short_is_torn(root: Path, tmp_path: Path) -> None:
    file = next((root / "tables" / "sales__g1").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    store = _open(tmp_path)
    with pytest.raises(StoreTorn):
        store.fetch(ask("sales", lambda t: t.agg(x=t.text.max())))
    store.close()


def test_everything_rests_in_the_projects_folder(root: Path, tmp_path: Path) -> None:
    assert {path.name for path in tmp_path.iterdir()} == {".tillid"}
    assert {path.name for path in (root / "tables").iterdir()} == {"sales__g1", "best__g1"}
    assert not list((root / "tables").rglob("_*"))


def test_no_log_shows_a_value(root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = _open(tmp_path)
    with pytest.raises(StoreError):
        store.fetch(ask("sales", lambda t: t.select(n=t.text.cast("int64"))))
    store.close()
    assert not logging.getLogger("SQLQueryContextLogger").isEnabledFor(logging.CRITICAL)
    said = capfd.readouterr()
    assert "sale " not in said.out + said.err


def test_a_java_process_that_ended_is_named_and_another_started(root: Path, tmp_path: Path) -> None:
    from pyspark import SparkContext  # noqa: PLC0415

    store = _open(tmp_path)
    process = SparkContext._gateway.proc
    process.kill()
    process.wait()
    with pytest.raises(StoreError, match="Spark's Java process ended by signal 9") as raised:
        store.fetch(ask("sales"))
    assert "run again" in raised.value.hint
    store.close()
    store = _open(tmp_path)
    assert store.fetch(ask("sales", lambda t: t.agg(n=t.count()))).column("n")[0].as_py() == 1000
    store.close()


def test_without_pyspark_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineMissing, match=r"pip install 'tillid\[spark\]'"):
        _open(tmp_path)


def test_without_java_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session.shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineMissing, match="Java"):
        _open(tmp_path)
    assert not (tmp_path / ".tillid" / "store.lock").read_text()
