"""Weights learned once more from the clusters that the first ones gave: logistic regression on soft labels.

What a cluster holds together teaches what its weaker pairs look like, which pairs alone do not tell; additive weights
stay, so each pair can be explained level by level. The regression is pulled towards half of the weights taken before,
so that levels that hardly occur keep sensible ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tillid.stages.resolve.link.levels import Comparison
from tillid.stages.resolve.link.training import Patterns, Trained, Weights, probability

_PULLED_TO = 0.5 * float(np.log(2))
_PULL, _PULL_OF_BIAS = 1.0, 1e-3
_FIRST_BIAS, _ROUNDS, _LONGEST_STEP, _SETTLED = -3.0, 15, 3.0, 1e-3
_MOST = 30.0


def refined(found: Sequence[Comparison], share_match: Weights) -> Trained:
    """The weights under which pairs are matches as often as `share_match` (0 to 1, one a pair) says.

    >>> email = Comparison("email", np.array([1, 1, 6, 6] * 50), (0, -1.5, 2, 4, 9, 7, 14), is_own=True)
    >>> weights = refined([email], np.array([0.0, 0, 1, 1] * 50))
    >>> probability(weights.log_odds([email])).round(2)[:4]
    array([0.01, 0.01, 0.99, 0.99])
    """
    seen = Patterns.of(found)
    share = np.bincount(seen.of_pair, share_match, minlength=len(seen.counts)).astype(np.float64)
    starts = np.cumsum([0, *(len(one.weights) for one in found)])
    size = int(starts[-1]) + 1
    said = np.zeros((len(seen.counts), size))
    for start, levels in zip(starts[:-1], seen.levels, strict=True):
        said[np.arange(len(levels)), start + levels] = 1
    said[:, -1] = 1
    # Nothing said weighs nothing.
    said[:, starts[:-1]] = 0
    before = np.concatenate([np.array(one.weights) * _PULLED_TO for one in found] + [np.array([_FIRST_BIAS])])
    weights = _fitted(said, seen.counts, share, before)
    weights[starts[:-1]] = 0
    parts = {one.name: weights[a:b] for one, a, b in zip(found, starts[:-1], starts[1:], strict=True)}
    return Trained(float(weights[-1]), parts)


def _fitted(said: Weights, counts: Weights, share: Weights, before: Weights) -> Weights:
    """The weights by Newton's method, each step bounded."""
    weights = before.copy()
    pull = np.full(len(before), _PULL)
    pull[-1] = _PULL_OF_BIAS
    for _ in range(_ROUNDS):
        certain = probability(np.clip(said @ weights, -_MOST, _MOST))
        slope = said.T @ (counts * certain - share) + pull * (weights - before)
        curve = (said * (counts * certain * (1 - certain) + 1e-6)[:, None]).T @ said
        curve[np.diag_indices(len(before))] += pull
        step = np.linalg.solve(curve, slope)
        weights = weights - np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        if np.abs(step).max() < _SETTLED:
            break
    return weights
