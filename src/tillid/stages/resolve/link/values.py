"""The distinct values of a field, what of them is compared, and pairs of them, each looked at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.sounds import sounds

Codes: TypeAlias = npt.NDArray[np.int32]
"""Numbers of values in a dictionary, one a record; -1 where there is none."""

Likeness: TypeAlias = npt.NDArray[np.float64]
Weights: TypeAlias = npt.NDArray[np.float64]
Measure: TypeAlias = "Callable[[Values, Codes, Codes], Likeness]"
"""How alike pairs of values are, given by their codes; it must not care which of the two stands first."""

_WORDS = 4
_SHORTEST_LIST = 1000


class Values:
    """The distinct values of a field, by code.

    >>> from tillid.stages.resolve.link.similarity import slips
    >>> field = Values(pa.array(["jensen", "jenson"]))
    >>> field.measured(np.array([0, 0, 1, -1]), np.array([1, 1, 1, 0]), slips, equal=0)
    array([ 1.,  1.,  0., nan])
    """

    def __init__(self, values: pa.Array) -> None:
        self.arrow = values

    @cached_property
    def texts(self) -> npt.NDArray[np.object_]:
        """The values as Python's texts."""
        return np.array(self.arrow.to_pylist(), dtype=object)

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """How many letters each value has."""
        return np.asarray(pc.utf8_length(self.arrow).to_numpy(zero_copy_only=False), np.int64)

    @cached_property
    def sounds(self) -> Codes:
        """Numbers that are the same for values that sound the same."""
        return numbered(sounds(self.arrow))[0]

    @cached_property
    def first_letters(self) -> Codes:
        """Numbers that are the same for values of one first letter."""
        return numbered(pc.utf8_slice_codeunits(self.arrow, 0, 1))[0]

    @cached_property
    def figures(self) -> Codes:
        """Numbers that are the same for values with the same figures in the same order."""
        return numbered(pc.replace_substring_regex(self.arrow, "[^0-9]", ""))[0]

    @cached_property
    def without_blanks(self) -> Codes:
        """Numbers that are the same for values that differ by blanks alone."""
        return numbered(pc.replace_substring(self.arrow, " ", ""))[0]

    @cached_property
    def boxes(self) -> Field:
        """Of e-mail addresses, what stands before the @."""
        return coded(pc.replace_substring_regex(self.arrow, "@.*", ""))

    @cached_property
    def providers(self) -> Field:
        """Of e-mail addresses, what stands behind the @."""
        return coded(pc.replace_substring_regex(self.arrow, "^[^@]*@?", ""))

    @cached_property
    def letters(self) -> npt.NDArray[np.object_]:
        """The letters of the values alone, as Python's texts."""
        return np.array(pc.replace_substring_regex(self.arrow, "[^a-z]", "").to_pylist(), dtype=object)

    @cached_property
    def has_figures(self) -> npt.NDArray[np.bool_]:
        """Which values have a figure; the last entry is for -1."""
        told = pc.match_substring_regex(self.arrow, "[0-9]").to_numpy(zero_copy_only=False)
        return np.append(told, np.False_)

    @cached_property
    def words(self) -> npt.NDArray[np.int32]:
        """Values × words: numbers of the first words of each value, -1 where there are fewer."""
        split = pc.split_pattern(self.arrow, " ")
        parents = pc.list_parent_indices(split).to_numpy().astype(np.int64)
        place = np.arange(len(parents)) - np.searchsorted(parents, parents)
        fits = place < _WORDS
        found = np.full((len(self.arrow), _WORDS), -1, np.int32)
        found[parents[fits], place[fits]] = numbered(split.flatten())[0][fits]
        return found

    def dates(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Values of eight digits as numbers, and which values are such."""
        is_whole = pc.match_substring_regex(self.arrow, "^[0-9]{8}$")
        numbers = pc.if_else(is_whole, self.arrow, "0").cast(pa.int64())
        return numbers.to_numpy(zero_copy_only=False), is_whole.to_numpy(zero_copy_only=False)

    def measured(self, left: Codes, right: Codes, measure: Measure, equal: float = 1.0) -> Likeness:
        """The measure of each pair of codes, NaN where one of them is -1, `equal` where both are the same."""
        told = np.where((left >= 0) & (right >= 0), equal, np.nan)
        differ = np.flatnonzero((left >= 0) & (right >= 0) & (left != right))
        if len(differ):
            low, high = np.minimum(left[differ], right[differ]), np.maximum(left[differ], right[differ])
            # Arrow numbers distinct pairs without sorting them.
            pairs = pa.array(low.astype(np.int64) * len(self.arrow) + high).dictionary_encode()
            once = pairs.dictionary.to_numpy()
            alike = measure(self, *(part.astype(np.int32) for part in np.divmod(once, len(self.arrow))))
            told[differ] = alike[pairs.indices.to_numpy()]
        return told


@dataclass(frozen=True, slots=True)
class Field:
    """One field of all records: the code of each record's value, and the distinct values as they are compared."""

    codes: Codes
    values: Values

    def bits(self) -> npt.NDArray[np.float64]:
        """How rare each value is: log2 of one in so many records; the last entry, for -1, is 0."""
        return rarity(self.codes, len(self.values.arrow))


def coded(values: pa.Array) -> Field:
    """A field of these values."""
    codes, distinct = numbered(values)
    return Field(codes, Values(distinct))


def numbered(values: pa.Array) -> tuple[Codes, pa.Array]:
    """The code of each value, -1 for none, and the distinct values.

    >>> codes, values = numbered(pa.array(["b", None, "b", "a"]))
    >>> codes.tolist(), values.to_pylist()
    ([0, -1, 0, 1], ['b', 'a'])
    """
    packed = values.dictionary_encode()
    codes = packed.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes, packed.dictionary


def rarity(codes: Codes, distinct: int) -> npt.NDArray[np.float64]:
    """How rare each of `distinct` values is: log2 of one in so many records; a last entry, for -1, is 0."""
    counts = np.bincount(codes[codes >= 0], minlength=distinct)
    return bits_of(counts, len(codes))


def bits_of(counts: npt.NDArray[np.int64], rows: int) -> npt.NDArray[np.float64]:
    """How rare values are that have these counts among so many records; a last entry is 0.

    A short list says little of how rare a value is: it counts as a part of a longer one.

    >>> bits_of(np.array([1, 500]), 4000).round(1)
    array([12.,  3.,  0.])
    """
    return np.append(np.log2(max(rows, _SHORTEST_LIST) / np.maximum(counts, 1)), 0.0)
