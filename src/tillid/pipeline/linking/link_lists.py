"""tillid link: one list or two, read, compared as one pool, and held against the truth where a column tells it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa

from tillid.pipeline.linking.lists import SIDES, OneList, read_list
from tillid.pipeline.linking.pooled import Pool, pooled, truth_of
from tillid.pipeline.linking.roles_asked import assigned, read_maps
from tillid.pipeline.progress import Progress
from tillid.ports.clock import system_clock
from tillid.stages.resolve.link.evaluate import Evaluation, evaluated
from tillid.stages.resolve.link.linked import Linked, link
from tillid.stages.resolve.link.roles import Role


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be linked: one file or two, what is said of their columns, and the column that tells the truth."""

    files: tuple[Path, ...]
    maps: tuple[str, ...] = ()
    only_mapped: bool = False
    truth: str | None = None


@dataclass(frozen=True, slots=True)
class LinkedLists:
    """What linking lists came to; `seconds` are those of reading and linking."""

    asked: Asked
    pool: Pool
    linked: Linked
    seconds: float
    truth: pa.Array | None = None
    evaluation: Evaluation | None = None

    @property
    def lists(self) -> list[OneList]:
        """The lists as they were read."""
        return [one.list for one in self.pool.lists]

    @property
    def clusters(self) -> int:
        """How many persons or companies the records are."""
        return len(np.unique(self.linked.clusters))


def link_lists(asked: Asked, progress: Progress) -> LinkedLists:
    """Link the records of one file or two. Raises a `ListsError` or a `SourceError` where that can't be done."""
    began = perf_counter()
    maps = read_maps(asked.maps)
    lists = [read_list(path, side, progress) for path, side in zip(asked.files, SIDES, strict=False)]
    truth = None if asked.truth is None else truth_of(lists, asked.truth)
    pool = pooled(assigned(lists, maps, truth=asked.truth, only_mapped=asked.only_mapped), system_clock().date())
    with progress.stage(f"Linking {pool.table.num_rows:,} records"):
        linked = link(pool.table, pool.roles)
    seconds = perf_counter() - began
    found = None
    if truth is not None:
        with progress.stage("Evaluating"):
            found = evaluated(truth, linked.clusters, linked.left, linked.right, linked.probabilities)
    return LinkedLists(asked, pool, linked, seconds, truth, found)


def figures(done: LinkedLists) -> dict[str, object]:
    """What came of it as plain values; no value of a record is in them."""
    found = done.evaluation
    sizes = np.unique(done.linked.clusters, return_counts=True)[1]
    told: dict[str, object] = {
        "records": len(done.linked.clusters),
        "clusters": done.clusters,
        "seconds": round(done.seconds, 3),
        "linked_records": int(sizes[sizes > 1].sum()),
        "largest_cluster": int(sizes.max(initial=0)),
        "lists": [_list(one, done.pool) for one in range(len(done.pool.lists))],
    }
    return told if found is None else {**told, **_evaluation(found)}


def _list(place: int, pool: Pool) -> dict[str, object]:
    one = pool.lists[place]
    roles: dict[str, list[str]] = {}
    for placed in sorted(one.placed, key=lambda placed: list(Role).index(placed.role)):
        roles.setdefault(str(placed.role), []).extend(placed.headers)
    return {
        "side": one.list.side,
        "file": one.list.name,
        "records": len(one.list),
        "unreadable": len(one.list.unreadable),
        "roles": roles,
        "guessed": {header: placed.why for placed in one.placed if placed.is_guess for header in placed.headers},
        "left_out": dict(one.left_out),
        "notes": list(one.list.notes),
    }


def _evaluation(found: Evaluation) -> dict[str, object]:
    told = found.as_dict()
    return {"evaluated_records": told.pop("records"), **told}
