"""tillid bench: finds a bench of the checkout by name and hands its figures on."""

from __future__ import annotations

import sys

import pytest

from tillid.cli import benches


@pytest.fixture
def quick(tmp_path, monkeypatch) -> None:
    """A checkout with one bench, and a file beside it that is none."""
    monkeypatch.setattr(benches, "CHECKOUT", tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "bench"]:
        monkeypatch.delitem(sys.modules, name)
    room = tmp_path / "bench"
    room.mkdir()
    (room / "__init__.py").write_text("BENCHES = ('quick',)\n")
    (room / "parts.py").write_text("")
    (room / "quick.py").write_text(
        "def run(progress, events=10):\n"
        "    with progress.stage('at it') as step:\n"
        "        step.advance(1)\n"
        "    return {'name': 'quick', 'figures': {'load': {'seconds': 1.5}}, 'ratios': {'events': events}}\n"
    )
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "bench"]:
        del sys.modules[name]


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


def test_outside_a_checkout_there_are_none(tillid, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(benches, "CHECKOUT", tmp_path)
    said = tillid("bench", "pipeline", "--json")
    assert (said.code, said.error["kind"]) == (1, "BenchesNotHere")
    assert "checkout" in said.error["hint"]


def test_the_benches_of_this_checkout() -> None:
    assert benches.bench_names() == ["guards", "link", "pipeline", "wash"]


def test_no_events_are_no_number(quick, tillid) -> None:
    assert tillid("bench", "quick", "--events", "0").code == 2


@pytest.mark.prove
def test_links_are_measured_against_a_peer(tillid, tmp_path) -> None:
    done = tillid("bench", "link", "--people", "2000", "--dir", str(tmp_path), "--json").json
    assert set(done["ratios"]) > {"seconds_to_splink", "f1_to_splink", "precision_lost"}
    assert done["figures"]["tillid"]["f1"] > 0.9
    assert done["figures"]["tillid_three_times"]["peak_mib"] > 0
