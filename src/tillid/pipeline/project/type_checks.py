"""Compiles traits, variables and segments over empty tables, so that types which do not fit show at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import ibis
import ibis.expr.types as ir

from tillid.pipeline.catalogue import project_traits, unbound
from tillid.pipeline.intake.declare import source_table
from tillid.pipeline.project.known import Known
from tillid.pipeline.project.project import Project
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.golden_record import trait_types
from tillid.stages.profile.variables import variable_type
from tillid.stages.segment.compile import segment_members
from tillid.terms.fields import FieldInvalid, NameUnknown
from tillid.terms.table import PERSON_ID

ANY_TIME = datetime(2000, 1, 1)
"""Types do not depend on the moment that is asked about."""


def check_types(project: Project, known: Known) -> None:
    """Note each trait, variable and segment whose types do not fit; names were checked before."""
    people = _check_traits(project, known)
    events = _tables(project, SourceKind.EVENTS)
    variables = _check_variables(project, known, events)
    for segment in project.segments.values():
        with _noting(known, "segments", segment.name, "rule"):
            segment_members(segment.rule, people, variables, events, ANY_TIME)


def _tables(project: Project, kind: SourceKind) -> dict[str, ir.Table]:
    """The sources of a kind as queries see them."""
    tables = (source_table(source) for source in project.sources.values() if source.kind is kind)
    return {table.name: unbound(table) for table in tables if table is not None}


def _check_traits(project: Project, known: Known) -> ir.Table:
    versions = _tables(project, SourceKind.PEOPLE)
    schema: dict[str, str] = {PERSON_ID: "int64"}
    for trait in project_traits(project) if versions else ():
        with _noting(known, "profile", trait.name):
            schema |= trait_types([trait], versions)
    return ibis.table(schema, name="people")


def _check_variables(project: Project, known: Known, events: Mapping[str, ir.Table]) -> ir.Table:
    schema: dict[str, str] = {PERSON_ID: "int64"}
    for variable in project.variables.values():
        if variable.of is not None and variable.of in events:
            with _noting(known, "variables", variable.name):
                schema[variable.name] = variable_type(variable, _schema(events[variable.of]))
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


def _schema(table: ir.Table) -> dict[str, str]:
    return {name: str(type_) for name, type_ in table.schema().items()}


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
