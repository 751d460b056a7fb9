"""What linking lists hands back: a row for each record with its cluster, and why it is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from tillid.pipeline.linking.errors import WouldOverwrite
from tillid.pipeline.linking.link_lists import LinkedLists
from tillid.pipeline.linking.lists import OneList
from tillid.pipeline.wiring import open_list_file
from tillid.ports.destination import Receipt
from tillid.stages.resolve.link.evaluate import Truths
from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.linked import Linked
from tillid.stages.resolve.link.reasons import reasons
from tillid.stages.resolve.link.training import Weights

COLUMNS = ("row", "side", "cluster_id", "probability", "match_weight", "reason")
UNREADABLE = "the row could not be taken apart"
_BY_WAY_OF_OTHERS = "by way of other records of its cluster"
_DIGITS = 6


def write_linked(done: LinkedLists, path: Path) -> Receipt:
    """Write a row for each row of the lists; `path` ends in .csv, .xlsx or .parquet. Raises `DestinationError`."""
    return open_list_file(path).deliver(linked_rows(done), {name: name for name in COLUMNS}, "")


def check_outputs(files: Sequence[Path], outputs: Iterable[Path]) -> None:
    """That nothing that is read would be overwritten. Errors: `WouldOverwrite`."""
    read = {path.resolve() for path in files}
    for path in outputs:
        is_one = any(path.exists() and other.exists() and path.samefile(other) for other in files)
        if is_one or path.resolve() in read:
            raise WouldOverwrite(f"{path.name} is read, and would be overwritten", hint="Give --out another name.")


def linked_rows(done: LinkedLists) -> pa.Table:
    """The rows as they are written, list by list in the order of the files.

    `row` counts the rows of each file from 1. `cluster_id` is the place of the cluster's first record among all rows
    of both files, from 1. `probability`, `match_weight` (log2 of the odds) and `reason` are of the record's best link
    within its cluster; a record alone has none, and a row that could not be taken apart has no cluster either.
    """
    linked = done.linked
    best = best_links(linked)
    has_link = best >= 0
    log_odds, certain = linked.log_odds[best[has_link]], linked.probabilities[best[has_link]]
    starts = np.cumsum([0, *(len(one) + len(one.unreadable) for one in done.lists)])
    places = np.concatenate([start + one.numbers for start, one in zip(starts, done.lists, strict=False)])
    rows = pa.table({
        "row": np.concatenate([one.numbers for one in done.lists]),
        "side": pa.array(np.repeat([one.side for one in done.lists], [len(one) for one in done.lists]), pa.string()),
        "cluster_id": places[linked.clusters],
        "probability": _where(has_link, np.round(certain, _DIGITS)),
        "match_weight": _where(has_link, np.round(log_odds / np.log(2), _DIGITS)),
        "reason": pa.array(_reasons(done, best), pa.string()),
    })  # fmt: skip
    torn = [_unreadable(one, rows.schema) for one in done.lists if len(one.unreadable)]
    return pa.concat_tables([rows, *torn]).sort_by([("side", "ascending"), ("row", "ascending")])


def best_links(linked: Linked) -> Rows:
    """For each record the place of the pair that speaks most for its cluster, -1 where it has none there.

    >>> from tillid.stages.resolve.link.linked import link
    >>> from tillid.stages.resolve.link.roles import Role, Roles
    >>> names = pa.table({"name": ["Ida Holm", "Ida Holm", "Per Lund"], "mail": ["i@m.example", "i@m.example", None]})
    >>> best_links(link(names, Roles({Role.FULL_NAME: ("name",), Role.EMAIL: ("mail",)}))).tolist()
    [0, 0, -1]
    """
    within = np.flatnonzero(linked.clusters[linked.left] == linked.clusters[linked.right])
    within = within[np.argsort(linked.log_odds[within], kind="stable")]
    best = np.full(len(linked.clusters), -1, np.int64)
    # Of several that are written to one place the last stays: the weightiest.
    best[linked.left[within]] = within
    other = np.full(len(best), -1, np.int64)
    other[linked.right[within]] = within
    weight = np.append(linked.log_odds, -np.inf)
    return np.where(weight[other] > weight[best], other, best)


def _reasons(done: LinkedLists, best: Rows) -> list[str | None]:
    linked, lists = done.linked, done.lists
    sizes = np.unique(linked.clusters, return_inverse=True, return_counts=True)
    is_alone = sizes[2][sizes[1]] == 1
    pairs, of_record = np.unique(best[best >= 0], return_inverse=True)
    told = reasons(linked.comparisons, linked.model, pairs)
    shown = _names(lists)
    made: list[str | None] = [None if alone else _BY_WAY_OF_OTHERS for alone in is_alone]
    for record, pair in zip(np.flatnonzero(best >= 0).tolist(), of_record.tolist(), strict=True):
        at = pairs[pair]
        partner = linked.left[at] + linked.right[at] - record
        made[record] = f"{told[pair]} (with record {shown[partner]})"
    return made


def _names(lists: Sequence[OneList]) -> list[str]:
    """How each record is called: by its row, and by its side where there are two."""
    if len(lists) == 1:
        return [str(number) for number in lists[0].numbers.tolist()]
    return [f"{one.side} {number}" for one in lists for number in one.numbers.tolist()]


def _where(has_link: Truths, values: Weights) -> pa.Array:
    whole = np.zeros(len(has_link))
    whole[has_link] = values
    return pa.array(whole, mask=~has_link)


def _unreadable(one: OneList, schema: pa.Schema) -> pa.Table:
    rows = [{"row": int(number), "side": one.side, "reason": UNREADABLE} for number in one.unreadable]
    return pa.Table.from_pylist(rows, schema=schema)
