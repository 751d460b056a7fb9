"""Finds a bench of the test kit by name and runs it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tillid.cli.errors import BenchUnknown
from tillid.terms.errors import nearest

ROOM = "tillid.testing.bench"


def bench_names() -> list[str]:
    """The names of the benches that there are."""
    try:
        room = import_module(ROOM)
    except ModuleNotFoundError:
        return []
    return sorted(module.name for module in iter_modules(room.__path__) if hasattr(_bench(module.name), "run"))


def run_bench(name: str, options: Mapping[str, object]) -> dict[str, object]:
    """Run the bench of this name: `{"name", "figures", "ratios"}`. Raises `BenchUnknown`."""
    names = bench_names()
    if name not in names:
        raise BenchUnknown(f"No bench {name!r}", hint=nearest(name, names))
    done: dict[str, object] = _bench(name).run(**options)
    return done


def _bench(name: str) -> Any:
    return import_module(f"{ROOM}.{name}")
