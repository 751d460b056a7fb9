"""Every column used has only categories that the purpose covers."""

from __future__ import annotations

from tillid.governance.columns_usable import is_lawful, is_usable
from tillid.governance.errors import ColumnOutsidePurpose
from tillid.governance.rules.rule import Guard, TableUse
from tillid.terms.purpose import Purpose
from tillid.terms.table import Column


def column_covered(use: TableUse) -> Guard | None:
    """Refuse a column with a category that a purpose of the permit does not cover, or with none at all."""
    for column in use.columns:
        for purpose in use.permit.purposes:
            _check(use, column, purpose)
    return Guard(f"columns covered: {', '.join(column.name for column in use.columns) or 'none used'}")


def _check(use: TableUse, column: Column, purpose: Purpose) -> None:
    if is_usable(column, purpose):
        return
    outside = [c for c in sorted(column.categories) if not is_lawful(c, purpose)]
    usable = sorted(c.name for c in use.table.columns if is_usable(c, purpose))
    lacks = (
        f"has the category {', '.join(outside)}, which {purpose.key!r} does not cover"
        if outside
        else "has no data category, so no purpose covers it"
    )
    raise ColumnOutsidePurpose(
        f"The column {use.table.name}.{column.name} {lacks}",
        hint=f"Columns of {use.table.name} for this purpose: {', '.join(usable) or 'none'}.",
    )
