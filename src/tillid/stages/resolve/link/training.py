"""What each level weighs, learned from pairs without labels: Fellegi and Sunter's model by expectation maximisation.

Beside matches and strangers there are the related, people who share a name or a home and are others, and compatriots,
whose names and places are alike since a list holds several countries or towns. Without them whatever a family or a
country shares would count as a sign of a match.

Sources: Fellegi and Sunter, A Theory for Record Linkage (1969); Winkler, Using the EM Algorithm for Weight Computation
(1988); pool-adjacent-violators: Ayer and others (1955).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
    shares = [_normal(np.bincount(one.levels, minlength=len(one.weights)).astype(np.float64) + 1.0) for one in drawn]
    # What all pairs have says nothing, whatever it is taken to weigh.
    weights = {one.name: np.log(_of_matches(one, u) / u) for one, u in zip(drawn, shares, strict=True)}
    unlike = Trained(-float(np.log(max(rows, 2))), weights).log_odds(drawn) < 0
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
    of_pair: npt.NDArray[np.int32]

    @classmethod
    def of(cls, comparisons: Sequence[Comparison], times: int = 1) -> Patterns:
        """The patterns of these comparisons, of which each pair stands for so many."""
        pairs = len(comparisons[0].levels)
        key, kinds = np.zeros(pairs, np.int64), 1
        for one in comparisons:
            if kinds > _MOST_KINDS // len(one.weights):
                key, kinds = _numbered(key)[0].astype(np.int64), pairs
            key, kinds = key * len(one.weights) + one.levels, kinds * len(one.weights)
        of_pair, distinct = _numbered(key)
        first = np.empty(distinct, np.int64)
        first[of_pair[::-1]] = np.arange(pairs - 1, -1, -1)
        counts = times * np.bincount(of_pair, minlength=distinct).astype(np.float64)
        return cls([one.levels[first] for one in comparisons], counts, of_pair)


_MOST_KINDS = 2**62


def _numbered(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], int]:
    """Each key's number, and how many distinct ones there are."""
    packed = pa.array(keys).dictionary_encode()
    return packed.indices.to_numpy(), len(packed.dictionary)


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


@dataclass(frozen=True, slots=True)
class Class:
    """One kind of pairs: its share of all pairs, and how often it is on each level, comparison by comparison."""

    share: float
    levels: list[Weights]

    def log_likelihood(self, levels: Sequence[Levels]) -> Weights:
        """How probable it is that a pair is of this kind and has these levels."""
        return np.asarray(np.log(self.share) + _together(self.levels, levels), np.float64)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Matches, strangers, and the kinds of pairs that share more than strangers do and are others."""

    matches: Class
    strangers: Class
    related: Class
    compatriots: Class
    taken: list[Weights]
    """How often matches are on each level before anything is learned."""

    @property
    def weights_taken(self) -> list[Weights]:
        """What each level weighs before anything is learned of matches, in natural log-odds."""
        return [np.log(m / u) for m, u in zip(self.taken, self.strangers.levels, strict=True)]

    def log_odds(self, levels: Sequence[Levels]) -> Weights:
        """How much speaks for pairs with these levels being matches."""
        return self.matches.log_likelihood(levels) - self._otherwise(levels)

    def as_related(self, levels: Sequence[Levels]) -> Weights:
        """How probable it is that pairs with these levels are related, of those that are no matches."""
        return np.asarray(np.exp(self.related.log_likelihood(levels) - self._otherwise(levels)), np.float64)

    def _otherwise(self, levels: Sequence[Levels]) -> Weights:
        kinds = [one.log_likelihood(levels) for one in (self.strangers, self.related, self.compatriots)]
        return np.asarray(reduce(np.logaddexp, kinds), np.float64)


@dataclass(frozen=True, slots=True)
class ByChance:
    """What is known of pairs of `rows` records that are not looked for.

    `drawn` are comparisons of pairs drawn by chance, strangers nearly all; `equal` says by comparison how many of all
    pairs are on a level, where that was counted, else NaN.
    """

    rows: int
    drawn: Sequence[Comparison]
    equal: Mapping[str, Weights] = field(default_factory=dict)

    @property
    def every(self) -> float:
        """How many pairs there are."""
        return self.rows * (self.rows - 1) / 2


def trained(found: Sequence[Comparison], seen: Patterns, by_chance: ByChance, how: Learning = DEFAULTS) -> Mixture:
    """What pairs of records look like, learned from the patterns of `found`, their candidates."""
    every = by_chance.every
    strangers_ = strangers(by_chance.drawn, by_chance.rows)
    drawn = [
        _of_strangers(levels, seen.counts, one, every) for levels, one in zip(seen.levels, strangers_, strict=True)
    ]
    met = [
        np.bincount(levels, seen.counts, len(u)).astype(np.float64)
        for levels, u in zip(seen.levels, drawn, strict=True)
    ]
    unlike = [
        _counted(one, u, by_chance, each, np.zeros(len(u))) for one, u, each in zip(found, drawn, met, strict=True)
    ]
    taken = [_of_matches(one, u) for one, u in zip(found, unlike, strict=True)]
    taken_related = related = [_of_related(one, m, u) for one, m, u in zip(found, taken, unlike, strict=True)]
    first = Class(1 / by_chance.rows, taken), Class(1.0, unlike), Class(1 / by_chance.rows, related)
    now = Mixture(*first, _compatriots(found, taken, unlike), taken)
    certain: Weights | None = None
    for _ in range(how.rounds):
        before, certain = certain, probability(now.log_odds(seen.levels))
        if before is not None and np.abs(certain - before).max() < how.settled:
            break
        # Only what is nearly certain teaches much: the square keeps doubtful pairs from widening what a match is.
        of_match = seen.counts * certain**2
        of_related = seen.counts * (1 - certain) * now.as_related(seen.levels)
        matches, related = [], []
        for q, one in enumerate(found):
            levels = seen.levels[q]
            linked = np.bincount(levels, seen.counts * certain, len(one.weights)).astype(np.float64)
            unlike[q] = _counted(one, drawn[q], by_chance, met[q], linked)
            share = _blended(levels, of_match, taken[q], how.pairs + how.strength * float(of_match.sum()))
            matches.append(_in_order(one, share, unlike[q]))
            strength = how.pairs + how.related_strength * float(of_related.sum())
            related.append(
                _normal(_OWN_SLIP * matches[q] + (1 - _OWN_SLIP) * unlike[q])
                if one.is_own
                else _blended(levels, of_related, taken_related[q], strength)
            )
        of_all, related_of_all = (max(float(part.sum()), 1.0) / every for part in (seen.counts * certain, of_related))
        kinds = Class(of_all, matches), Class(1.0, list(unlike)), Class(related_of_all, related)
        now = Mixture(*kinds, _compatriots(found, matches, unlike), taken)
    return now


_BOOST, _SHARE_OF_COMPATRIOTS = 3.0, 0.2


def _compatriots(found: Sequence[Comparison], matches: Sequence[Weights], unlike: Sequence[Weights]) -> Class:
    """Pairs of one part of a mixed list: their names and places agree a few times as often as those of strangers.

    Without them what a country's names and towns have in common would pass for matches, most of all in lists that have
    none.
    """
    levels = [
        _normal(u * np.clip(m / u, 1, _BOOST)) if one.is_of_many else u
        for one, m, u in zip(found, matches, unlike, strict=True)
    ]
    return Class(_SHARE_OF_COMPATRIOTS, levels)


def _of_strangers(levels: Levels, counts: Weights, drawn: Comparison, every: float) -> Weights:
    """How often strangers are on each level: as pairs drawn by chance are; of rare levels, as all that were found."""
    size = len(drawn.weights)
    by_chance = np.bincount(drawn.levels, minlength=size).astype(np.float64)
    seen = np.bincount(levels, counts, minlength=size)
    few = np.maximum(np.minimum(seen / every, _FEW / len(drawn.levels)), 0.3 / every)
    return _normal(np.where(by_chance >= _FEW, by_chance / len(drawn.levels), few))


def _counted(one: Comparison, drawn: Weights, by_chance: ByChance, met: Weights, matches: Weights) -> Weights:
    """How often strangers are on each level: where all pairs were counted, those of them that are no matches.

    Only where candidates hold but a part of those pairs (`met`) is there need: of a long list the plan leaves out most
    people who were born on one day. What a sample holds often enough it tells without any matches.
    """
    counted = np.full(len(drawn), np.nan)
    known = by_chance.equal.get(one.name, counted)
    counted[: len(known)] = known
    is_told = (drawn * _SAMPLED >= _FEW) | (met >= _MOSTLY * counted) | np.isnan(counted)
    left = np.maximum(counted - matches, 1.0) / by_chance.every
    return _normal(np.where(is_told, drawn, left))


_MOSTLY, _SAMPLED = 0.5, 300_000


def _of_matches(one: Comparison, unlike: Weights) -> Weights:
    """How often matches are on each level before anything is learned; they say nothing as often as strangers do.

    However rare it is that strangers agree, most matches do.
    """
    weights = np.array(one.weights)
    told = unlike * np.exp(weights * _BITS)
    told[0] = 0
    differ = told * (weights < 0)
    agree = told - differ
    if 0 < agree.sum() < differ.sum() * _AGREE / (1 - _AGREE):
        told = differ / differ.sum() * (1 - _AGREE) + agree / agree.sum() * _AGREE
    told = told / max(told.sum(), 1e-300) * (1 - unlike[0])
    told[0] = unlike[0]
    return np.asarray(told, np.float64)


_AGREE = 0.6


def _of_related(one: Comparison, matches: Weights, unlike: Weights) -> Weights:
    share = _OWN_OF_RELATED if one.is_own else _SHARED_BY_RELATED
    return np.asarray(share * matches + (1 - share) * unlike)


def _together(shares: Sequence[Weights], levels: Sequence[Levels]) -> Weights:
    told = np.zeros(len(levels[0]))
    for share, each in zip(shares, levels, strict=True):
        told += np.log(share)[each]
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
