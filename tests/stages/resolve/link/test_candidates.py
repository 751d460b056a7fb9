"""Which pairs are compared: small blocks whole, large ones by finer keys, and of a crowd the nearest."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.link.blocks import blocked
from tillid.stages.resolve.link.candidates import Looking, candidates
from tillid.stages.resolve.link.keys import Key, Slot

SMALL = st.integers(0, 3)


def _slot(numbers: list[int], *, coarser_by: int = 0) -> Slot:
    """One entry a record; with `coarser_by`, a coarse key first."""
    fine = np.array(numbers)
    keys = [Key(fine // coarser_by), Key(fine, (0,))] if coarser_by else [Key(fine)]
    return Slot(np.arange(len(fine)), keys, about=f"slot {id(fine)}")


def _pairs(slots: list[Slot], rows: int, largest: int) -> set[tuple[int, int]]:
    return {divmod(int(pair), rows) for part in blocked(slots, rows, largest) for pair in part}


@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=2, max_size=25), st.integers(2, 6))
def test_a_pair_is_found_where_some_block_of_up_to_three_keys_is_small(records, largest):
    slots = [_slot([record[place] for record in records]) for place in range(3)]
    wanted = set()
    for one, other in combinations(range(len(records)), 2):
        shared = [place for place in range(3) if records[one][place] == records[other][place]]
        for size in (1, 2, 3):
            for places in combinations(shared, size):
                block = sum(all(r[p] == records[one][p] for p in places) for r in records)
                if block <= largest:
                    wanted.add((one, other))
    assert _pairs(slots, len(records), largest) == wanted


@given(st.lists(st.tuples(st.integers(0, 11), SMALL), min_size=2, max_size=25), st.integers(2, 6))
def test_finer_keys_find_nothing_that_smaller_blocks_of_coarse_ones_have_not(records, largest):
    slots = [_slot([record[0] for record in records], coarser_by=4), _slot([record[1] for record in records])]
    found = _pairs(slots, len(records), largest)
    for one, other in combinations(range(len(records)), 2):
        same = records[one][0] == records[other][0]
        block = sum(record[0] == records[one][0] for record in records)
        if same and block <= largest:
            assert (one, other) in found


def test_two_words_of_a_name_make_a_block_whichever_stands_first():
    # Everyone has word 0 and one of many others, and two have them the other way round.
    words = [(0, 5), (5, 0), *((0, word) for word in (6, 6, 7, 8, 9))]
    records = np.repeat(np.arange(len(words)), 2)
    slot = Slot(records, [Key(np.array(words).ravel())], "names", several=True)
    crowd = Slot(np.arange(len(words)), [Key(np.zeros(len(words), np.int64))], "town")
    assert (0, 1) in _pairs([slot, crowd], len(words), 2)


def test_of_a_crowd_the_nearest_are_kept():
    # All share a town; 0 and 1 share a rare street and a birth date too.
    rows = 30
    town = Slot(np.arange(rows), [Key(np.zeros(rows, np.int64))], "town")
    street = Slot(np.arange(rows), [Key(np.array([0, 0, *range(1, rows - 1)]))], "street")
    left, right = candidates([town, street], rows, Looking(largest=rows, nearest=3))
    assert (0, 1) in set(zip(left.tolist(), right.tolist(), strict=True))
    # A pair is near from either of its sides, so some have a few more.
    assert rows - 1 <= len(left) <= 3 * rows


def test_the_numbers_of_keys_say_nothing():
    rng = np.random.default_rng(4)
    numbers = rng.integers(0, 40, (2, 300))
    slots = [_slot(list(row)) for row in numbers]
    renamed = [_slot(list(rng.permutation(40)[row])) for row in numbers]
    for how in (Looking(largest=5), Looking(largest=12, nearest=4)):
        assert np.array_equal(candidates(slots, 300, how), candidates(renamed, 300, how))


def test_nothing_to_look_at():
    assert [len(side) for side in candidates([], 3)] == [0, 0]
    assert [len(side) for side in candidates([_slot([])], 0)] == [0, 0]
