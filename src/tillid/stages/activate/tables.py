"""The tables that this stage owns: what went to whom, when, for which purpose and on what evidence."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tillid.governance.housekeeping import DELIVERIES as DELIVERIES_PURPOSE
from tillid.governance.housekeeping import PERMISSIONS
from tillid.terms.table import PERSON_ID, Column, Path, Table, TableKind

ADDED = "added"
KEPT = "kept"
REMOVED = "removed"

_ACT = frozenset({"system.operations"})
_WHO_IS_LISTED = frozenset({"user.behavior"})
_STANDING = frozenset({"user.privacy_preferences"})

DELIVERIES = Table(
    "deliveries",
    (
        Column("delivery_id", "string", _ACT, "Delivery"),
        Column("activation", "string", _WHO_IS_LISTED, "Activation"),
        Column("purpose", "string", _STANDING, "Purpose"),
        Column("destination", "string", _ACT, "Destination"),
        Column("change", "string", _WHO_IS_LISTED, "Added, kept or removed"),
        Column("sent_at", "timestamp(6)", _ACT, "Sent"),
        Column("evidence", "string", _STANDING, "Legal basis and evidence"),
        Column("register_version", "string", _ACT, "Register version"),
    ),
    # By subject: the id of the person at that time, which leads to the person of today after a merge or split.
    path=Path.SUBJECT,
    only_for=frozenset({DELIVERIES_PURPOSE, PERMISSIONS}),
    label="What went to whom",
)

LISTED_PERSON = "listed_person"

LISTED = Table(
    "listed",
    (Column(LISTED_PERSON, "int64", key=True),),
    kind=TableKind.STAGED,
    only_for=frozenset({PERMISSIONS}),
    label="The members of a segment while one of its activations is judged",
)

TABLES = (DELIVERIES, LISTED)


def last_list(deliveries: ir.Table, activation: str) -> ir.Table:
    """Who is on the list that `activation` sent last: `person_id`, each once; none before the first delivery.

    `deliveries` is the unbound table of that name, to be read under `housekeeping.deliveries`. Two
    deliveries at the very same time count as one.

    >>> last_list(ibis.table(DELIVERIES.logical(), name="deliveries"), "news").columns
    ('person_id',)
    """
    mine = deliveries.filter(deliveries["activation"] == activation)
    newest = mine.aggregate(sent_at=mine["sent_at"].max())
    last = mine.semi_join(newest, mine["sent_at"] == newest["sent_at"])
    return last.filter(last["change"] != ibis.literal(REMOVED)).select(PERSON_ID).distinct()
