"""What a row of consents may name: a purpose of the project, or a data use for an objection to all below it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tillid.stages.ingest.columns import ColumnDefinition
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.refusals import RefusedRow
from tillid.terms.categories import ALL_DATA_USES

_MOST_LISTED = 12


def named_purposes(source: SourceDefinition, purposes: Collection[str]) -> SourceDefinition:
    """The source with the values that its column of purposes may hold; a row with another one is refused."""
    column = _column(source)
    if column is None:
        return source
    valid = {key: key for key in (*sorted(purposes), *sorted(ALL_DATA_USES))}
    return replace(source, columns=tuple(replace(c, values=valid) if c is column else c for c in source.columns))


def why_refused(
    source: SourceDefinition, purposes: Collection[str], refused: Sequence[RefusedRow]
) -> tuple[RefusedRow, ...]:
    """The refused rows, those without a known purpose with the purposes that there are."""
    column = _column(source)
    header = None if column is None else column.header
    names = sorted(purposes)
    listed = ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
    reason = f"no purpose of the project and no data use. Valid: {listed}"
    # An empty value has no class, and is refused for being empty.
    return tuple(replace(row, reason=reason) if row.column == header and row.value_class else row for row in refused)


def _column(source: SourceDefinition) -> ColumnDefinition | None:
    """The column that names the purpose, when the definition does not say itself what its values mean."""
    if source.kind is not SourceKind.CONSENTS:
        return None
    return next((c for c in source.columns if c.name == "purpose" and c.values is None), None)
