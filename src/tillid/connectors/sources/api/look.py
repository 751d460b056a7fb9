"""What looking at some rows of an API finds: their fields, and how dates and decimals are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tillid.connectors.sources.api.rows import Row
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark
from tillid.connectors.sources.json_objects import leaves
from tillid.ports.source import Look


def look_of(name: str, rows: Sequence[Row]) -> Look:
    """The look of rows that an API called `name` in reports gave."""
    flat = [dict(leaves(row)) for row in rows]
    columns = tuple(dict.fromkeys(path for row in flat for path in row))
    texts = {path: [v for row in flat if isinstance(v := row.get(path), str)] for path in columns}
    formats, ambiguous = find_date_formats(texts)
    return Look(
        file=name,
        format="api",
        encoding=None,
        separator=None,
        quote=None,
        decimal=find_decimal_mark(v for vs in texts.values() for v in vs) or ".",
        date_formats=formats,
        header_row=0,
        columns=columns,
        sheet=None,
        notes=tuple(date_notes(formats, ambiguous)),
        columns_complete=False,
        types={path: kind for path in columns if (kind := _kind(row.get(path) for row in flat))},
    )


def _kind(values: Iterator[object]) -> str:
    """What sort of values a field has: one word, or none where all are empty."""
    kinds = {"number" if isinstance(v, int | float) and not isinstance(v, bool) else type(v).__name__ for v in values}
    named = {"str": "text", "bool": "true or false", "list": "list"}
    return " or ".join(sorted(named.get(kind, kind) for kind in kinds - {"NoneType"}))
