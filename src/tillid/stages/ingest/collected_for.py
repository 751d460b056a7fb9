"""What each row was collected for: the purposes of the whole source and those that a field of the row grants."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.to_boolean import boolean_of

COLLECTED_FOR = "collected_for"
"""The column of an ingested batch that holds the purposes, as `written` writes them."""


def written(purposes: Iterable[str]) -> str:
    """A set of purposes as one text, the same for the same set.

    >>> written({"orders", "analytics"}), read(""), sorted(read("analytics|orders"))
    ('analytics|orders', frozenset(), ['analytics', 'orders'])
    """
    return "|".join(sorted(purposes))


def read(text: str) -> frozenset[str]:
    """The set that `written` wrote."""
    return frozenset(text.split("|")) if text else frozenset()


class CollectedFor:
    """Works out the purposes of rows; a field that is missing or not true grants nothing."""

    def __init__(self, definition: SourceDefinition) -> None:
        self._fields = tuple(definition.collected_for_if.items())
        granting = [purpose for purpose, _ in self._fields]
        always = frozenset(definition.collected_for)
        # Entry n stands for the fields whose bit is set in n.
        self._sets = pa.array(
            [
                written(always | {purpose for bit, purpose in enumerate(granting) if n >> bit & 1})
                for n in range(1 << len(granting))
            ],
            pa.string(),
        )

    def of(self, batch: pa.RecordBatch) -> pa.DictionaryArray:
        """The purposes of each row, as a dictionary-encoded column (int32 → text)."""
        index = pa.repeat(pa.scalar(0, pa.int32()), batch.num_rows)
        for bit, (_, path) in enumerate(self._fields):
            if path in batch.schema.names:
                granted = pc.fill_null(boolean_of(batch.column(path)), False)
                index = pc.add(index, pc.multiply(granted.cast(pa.int32()), pa.scalar(1 << bit, pa.int32())))
        return pa.DictionaryArray.from_arrays(index, self._sets)
