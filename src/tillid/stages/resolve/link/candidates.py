"""Which pairs are compared at all: of those that share a small block, for each record the ones that share the most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tillid.stages.resolve.link.blocks import blocked
from tillid.stages.resolve.link.keys import Slot
from tillid.stages.resolve.link.levels import Rows


@dataclass(frozen=True, slots=True)
class Looking:
    """How candidates are looked for.

    Blocks hold at most `largest` records. Of each record the `nearest` are kept, of those that share a block with it:
    those that share the most bits of keys; a record with much to say does not crowd out others by more than the power
    `evened`.
    """

    largest: int = 40
    nearest: int = 23
    evened: float = 0.25


DEFAULTS = Looking()
_LEAST_BITS = 0.5
_AT_A_TIME = 200_000


def candidates(slots: Sequence[Slot], rows: int, how: Looking = DEFAULTS) -> tuple[Rows, Rows]:
    """The pairs of `rows` records that are compared, each once and the lesser row first, in order."""
    pairs = np.zeros(0, np.int64)
    waiting: list[Rows] = []
    for found in blocked(slots, rows, how.largest):
        waiting.append(found)
        if sum(map(len, waiting)) > max(len(pairs), _AT_A_TIME):
            pairs, waiting = _distinct([pairs, *waiting]), []
    pairs = _distinct([pairs, *waiting])
    left, right = pairs // max(rows, 1), pairs % max(rows, 1)
    crowded = np.bincount(left, minlength=rows) + np.bincount(right, minlength=rows) > how.nearest
    doubtful = np.flatnonzero(crowded[left] | crowded[right])
    kept = np.ones(len(pairs), np.bool_)
    kept[doubtful] = _are_near(slots, rows, (left[doubtful], right[doubtful]), crowded, how)
    return left[kept], right[kept]


def _distinct(parts: Sequence[Rows]) -> Rows:
    every = np.concatenate(parts)
    every.sort()
    return every[np.append(True, every[1:] != every[:-1])] if len(every) else every


def _are_near(
    slots: Sequence[Slot], rows: int, pairs: tuple[Rows, Rows], crowded: npt.NDArray[np.bool_], how: Looking
) -> npt.NDArray[np.bool_]:
    """Which pairs are among the nearest of either of their records; all are, of a record that is not crowded."""
    left, right = pairs
    keys = _weighed(slots, rows)
    total = np.asarray(keys.multiply(keys).sum(axis=1)).ravel()
    shared = np.empty(len(left))
    for at in range(0, len(left), _AT_A_TIME):
        here = slice(at, at + _AT_A_TIME)
        shared[here] = np.asarray(keys[left[here]].multiply(keys[right[here]]).sum(axis=1)).ravel()
    likeness = shared / (total[left] * total[right]) ** how.evened
    near = _rank(np.concatenate([left, right]), np.concatenate([right, left]), np.tile(likeness, 2)) < how.nearest
    of_left, of_right = near[: len(left)], near[len(left) :]
    return np.asarray(of_left | of_right | ~crowded[left] | ~crowded[right])


def _weighed(slots: Sequence[Slot], rows: int) -> csr_matrix:
    """Records × keys: the root of how many bits each key weighs. A value spreads its rarity over its keys by theirs."""
    records, numbers, weights = [], [], []
    width = 0
    for slot in slots:
        rare = []
        for key in slot.keys:
            counts = np.bincount(key.numbers)
            rare.append(np.maximum(np.log2(rows / np.maximum(counts, 1)), 0.01)[key.numbers])
        bits = np.array(rare).reshape(len(slot.keys), len(slot.records))
        spread = np.maximum(bits.max(axis=0, initial=0), _LEAST_BITS) * bits / bits.sum(axis=0)
        for key, weight in zip(slot.keys, spread, strict=True):
            records.append(slot.records)
            numbers.append(key.numbers + width)
            weights.append(np.sqrt(weight))
            width += int(key.numbers.max(initial=-1)) + 1
    entries = (np.concatenate(weights), (np.concatenate(records), np.concatenate(numbers)))
    return csr_matrix(entries, shape=(rows, width))


def _rank(one: Rows, other: Rows, likeness: npt.NDArray[np.float64]) -> Rows:
    """The place of each pair among those of its first record, the most alike first, then the least row."""
    order = np.lexsort((other, -likeness, one))
    ranks = np.empty(len(one), np.int64)
    in_order = one[order]
    ranks[order] = np.arange(len(one)) - np.searchsorted(in_order, in_order)
    return ranks
