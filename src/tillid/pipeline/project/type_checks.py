"""Compiles traits, variables and segments over empty tables, so that types which do not fit show at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import ibis
import ibis.expr.types as ir

from tillid.pipeline.project.known import Known
from tillid.pipeline.project.project import Project
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.profile.definitions import OCCURRED_AT, TraitDefinition
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.golden_record import VALID_FROM, VALID_TO, default_traits, traits
from tillid.stages.profile.variables import variable_type
from tillid.stages.segment.compile import segment_members
from tillid.terms.fields import FieldInvalid, NameUnknown
from tillid.terms.table import PERSON_ID

ANY_TIME = datetime(2000, 1, 1)
"""Types do not depend on the moment that is asked about."""
TIMESTAMP = "timestamp(6)"


def check_types(project: Project, known: Known) -> None:
    """Note each trait, variable and segment whose types do not fit; names were checked before."""
    people = _check_traits(project, known)
    tables = {
        source.name: {PERSON_ID: "int64", OCCURRED_AT: TIMESTAMP} | _columns(source)
        for source in project.sources.values()
        if source.kind is SourceKind.EVENTS
    }
    variables = _check_variables(project, known, tables)
    events = {name: ibis.table(schema, name=name) for name, schema in tables.items()}
    for segment in project.segments.values():
        with _noting(known, "segments", segment.name, "rule"):
            segment_members(segment.rule, people, variables, events, ANY_TIME)


def all_traits(project: Project) -> tuple[TraitDefinition, ...]:
    """The traits that profile.yml declares, and for the other columns of people sources the default ones."""
    people = (source for source in project.sources.values() if source.kind is SourceKind.PEOPLE)
    default = default_traits({source.name: list(_columns(source)) for source in people})
    by_name = {trait.name: trait for trait in default} | dict(project.traits)
    return tuple(by_name.values())


def _columns(source: SourceDefinition) -> dict[str, str]:
    """Column → type as Ibis writes it, with the raw twins of washed columns."""
    twins = {f"{column.name}_raw": "string" for column in source.columns if column.washed_as != "none"}
    return {column.name: column.ibis_type for column in source.columns} | twins


def _check_traits(project: Project, known: Known) -> ir.Table:
    validity = {VALID_FROM: TIMESTAMP, VALID_TO: TIMESTAMP}
    versions = {
        source.name: ibis.table({PERSON_ID: "int64"} | validity | _columns(source), name=source.name)
        for source in project.sources.values()
        if source.kind is SourceKind.PEOPLE
    }
    schema = {PERSON_ID: "int64"}
    for trait in all_traits(project) if versions else ():
        with _noting(known, "profile", trait.name):
            schema |= traits(versions, [trait], ANY_TIME).schema().items()
    return ibis.table(schema, name="people")


def _check_variables(project: Project, known: Known, tables: Mapping[str, Mapping[str, str]]) -> ir.Table:
    schema: dict[str, str] = {PERSON_ID: "int64"}
    for variable in project.variables.values():
        if variable.of is not None and variable.of in tables:
            with _noting(known, "variables", variable.name):
                schema[variable.name] = variable_type(variable, tables[variable.of])
    table = ibis.table(schema, name="variables")
    waiting = [variable for variable in project.variables.values() if variable.is_derived]
    while waiting:
        try:
            return add_derived(table, waiting)
        except FieldInvalid as error:
            wrong = error.definition or waiting[0].name
            _note(error, known, "variables", wrong)
            # Without the one that is wrong and those that need it, the others can be looked at.
            waiting = [one for one in waiting if wrong not in (one.name, *known.below(one.name))]
    return table


@contextmanager
def _noting(known: Known, kind: str, name: str, *keys: str) -> Iterator[None]:
    try:
        yield
    except FieldInvalid as error:
        _note(error, known, kind, name, *keys)


def _note(error: FieldInvalid, known: Known, kind: str, name: str, *keys: str) -> None:
    entry = known.entry(kind, name)
    if entry is not None and not isinstance(error, NameUnknown):
        entry.place.at(*keys, *error.field).found(str(error))
