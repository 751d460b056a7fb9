"""Many small parts of a facts table made into one, row for row."""

from __future__ import annotations

from collections.abc import Sequence

from tillid.stores.binding import select_part, union_all
from tillid.stores.engine import Engine
from tillid.stores.fit import same
from tillid.stores.manifest import Part

MOST_PARTS = 8


def compacted(parts: Sequence[Part], name: str, engine: Engine) -> tuple[Part, ...]:
    """The `parts` as one new physical table `name`, or as they are where a column's type has changed.

    Facts are copied, never cast: what a later declaration makes of them is settled at each read. A column
    that an older part lacks is empty there; one that a later declaration dropped is kept.
    """
    columns: dict[str, str] = {}
    for part in parts:
        for column, kind in part.columns.items():
            if not same(columns.setdefault(column, kind), kind):
                return tuple(parts)
    whole = union_all([select_part(part, columns, engine.dialect) for part in parts])
    rows = engine.derive(name, columns, engine.dialect.sql(whole))
    return (Part(name, columns, rows),)
