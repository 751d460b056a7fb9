"""Scores of clusters against slow counting, and calibration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.link.evaluate import b_cubed_score, calibration_error, exact_score, pair_score

LABELS = st.integers(1, 12).flatmap(
    lambda rows: st.tuples(*(st.lists(st.integers(0, 4), min_size=rows, max_size=rows) for _ in range(2)))
)


def _groups(labels: list[int]) -> set[frozenset[int]]:
    return {frozenset(n for n, label in enumerate(labels) if label == one) for one in labels}


@given(LABELS)
def test_scores_are_those_of_slow_counting(labels):
    wanted, told = labels
    arrays = np.array(wanted), np.array(told)
    pairs = [{pair for group in _groups(one) for pair in combinations(sorted(group), 2)} for one in (told, wanted)]
    right = len(pairs[0] & pairs[1])
    assert pair_score(*arrays).precision == (right / len(pairs[0]) if pairs[0] else 1)
    assert pair_score(*arrays).recall == (right / len(pairs[1]) if pairs[1] else 1)
    several = [{group for group in _groups(one) if len(group) > 1} for one in (told, wanted)]
    whole = len(several[0] & several[1])
    assert exact_score(*arrays).precision == (whole / len(several[0]) if several[0] else 1)
    assert exact_score(*arrays).recall == (whole / len(several[1]) if several[1] else 1)
    of = [{n: group for group in _groups(one) for n in group} for one in (told, wanted)]
    shares = [[len(of[0][n] & of[1][n]) / len(side[n]) for n in range(len(told))] for side in of]
    assert b_cubed_score(*arrays).precision == pytest.approx(np.mean(shares[0]))
    assert b_cubed_score(*arrays).recall == pytest.approx(np.mean(shares[1]))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_the_truth_itself_has_full_scores(labels):
    arrays = np.array(labels), np.array(labels)
    for score in (pair_score, exact_score, b_cubed_score):
        assert score(*arrays).f1 == 1


def test_calibration_tells_probabilities_that_are_too_sure():
    chance = np.random.default_rng(1)
    probabilities = chance.random(20_000)
    right = chance.random(20_000) < probabilities
    sure = np.where(probabilities > 0.5, 0.99, 0.01)
    assert calibration_error(probabilities, right) < 0.02
    assert calibration_error(sure, right) > 0.2
