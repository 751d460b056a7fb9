"""Whether a source's names leave room for Tillid's own: its tables and the columns that it adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from tillid.pipeline.catalogue import declared_tables
from tillid.pipeline.intake.declare import (
    STAGED,
    kept_columns,
    keys_table,
    log_table,
    source_table,
    staged_table,
    takes_keys,
)
from tillid.pipeline.project.known import Known
from tillid.pipeline.project.project import Project
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.segment.tables import members_table_name
from tillid.terms.table import PERSON_ID, PURPOSE_SET, SUBJECT_ID, Table

ADDED = (PERSON_ID, SUBJECT_ID, PURPOSE_SET)


def check_tables(project: Project, known: Known) -> None:
    """Note each source or column whose name is taken by a table or column of Tillid's own."""
    nothing = replace(
        project,
        sources=MappingProxyType({}),
        traits=MappingProxyType({}),
        variables=MappingProxyType({}),
        segments=MappingProxyType({}),
    )
    own = {*declared_tables(nothing), *map(members_table_name, project.segments)}
    for source in project.sources.values():
        entry = known.entry("source", source.name)
        if entry is None:
            continue
        others = {t.name for other in project.sources.values() if other != source for t in _internal(other)}
        if source.name in own | others:
            entry.place.at("name").found(
                f"`{source.name}` is the name of a table of Tillid's own: give the source another `name`"
            )
        for header, name in _names_taken(source):
            entry.place.at("columns", header, "name").found(
                f"`{name}` is the name of a column of Tillid's own: give this one another `name`"
            )


def _internal(source: SourceDefinition) -> tuple[Table, ...]:
    keys = (keys_table(source),) if takes_keys(source) else ()
    return (*(table(source) for table in STAGED), log_table(source), *keys)


def _names_taken(source: SourceDefinition) -> Iterator[tuple[str, str]]:
    """Header and name of each column that meets another of the same name in one of the source's tables."""
    kept = {column.name for column in kept_columns(source)}
    tables = (staged_table(source), log_table(source), source_table(source))
    taken = kept.intersection(ADDED)
    for table in tables:
        counted = Counter(column.name for column in table.columns) if table else {}
        taken |= {name for name, times in counted.items() if times > 1}
    written = {column.name for column in source.columns}
    for column in source.columns:
        twin = f"{column.name}_raw"
        if column.name in taken:
            yield column.header, column.name
        elif column.washed_as != "none" and twin in taken - written:
            yield column.header, twin
