"""Every column used has only categories that the actor may see."""

from __future__ import annotations

from tillid.governance.errors import CategoryNotVisible
from tillid.governance.rules.rule import Guard, TableUse


def category_visible(use: TableUse) -> Guard | None:
    """Refuse a column with a category that no role of the actor, good for the purpose, may see."""
    for column in use.columns:
        for purpose in use.permit.purposes:
            hidden = [c for c in sorted(column.categories) if not use.permit.actor.may_see(c, purpose.key)]
            if hidden:
                raise CategoryNotVisible(
                    f"The column {use.table.name}.{column.name} has the category {', '.join(hidden)}, "
                    f"which no role of {use.permit.actor.name!r} may see for {purpose.key!r}",
                    hint="Leave the column out, or have the role widened in tillid.yml.",
                )
    return Guard(f"visible to {use.permit.actor.name}")
