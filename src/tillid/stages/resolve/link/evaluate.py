"""How good clusters and probabilities are, where a column tells the truth.

Pairs are counted from the sizes of clusters, not one by one. Source of B-cubed: Bagga and Baldwin, Algorithms for
Scoring Coreference Chains (1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.training import Weights

_BINS = 10
_LEAST = 0.01
_GREY = (0.05, 0.95)
THRESHOLDS = (0.01, *(n / 20 for n in range(1, 20)), 0.97, 0.98, 0.99, 0.995, 0.999)
"""The probabilities of which it is told what comes of them as thresholds."""
Truths = npt.NDArray[np.bool_]
"""Whether each pair is a match."""


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what was found is right, and how much of what is right was found, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_dict(self) -> dict[str, float]:
        """As plain figures."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What linking came to, against the truth of `records` records.

    `clusters_exact` is of whole clusters of two or more records; `calibration_error` is the mean distance of
    probability and share of matches in ten bins of as many pairs, of those of probability .01 and more, and
    `calibration_error_grey` of those from .05 to .95.
    """

    records: int
    pairs: Score
    clusters_exact: Score
    b_cubed: Score
    blocking_recall: float
    candidates_per_record: float
    calibration_error: float
    calibration_error_grey: float

    def as_dict(self) -> dict[str, object]:
        """As plain figures."""
        return {
            "records": self.records,
            "pairs": self.pairs.as_dict(),
            "clusters_exact": self.clusters_exact.as_dict(),
            "b_cubed": self.b_cubed.as_dict(),
            "blocking_recall": self.blocking_recall,
            "candidates_per_record": self.candidates_per_record,
            "calibration_error": self.calibration_error,
            "calibration_error_grey": self.calibration_error_grey,
        }


def evaluated(truth: pa.Array, clusters: Rows, left: Rows, right: Rows, probabilities: Weights) -> Evaluation:
    """Hold clusters and compared pairs against `truth`, one value a record; records without one are left out.

    >>> truth = pa.array(["a", "a", "b", "b", None])
    >>> pairs = np.array([0, 2]), np.array([1, 3])
    >>> found = evaluated(truth, np.array([0, 0, 2, 3, 4]), *pairs, np.array([0.9, 0.4]))
    >>> found.pairs, found.clusters_exact.recall, found.blocking_recall
    (Score(precision=1.0, recall=0.5), 0.5, 1.0)
    """
    entity = _entities(truth)
    known = entity >= 0
    certain, is_match = told_pairs(truth, left, right, probabilities)
    wanted, told = entity[known], np.unique(clusters[known], return_inverse=True)[1]
    every = _pairs(wanted)
    grey = (certain > _GREY[0]) & (certain < _GREY[1])
    return Evaluation(
        len(wanted),
        pair_score(wanted, told),
        exact_score(wanted, told),
        b_cubed_score(wanted, told),
        _share(int(is_match.sum()), every),
        2 * len(certain) / max(len(wanted), 1),
        calibration_error(certain[is_likely(certain)], is_match[is_likely(certain)]),
        calibration_error(certain[grey], is_match[grey]),
    )


def told_pairs(truth: pa.Array, left: Rows, right: Rows, probabilities: Weights) -> tuple[Weights, Truths]:
    """Of the compared pairs whose records both have a truth: the probability, and whether they are a match."""
    entity = _entities(truth)
    both = (entity[left] >= 0) & (entity[right] >= 0)
    return probabilities[both], entity[left[both]] == entity[right[both]]


def matches_of(truth: pa.Array) -> int:
    """How many pairs of records are one entity.

    >>> matches_of(pa.array(["a", "a", "a", "b", None, None]))
    3
    """
    entity = _entities(truth)
    return _pairs(entity[entity >= 0])


def is_likely(probabilities: Weights) -> Truths:
    """Which pairs calibration is measured on: those that are not all but ruled out."""
    return np.asarray(probabilities >= _LEAST)


def _entities(truth: pa.Array) -> Rows:
    """A number an entity, -1 where nothing is known."""
    codes = truth.dictionary_encode().indices.fill_null(-1)
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)


def pair_score(wanted: Rows, told: Rows) -> Score:
    """Of pairs of records in one cluster."""
    both = _pairs(_crossed(wanted, told))
    return Score(_share(both, _pairs(told)), _share(both, _pairs(wanted)))


def exact_score(wanted: Rows, told: Rows) -> Score:
    """Of clusters of two or more records that are whole and hold nobody else."""
    crossed = _crossed(wanted, told)
    in_both, in_wanted, in_told = (_size_of_each(labels) for labels in (crossed, wanted, told))
    whole = (in_both == in_wanted) & (in_both == in_told) & (in_both > 1)
    right = len(np.unique(crossed[whole]))
    several = [len(np.unique(labels[size > 1])) for labels, size in ((told, in_told), (wanted, in_wanted))]
    return Score(_share(right, several[0]), _share(right, several[1]))


def b_cubed_score(wanted: Rows, told: Rows) -> Score:
    """Of each record's cluster, taken as the mean over records."""
    in_both, in_wanted, in_told = (_size_of_each(labels) for labels in (_crossed(wanted, told), wanted, told))
    if not len(in_both):
        return Score(1.0, 1.0)
    return Score(float((in_both / in_told).mean()), float((in_both / in_wanted).mean()))


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like probability: their mean probability, the share of them that are matches, and how many they are."""

    probability: float
    share: float
    pairs: int


def calibration_bins(probabilities: Weights, is_match: Truths) -> tuple[Bin, ...]:
    """Ten bins of as many pairs, by rising probability; one bin where all have one probability, none for no pairs.

    >>> calibration_bins(np.array([0.2] * 10), np.array([True] * 4 + [False] * 6))
    (Bin(probability=0.2, share=0.4, pairs=10),)
    """
    if not len(probabilities):
        return ()
    order = np.argsort(probabilities, kind="stable")
    # Pairs of one probability are not told apart by their place.
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    if probabilities[order[0]] == probabilities[order[-1]]:
        parts = [order]
    return tuple(Bin(round(float(probabilities[p].mean()), 9), float(is_match[p].mean()), len(p)) for p in parts)


def calibration_error(probabilities: Weights, is_match: Truths) -> float:
    """How far probabilities are from the share of matches, over ten bins of as many pairs; 0 for no pairs.

    >>> calibration_error(np.array([0.2] * 10), np.array([True] * 4 + [False] * 6))
    0.2
    """
    apart = sum(abs(each.probability - each.share) * each.pairs for each in calibration_bins(probabilities, is_match))
    return round(apart / max(len(probabilities), 1), 6)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What comes of taking each compared pair of at least this probability for a match, pair by pair."""

    probability: float
    score: Score


def by_threshold(probabilities: Weights, is_match: Truths, matches: int) -> tuple[Threshold, ...]:
    """Pairs as they would be linked at each threshold; `matches` are those that there are, compared or not.

    >>> found = by_threshold(np.array([0.9, 0.6, 0.4]), np.array([True, False, True]), 2)
    >>> [(at.probability, at.score.recall) for at in found if at.probability in (0.5, 0.95)]
    [(0.5, 0.5), (0.95, 0.0)]
    """
    order = np.argsort(-probabilities, kind="stable")
    right = np.concatenate([[0], np.cumsum(is_match[order])])
    taken = np.searchsorted(-probabilities[order], -np.array(THRESHOLDS), side="right")
    return tuple(
        Threshold(at, Score(_share(int(right[n]), int(n)), _share(int(right[n]), matches)))
        for at, n in zip(THRESHOLDS, taken, strict=True)
    )


def _crossed(one: Rows, other: Rows) -> Rows:
    return one * (int(other.max(initial=0)) + 1) + other


def _size_of_each(labels: Rows) -> Rows:
    _, of, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(sizes[of], np.int64)


def _pairs(labels: Rows) -> int:
    sizes = np.unique(labels, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    """Where there was nothing to find, all of it was found."""
    return part / whole if whole else 1.0
