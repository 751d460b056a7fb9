"""`tillid bench pipeline`: files to segments by Tillid, against one SQL script by hand that does the same work."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from bench.data import Size, short
from bench.made import made_project, room
from bench.same_answers import rows_compared
from bench.side import Measured, Side, measured
from tillid.pipeline.progress import Progress

SIZES = (Size(1_000_000, 100_000), Size(10_000_000, 1_000_000))
ROUNDS = 3
BOUNDS = {"seconds_to_by_hand": 1.5, "growth_in_seconds": 12.0, "peak_to_8_gib": 1.0}
"""Ratio → the most that it may be at ten million events."""


def run(
    progress: Progress,
    events: int | None = None,
    people: int | None = None,
    rounds: int = ROUNDS,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Measure both sides at each size; the median of the rounds counts, and the answers must be the same.

    Raises `AnswersDiffer` where they are not.
    """
    sizes: tuple[Size, ...] = SIZES
    if events is not None or people is not None:
        events = events or 10 * (people or 0)
        sizes = (Size(events, people or max(1, events // 10)),)
    figures: dict[str, Any] = {}
    with room(folder) as here:
        for size in sizes:
            figures[short(size.events)] = _at(size, here, rounds, progress)
    return {"name": "pipeline", "figures": {**figures, "bounds": BOUNDS}, "ratios": _ratios(list(figures.values()))}


def _at(size: Size, here: Path, rounds: int, progress: Progress) -> dict[str, Any]:
    project = made_project(size, here, progress)
    taken: dict[Side, list[Measured]] = {side: [] for side in Side}
    for number in range(rounds):
        # Each side goes first in turn, so that what the machine does meanwhile falls on both.
        for side in list(Side) if number % 2 == 0 else reversed(Side):
            with progress.stage(f"{size}: {side}, round {number + 1} of {rounds}"):
                taken[side].append(measured(side, project))
    with progress.stage(f"{size}: comparing"):
        compared = rows_compared(project)
    middle = {side: _median(each) for side, each in taken.items()}
    return {
        "events": size.events,
        "people": size.people,
        "rounds": rounds,
        **{str(side): figures for side, figures in middle.items()},
        "rows_compared": compared,
    }


def _median(taken: list[Measured]) -> dict[str, float]:
    each = [one.as_dict() for one in taken]
    return {name: median(one[name] for one in each) for name in each[0]}


def _ratios(at: list[dict[str, Any]]) -> dict[str, float]:
    """Of the largest size; the growth is from the smallest."""
    last = at[-1]
    ours, theirs = last[Side.TILLID], last[Side.BY_HAND]
    ratios = {
        "seconds_to_by_hand": ours["seconds"] / theirs["seconds"],
        "processor_seconds_to_by_hand": ours["processor_seconds"] / theirs["processor_seconds"],
        "peak_to_8_gib": ours["peak_mib"] / 8192,
    }
    if len(at) > 1:
        ratios["growth_in_seconds"] = ours["seconds"] / at[0][Side.TILLID]["seconds"]
    return {name: round(ratio, 3) for name, ratio in ratios.items()}
