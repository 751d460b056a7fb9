"""Every column used has only categories that the purpose covers."""

from __future__ import annotations

from tillid.governance.errors import ColumnOutsidePurpose
from tillid.governance.rules.rule import Guard, TableUse
from tillid.terms.categories import is_covered, is_special
from tillid.terms.purpose import Purpose
from tillid.terms.table import Column


def column_covered(use: TableUse) -> Guard | None:
    """Refuse a column with a category that a purpose of the permit does not cover, or with none at all."""
    for column in use.columns:
        for purpose in use.permit.purposes:
            _check(use, column, purpose)
    return Guard(f"columns covered: {', '.join(column.name for column in use.columns) or 'none used'}")


def is_usable(column: Column, purpose: Purpose) -> bool:
    """Whether every category of `column` is covered by `purpose`; a column without category never is."""
    if column.key:
        return True
    return bool(column.categories) and all(_is_lawful(category, purpose) for category in column.categories)


def _is_lawful(category: str, purpose: Purpose) -> bool:
    if not is_covered(category, purpose.categories):
        return False
    # Art. 9: covering a special category is not enough, the purpose must name its condition too.
    return purpose.special_category_basis is not None or not is_special(category)


def _check(use: TableUse, column: Column, purpose: Purpose) -> None:
    if is_usable(column, purpose):
        return
    outside = [c for c in sorted(column.categories) if not _is_lawful(c, purpose)]
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
