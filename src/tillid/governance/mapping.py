"""The subject → person mapping, which carries each person's permissions and which every person query joins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tillid.governance.housekeeping import PERMISSIONS
from tillid.terms.purpose import Purpose
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Column, Table, TableKind

MAPPING = "mapping"
RESTRICTED = "restricted"
FOREVER = datetime(9999, 12, 31)


def until_column(purpose: str) -> str:
    """The mapping's column with the time until which a person may be processed for `purpose`.

    >>> until_column("newsletter")
    'until__newsletter'
    """
    return f"until__{purpose}"


def mapping_table(purposes: Iterable[Purpose]) -> Table:
    """The declaration of the mapping: one row a subject, the row of subject 0 (no person) included.

    A person's id is the subject of theirs that was received earliest, so the mapping also redirects the
    id of a person who was merged into another.
    """
    return Table(
        MAPPING,
        (
            Column(SUBJECT_ID, "int64", key=True),
            Column(PERSON_ID, "int64", key=True),
            Column(RESTRICTED, "boolean", frozenset({"user.privacy_preferences"})),
            *(Column(until_column(p.key), "timestamp(6)", frozenset({"user.privacy_preferences"})) for p in purposes),
        ),
        kind=TableKind.DERIVED,
        only_for=frozenset({PERMISSIONS}),
        label="Which person a subject is, and what they may be processed for",
    )
