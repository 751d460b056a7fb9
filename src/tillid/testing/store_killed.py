"""A process that dies, or meets a full disk, in the middle of building a generation: what a store must survive.

Run as `python -m tillid.testing.store_killed CLASS FOLDER POINT`, with CLASS as "package.module:Name".
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from tillid.ports.errors import StoreFull
from tillid.testing.store_samples import BEST, HEAP, SALES, MemoryAudit, ask, build, build_sales, numbered, sales

AFTER_COMMIT = "after commit"
FULL = "full disk"
ENDLESS = "endless"
POINTS = ("in append", "after append", "after write", "before swap", "in swap", "after swap", AFTER_COMMIT)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


def _dying(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield next(batches)
    _die()


def _full(store: Any) -> None:
    """Let no file grow beyond what it is now, and build: the store must say so, and stay as it was."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    most = 4 * 2**20
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    texts = ([os.urandom(100_000).hex() for _ in range(10)] for _ in range(20))
    batches = (batch for some in texts for batch in sales(*({"text": text} for text in some)))
    going = build(store)
    try:
        going.append(SALES, batches)
        going.commit({})
    except StoreFull:
        going.abandon()
        sys.exit(28)


def _hook(store: Any, point: str) -> None:
    """Put the death of the process at a point inside the commit."""
    engine = store._engine
    swap: Callable[[object], None] = engine.swap

    def swapped(manifest: object) -> None:
        if point == "before swap":
            _die()
        swap(manifest)
        _die()

    def renamed(self: Path, target: object) -> NoReturn:  # noqa: ARG001
        _die()

    if point == "in swap":
        Path.replace = renamed  # type: ignore[method-assign]
    elif point in ("before swap", "after swap"):
        engine.swap = swapped


def _endless(store: Any) -> NoReturn:
    """Build generation after generation until killed; one line on stdout when the first is there."""
    said = False
    while True:
        former = store.generation()
        build_sales(store, former.notes["upto"] if former else 0, 100)
        if not said:
            print("begun", flush=True)
        said = True


def main(class_name: str, folder: str, point: str) -> None:
    """Build the second generation on a store that has one, up to `point`."""
    module, name = class_name.split(":")
    store = getattr(import_module(module), name)(Path(folder), MemoryAudit(), held_by="run of ole")
    if point == FULL:
        _full(store)
        return
    if point == ENDLESS:
        _endless(store)
    going = build(store)
    batches = numbered(1000, 3000)
    going.append(SALES, _dying(batches) if point == "in append" else batches)
    if point == "after append":
        _die()
    going.stage(HEAP, numbered(0, 10))
    going.write(BEST, ask("sales", lambda t: t.filter(t.amount > 97)))
    if point == "after write":
        _die()
    _hook(store, point)
    going.commit({"upto": 4000})
    _die()


if __name__ == "__main__":
    main(*sys.argv[1:])
