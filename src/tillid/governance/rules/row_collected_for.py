"""The row was collected for this purpose."""

from __future__ import annotations

import ibis

from tillid.governance.rules.rule import Guard, TableUse
from tillid.terms.table import PURPOSE_SET


def row_collected_for(use: TableUse) -> Guard | None:
    """Keep rows whose purpose set holds every purpose of the permit; an unknown set holds none."""
    if not use.table.collected:
        return Guard("rows of this scope alone") if use.table.scoped else None
    register = use.permit.register
    admitted = frozenset.intersection(*(register.admitted_sets(p.key) for p in use.permit.purposes))
    reason = f"row collected for {' and '.join(p.key for p in use.permit.purposes)}"
    if not admitted:
        return Guard(f"{reason}: no row was", ibis.literal(False))
    return Guard(reason, use.rows[PURPOSE_SET].isin(sorted(admitted)))
