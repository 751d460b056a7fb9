"""Blocks of records that share keys; one that is too large degrades to finer keys instead of being dropped."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tillid.stages.resolve.link.keys import Slot
from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.values import Codes

Combination: TypeAlias = tuple[tuple[int, int], ...]
"""Keys looked up together: for each the number of its slot and its own there. A slot with several entries may come
twice."""

_Hashes: TypeAlias = npt.NDArray[np.uint64]
_Bits: TypeAlias = npt.NDArray[np.float32]
_Mask: TypeAlias = npt.NDArray[np.bool_]
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0xD6E8FEB86659FD93))
_LAST_ODD = np.uint64(0xFF51AFD7ED558CCD)
_SPARE_BITS = 1
_FEW, _MOST_KEYS = 0.25, 3
_ROUNDING = 1e-5
_AT_ONCE = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class _Looked:
    """Rows that are looked at: their records, and of each key what they say (`numbers`) and how rare that is."""

    records: Rows
    numbers: tuple[Codes, ...]
    bits: _Bits

    def where(self, kept: _Mask) -> _Looked:
        return _Looked(self.records[kept], tuple(each[kept] for each in self.numbers), self.bits[kept])


class Slots:
    """The slots of `rows` records, and how rare each of their keys is.

    >>> from tillid.stages.resolve.link.keys import Key
    >>> mail = Slot(None, [Key(np.array([7, 7, 8], np.int32))], "email")
    >>> [divmod(int(pair), 3) for part in Slots([mail], 3).pairs([((0, 0),)], 10) for pair in part]
    [(0, 1)]
    """

    def __init__(self, slots: Sequence[Slot], rows: int) -> None:
        self.slots, self.rows = slots, rows

    @cached_property
    def rarity(self) -> list[list[_Bits]]:
        """Slot by slot and key by key how rare each number is: log2 of one in so many records; -inf for -1."""
        return [[_rarity(key.numbers, self.rows) for key in slot.keys] for slot in self.slots]

    def bits(self, slot: int, key: int) -> _Bits:
        """How rare what each entry says is, -inf where it says nothing."""
        return self.rarity[slot][key][self.slots[slot].keys[key].numbers]

    def pairs(self, plan: Sequence[Combination], largest: int) -> Iterator[Rows]:
        """Pairs of records that share a block of at most `largest`, as lesser row × rows + other; some repeatedly."""
        self._prepare()
        with ThreadPoolExecutor(_AT_ONCE) as lanes:
            # Only so many ahead as are worked on, so that what is found does not pile up.
            underway: deque[Future[list[Rows]]] = deque()
            for keys in plan:
                underway.append(
                    lanes.submit(lambda keys: list(self._searched(keys, self._looked(keys), largest)), keys)
                )
                if len(underway) > _AT_ONCE:
                    yield from underway.popleft().result()
            for each in underway:
                yield from each.result()

    def _prepare(self) -> None:
        """What all lanes read is worked out before they start."""
        _ = self.rarity, self._beside_itself

    def _looked(self, keys: Combination) -> _Looked:
        """All that say something under each of the keys."""
        # Two words of one name first, then what a record may have several of.
        times = Counter(slot for slot, _ in keys)
        (slot, key), *others = sorted(keys, key=lambda each: (-times[each[0]], not self.slots[each[0]].several, each))
        first = self.slots[slot]
        records = np.arange(self.rows) if first.records is None else first.records
        found = _Looked(records, (first.keys[key].numbers,), self.bits(slot, key))
        while others:
            further = others.pop(0)
            found = self._twice(slot, key, further[1]) if further[0] == slot else self._widened(found, further)
        return found.where(found.bits > -np.inf)

    def _twice(self, slot: int, key: int, other: int) -> _Looked:
        """Two entries of one record; which stands first says nothing."""
        records, one, two = self._beside_itself[slot]
        if key != other:
            one, two = np.concatenate([one, two]), np.concatenate([two, one])
        numbers = self.slots[slot].keys[key].numbers[one], self.slots[slot].keys[other].numbers[two]
        if key == other:
            numbers = np.minimum(*numbers), np.maximum(*numbers)
        return _Looked(records[one], numbers, self.bits(slot, key)[one] + self.bits(slot, other)[two])

    @cached_property
    def _beside_itself(self) -> dict[int, tuple[Rows, Rows, Rows]]:
        """Of slots with several entries: their records, and each two entries of one, the first and the other."""
        found = {}
        for number, slot in enumerate(self.slots):
            if slot.records is not None:
                one, two = _beside(slot.records, slot.records, self.rows)
                found[number] = slot.records, one[one < two], two[one < two]
        return found

    def _widened(self, found: _Looked, by: tuple[int, int]) -> _Looked:
        """The same rows with one key more."""
        slot, key = by
        numbers, rarity, records = self.slots[slot].keys[key].numbers, self.rarity[slot][key], self.slots[slot].records
        if records is None:
            here = numbers[found.records]
            return _Looked(found.records, (*found.numbers, here), found.bits + rarity[here])
        mine, theirs = _beside(found.records, records, self.rows)
        here = numbers[theirs]
        kept = tuple(each[mine] for each in found.numbers)
        return _Looked(found.records[mine], (*kept, here), found.bits[mine] + rarity[here])

    def _searched(self, keys: Combination, looked: _Looked, largest: int) -> Iterator[Rows]:
        is_rare = looked.bits >= np.log2(max(self.rows, 2) / largest) - _ROUNDING
        rare = looked.where(is_rare)
        pairs, large = _small_blocks(rare.records, _hashes(rare.numbers), self.rows, largest)
        yield pairs
        # What is rare as a rule and here is not (a switchboard's number) is looked at with one key more. What is
        # common as a rule is left to the plan's other combinations.
        common = ~is_rare
        common[np.flatnonzero(is_rare)[large]] = True
        if len(keys) >= _MOST_KEYS or not common.any() or common.mean() > _FEW:
            return
        left = looked.where(common)
        about = {self.slots[slot].about for slot, _ in keys}
        for slot, one in enumerate(self.slots):
            if one.about not in about:
                finer = slot, len(one.keys) - 1
                wider = self._widened(left, finer)
                yield from self._searched((*keys, finer), wider.where(wider.bits > -np.inf), largest)


def _beside(records: Rows, others: Rows, rows: int) -> tuple[Rows, Rows]:
    """Each place of `records` with each place of `others` (in order) that has the same record."""
    counts = np.bincount(others, minlength=rows)
    starts = np.cumsum(counts) - counts
    repeats = counts[records]
    mine = np.repeat(np.arange(len(records)), repeats)
    within = np.arange(len(mine)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return mine, starts[records[mine]] + within


def _rarity(numbers: Codes, rows: int) -> _Bits:
    counts = np.bincount(numbers[numbers >= 0], minlength=1)
    told = np.log2(rows / np.maximum(counts, 1)).astype(np.float32)
    return np.append(told, np.float32(-np.inf))


def _hashes(numbers: Sequence[Codes]) -> _Hashes:
    """A number for the keys of each row together; the same for equal ones, and hardly else."""
    mixed = np.zeros(len(numbers[0]), np.uint64)
    for each, odd in zip(numbers, _ODD, strict=False):
        mixed += (each.astype(np.uint64) + np.uint64(1)) * odd
    mixed ^= mixed >> np.uint64(32)
    mixed *= _LAST_ODD
    return mixed


def _small_blocks(records: Rows, hashes: _Hashes, rows: int, largest: int) -> tuple[Rows, _Mask]:
    """The pairs within blocks of one hash, and which entries are in blocks of more than `largest`."""
    # Most are alone: they are told by counts of shorter hashes, and need no sorting.
    bits = int(np.ceil(np.log2(max(len(hashes), 2)))) + _SPARE_BITS
    short = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    met = np.flatnonzero(np.bincount(short, minlength=1 << bits)[short] > 1)
    met = met[np.argsort(hashes[met])]
    in_order = hashes[met]
    starts = np.flatnonzero(np.append(True, in_order[1:] != in_order[:-1])) if len(met) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(met)))
    large = np.zeros(len(hashes), np.bool_)
    large[met[np.repeat(sizes > largest, sizes)]] = True
    ordered = records[met]
    small = np.unique(sizes[(sizes > 1) & (sizes <= largest)])
    found = [_within(ordered, starts[sizes == size], size, rows) for size in small.tolist()]
    return np.concatenate([np.zeros(0, np.int64), *found]), large


def _within(records: Rows, starts: Rows, size: int, rows: int) -> Rows:
    """All pairs within blocks of one size."""
    members = records[starts[:, None] + np.arange(size)]
    one, other = np.triu_indices(size, 1)
    left, right = members[:, one].ravel(), members[:, other].ravel()
    apart = left != right
    return np.asarray(np.minimum(left, right)[apart] * rows + np.maximum(left, right)[apart], np.int64)
