"""The row is within the retention of the purpose."""

from __future__ import annotations

import ibis

from tillid.governance.rules.rule import Guard, TableUse


def within_retention(use: TableUse) -> Guard | None:
    """Keep rows that are younger than the shortest retention among the purposes of the permit.

    A row without that time is refused, save where the column says that it is still open (`valid_to`).
    """
    column = use.table.retained_from
    if column is None:
        return None
    cutoff = max(purpose.retention.before(use.now) for purpose in use.permit.purposes)
    at = use.rows[column]
    young = at >= ibis.literal(cutoff, type="timestamp(6)")
    # An open record version is what the source says today; its age counts from when it is closed.
    predicate = (at.isnull() | young) if column == "valid_to" else young
    return Guard(f"{column} not before {cutoff:%Y-%m-%d}", predicate)
