"""Many small parts of a facts table made into one, row for row."""

from __future__ import annotations

from collections.abc import Sequence

from tillid.stores.binding import Dialect, select_part, union_all
from tillid.stores.fit import same
from tillid.stores.manifest import Columns, Part

MOST_PARTS = 8


def merged(parts: Sequence[Part], dialect: Dialect) -> tuple[Columns, str] | None:
    """The columns that all `parts` have together, and the SQL for their rows; None where a column's type has changed.

    Facts are copied, never cast: what a later declaration makes of them is settled at each read. A column
    that an older part lacks is empty there; one that a later declaration dropped is kept.
    """
    columns: dict[str, str] = {}
    for part in parts:
        for column, kind in part.columns.items():
            if not same(columns.setdefault(column, kind), kind):
                return None
    return columns, dialect.sql(union_all([select_part(part, columns, dialect) for part in parts]))
