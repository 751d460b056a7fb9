"""Which pairs are compared: small blocks whole, large ones by finer keys, and of a crowd the nearest."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.link.blocks import Combination, Slots
from tillid.stages.resolve.link.candidates import Looking, candidates
from tillid.stages.resolve.link.keys import Key, Slot
from tillid.stages.resolve.link.plan import Planning, planned

SMALL = st.integers(-1, 3)


def _slot(about: str, *keys: list[int] | np.ndarray, fates: tuple = ((1.0, (0, 1)),)) -> Slot:
    return Slot(None, [Key(np.array(numbers, np.int32)) for numbers in keys], about, fates)


def _pairs(slots: list[Slot], rows: int, plan: list[Combination], largest: int) -> set[tuple[int, int]]:
    return {divmod(int(pair), rows) for part in Slots(slots, rows).pairs(plan, largest) for pair in part}


@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=2, max_size=25), st.integers(2, 6))
def test_what_the_plan_names_is_found_where_the_block_is_small_as_chance_has_it(records, largest):
    rows = len(records)
    slots = [_slot(f"slot {place}", [record[place] for record in records]) for place in range(3)]
    plan = [((0, 0), (1, 0), (2, 0))]
    wanted = set()
    for one, other in combinations(range(rows), 2):
        same = -1 not in records[one] and records[one] == records[other]
        block = sum(record == records[one] for record in records)
        shares = [sum(record[p] == records[one][p] for record in records) / rows for p in range(3)]
        if same and block <= largest and rows * np.prod(shares) <= largest * (1 + 1e-5):
            wanted.add((one, other))
    assert _pairs(slots, rows, plan, largest) == wanted


def test_a_number_that_is_common_where_others_are_rare_is_looked_at_with_finer_keys():
    # Of 400 each has a phone of its own but the last 60, who share a switchboard's; two of them share a street too.
    phones = np.concatenate([np.arange(340), np.full(60, 340)])
    streets = np.arange(400)
    streets[399] = streets[398]
    slots = [_slot("phone", phones), _slot("street", streets)]
    assert _pairs(slots, 400, [((0, 0),)], 5) == {(398, 399)}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=20))
def test_two_words_of_a_name_make_a_block_whichever_stands_first(names):
    rows = len(names)
    slot = Slot(np.repeat(np.arange(rows), 2), [Key(np.array(names, np.int32).ravel())], "names")
    wanted = {(a, b) for a, b in combinations(range(rows), 2) if sorted(names[a]) == sorted(names[b])}
    assert _pairs([slot], rows, [((0, 0), (0, 0))], 500) == wanted


def test_one_word_of_a_company_is_not_taken_for_two():
    words = Slot(np.arange(4), [Key(np.zeros(4, np.int32))], "names")
    company = Slot(np.repeat(np.arange(4), 2), [Key(np.array([0, 1, 0, 1, 0, 2, 0, 3], np.int32))], "company")
    plan = [((0, 0), (1, 0), (1, 0))]
    assert _pairs([words, company], 4, plan, 500) == {(0, 1)}


def test_of_a_crowd_the_nearest_are_kept():
    # All share a town; 0 and 1 share a rare street too.
    rows = 30
    town, street = np.zeros(rows, np.int64), np.array([0, 0, *range(1, rows - 1)])
    slots = Slots([_slot("area", town, fates=((1.0, (0,)),)), _slot("street", street, fates=((1.0, (0,)),))], rows)
    left, right = candidates(slots, Looking(Planning(largest=rows, strangers=1000), nearest=3))
    assert (0, 1) in set(zip(left.tolist(), right.tolist(), strict=True))
    # A pair is near from either of its sides, so some have a few more.
    assert rows - 1 <= len(left) <= 3 * rows


def test_the_numbers_of_keys_say_nothing():
    rng = np.random.default_rng(4)
    numbers = rng.integers(0, 40, (2, 300))
    renamed = [rng.permutation(40)[row] for row in numbers]
    for nearest in (2, 23):
        found = [
            candidates(Slots([_slot("a", one), _slot("b", other)], 300), Looking(nearest=nearest))
            for one, other in (numbers, renamed)
        ]
        assert np.array_equal(*found)


def test_a_plan_takes_the_telling_first_and_keeps_to_what_it_may_cost():
    rng = np.random.default_rng(2)
    rows = 20_000
    mail, town = np.arange(rows), rng.integers(0, 50, rows)
    slots = Slots([_slot("area", town, fates=((0.9, (0,)),)), _slot("email", mail, fates=((0.7, (0,)),))], rows)
    plan = planned(slots, Planning())
    assert plan[0] == ((1, 0),)
    # A town alone is shared with hundreds of strangers.
    assert ((0, 0),) not in plan
    assert planned(slots, Planning(strangers=0.1)) == []


def test_combinations_hold_each_thing_once_and_two_words_of_a_name_at_most():
    words = Slot(np.repeat(np.arange(8), 2), [Key(np.arange(16, dtype=np.int32))], "names", ((0.5, (0,)),))
    slots = Slots([words, _slot("area", range(8)), _slot("area", range(8))], 8)
    for keys in planned(slots, Planning(strangers=1e6)):
        about = [slots.slots[slot].about for slot, _ in keys]
        assert about.count("area") <= 1
        assert about.count("names") <= 2


def test_nothing_to_look_at():
    for rows, numbers in product((0, 3), ([], [-1, -1, -1])):
        slots = [_slot("email", numbers)] if len(numbers) == rows else []
        assert [len(side) for side in candidates(Slots(slots, rows))] == [0, 0]
