"""Leads that stand in the file more than once: which row is kept, and which are its duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.people_list import PeopleList
from tillid.pipeline.leads.same_people import Same


def kept_rows(pairs: Iterable[Same], usable: pa.Array, fullness: Sequence[int]) -> dict[int, tuple[int, Same]]:
    """Each duplicate with the row that is kept in its place, and the pair by which it was found.

    Of the rows of one person the fullest is kept, of equals the first. Rows that are not `usable` are left out.
    """
    can_stay = usable.to_pylist()
    first: dict[int, int] = {}
    found: dict[int, Same] = {}

    def root(row: int) -> int:
        while first.setdefault(row, row) != row:
            first[row] = first[first[row]]
            row = first[row]
        return row

    for pair in sorted(pairs, key=lambda pair: -pair.probability):
        if can_stay[pair.lead] and can_stay[pair.other]:
            a, b = root(pair.lead), root(pair.other)
            if a != b:
                first[max(a, b)] = min(a, b)
            found.setdefault(pair.lead, pair)
            found.setdefault(pair.other, pair)
    groups: dict[int, list[int]] = {}
    for row in first:
        groups.setdefault(root(row), []).append(row)
    duplicates: dict[int, tuple[int, Same]] = {}
    for rows in groups.values():
        kept = min(rows, key=lambda row: (-fullness[row], row))
        duplicates |= {row: (kept, found[row]) for row in rows if row != kept}
    return duplicates


def fullness_of(leads: PeopleList) -> list[int]:
    """How many columns of each lead have a usable value."""
    filled = pa.array([0] * len(leads), pa.int32())
    for values in leads.washed.values():
        has = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False)
        filled = pc.add(filled, has.cast(pa.int32()))
    counts: list[int] = filled.to_pylist()
    return counts
