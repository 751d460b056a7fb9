"""The tables that this stage owns: one for each segment, a row for each member."""

from __future__ import annotations

from tillid.stages.segment.definitions import SegmentDefinition
from tillid.stages.segment.members import ENTERED_AT
from tillid.terms.table import Column, Path, Table, TableKind


def members_table_name(segment: str) -> str:
    """The table of a segment's members.

    >>> members_table_name("lapsed")
    'segment__lapsed'
    """
    return f"segment__{segment}"


def members_table(definition: SegmentDefinition, categories: frozenset[str], of: frozenset[str]) -> Table:
    """The declaration of a segment's members, worked out from the scoped tables `of`.

    To be a member tells what the rule reads, so the table has the `categories` of all of that, and the one that
    the segment declares. It is kept for each
    purpose by itself: who is in it tells whom the purpose permits.
    """
    if definition.category is not None:
        categories |= {definition.category}
    return Table(
        members_table_name(definition.name),
        (Column(ENTERED_AT, "timestamp(6)", categories, "Member since"),),
        path=Path.PERSON,
        kind=TableKind.DERIVED,
        scoped=True,
        shared=False,
        worked_out_from=of,
        label=definition.label,
    )
