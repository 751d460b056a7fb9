"""tillid bench: finds a bench by name and hands its figures on."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest


@pytest.fixture
def quick(tmp_path, monkeypatch) -> None:
    """A room with one bench, and a file in it that is none."""
    room = ModuleType("tillid.testing.bench")
    room.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "tillid.testing.bench", room)
    (tmp_path / "quick.py").write_text(
        "def run(events=10):\n    return {'name': 'quick', 'figures': {'load': {'seconds': 1.5}}, 'ratios': {'events': events}}\n"
    )
    (tmp_path / "parts.py").write_text("")
    for name in ("quick", "parts"):
        monkeypatch.delitem(sys.modules, f"tillid.testing.bench.{name}", raising=False)


def test_a_bench_is_run_with_what_was_asked(quick, tillid) -> None:
    assert tillid("bench", "quick", "--json").json == {
        "name": "quick",
        "figures": {"load": {"seconds": 1.5}},
        "ratios": {"events": 10},
    }
    assert tillid("bench", "quick", "--events", "20", "--json").json["ratios"] == {"events": 20}


def test_its_figures_can_be_read(quick, tillid) -> None:
    out = tillid("bench", "quick").out
    assert "load seconds" in out
    assert "1.5" in out


@pytest.mark.parametrize("name", ["quik", "parts", "../quick"])
def test_a_bench_that_is_not_there(quick, tillid, name) -> None:
    said = tillid("bench", name, "--json")
    assert (said.code, said.error["kind"]) == (1, "BenchUnknown")
    assert "quick" in said.error["hint"]


def test_no_events_are_no_number(quick, tillid) -> None:
    assert tillid("bench", "quick", "--events", "0").code == 2
