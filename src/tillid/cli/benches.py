"""Finds a bench of the checkout by name and runs it; the package itself holds none."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import tillid
from tillid.cli.errors import BenchesNotHere, BenchUnknown
from tillid.terms.errors import nearest

ROOM = "bench"
CHECKOUT = Path(tillid.__file__).resolve().parents[2]


def bench_names() -> list[str]:
    """The names of the benches that there are. Raises `BenchesNotHere` outside a checkout."""
    if not (CHECKOUT / ROOM / "__init__.py").is_file():
        raise BenchesNotHere(
            "The benches are not part of the installed package",
            hint="Run it from a checkout of Tillid, after pip install -e . there.",
        )
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    return sorted(import_module(ROOM).BENCHES)


def run_bench(name: str, options: Mapping[str, object]) -> dict[str, object]:
    """Run the bench of this name: `{"name", "figures", "ratios"}`. Raises `BenchUnknown`, `BenchesNotHere`."""
    names = bench_names()
    if name not in names:
        raise BenchUnknown(f"No bench {name!r}", hint=nearest(name, names))
    done: dict[str, object] = import_module(f"{ROOM}.{name}").run(**options)
    return done
