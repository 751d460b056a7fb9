"""`tillid bench link`: made-up customers linked by Tillid and by Splink, and by Tillid three times as many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from bench.alone import measured
from bench.link_splink import linked_by_splink
from bench.made import room
from tillid.pipeline.progress import Progress
from tillid.stages.resolve.link.evaluate import evaluated
from tillid.stages.resolve.link.linked import link
from tillid.stages.resolve.link.roles import Role, Roles
from tillid.testing.made_up_customers import COLUMNS, made_up_customers

RECORDS = 1_000_000
TIMES = 3
BOUNDS = {
    "seconds_to_splink": 0.6, "f1_to_splink": 1.0, "peak_to_4_gib": 1.0, "seconds_of_three_times_as_many": 3.3,
    "precision_lost": 0.01,
}  # fmt: skip


def run(
    progress: Progress, people: int = RECORDS, rounds: int = 1, events: int | None = None, folder: Path | None = None
) -> dict[str, Any]:
    """Link a list of so many records (`people`), of which one in five is a duplicate; the median of the rounds counts.

    Each side runs in a process of its own, whose time from reading the file to the clusters and whose peak of memory
    count. Splink has its recommended settings for such lists, and one threshold, .95; the best one, chosen by who is
    who, is told beside it.
    """
    del events
    with room(folder) as here:
        with progress.stage(f"Making {people:,} and {TIMES * people:,} customers"):
            paths = [_made(here, size) for size in (people, TIMES * people)]
        sides = {}
        for name, side, path in (
            ("tillid", linked_by_tillid, paths[0]), ("splink", linked_by_splink, paths[0]),
            ("tillid_three_times", linked_by_tillid, paths[1]),
        ):  # fmt: skip
            with progress.stage(f"Linking: {name}"):
                sides[name] = _middle([measured(partial(side, path)) for _ in range(rounds)])
    ours, peer, more = sides["tillid"], sides["splink"], sides["tillid_three_times"]
    return {
        "name": "link",
        "figures": {"records": people, **sides, "bounds": BOUNDS},
        "ratios": {
            "seconds_to_splink": round(ours["seconds"] / peer["seconds"], 3),
            "f1_to_splink": round(ours["f1"] / peer["f1"], 4),
            "f1_to_splinks_best": round(ours["f1"] / peer["best_f1"], 4),
            "peak_to_4_gib": round(ours["peak_mib"] / 4096, 3),
            "seconds_of_three_times_as_many": round(more["seconds"] / ours["seconds"], 3),
            "precision_lost": round(ours["precision"] - more["precision"], 4),
        },
    }


def linked_by_tillid(path: Path) -> Mapping[str, Any]:
    """The list linked with the columns named, and how right the clusters are."""
    table = pq.read_table(path)
    found = link(table, Roles({Role(name): (name,) for name in COLUMNS}))
    told = evaluated(table["entity"].combine_chunks(), found.clusters, found.left, found.right, found.probabilities)
    pairs = {name: round(value, 4) for name, value in told.pairs.as_dict().items()}
    return {
        **pairs,
        "candidates_per_record": round(told.candidates_per_record, 2),
        "blocking_recall": told.blocking_recall,
    }


def _made(here: Path, records: int) -> Path:
    path = here / f"customers-{records}.parquet"
    if not path.is_file():
        measured(partial(_write, path, records))
    return path


def _write(path: Path, records: int) -> Mapping[str, Any]:
    pq.write_table(made_up_customers(records), path)
    return {"records": records}


def _middle(each: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: median(figures[name] for figures in each) for name in each[0]}


Side = Callable[[Path], Mapping[str, Any]]
