"""One list laid out so that the rows of another, batch by batch, find who among them is the same person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from tillid.stages.resolve.lookup import Lookup, Rows
from tillid.stages.resolve.near.nicknames import is_nickname
from tillid.stages.resolve.near.weights import INITIAL, NEARLY, Likeness, Weights, in_country

# Pairs are looked at when they share all of one of these; the number is how many leading characters count.
_BLOCKS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("postcode", 9), ("house", 9), ("first_name", 1)),
    (("postcode", 9), ("house", 9), ("last_name", 1)),
    (("postcode", 9), ("last_name", 2), ("first_name", 1)),
    (("born", 10), ("first_name", 1)),
    (("born", 10), ("last_name", 2)),
    (("first_name", 30), ("last_name", 30), ("house", 9)),
)
_LEAST_LIKELY = 1e-9
_SHORTEST_SLIP, _SHORTEST_FORM = 4, 3
_THE_SAME = 0.999
_Similarity: TypeAlias = Callable[[list[str], list[str]], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of rows: `indexed` numbers rows of the index, `others` rows of the batch; arrays of one length."""

    indexed: Rows
    others: Rows
    probability: npt.NDArray[np.float64]


class Index:
    """Rows (as `compared` gives them) among which the same persons are found.

    >>> from tillid.stages.resolve.near.compared import compared
    >>> def people(*names):
    ...     given = {"name": pa.array(names), "address": pa.array(["Nygade 7"] * len(names))}
    ...     return compared({**given, "postcode": pa.array(["2100"] * len(names))}, len(names))
    >>> found = Index(people("Ida Holm", "Bo Friis")).matches(people("Ida Holmm"), others=1000)
    >>> found.indexed.tolist(), bool(found.probability[0] > 0.9)
    ([0], True)
    """

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows.combine_chunks()
        self._weights = Weights(self._rows)
        self._blocks = [(parts, Lookup(_key(self._rows, parts))) for parts in _BLOCKS]

    def matches(self, batch: pa.Table, others: int, threshold: float = 0.0) -> Matches:
        """The pairs of at least the threshold's probability, when the batch is of a list of `others` rows."""
        batch = batch.combine_chunks()
        found = [block.pairs(_key(batch, parts)) for parts, block in self._blocks]
        indexed = np.concatenate([pair[0] for pair in found])
        theirs = np.concatenate([pair[1] for pair in found])
        once = np.unique(indexed * max(len(batch), 1) + theirs)
        return self._scored(batch, once // max(len(batch), 1), once % max(len(batch), 1), others, threshold)

    def matches_within(self, threshold: float) -> Matches:
        """The pairs among the index's own rows, each once, the earlier row as `indexed`."""
        both = self.matches(self._rows, len(self._rows), threshold)
        once = both.indexed < both.others
        return Matches(both.indexed[once], both.others[once], both.probability[once])

    def _scored(self, batch: pa.Table, indexed: Rows, theirs: Rows, others: int, threshold: float) -> Matches:
        alike = _alike(self._rows, batch, indexed, theirs)
        codes = {
            name: _codes(in_country(self._rows, name), values, indexed) for name, values in self._weights.values.items()
        }
        probability = self._weights.probability(alike, codes, others)
        kept = probability >= max(threshold, _LEAST_LIKELY)
        return Matches(indexed[kept], theirs[kept], probability[kept])


def _key(rows: pa.Table, parts: Sequence[tuple[str, int]]) -> pa.Array:
    texts = [pc.utf8_slice_codeunits(rows.column(name), 0, length) for name, length in parts]
    joined = pc.binary_join_element_wise(*texts, "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _codes(column: pa.ChunkedArray, values: pa.Array, rows: Rows) -> Rows:
    codes = pc.index_in(column, value_set=values).fill_null(0).to_numpy().astype(np.int64)
    return codes[rows] if len(codes) else np.zeros(0, np.int64)


def _alike(indexed: pa.Table, batch: pa.Table, mine: Rows, theirs: Rows) -> Likeness:
    def two(name: str) -> tuple[_Coded, _Coded]:
        return _Coded(indexed.column(name), mine), _Coded(batch.column(name), theirs)

    straight = [_names_alike(*two(name)) for name in ("first_name", "last_name")]
    # First and last name come swapped; half a step is taken off, so that it never counts as equal.
    (first_a, first_b), (last_a, last_b) = two("first_name"), two("last_name")
    crossed = [_names_alike(first_a, last_b) * 0.99, _names_alike(last_a, first_b) * 0.99]
    swapped = np.minimum(crossed[0], crossed[1]) > np.fmax(0.9, np.maximum(straight[0], straight[1]))
    first = np.where(swapped, crossed[0], straight[0])
    last = np.where(swapped, crossed[1], straight[1])
    house = _equal(*two("house"))
    street = _pairwise(*two("street"), _letters_alike)
    address = np.where(house == 1.0, street, np.where(np.isnan(house) | np.isnan(street), np.nan, 0.0))
    born = _pairwise(*two("born"), _digits_alike)
    first = _with_nicknames(first, *two("first_name"), _Coded(indexed.column("country"), mine), (address, born))
    postcode, email, phone, unit = (_equal(*two(name)) for name in ("postcode", "email", "phone", "unit"))
    return Likeness(first, last, postcode, address, born, email, phone, unit)


class _Coded:
    """A column's values by code, for the rows of pairs; a distinct pair of values is compared once."""

    def __init__(self, column: pa.ChunkedArray, rows: Rows) -> None:
        array = column.combine_chunks()
        array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
        coded = array.dictionary_encode()
        self.values: list[str] = coded.dictionary.to_pylist()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        self.codes = codes[rows] if len(codes) else np.zeros(0, np.int64)


def _pairwise(a: _Coded, b: _Coded, similarity: _Similarity) -> npt.NDArray[np.float64]:
    alike = np.full(len(a.codes), np.nan)
    both = np.nonzero((a.codes >= 0) & (b.codes >= 0))[0]
    if not len(both):
        return alike
    keys, place = np.unique(a.codes[both] * len(b.values) + b.codes[both], return_inverse=True)
    left = [a.values[code] for code in keys // len(b.values)]
    right = [b.values[code] for code in keys % len(b.values)]
    alike[both] = similarity(left, right)[place]
    return alike


def _letters_alike(left: list[str], right: list[str]) -> npt.NDArray[np.float64]:
    return cpdist(left, right, scorer=JaroWinkler.normalized_similarity, dtype=np.float64, workers=-1)


def _digits_alike(left: list[str], right: list[str]) -> npt.NDArray[np.float64]:
    """1 where equal, 0.9 where one digit differs or two are swapped."""
    slips = cpdist(left, right, scorer=OSA.distance, dtype=np.int32, workers=-1)
    return np.where(slips == 0, 1.0, np.where(slips == 1, NEARLY, 0.0))


def _spelled_alike(left: list[str], right: list[str]) -> npt.NDArray[np.float64]:
    """Jaro and Winkler's likeness; one slip of the fingers, or a short form within the long one, counts as near."""
    alike = _letters_alike(left, right)
    slips = cpdist(left, right, scorer=OSA.distance, dtype=np.int32, workers=-1)
    shorter = np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)])
    within = np.array([a in b or b in a for a, b in zip(left, right, strict=True)])
    near = ((slips == 1) & (shorter >= _SHORTEST_SLIP)) | (within & (shorter >= _SHORTEST_FORM))
    return np.where(near, np.maximum(alike, NEARLY), alike)


def _names_alike(a: _Coded, b: _Coded) -> npt.NDArray[np.float64]:
    return _with_initials(a, b, _pairwise(a, b, _spelled_alike))


def _with_nicknames(
    alike: npt.NDArray[np.float64], a: _Coded, b: _Coded, country: _Coded, agreeing: Sequence[npt.NDArray[np.float64]]
) -> npt.NDArray[np.float64]:
    """Two forms of one given name are near, where the address or the birth date is the same; elsewhere two names."""
    same = np.any([one >= _THE_SAME for one in agreeing], axis=0)
    places = np.nonzero(same & (a.codes >= 0) & (b.codes >= 0) & (alike < NEARLY))[0]
    if not len(places):
        return alike
    triples = np.stack([a.codes[places], b.codes[places], country.codes[places]])
    distinct, back = np.unique(triples, axis=1, return_inverse=True)
    known = np.array(
        [
            is_nickname(a.values[one], b.values[other], country.values[code] if code >= 0 else "")
            for one, other, code in distinct.T.tolist()
        ]
    )
    alike = alike.copy()
    alike[places[known[back.reshape(-1)]]] = NEARLY
    return alike


def _with_initials(a: _Coded, b: _Coded, alike: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """An initial that fits the other's name is near, one that does not differs."""
    if not a.values or not b.values:
        return alike
    length = [np.array([len(value) for value in side.values]) for side in (a, b)]
    start = [np.array([ord(value[0]) for value in side.values]) for side in (a, b)]
    known = (a.codes >= 0) & (b.codes >= 0)
    is_initial = known & ((length[0][a.codes] == 1) | (length[1][b.codes] == 1))
    fits = is_initial & (start[0][a.codes] == start[1][b.codes])
    return np.where(is_initial & ~fits, 0.0, np.where(fits, INITIAL, alike))


def _equal(a: _Coded, b: _Coded) -> npt.NDArray[np.float64]:
    places = {value: code for code, value in enumerate(b.values)}
    mine = np.array([places.get(value, -2) for value in a.values], np.int64)
    same = np.zeros(len(a.codes)) if not len(mine) else (mine[a.codes] == b.codes).astype(np.float64)
    return np.where((a.codes < 0) | (b.codes < 0), np.nan, same)
