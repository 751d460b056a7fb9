"""An internal table is read under its own purpose alone."""

from __future__ import annotations

from tillid.governance.errors import TableNotForPurpose
from tillid.governance.rules.rule import Guard, TableUse


def table_for_purpose(use: TableUse) -> Guard | None:
    """Refuse an internal table under a purpose that it does not name."""
    if not use.table.only_for:
        return None
    for purpose in use.permit.purposes:
        if purpose.key not in use.table.only_for:
            raise TableNotForPurpose(
                f"The table {use.table.name!r} is internal: it can't be read for {purpose.key!r}",
                hint=f"It is for {', '.join(sorted(use.table.only_for))} alone.",
            )
    return Guard(f"internal table, read for {use.permit.purposes[0].key}")
