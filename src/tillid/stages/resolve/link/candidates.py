"""Which pairs are compared at all: of those that share a small block, for each record the ones that share the most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tillid.stages.resolve.link.blocks import Slots
from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.plan import Planning, planned


@dataclass(frozen=True, slots=True)
class Looking:
    """How candidates are looked for.

    Of those that share a block with a record the `nearest` are kept: those that share the most bits of keys; a record
    with much to say does not crowd out others by more than the power `evened`.
    """

    planning: Planning = field(default_factory=Planning)
    nearest: int = 23
    evened: float = 0.25


DEFAULTS = Looking()
_AT_A_TIME = 200_000


def candidates(slots: Slots, how: Looking = DEFAULTS) -> tuple[Rows, Rows]:
    """The pairs of records that are compared, each once and the lesser row first, in order."""
    rows = slots.rows
    left, right = _sharing(slots, how.planning)
    crowded = np.bincount(left, minlength=rows) + np.bincount(right, minlength=rows) > how.nearest
    doubtful = np.flatnonzero(crowded[left] | crowded[right])
    if len(doubtful):
        kept = np.ones(len(left), np.bool_)
        kept[doubtful] = _are_near(slots, (left[doubtful], right[doubtful]), crowded, how)
        left, right = left[kept], right[kept]
    return left, right


def _sharing(slots: Slots, how: Planning) -> tuple[Rows, Rows]:
    """The pairs that share a block; of a short list all pairs that share anything at all."""
    rows = slots.rows
    if not rows or not slots.slots:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if rows <= how.strangers_of(rows):
        left, right = np.triu_indices(rows, 1)
        share = _are_sharing(slots, left, right)
        return left[share], right[share]
    pairs, waiting = np.zeros(0, np.int64), list[Rows]()
    for found in slots.pairs(planned(slots, how), how.largest_of(rows)):
        waiting.append(found)
        if sum(map(len, waiting)) > max(len(pairs), _AT_A_TIME):
            pairs, waiting = _distinct([pairs, *waiting]), []
    return np.divmod(_distinct([pairs, *waiting]), rows)


def _are_sharing(slots: Slots, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    keys = _weighed(slots, np.arange(slots.rows))
    shared: csr_matrix = keys @ keys.T
    return np.asarray(shared.toarray()[left, right] > 0, np.bool_)


def _distinct(parts: Sequence[Rows]) -> Rows:
    every = np.concatenate(parts)
    every.sort()
    return every[np.append(True, every[1:] != every[:-1])] if len(every) else every


def _are_near(
    slots: Slots, pairs: tuple[Rows, Rows], crowded: npt.NDArray[np.bool_], how: Looking
) -> npt.NDArray[np.bool_]:
    """Which pairs are among the nearest of either of their records; all are, of a record that is not crowded."""
    left, right = pairs
    keys = _weighed(slots, np.unique(np.concatenate([left, right])))
    total = np.asarray(keys.multiply(keys).sum(axis=1)).ravel()
    shared = np.empty(len(left))
    for at in range(0, len(left), _AT_A_TIME):
        here = slice(at, at + _AT_A_TIME)
        shared[here] = np.asarray(keys[left[here]].multiply(keys[right[here]]).sum(axis=1)).ravel()
    likeness = shared / (total[left] * total[right]) ** how.evened
    near = _rank(np.concatenate([left, right]), np.concatenate([right, left]), np.tile(likeness, 2)) < how.nearest
    of_left, of_right = near[: len(left)], near[len(left) :]
    return np.asarray(of_left | of_right | ~crowded[left] | ~crowded[right])


def _weighed(slots: Slots, wanted: Rows) -> csr_matrix:
    """Records × keys of the `wanted` records: the root of how many bits each key weighs.

    A value spreads its rarity over its keys by theirs.
    """
    is_wanted = np.zeros(slots.rows, np.bool_)
    is_wanted[wanted] = True
    records, numbers, weights = [], [], []
    width = 0
    for slot, rarity in zip(slots.slots, slots.rarity, strict=True):
        entries = wanted if slot.records is None else np.flatnonzero(is_wanted[slot.records])
        said = [key.numbers[entries] for key in slot.keys]
        here = np.logical_and.reduce([each >= 0 for each in said])
        bits = np.maximum([rare[each[here]] for rare, each in zip(rarity, said, strict=True)], _LEAST_BITS)
        of = entries[here] if slot.records is None else slot.records[entries[here]]
        for key, each, weight in zip(slot.keys, said, bits.max(axis=0) * bits / bits.sum(axis=0), strict=True):
            records.append(of)
            numbers.append(each[here].astype(np.int64) + width)
            weights.append(np.sqrt(weight))
            width += int(key.numbers.max(initial=-1)) + 1
    parts = (np.concatenate(weights).astype(np.float64), (np.concatenate(records), np.concatenate(numbers)))
    return csr_matrix(parts, shape=(slots.rows, width))


_LEAST_BITS = 0.01


def _rank(one: Rows, other: Rows, likeness: npt.NDArray[np.float64]) -> Rows:
    """The place of each pair among those of its first record, the most alike first, then the least row."""
    order = np.lexsort((other, -likeness, one))
    ranks = np.empty(len(one), np.int64)
    in_order = one[order]
    ranks[order] = np.arange(len(one)) - np.searchsorted(in_order, in_order)
    return ranks
