"""Who is in a segment now, who entered and who left."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from tillid.terms.table import PERSON_ID

ENTERED_AT = "entered_at"


def entered(members: ir.Table, former: ir.Table) -> ir.Table:
    """The `person_id` of those in `members` who are not in `former`."""
    return members.select(PERSON_ID).anti_join(former.select(PERSON_ID), PERSON_ID)


def left(members: ir.Table, former: ir.Table) -> ir.Table:
    """The `person_id` of those in `former` who are not in `members`."""
    return entered(former, members)


def members_since(members: ir.Table, former: ir.Table, as_of: datetime) -> ir.Table:
    """`members` with the time since which each is one without a break: `person_id`, `entered_at` (UTC).

    `former` holds the same two columns, of the last run; who was not in it entered at `as_of`.
    """
    joined = members.left_join(former, members[PERSON_ID] == former[PERSON_ID])
    since = ibis.coalesce(former[ENTERED_AT], ibis.literal(as_of, type="timestamp"))
    return joined.select(**{PERSON_ID: members[PERSON_ID], ENTERED_AT: since})


def each_once(former: ir.Table) -> ir.Table:
    """`former` members (`person_id`, `entered_at`), each once: of two who were merged the earliest entry counts."""
    return former.group_by(PERSON_ID).aggregate(**{ENTERED_AT: former[ENTERED_AT].min()})
