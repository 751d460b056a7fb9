"""From scored pairs to clusters that resist chains: average linkage, so that one weak link glues no two groups.

Two clusters are as near as the mean of all pairs between them, where a pair that was not compared, or shares nothing,
counts against them. Clusters that are nearest to each other are joined, all of them at a time, until none are near
enough. Joining changes what is nearest, so the result may differ from that of joining one pair after the other; it is
the same for every order in which pairs are given.

Source: mutual nearest neighbours in agglomerative clustering, Murtagh, A Survey of Recent Advances in Hierarchical
Clustering Algorithms (1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tillid.stages.resolve.errors import JudgedBothWays
from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.training import Weights

Pairs = tuple[Rows, Rows]
NO_PAIRS: Pairs = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs of records that were compared, each once, with their natural log-odds of being a match."""

    left: Rows
    right: Rows
    log_odds: Weights


@dataclass(frozen=True, slots=True)
class Judged:
    """What people judged: pairs that are joined whatever they weigh, and pairs that never are, nor over others."""

    together: Pairs = NO_PAIRS
    apart: Pairs = NO_PAIRS


@dataclass(frozen=True, slots=True)
class Linkage:
    """When clusters are joined, in natural log-odds.

    A record joins where the mean is above `threshold`, two groups only above `threshold_of_groups`: a group is sure of
    itself, and what one record may lack, all of a group seldom do. A pair that was not compared counts as `missing`;
    no pair counts more than `most` either way.
    """

    threshold: float = -1.0
    threshold_of_groups: float = 0.5
    missing: float = -3.0
    most: float = 12.0


DEFAULTS = Linkage()


@dataclass(frozen=True, slots=True)
class _Links:
    """What lies between clusters: the sum and number of their pairs, and whether they must stay apart."""

    one: Rows
    other: Rows
    total: Weights
    pairs: Rows
    is_barred: npt.NDArray[np.bool_]

    def joined(self, into: Rows) -> _Links:
        """The links after each cluster became `into` another, or stayed."""
        a, b = into[self.one], into[self.other]
        between = a != b
        low, high = np.minimum(a, b)[between], np.maximum(a, b)[between]
        keys, of = np.unique(low * len(into) + high, return_inverse=True)
        return _Links(
            keys // len(into),
            keys % len(into),
            np.bincount(of, self.total[between], minlength=len(keys)).astype(np.float64),
            np.bincount(of, self.pairs[between], minlength=len(keys)).astype(np.int64),
            np.bincount(of, self.is_barred[between], minlength=len(keys)) > 0,
        )


def partition(rows: int, scored: Scored, judged: Judged | None = None, settings: Linkage = DEFAULTS) -> Rows:
    """The cluster of each of `rows` records, as the number of its first record.

    Raises `JudgedBothWays` where what is judged to be together is judged to be apart.

    >>> scored = Scored(np.array([0, 1, 3]), np.array([1, 2, 4]), np.array([6.0, 5.0, -4.0]))
    >>> partition(5, scored).tolist()
    [0, 0, 0, 3, 4]
    >>> partition(5, scored, Judged(apart=(np.array([0]), np.array([2])))).tolist()
    [0, 0, 2, 3, 4]
    """
    judged = judged or Judged()
    labels = _joined_first(rows, judged)
    sizes = np.bincount(labels, minlength=rows)
    links = _between(_that_may_join(rows, scored, judged, settings), judged.apart, settings.most).joined(labels)
    while len(links.one):
        nearness = _nearness(links, sizes, settings)
        into = _nearest_to_each_other(links, nearness, rows)
        moved = np.flatnonzero(into != np.arange(rows))
        if not len(moved):
            break
        np.add.at(sizes, into[moved], sizes[moved])
        labels = into[labels]
        links = links.joined(into)
    return labels


def _that_may_join(rows: int, scored: Scored, judged: Judged, settings: Linkage) -> Scored:
    """The pairs of records that could come to be in one cluster: that are connected by pairs near enough."""
    near = scored.log_odds > min(settings.threshold, settings.threshold_of_groups)
    one = np.concatenate([scored.left[near], judged.together[0]])
    other = np.concatenate([scored.right[near], judged.together[1]])
    _, groups = _connected(one, other, rows)
    within = groups[scored.left] == groups[scored.right]
    return Scored(scored.left[within], scored.right[within], scored.log_odds[within])


def _connected(one: Rows, other: Rows, rows: int) -> tuple[int, Rows]:
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(rows, rows))
    found: tuple[int, Rows] = connected_components(graph, directed=False)
    return found


def _joined_first(rows: int, judged: Judged) -> Rows:
    (one, other), apart = judged.together, judged.apart
    if not len(one) and not len(apart[0]):
        return np.arange(rows)
    _, groups = _connected(one, other, rows)
    _, firsts = np.unique(groups, return_index=True)
    labels = np.asarray(firsts[groups], np.int64)
    against = np.flatnonzero(labels[apart[0]] == labels[apart[1]])
    if len(against):
        raise JudgedBothWays(int(apart[0][against[0]]), int(apart[1][against[0]]))
    return labels


def _between(scored: Scored, apart: Pairs, most: float) -> _Links:
    parted = len(apart[0])
    return _Links(
        np.concatenate([scored.left, apart[0]]),
        np.concatenate([scored.right, apart[1]]),
        np.concatenate([np.clip(scored.log_odds, -most, most), np.zeros(parted)]),
        np.concatenate([np.ones(len(scored.left), np.int64), np.zeros(parted, np.int64)]),
        np.concatenate([np.zeros(len(scored.left), np.bool_), np.ones(parted, np.bool_)]),
    )


def _nearness(links: _Links, sizes: Rows, settings: Linkage) -> Weights:
    """The mean of all pairs between two clusters, -infinity where they are not to be joined."""
    every = sizes[links.one] * sizes[links.other]
    mean = (links.total + (every - links.pairs) * settings.missing) / every
    are_groups = np.minimum(sizes[links.one], sizes[links.other]) > 1
    enough = mean > np.where(are_groups, settings.threshold_of_groups, settings.threshold)
    # Sums of the same numbers in another order differ a little, and must not settle what is nearest.
    return np.asarray(np.where(enough & ~links.is_barred, np.round(mean, 9), -np.inf), np.float64)


def _nearest_to_each_other(links: _Links, nearness: Weights, rows: int) -> Rows:
    """What each cluster becomes: of two that are nearest to each other, the first; of two as near, the first pair."""
    near = nearness > -np.inf
    one = np.concatenate([links.one[near], links.other[near]])
    other = np.concatenate([links.other[near], links.one[near]])
    how = np.concatenate([nearness[near], nearness[near]])
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -how, one))
    firsts = order[np.unique(one[order], return_index=True)[1]]
    nearest = np.full(rows, -1, np.int64)
    nearest[one[firsts]] = other[firsts]
    mutual = firsts[(nearest[other[firsts]] == one[firsts]) & (one[firsts] < other[firsts])]
    into = np.arange(rows)
    into[other[mutual]] = one[mutual]
    return into
