"""What every store must survive: being opened again, held by another, killed, and out of space."""

# ruff: noqa: D102, S101  these are tests
from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from typing import ClassVar

import pytest

from tillid.ports.errors import StoreError, StoreHeld
from tillid.ports.store import Store
from tillid.testing import store_killed
from tillid.testing.store_samples import SALES, MemoryAudit, ask, build, build_sales, numbered

Open = Callable[[], Store]


def count(store: Store, name: str = "sales") -> int:
    """How many rows a sample table has."""
    return int(store.fetch(ask(name, lambda t: t.count())).column(0)[0].as_py())


class StoreDurability:
    """Half of the suite; `kill_points` are the moments of a build at which a process is killed, `random_kills`
    is how often one is killed that builds without end.
    """

    store_class: ClassVar[str]
    kill_points: ClassVar[tuple[str, ...]] = store_killed.POINTS
    random_kills: ClassVar[int] = 3

    @pytest.fixture
    def audit(self) -> MemoryAudit:
        """Where the store writes its decisions."""
        return MemoryAudit()

    @pytest.fixture
    def open_store(self, tmp_path: Path, audit: MemoryAudit) -> Iterator[Open]:
        """Opens the store of this test's folder, again and again."""
        opened: list[Store] = []
        module, name = self.store_class.split(":")

        def open_it() -> Store:
            store: Store = getattr(import_module(module), name)(tmp_path, audit, held_by="run of ole")
            opened.append(store)
            return store

        yield open_it
        for store in opened:
            store.close()

    def test_is_there_when_opened_again(self, open_store: Open) -> None:
        store = open_store()
        made = build_sales(store, 0, 100)
        build(store).append(SALES, numbered(100, 100))
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.fetch(ask("sales"))
        store = open_store()
        assert store.generation() == made
        assert (count(store), count(store, "best")) == (100, 2)

    def test_is_held_by_one(self, open_store: Open) -> None:
        store = open_store()
        with pytest.raises(StoreHeld, match=r"held by run of ole \(process \d+\) since 20"):
            open_store()
        store.close()
        open_store()

    def test_survives_a_kill_at_any_moment(self, open_store: Open, tmp_path: Path) -> None:
        store = open_store()
        build_sales(store, 0, 1000)
        store.close()
        for point in self.kill_points:
            killed = self._run_child(tmp_path, point)
            assert killed.returncode == -9, f"{point}: {killed.stderr}"
            store = open_store()
            generation = store.generation()
            assert generation is not None
            came_through = point in ("after swap", store_killed.AFTER_COMMIT)
            assert count(store, "best") == (80 if came_through else 20), point
            assert count(store) == (4000 if came_through else 1000), point
            if came_through:
                return
            store.close()

    def test_survives_kills_at_random_moments(self, open_store: Open, tmp_path: Path) -> None:
        chance = Random(20260101)
        command = self._child(tmp_path, store_killed.ENDLESS)
        for _ in range(self.random_kills):
            with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603
                assert child.stdout is not None
                child.stdout.readline()
                time.sleep(chance.random())
                child.kill()
            store = open_store()
            generation = store.generation()
            assert generation is not None
            assert count(store) == generation.notes["upto"] == 100 * generation.number
            assert count(store, "best") == 2 * generation.number
            store.close()

    def test_a_full_disk_is_said_and_loses_nothing(self, open_store: Open, tmp_path: Path) -> None:
        store = open_store()
        build_sales(store, 0, 1000)
        store.close()
        child = self._run_child(tmp_path, store_killed.FULL)
        assert child.returncode == 28, child.stderr
        store = open_store()
        assert count(store) == 1000
        assert build_sales(store, 1000, 10).number == 2

    def _run_child(self, folder: Path, point: str) -> subprocess.CompletedProcess[str]:
        command = self._child(folder, point)
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603

    def _child(self, folder: Path, point: str) -> list[str]:
        return [sys.executable, "-m", "tillid.testing.store_killed", self.store_class, str(folder), point]
