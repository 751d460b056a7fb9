"""What each level weighs, learned from pairs without labels: Fellegi and Sunter's model by expectation maximisation.

Beside matches and strangers there is a third class, the related: people who share a name or a home and are others.
Without it whatever a family shares would count as a sign of a match.

Sources: Fellegi and Sunter, A Theory for Record Linkage (1969); Winkler, Using the EM Algorithm for Weight Computation
(1988); pool-adjacent-violators: Ayer and others (1955).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tillid.stages.resolve.link.levels import Comparison, Levels

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trained:
    """What each level weighs, as natural log-odds: `bias`, and by comparison one weight a level.

    >>> pair = Comparison("email", np.array([1, 6]), (0, -1.5, 2, 4, 9, 7, 14), is_own=True)
    >>> Trained(-9.0, {"email": np.array([0.0, -1, 1, 3, 6, 5, 10])}).log_odds([pair])
    array([-10.,   1.])
    """

    bias: float
    weights: dict[str, Weights]

    def log_odds(self, comparisons: Sequence[Comparison]) -> Weights:
        """How much speaks for each pair being a match."""
        told = np.full(len(comparisons[0].levels), self.bias)
        for one in comparisons:
            told += self.weights[one.name][one.levels]
        return told


def untrained(found: Sequence[Comparison], rows: int) -> Trained:
    """What is taken before anything is learned: for lists too short to learn from."""
    return Trained(-float(np.log(max(rows, 2))), {one.name: np.array(one.weights) * _BITS for one in found})


def strangers(drawn: Sequence[Comparison], rows: int) -> list[Comparison]:
    """Pairs drawn by chance without those that look like matches, of which a short list has many."""
    unlike = untrained(drawn, rows).log_odds(drawn) < 0
    return [replace(one, levels=one.levels[unlike]) for one in drawn]


def probability(log_odds: Weights) -> Weights:
    """The probability of a match.

    >>> probability(np.array([0.0, 100.0]))
    array([0.5, 1. ])
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -_MOST, _MOST))), np.float64)


_MOST = 40.0
_BITS = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct patterns of levels of many pairs, and how many pairs have each."""

    levels: list[Levels]
    counts: Weights
    of_pair: npt.NDArray[np.int64]

    @classmethod
    def of(cls, comparisons: Sequence[Comparison]) -> Patterns:
        """The patterns of these comparisons."""
        key = np.zeros(len(comparisons[0].levels), np.int64)
        for one in comparisons:
            key = np.unique(key * len(one.weights) + one.levels, return_inverse=True)[1]
        _, first, of_pair, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        return cls([one.levels[first] for one in comparisons], counts.astype(np.float64), of_pair)


@dataclass(frozen=True, slots=True)
class Learning:
    """How training goes: how strongly it holds to what is taken before, and when it ends."""

    strength: float = 1.0
    related_strength: float = 0.5
    pairs: float = 20.0
    """What is taken before counts as at least so many pairs."""
    rounds: int = 40
    settled: float = 1e-3


DEFAULTS = Learning()

# How often the related agree: mostly on what homes and families share, hardly on what is a person's own.
_SHARED_BY_RELATED, _OWN_OF_RELATED, _OWN_SLIP = 0.7, 0.03, 0.05
_FEW = 20
_SAYS_NOTHING = 0.7


def trained(found: Sequence[Comparison], drawn: Sequence[Comparison], rows: int, how: Learning = DEFAULTS) -> Weights:
    """The log-odds of each pair of `found`, which are candidates of `rows` records.

    `drawn` are the same comparisons of pairs drawn by chance, which are strangers nearly all.
    """
    seen = Patterns.of(found)
    every = rows * (rows - 1) / 2
    unlike = [_of_strangers(*pair, every) for pair in zip(found, strangers(drawn, rows), strict=True)]
    taken = [_of_matches(one, u) for one, u in zip(found, unlike, strict=True)]
    matches, related = list(taken), [_of_related(one, m, u) for one, m, u in zip(found, taken, unlike, strict=True)]
    taken_related = list(related)
    prior_match = prior_related = 1 / rows
    certain: Weights | None = None
    log_odds = np.zeros(len(seen.counts))
    for _ in range(how.rounds):
        as_match = np.log(prior_match) + _together(matches, seen)
        as_related = np.log(prior_related) + _together(related, seen)
        otherwise = np.logaddexp(_together(unlike, seen), as_related)
        log_odds = as_match - otherwise
        now = probability(log_odds)
        if certain is not None and np.abs(now - certain).max() < how.settled:
            break
        certain = now
        # Only what is nearly certain teaches much: the square keeps doubtful pairs from widening what a match is.
        of_match = seen.counts * certain**2
        of_related = seen.counts * (1 - certain) * np.exp(as_related - otherwise)
        prior_match = max(float((seen.counts * certain).sum()), 1.0) / every
        prior_related = max(float(of_related.sum()), 1.0) / every
        for q, one in enumerate(found):
            u, levels = unlike[q], seen.levels[q]
            share = _blended(levels, of_match, taken[q], how.pairs + how.strength * float(of_match.sum()))
            matches[q] = _in_order(one, share, u)
            related[q] = (
                _normal(_OWN_SLIP * matches[q] + (1 - _OWN_SLIP) * u)
                if one.is_own
                else _blended(
                    levels, of_related, taken_related[q], how.pairs + how.related_strength * float(of_related.sum())
                )
            )
    return log_odds[seen.of_pair]


def _of_strangers(found: Comparison, drawn: Comparison, every: float) -> Weights:
    """How often strangers are on each level: as pairs drawn by chance are; of rare levels, as all that were found."""
    size = len(found.weights)
    by_chance = np.bincount(drawn.levels, minlength=size).astype(np.float64)
    seen = np.bincount(found.levels, minlength=size)
    few = np.maximum(np.minimum(seen / every, _FEW / len(drawn.levels)), 0.3 / every)
    return _normal(np.where(by_chance >= _FEW, by_chance / len(drawn.levels), few))


def _of_matches(one: Comparison, unlike: Weights) -> Weights:
    """How often matches are on each level before anything is learned; they say nothing as often as strangers do."""
    told = unlike * np.exp(np.array(one.weights) * _BITS)
    told[0] = 0
    told = told / max(told.sum(), 1e-300) * (1 - unlike[0])
    told[0] = unlike[0]
    return np.asarray(told, np.float64)


def _of_related(one: Comparison, matches: Weights, unlike: Weights) -> Weights:
    share = _OWN_OF_RELATED if one.is_own else _SHARED_BY_RELATED
    return np.asarray(share * matches + (1 - share) * unlike)


def _together(shares: Sequence[Weights], seen: Patterns) -> Weights:
    told = np.zeros(len(seen.counts))
    for share, levels in zip(shares, seen.levels, strict=True):
        told += np.log(share)[levels]
    return told


def _blended(levels: Levels, of_class: Weights, before: Weights, strength: float) -> Weights:
    return _normal(np.bincount(levels, of_class, minlength=len(before)) + strength * before)


def _in_order(one: Comparison, share: Weights, unlike: Weights) -> Weights:
    """The shares of matches with no level weighing less than one that is weaker beforehand."""
    weight = np.log(share / unlike)
    order = 1 + np.argsort(one.weights[1:], kind="stable")
    weight[order] = rising(weight[order], share[order] + unlike[order])
    weight[0] = np.clip(weight[0], -_SAYS_NOTHING, _SAYS_NOTHING)
    return _normal(unlike * np.exp(weight))


def rising(values: Weights, weights: Weights) -> Weights:
    """The nearest sequence that never falls, in weighted squares: pool adjacent violators.

    >>> rising(np.array([1.0, 3.0, 2.0]), np.array([1.0, 1.0, 1.0]))
    array([1. , 2.5, 2.5])
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools[-2:]
            pools[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    return np.repeat([value for value, _, _ in pools], [size for _, _, size in pools])


def _normal(shares: Weights) -> Weights:
    return np.asarray(shares / shares.sum(), np.float64)
