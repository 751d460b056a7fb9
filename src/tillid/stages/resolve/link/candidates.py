"""Which pairs are compared at all: for each record those that share the most bits of keys with it.

Nearest neighbours by shared rarity, so that no block is dropped for its size: a key that very many records share counts
for nothing beside their finer ones, and only then is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from tillid.stages.resolve.link.keys import Keyed
from tillid.stages.resolve.link.levels import Rows


@dataclass(frozen=True, slots=True)
class Looking:
    """How candidates are looked for.

    `nearest` records are taken of each, of those that share at least `least_share` of the bits that tell one record
    from all others (log2 of their number). Keys are left out from the most frequent down until what is left brings at
    most `work` pairs; a record with much to say does not crowd out others by more than the power `evened`.
    """

    nearest: int = 23
    least_share: float = 0.5
    work: float = 1e9
    most_frequent: float = 0.1
    evened: float = 0.25


DEFAULTS = Looking()
_AT_A_TIME = 2000
_ALWAYS_KEPT = 20


def candidates(keyed: Keyed, rows: int, how: Looking = DEFAULTS) -> tuple[Rows, Rows]:
    """The pairs of `rows` records that are compared, each once and the lesser row first, in order."""
    counts = np.bincount(keyed.keys, minlength=keyed.distinct)
    kept = (counts > 1) & (counts <= _cap(counts, rows, how))
    number = np.cumsum(kept) - 1
    entries = kept[keyed.keys]
    matrix = csr_matrix(
        (np.sqrt(keyed.weights[entries]), (keyed.records[entries], number[keyed.keys[entries]])),
        shape=(rows, int(kept.sum())),
    )
    matrix.sum_duplicates()
    total = np.bincount(keyed.records, keyed.weights, minlength=rows)
    across = matrix.T.tocsr()
    least = how.least_share * np.log2(max(rows, 2))
    found = []
    for start in range(0, rows, _AT_A_TIME):
        shared = matrix[start : start + _AT_A_TIME] @ across
        one = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr)) + start
        other, bits = shared.indices.astype(np.int64), shared.data
        enough = (bits >= least) & (one != other)
        one, other, bits = one[enough], other[enough], bits[enough]
        rank = _rank(one, other, bits / (total[one] * total[other]) ** how.evened)
        near = rank < how.nearest
        found.append(np.minimum(one, other)[near] * rows + np.maximum(one, other)[near])
    pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
    return pairs // rows, pairs % rows


def _cap(counts: npt.NDArray[np.int64], rows: int, how: Looking) -> float:
    """The most records that a key may have."""
    in_order = np.sort(counts)
    work = np.cumsum(in_order.astype(np.float64) ** 2)
    place = int(np.searchsorted(work, how.work))
    cap = in_order[min(place, len(in_order) - 1)] if len(in_order) else 0
    return float(min(cap, max(how.most_frequent * rows, _ALWAYS_KEPT)))


def _rank(one: Rows, other: Rows, likeness: npt.NDArray[np.float64]) -> Rows:
    """The place of each pair among those of its first record, the most alike first, then the least row."""
    order = np.lexsort((other, -likeness, one))
    ranks = np.empty(len(one), np.int64)
    in_order = one[order]
    ranks[order] = np.arange(len(one)) - np.searchsorted(in_order, in_order)
    return ranks
