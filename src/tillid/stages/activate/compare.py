"""What changed since the last delivery: who is new on the list, who stays, who is gone from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tillid.terms.table import PERSON_ID

People: TypeAlias = pa.Array
"""Ids of persons: int64, ascending, each once."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two lists compared; every person of either is in exactly one of the three."""

    added: People
    kept: People
    removed: People


def difference(now: pa.Table, before: pa.Table) -> Difference:
    """Compare the list to be sent with the one sent last, by `person_id`.

    >>> found = difference(pa.table({"person_id": [1, 2]}), pa.table({"person_id": [2, 3]}))
    >>> found.added.to_pylist(), found.kept.to_pylist(), found.removed.to_pylist()
    ([1], [2], [3])
    """
    new, old = _people(now), _people(before)
    stays = pc.is_in(new, value_set=old)
    return Difference(
        added=new.filter(pc.invert(stays)),
        kept=new.filter(stays),
        removed=old.filter(pc.invert(pc.is_in(old, value_set=new))),
    )


def _people(rows: pa.Table) -> People:
    ids = pc.unique(rows[PERSON_ID].cast(pa.int64()).drop_null())
    return ids.take(pc.array_sort_indices(ids))
