"""Weights learned once more from the clusters that the first ones gave: logistic regression on soft labels.

What a cluster holds together teaches what its weaker pairs look like, which pairs alone do not tell; additive weights
stay, so each pair can be explained level by level. The regression is pulled towards a part of the weights taken before,
so that levels that hardly occur keep sensible ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tillid.stages.resolve.link.levels import Comparison
from tillid.stages.resolve.link.training import Patterns, Trained, Weights, probability

_PULLED_TO = 0.6
_PULL, _PULL_OF_BIAS = 5.0, 1e-3
_FIRST_BIAS, _ROUNDS, _HALVINGS, _SETTLED = -3.0, 30, 20, 1e-7


def refined(
    found: Sequence[Comparison],
    seen: Patterns,
    share_match: Weights,
    taken: Sequence[Weights],
    first: Trained | None = None,
) -> Trained:
    """The weights under which the pairs of each pattern of `found` are matches as often as `share_match` (0 to 1) says.

    `taken` is what each level weighs beforehand, in natural log-odds; the search starts from `first`, where weights are
    at hand that should be near.

    >>> email = Comparison("email", np.array([1, 1, 6, 6] * 500), (0, -1.5, 2, 4, 9, 7, 14), is_own=True)
    >>> weights = refined([email], Patterns.of([email]), np.array([0.0, 1.0]), [np.zeros(7)])
    >>> probability(weights.log_odds([email])).round(2)[:4]
    array([0.02, 0.02, 0.98, 0.98])
    """
    starts = np.cumsum([0, *(len(one.weights) for one in found)])
    before = np.concatenate([*(_PULLED_TO * weights for weights in taken), [_FIRST_BIAS]])
    before[starts[:-1]] = 0
    said = _said(seen, starts)
    start = before
    if first is not None:
        start = np.concatenate([*(first.weights[one.name] for one in found), [first.bias]])
    weights = _fitted(said, seen.counts, seen.counts * share_match, before, start)
    weights[starts[:-1]] = 0
    parts = {one.name: weights[a:b] for one, a, b in zip(found, starts[:-1], starts[1:], strict=True)}
    return Trained(float(weights[-1]), parts)


def _said(seen: Patterns, starts: npt.NDArray[np.int64]) -> csr_matrix:
    """Patterns × levels of all comparisons: 1 where the pattern has the level, and in a last column for each.

    Nothing said weighs nothing: level 0 has no 1.
    """
    patterns, size = len(seen.counts), int(starts[-1]) + 1
    columns = np.stack([start + levels for start, levels in zip(starts[:-1], seen.levels, strict=True)], axis=1)
    columns = np.concatenate([columns, np.full((patterns, 1), size - 1)], axis=1)
    ones = np.ones(columns.shape)
    ones[:, :-1][np.stack(seen.levels, axis=1) == 0] = 0
    ends = np.arange(0, columns.size + 1, columns.shape[1])
    return csr_matrix((ones.ravel(), columns.ravel(), ends), shape=(patterns, size))


def _fitted(said: csr_matrix, counts: Weights, matches: Weights, before: Weights, start: Weights) -> Weights:
    """The weights by Newton's method, of which each step is halved until it brings them nearer.

    `matches` of the pairs `counts` of each pattern are such.
    """
    pull = np.full(len(before), _PULL)
    pull[-1] = _PULL_OF_BIAS
    levels = said.T.tocsr()

    def lost(at: Weights) -> float:
        log_odds = said @ at
        return float((counts * np.logaddexp(0, log_odds) - matches * log_odds).sum() + pull @ (at - before) ** 2 / 2)

    weights, loss = start, lost(start)
    for _ in range(_ROUNDS):
        certain = probability(said @ weights)
        slope = levels @ (counts * certain - matches) + pull * (weights - before)
        curve = (levels @ said.multiply((counts * certain * (1 - certain))[:, None]).tocsr()).toarray()
        curve[np.diag_indices(len(before))] += pull
        step = np.linalg.solve(curve, slope)
        for _ in range(_HALVINGS):
            nearer = weights - step
            now = lost(nearer)
            if now <= loss:
                break
            step /= 2
        else:
            break
        weights, gained, loss = nearer, loss - now, now
        if gained < _SETTLED * loss:
            break
    return weights
