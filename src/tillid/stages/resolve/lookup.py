"""Values laid out so that many others find all rows with their own value at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Rows = npt.NDArray[np.int64]


class Lookup:
    """Rows by value; null is no value.

    >>> lookup = Lookup(pa.array(["a", "b", "a", None]))
    >>> [pair.tolist() for pair in lookup.pairs(pa.array(["b", None, "a"]))]
    [[1, 0, 2], [0, 2, 2]]
    """

    def __init__(self, values: pa.Array) -> None:
        coded = values.dictionary_encode()
        codes = _codes(coded.indices)
        order = np.argsort(codes, kind="stable")
        self._values = coded.dictionary
        self._rows: Rows = order[codes[order] >= 0]
        self._starts = np.searchsorted(codes[self._rows], np.arange(len(self._values) + 1))

    @classmethod
    def of_columns(cls, columns: Sequence[pa.Array]) -> tuple[Lookup, int]:
        """One lookup over several columns of one length: a row it gives, modulo the length, is the row of all."""
        length = len(columns[0]) if columns else 0
        values = pa.concat_arrays(list(columns)) if columns else pa.array([], pa.string())
        return cls(values), max(length, 1)

    def pairs(self, values: pa.Array) -> tuple[Rows, Rows]:
        """Each pair of a row of the lookup and a row of `values` that have one value; two arrays of one length."""
        codes = _codes(pc.index_in(values, value_set=self._values))
        others = np.nonzero(codes >= 0)[0]
        starts, ends = self._starts[codes[others]], self._starts[codes[others] + 1]
        counts = ends - starts
        before = np.repeat(np.cumsum(counts) - counts, counts)
        places = np.arange(counts.sum()) - before + np.repeat(starts, counts)
        return self._rows[places], np.repeat(others, counts)

    def groups(self) -> Iterator[Rows]:
        """The rows of each value that several have, in order."""
        ends = self._starts[1:]
        for value in np.nonzero(ends - self._starts[:-1] > 1)[0]:
            yield self._rows[self._starts[value] : self._starts[value + 1]]


def _codes(indices: pa.Array) -> Rows:
    found: Rows = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found
