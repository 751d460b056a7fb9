"""How much of a column its quality figures may tell, by its data category and who may use it at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tillid.governance.columns_usable import is_lawful
from tillid.stages.ingest.columns import ColumnDefinition
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.terms.categories import asks_for_a_law
from tillid.terms.purpose import Purpose


class Showing(StrEnum):
    """All figures; counts alone, for special categories and government ids; or how many rows are filled."""

    ALL = "all"
    COUNTS = "counts"
    FILLED = "filled"


def showing(column: ColumnDefinition, purposes: Iterable[Purpose]) -> Showing:
    """What may be shown of a column; where none of `purposes` covers it, only how many rows are filled.

    >>> from tillid.stages.ingest.columns import ColumnType
    >>> showing(ColumnDefinition("E-mail", "email", ColumnType.TEXT, "user.contact.email"), ())
    <Showing.FILLED: 'filled'>
    """
    if not any(is_lawful(column.category, purpose) for purpose in purposes):
        return Showing.FILLED
    return Showing.COUNTS if asks_for_a_law(column.category) else Showing.ALL


def showings(source: SourceDefinition, purposes: Mapping[str, Purpose]) -> dict[str, Showing]:
    """What may be shown of each column of a source, by name.

    A purpose counts that the source's rows are collected for. What is collected for none in particular (what people
    said) is used by those who keep permissions, so any purpose of the project counts; so it does for things.
    """
    named = [*source.collected_for, *source.collected_for_if]
    if source.kind not in (SourceKind.PEOPLE, SourceKind.EVENTS):
        named = []
    known = [purposes[name] for name in named or purposes if name in purposes]
    return {column.name: showing(column, known) for column in source.columns}
