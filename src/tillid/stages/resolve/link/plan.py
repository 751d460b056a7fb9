"""Under which keys records are looked up: the few combinations that find the most for the pairs they cost.

Matches are made up: of a sample of the records, each field stays as it is or is slipped, moved or left out as often as
customer lists do it. Which combinations of keys such a pair would still share, and how many strangers share them by
chance, says which to take next, until finding more costs too much. Nothing is learned from labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement, pairwise, product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tillid.stages.resolve.link.blocks import Combination, Slots
from tillid.stages.resolve.link.keys import Slot

_Bools: TypeAlias = npt.NDArray[np.bool_]
_Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Planning:
    """How much looking up may cost.

    Blocks hold at most `largest` records. By chance each record meets at most `strangers` others of a list of
    `usual_rows`; of a longer list fewer, by the power `fewer`, so that time grows hardly faster than the list.
    """

    largest: int = 40
    strangers: float = 300.0
    usual_rows: int = 50_000
    smaller: float = 0.5
    fewer: float = 0.9

    def largest_of(self, rows: int) -> int:
        """How many of so many records a block may hold."""
        return int(max(round(self.largest * min(1.0, self.usual_rows / max(rows, 1)) ** self.smaller), 2))

    def strangers_of(self, rows: int) -> float:
        """How many others each of so many records may meet by chance."""
        return float(self.strangers * min(1.0, self.usual_rows / max(rows, 1)) ** self.fewer)


_SAMPLE, _SEED = 1000, 7
_MOST_ENTRIES, _MOST_SLOTS = 4, 3
_FOUND_AGAIN = 0.3
"""What it is worth to find a pair once more, each time."""
_COST_OF_LOOKING, _COST_OF_PAIR, _COST_AT_ALL = 0.05, 1.0, 0.2


def planned(slots: Slots, how: Planning) -> list[Combination]:
    """The combinations of keys to look under, the most telling first.

    >>> from tillid.stages.resolve.link.keys import Key
    >>> mail = Slot(None, [Key(np.arange(500, dtype=np.int32) // 2)], "email", fates=((1.0, (0,)),))
    >>> planned(Slots([mail], 500), Planning())
    [((0, 0),)]
    """
    made = [_MadeUp.of(slots, number) for number in range(len(slots.slots))]
    _moved(slots.slots, made)
    choices = list(_combinations(slots.slots))
    need = np.log2(max(slots.rows, 2) / how.largest_of(slots.rows))
    found, strangers, looked = [], [], []
    for keys in choices:
        shared, chance, entries = _told(made, keys, slots.rows, need)
        found.append(shared)
        strangers.append(chance)
        looked.append(entries)
    return _chosen(choices, np.array(found), np.array(strangers), np.array(looked), how.strangers_of(slots.rows))


def _chosen(
    choices: Sequence[Combination], found: _Bools, strangers: _Floats, looked: _Floats, most: float
) -> list[Combination]:
    """Greedily the choice that is worth the most for what it costs, while strangers may be met."""
    taken: list[Combination] = []
    worth = np.ones(found.shape[1])
    cost = _COST_AT_ALL + _COST_OF_LOOKING * looked + _COST_OF_PAIR * strangers
    left = most
    while len(taken) < len(choices):
        gain = found @ worth / len(worth)
        gain[cost > left] = 0
        best = int(np.argmax(gain / cost))
        if not gain[best]:
            break
        taken.append(choices[best])
        left -= cost[best]
        worth[found[best]] *= _FOUND_AGAIN
        cost[best] = np.inf
    return taken


def _combinations(slots: Sequence[Slot]) -> Iterator[Combination]:
    """All combinations of up to three keys of slots that are about different things; of a name up to two words."""
    for size in range(1, _MOST_SLOTS + 1):
        for chosen in combinations_with_replacement(range(len(slots)), size):
            twice = {number for number in chosen if chosen.count(number) > 1}
            if any(chosen.count(number) > 2 or not slots[number].several for number in twice):
                continue
            if len({slots[number].about for number in chosen}) < len(set(chosen)):
                continue
            for keys in product(*(range(len(slots[number].keys)) for number in chosen)):
                combination = tuple(zip(chosen, keys, strict=True))
                if all(a <= b for a, b in pairwise(combination)):
                    yield combination


@dataclass(frozen=True, slots=True)
class _MadeUp:
    """The sample's entries of one slot: sample × entries, and key by key what is shared and how rare it is in bits.

    `is_there` is of the record itself; what is `shared` is there on the other side of its made-up match too.
    """

    is_there: _Bools
    shared: list[_Bools]
    bits: list[_Floats]

    @classmethod
    def of(cls, slots: Slots, number: int) -> _MadeUp:
        slot, rows = slots.slots[number], slots.rows
        chance = np.random.default_rng((_SEED, number))
        sample = np.unique(np.linspace(0, max(rows - 1, 0), _SAMPLE).astype(np.int64))
        entries = sample[:, None] if slot.records is None else _entries_of(slot.records, sample, rows)
        said = [np.append(key.numbers, np.int32(-1))[entries] for key in slot.keys]
        is_there = reduce(np.logical_or, [numbers >= 0 for numbers in said])
        # Of its words, a match has the first two as a rule; of other fields, what another record happens to have.
        usual = np.array(_WORD_IS_THERE)[: entries.shape[1]] > chance.random(entries.shape)
        other = usual if slot.several else is_there[chance.permutation(len(sample))]
        fate = np.searchsorted(np.cumsum([share for share, _ in slot.fates]), chance.random(entries.shape))
        keeps = [np.array([*(key in kept for _, kept in slot.fates), False])[fate] for key in range(len(slot.keys))]
        # What is not there is kept out by `is_there`.
        bits = [
            np.where(numbers >= 0, rarity[numbers], 0).astype(np.float64)
            for rarity, numbers in zip(slots.rarity[number], said, strict=True)
        ]
        return cls(is_there, [is_there & other & kept for kept in keeps], bits)


_WORD_IS_THERE = (1.0, 1.0, 0.6, 0.4)


def _entries_of(records: npt.NDArray[np.int64], sample: npt.NDArray[np.int64], rows: int) -> npt.NDArray[np.int64]:
    """Sample × entries: the entries of the sampled records, -1 where they have no more."""
    starts = np.searchsorted(records, np.arange(rows + 1))
    place = starts[sample][:, None] + np.arange(_MOST_ENTRIES)
    return np.where(place < starts[sample + 1][:, None], place, -1)


_MOVED = 0.15


def _moved(slots: Sequence[Slot], made: Sequence[_MadeUp]) -> None:
    """Some people moved, and share neither street nor town."""
    chance = np.random.default_rng(_SEED)
    for size in {len(one.is_there) for one in made}:
        stayed = chance.random((size, 1)) >= _MOVED
        for slot, one in zip(slots, made, strict=True):
            if slot.about in ("area", "street"):
                one.shared[:] = [shared & stayed for shared in one.shared]


def _told(made: Sequence[_MadeUp], keys: Combination, rows: int, need: float) -> tuple[_Bools, float, float]:
    """Which of the made-up pairs would be found, how many strangers a record meets, and how often it is looked up."""
    (last, key), *others = keys
    shared, bits, is_there = made[last].shared[key], made[last].bits[key], made[last].is_there
    # A record is no stranger to itself.
    others_share = np.exp2(-bits) - 1 / rows
    for slot, further in others:
        one = made[slot]
        both = shared[:, :, None] & one.shared[further][:, None, :]
        rare = bits[:, :, None] + one.bits[further][:, None, :]
        there = is_there[:, :, None] & one.is_there[:, None, :]
        share = others_share[:, :, None] * (np.exp2(-one.bits[further]) - 1 / rows)[:, None, :]
        if slot == last:
            # What was laid flat before has the entries of that slot innermost.
            before, here = np.ogrid[: there.shape[1], : there.shape[2]]
            apart = before % there.shape[2] != here
            both, there = both & apart, there & apart
        flat = (len(there), -1)
        shared, is_there = both.reshape(flat), there.reshape(flat)
        bits, others_share = rare.reshape(flat), share.reshape(flat)
        last = slot
    small = is_there & (bits >= need)
    chance = np.where(small, rows * others_share, 0).sum(axis=1).mean()
    found = np.asarray((shared & small).any(axis=1), np.bool_)
    return found, float(chance), float(is_there.sum(axis=1).mean())
