"""The matcher on any table: which records are one person or company, how probably, and what speaks for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link import candidates as looking
from tillid.stages.resolve.link.blocks import Slots
from tillid.stages.resolve.link.clusters import Linkage, Scored, partition
from tillid.stages.resolve.link.comparisons import comparisons, equal_pairs
from tillid.stages.resolve.link.keys import slots
from tillid.stages.resolve.link.levels import Comparison, Rows
from tillid.stages.resolve.link.prepared import Prepared, prepared
from tillid.stages.resolve.link.refining import refined
from tillid.stages.resolve.link.roles import Roles
from tillid.stages.resolve.link.training import ByChance, Patterns, Trained, Weights, probability, trained, untrained

_DRAWN, _SEED = 300_000, 1
_AT_A_TIME = 500_000
_LANES = min(os.cpu_count() or 1, 4)
_REFINED = 4
_MOST_TAUGHT = 1_000_000
_FEWEST_PAIRS = 200
"""Fewer pairs teach nothing, and the weights stay as they are taken before."""
# The clusters of a round teach the next more than the pairs' own probabilities. They are drawn wide: what two groups
# that are one lack of each other is what weak pairs of matches look like.
_TEACHING = Linkage(threshold_of_groups=-1.0)
_TRUST = 0.9


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking found.

    `clusters` is one number a record, that of the first record of its cluster. `left`, `right` and `log_odds` are the
    pairs that were compared; `comparisons` their levels, of which `model` says what each weighs.
    """

    clusters: Rows
    left: Rows
    right: Rows
    log_odds: Weights
    comparisons: Sequence[Comparison]
    model: Trained

    @property
    def probabilities(self) -> Weights:
        """The probability that a pair is a match, one a pair."""
        return probability(self.log_odds)


def link(table: pa.Table, roles: Roles) -> Linked:
    """Link the records of a table, without labels.

    >>> from tillid.stages.resolve.link.roles import Role
    >>> names = ["Ida Holm", "Ida Holm", "Bo Dahl", "Bo Dal", "Per Lund"]
    >>> mails = ["ida@mail.example", "ida@mail.example", "bo@mail.example", "bo@mail.example", None]
    >>> table = pa.table({"name": names, "mail": mails})
    >>> roles = Roles({Role.FULL_NAME: ("name",), Role.EMAIL: ("mail",)})
    >>> link(table, roles).clusters.tolist()
    [0, 0, 2, 2, 4]
    """
    order = _in_order(table, roles)
    records = prepared(table.take(pa.array(order)), roles)
    left, right = looking.candidates(Slots(slots(records), records.rows))
    found = compared(records, left, right)
    model = untrained(found, records.rows)
    if len(left) >= _FEWEST_PAIRS:
        model = _learned(records, left, right, found)
    log_odds = model.log_odds(found)
    clusters = _first_of_each(partition(records.rows, Scored(left, right, log_odds)), order)
    one, other = order[left], order[right]
    return Linked(clusters, np.minimum(one, other), np.maximum(one, other), log_odds, found, model)


def _learned(records: Prepared, left: Rows, right: Rows, found: Sequence[Comparison]) -> Trained:
    """The weights of levels, from the pairs alone and then from the clusters that they give."""
    # Of very many pairs, a part says the same.
    step = -(-len(left) // _MOST_TAUGHT)
    lesson = [replace(one, levels=one.levels[::step]) for one in found]
    seen = Patterns.of(lesson, times=step)
    by_chance = ByChance(records.rows, comparisons(records, *_drawn(records.rows)), equal_pairs(records))
    mixture = trained(found, seen, by_chance)
    log_odds = mixture.log_odds([one.levels for one in found])
    taken = mixture.weights_taken
    model = None
    for _ in range(_REFINED):
        clusters = partition(records.rows, Scored(left, right, log_odds), settings=_TEACHING)
        together = (clusters[left[::step]] == clusters[right[::step]]).astype(np.float64)
        certain = _TRUST * together + (1 - _TRUST) * probability(log_odds[::step])
        model = refined(found, seen, step * np.bincount(seen.of_pair, certain) / seen.counts, taken, model)
        log_odds = model.log_odds(found)
    return model or untrained(found, records.rows)


def _in_order(table: pa.Table, roles: Roles) -> Rows:
    """The rows in an order that hangs on what they say alone, so that the order in which they come changes nothing."""
    names = dict.fromkeys(name for columns in roles.columns.values() for name in columns)
    texts = pa.table({name: table[name].cast(pa.string()) for name in names})
    order = pc.sort_indices(texts, sort_keys=[(name, "ascending") for name in names])
    return np.asarray(order.to_numpy(), np.int64)


def _first_of_each(clusters: Rows, order: Rows) -> Rows:
    """Clusters of rows in `order`, by the first row of each as they came."""
    firsts = np.full(len(order), len(order), np.int64)
    np.minimum.at(firsts, clusters, order)
    labels = np.empty(len(order), np.int64)
    labels[order] = firsts[clusters]
    return labels


def compared(records: Prepared, left: Rows, right: Rows) -> list[Comparison]:
    """The comparisons of many pairs, a bounded number of them at a time."""
    starts = range(0, max(len(left), 1), _AT_A_TIME)
    with ThreadPoolExecutor(_LANES) as lanes:
        parts = list(
            lanes.map(lambda at: comparisons(records, left[at : at + _AT_A_TIME], right[at : at + _AT_A_TIME]), starts)
        )
    return [
        Comparison(
            every[0].name,
            np.concatenate([one.levels for one in every]),
            every[0].weights,
            every[0].is_own,
            every[0].is_of_many,
        )
        for every in zip(*parts, strict=True)
    ]


def _drawn(rows: int) -> tuple[Rows, Rows]:
    """Pairs drawn by chance, the same ones each time."""
    chance = np.random.default_rng(_SEED)
    one, other = chance.integers(0, rows, _DRAWN), chance.integers(0, rows, _DRAWN)
    return one[one != other], other[one != other]
