"""Blocks of records that share a key; a block that is too large degrades to finer keys instead of being dropped.

First each key alone, then two keys of different slots together, then three: a combination is looked at only among the
records whose blocks under each of its parts, and under each coarser form of it, were too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tillid.stages.resolve.link.keys import Slot
from tillid.stages.resolve.link.levels import Rows

_Hashes: TypeAlias = npt.NDArray[np.uint64]
_Mask: TypeAlias = npt.NDArray[np.bool_]
_MOST_SLOTS = 3
_SPARE_BITS = 2
_ODD, _ANOTHER_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class _Combined:
    """Some slots side by side: row by row an entry of each, their record, and for each choice of one key a slot,
    the rows whose block was too large."""

    of: tuple[int, ...]
    entries: tuple[Rows, ...]
    records: Rows
    too_large: dict[tuple[int, ...], _Mask]


def blocked(slots: Sequence[Slot], rows: int, largest: int) -> Iterator[Rows]:
    """Pairs of `rows` records that share a block of at most `largest`, as lesser row × rows + other; some repeatedly.

    >>> from tillid.stages.resolve.link.keys import Key
    >>> slot = Slot(np.array([0, 1, 2]), [Key(np.array([7, 7, 8]))], "mail")
    >>> [divmod(int(pair), 3) for part in blocked([slot], 3, 10) for pair in part]
    [(0, 1)]
    """
    alone = []
    for number, slot in enumerate(slots):
        one = _Combined((number,), (np.arange(len(slot.records)),), slot.records, {})
        yield from _searched(slots, one, [], rows, largest)
        alone.append(one)
    before = alone
    for _ in range(1, _MOST_SLOTS):
        further = []
        for one in before:
            for last in _further(slots, one):
                wider = _widened(one, alone[last], rows)
                parts = [(one, wider[1]), (alone[last], wider[2])]
                yield from _searched(slots, wider[0], parts, rows, largest)
                further.append(wider[0])
        before = further


def _further(slots: Sequence[Slot], one: _Combined) -> Iterator[int]:
    """The slots that a combination is widened by: later ones about something else, or more words of the same name."""
    about = {slots[number].about for number in one.of}
    last = one.of[-1]
    if slots[last].several and one.of.count(last) == 1 and len(one.of) == 1:
        yield last
    yield from (number for number in range(last + 1, len(slots)) if slots[number].about not in about)


def _widened(one: _Combined, by: _Combined, rows: int) -> tuple[_Combined, Rows, Rows]:
    """A combination with one slot more, and which row of each of the two parts each of its rows comes from."""
    left = np.flatnonzero(_any(one)) if one.too_large else np.zeros(0, np.int64)
    right = np.flatnonzero(_any(by)) if by.too_large else np.zeros(0, np.int64)
    counts = np.bincount(by.records[right], minlength=rows)
    starts = np.cumsum(counts) - counts
    in_order = right[np.argsort(by.records[right], kind="stable")]
    repeats = counts[one.records[left]]
    mine = np.repeat(left, repeats)
    within = np.arange(len(mine)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    theirs = in_order[starts[one.records[mine]] + within]
    if by.of[0] == one.of[-1]:
        twice = one.entries[-1][mine] < by.entries[0][theirs]
        mine, theirs = mine[twice], theirs[twice]
    entries = (*(each[mine] for each in one.entries), by.entries[0][theirs])
    return _Combined((*one.of, *by.of), entries, one.records[mine], {}), mine, theirs


def _any(one: _Combined) -> _Mask:
    masks = iter(one.too_large.values())
    found = next(masks).copy()
    for mask in masks:
        found |= mask
    return found


def _searched(
    slots: Sequence[Slot], one: _Combined, parts: Sequence[tuple[_Combined, Rows]], rows: int, largest: int
) -> Iterator[Rows]:
    """The pairs of all choices of one key a slot, coarse ones first; what is too large is noted in `one`."""
    for keys in _choices(slots, one):
        open_ = np.ones(len(one.records), np.bool_)
        at = 0
        for part, origin in parts:
            chosen = keys[at : at + len(part.of)]
            at += len(part.of)
            open_ &= part.too_large[chosen][origin] if chosen in part.too_large else False
        for coarser in _coarser(slots, one.of, keys):
            open_ &= one.too_large.get(coarser, open_)
        looked = np.flatnonzero(open_)
        if not len(looked):
            continue
        pairs, large = _small_blocks(one.records[looked], _hashes(slots, one, keys, looked), rows, largest)
        yield pairs
        if large.any():
            mask = np.zeros(len(one.records), np.bool_)
            mask[looked] = large
            one.too_large[keys] = mask


def _choices(slots: Sequence[Slot], one: _Combined) -> list[tuple[int, ...]]:
    """All choices of one key a slot, those before their finer ones; of two words of a name, in one order alone."""
    found: list[tuple[int, ...]] = [()]
    for number in one.of:
        found = [(*keys, key) for keys in found for key in range(len(slots[number].keys))]
    twice = len(one.of) > 1 and one.of[0] == one.of[1]
    return [keys for keys in found if not twice or keys[0] <= keys[1]]


def _coarser(slots: Sequence[Slot], of: tuple[int, ...], keys: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for place, (number, key) in enumerate(zip(of, keys, strict=True)):
        for coarser in slots[number].keys[key].coarser:
            yield (*keys[:place], coarser, *keys[place + 1 :])


def _hashes(slots: Sequence[Slot], one: _Combined, keys: tuple[int, ...], looked: Rows) -> _Hashes:
    """A number for the combined keys of each row that is looked at; the same for equal keys, and hardly else."""
    numbers = [
        slots[number].keys[key].numbers[entries[looked]]
        for number, key, entries in zip(one.of, keys, one.entries, strict=True)
    ]
    if len(one.of) > 1 and one.of[0] == one.of[1] and keys[0] == keys[1]:
        # Two words of a name, whichever stands first.
        numbers[:2] = np.minimum(*numbers[:2]), np.maximum(*numbers[:2])
    mixed = np.zeros(len(looked), np.uint64)
    for each in numbers:
        mixed = (mixed * _ODD) ^ ((each.astype(np.uint64) + np.uint64(1)) * _ANOTHER_ODD)
        mixed ^= mixed >> np.uint64(29)
        mixed *= _ODD
        mixed ^= mixed >> np.uint64(32)
    return mixed


def _small_blocks(records: Rows, hashes: _Hashes, rows: int, largest: int) -> tuple[Rows, _Mask]:
    """The pairs within blocks of one hash, and which entries are in blocks of more than `largest`."""
    # Most are alone: they are told by counts of shorter hashes, and need no sorting.
    bits = int(np.ceil(np.log2(max(len(hashes), 2)))) + _SPARE_BITS
    short = (hashes & np.uint64((1 << bits) - 1)).astype(np.int64)
    met = np.flatnonzero(np.bincount(short, minlength=1 << bits)[short] > 1)
    met = met[np.argsort(hashes[met], kind="stable")]
    in_order = hashes[met]
    starts = np.flatnonzero(np.append(True, in_order[1:] != in_order[:-1])) if len(met) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(met)))
    large = np.zeros(len(hashes), np.bool_)
    large[met[np.repeat(sizes > largest, sizes)]] = True
    ordered = records[met]
    found = [_within(ordered, starts[sizes == size], size, rows) for size in range(2, largest + 1)]
    return np.concatenate(found), large


def _within(records: Rows, starts: Rows, size: int, rows: int) -> Rows:
    """All pairs within blocks of one size."""
    members = records[starts[:, None] + np.arange(size)]
    one, other = np.triu_indices(size, 1)
    left, right = members[:, one].ravel(), members[:, other].ravel()
    apart = left != right
    return np.asarray(np.minimum(left, right)[apart] * rows + np.maximum(left, right)[apart], np.int64)
