"""An internal table is read under its own purpose alone."""

from __future__ import annotations

from tillid.governance.errors import TableNotForPurpose
from tillid.governance.housekeeping import is_housekeeping
from tillid.governance.rules.rule import Guard, TableUse


def table_for_purpose(use: TableUse) -> Guard | None:
    """Refuse an internal table under a purpose that it does not name, and all others under housekeeping."""
    allowed = use.table.only_for
    for purpose in use.permit.purposes:
        if allowed and purpose.key not in allowed:
            raise TableNotForPurpose(
                f"The table {use.table.name!r} is internal: it can't be read for {purpose.key!r}",
                hint=f"It is for {', '.join(sorted(allowed))} alone.",
            )
        if not allowed and is_housekeeping(purpose):
            raise TableNotForPurpose(
                f"The table {use.table.name!r} can't be read for {purpose.key!r}",
                hint="Housekeeping reads internal tables alone; name a purpose of purposes.yml.",
            )
    return Guard(f"internal table, read for {use.permit.purposes[0].key}") if allowed else None
