"""Clusters: chains hold no groups together, judgements hold, and the order of pairs says nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.errors import JudgedBothWays
from tillid.stages.resolve.link.clusters import Judged, Linkage, Scored, partition

Triples = list[tuple[int, int, float]]


def _clusters(rows: int, links: Triples, **judged) -> list[int]:
    left, right, weights = (np.array([link[i] for link in links]) for i in range(3))
    scored = Scored(left.astype(int), right.astype(int), weights.astype(float))
    return partition(rows, scored, Judged(**judged)).tolist()


def _all_pairs(members: range, weight: float) -> Triples:
    return [(a, b, weight) for a in members for b in members if a < b]


def test_one_weak_link_glues_no_two_strong_groups():
    links = [*_all_pairs(range(4), 8.0), *_all_pairs(range(4, 8), 8.0), (3, 4, 2.0)]
    assert _clusters(8, links) == [0] * 4 + [4] * 4


def test_a_chain_of_near_duplicates_does_not_become_one():
    links = [(n, n + 1, 1.0) for n in range(999)]
    sizes = np.unique(_clusters(1000, links), return_counts=True)[1]
    assert sizes.max() <= 4


def test_a_record_joins_what_two_groups_would_need_more_for():
    lone = [(0, 1, 9.0), (0, 2, -0.5), (1, 2, -0.5)]
    groups = [(0, 1, 9.0), (2, 3, 9.0), *((a, b, -0.5) for a in (0, 1) for b in (2, 3))]
    assert _clusters(3, lone) == [0, 0, 0]
    assert _clusters(4, groups) == [0, 0, 2, 2]


def test_without_pairs_each_record_is_its_own():
    assert _clusters(3, []) == [0, 1, 2]
    assert _clusters(0, []) == []


def test_records_judged_the_same_are_one_without_any_link():
    assert _clusters(4, [], together=(np.array([1, 3]), np.array([3, 2]))) == [0, 1, 1, 1]


def test_a_judgement_that_parts_two_breaks_the_weakest_place_only():
    links = [(0, 1, 9.0), (1, 2, 3.0), (2, 3, 9.0), (0, 2, 3.0), (1, 3, 3.0), (0, 3, 3.0)]
    assert _clusters(4, links) == [0] * 4
    assert _clusters(4, links, apart=(np.array([0]), np.array([3]))) == [0, 0, 2, 2]


def test_judgements_against_each_other_name_the_records():
    with pytest.raises(JudgedBothWays) as raised:
        _clusters(4, [], together=(np.array([0, 1]), np.array([1, 2])), apart=(np.array([0]), np.array([2])))
    assert (raised.value.one, raised.value.other) == (0, 2)


ROWS = 9
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(-40, 120).map(lambda tenths: tenths / 10),
    max_size=24,
).map(lambda pairs: [(a, b, weight) for (a, b), weight in pairs.items()])


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(links, random):
    shuffled = list(links)
    random.shuffle(shuffled)
    assert _clusters(ROWS, links) == _clusters(ROWS, shuffled)


@given(PAIRS)
def test_each_cluster_is_known_by_its_first_record_and_none_is_near_another(links):
    clusters = _clusters(ROWS, links)
    how = Linkage()
    assert all(clusters[label] == label <= row for row, label in enumerate(clusters))
    members = {label: [row for row in range(ROWS) if clusters[row] == label] for label in clusters}
    told = {(a, b): weight for a, b, weight in links}
    for (_, mine), (_, theirs) in combinations(sorted(members.items()), 2):
        pairs = [(min(a, b), max(a, b)) for a in mine for b in theirs]
        if any(pair in told for pair in pairs):
            mean = np.mean([told.get(pair, how.missing) for pair in pairs])
            least = how.threshold if min(len(mine), len(theirs)) == 1 else how.threshold_of_groups
            assert mean <= least + 1e-9


@given(PAIRS, PAIRS, PAIRS)
def test_judgements_hold_whatever_else_is_said(links, one, other):
    together, apart = ((np.array([p[0] for p in ps], int), np.array([p[1] for p in ps], int)) for ps in (one, other))
    try:
        clusters = np.array(_clusters(ROWS, links, together=together, apart=apart))
    except JudgedBothWays:
        return
    assert (clusters[together[0]] == clusters[together[1]]).all()
    assert (clusters[apart[0]] != clusters[apart[1]]).all()
