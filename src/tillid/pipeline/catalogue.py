"""The catalogue: every table that a project stands for, declared from its definitions."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tillid.governance.housekeeping import INTAKE, LEADS
from tillid.governance.ledgers import CARRIED, DATA_SUBJECTS, LEDGER, NEW_STATEMENTS
from tillid.governance.mapping import mapping_table
from tillid.governance.permissions import standing_table
from tillid.pipeline.intake.declare import STAGED, keys_table, log_table, source_table, takes_keys
from tillid.pipeline.intake.unread import unread_table
from tillid.pipeline.project.project import Project
from tillid.stages.activate.tables import TABLES as ACTIVATION_TABLES
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.profile.definitions import SourceColumn, TraitDefinition
from tillid.stages.profile.derived import add_derived, variable_categories
from tillid.stages.profile.golden_record import default_traits, trait_categories, trait_types
from tillid.stages.profile.tables import people_table, variables_table
from tillid.stages.profile.variables import variable_type
from tillid.stages.resolve.tables import TABLES as RESOLVE_TABLES
from tillid.stages.segment.compile import rule_categories
from tillid.stages.segment.tables import members_table
from tillid.terms.table import PERSON_ID, Column, Table, TableKind

REFUSED_ROWS = Table(
    "refused_rows",
    (
        Column("source", "string", frozenset({"system.operations"})),
        Column("file", "string", frozenset({"system.operations"})),
        Column("line", "int64", frozenset({"system.operations"})),
        Column("column_name", "string", frozenset({"system.operations"})),
        Column("value_class", "string", frozenset({"system.operations"})),
        Column("reason", "string", frozenset({"system.operations"})),
        Column("raw", "string", frozenset({"user"})),
        Column("generation", "int64", frozenset({"system.operations"})),
    ),
    only_for=frozenset({INTAKE}),
    label="Rows that could not be read, as they came",
)

LEAD_ROWS = "lead_rows"
"""Leads while they are held against a segment's rule; they rest nowhere."""

Categories = Mapping[str, frozenset[str]]


def unbound(table: Table) -> ir.Table:
    """The table as a query names it: columns as declared, no data behind it."""
    return ibis.table(table.logical(), name=table.name)


def project_traits(project: Project) -> tuple[TraitDefinition, ...]:
    """The traits of the golden record: those that the project declares, then a default for every other column."""
    columns = {
        source.name: [c.name for c in table.columns]
        for source in project.sources.values()
        if source.kind is SourceKind.PEOPLE and (table := source_table(source)) is not None
    }
    declared = project.traits
    rest = [trait for trait in default_traits(columns) if trait.name not in declared]
    return (*declared.values(), *rest)


def declared_tables(project: Project) -> dict[str, Table]:
    """Name → declaration of every table of the project, internal ones included."""
    tables: list[Table] = [
        *RESOLVE_TABLES,
        LEDGER,
        NEW_STATEMENTS,
        CARRIED,
        DATA_SUBJECTS,
        REFUSED_ROWS,
        *ACTIVATION_TABLES,
    ]
    purposes = list(project.purposes.values())
    tables += [mapping_table(purposes), standing_table(purposes)]
    for source in project.sources.values():
        tables += _of_source(source)
    by_name = {table.name: table for table in tables}
    people, variables = _people(project, by_name), _variables(project, by_name)
    by_name |= {people.name: people, variables.name: variables, LEAD_ROWS: _lead_rows(people)}
    for segment in project.segments.values():
        events = {name: _categories(by_name[name]) for name in event_sources(project)}
        categories = rule_categories(segment.rule, _categories(people), _categories(variables), events)
        members = members_table(segment, categories, frozenset({people.name, variables.name}))
        by_name[members.name] = members
    return by_name


def _lead_rows(people: Table) -> Table:
    """Leads as rows with the traits of people that a list can hold, numbered in place of a person's id."""
    traits = [column for column in people.columns if column.type in ("string", "date")]
    columns = (Column(PERSON_ID, "int64", key=True), *traits)
    return Table(LEAD_ROWS, columns, kind=TableKind.STAGED, only_for=frozenset({LEADS}))


def event_sources(project: Project) -> tuple[str, ...]:
    """The names of the sources of events."""
    return tuple(s.name for s in project.sources.values() if s.kind is SourceKind.EVENTS)


def people_sources(project: Project) -> tuple[str, ...]:
    """The names of the sources of people."""
    return tuple(s.name for s in project.sources.values() if s.kind is SourceKind.PEOPLE)


def _of_source(source: SourceDefinition) -> list[Table]:
    tables = [table(source) for table in STAGED]
    if source.has_versions:
        tables.append(log_table(source))
    if source.kind is SourceKind.CONSENTS:
        tables.append(unread_table(source))
    if takes_keys(source):
        tables.append(keys_table(source))
    table = source_table(source)
    return tables if table is None else [*tables, table]


def _categories(table: Table) -> Categories:
    return {column.name: column.categories for column in table.columns}


def _people(project: Project, tables: Mapping[str, Table]) -> Table:
    names = people_sources(project)
    traits = project_traits(project)
    types = trait_types(traits, {name: unbound(tables[name]) for name in names})
    categories = trait_categories(traits, {n: _categories(tables[n]) for n in names})
    distinct = {trait.name for trait in traits if any(_is_distinct(tables, column) for column in trait.columns)}
    return people_table(traits, types, categories, distinct)


def _is_distinct(tables: Mapping[str, Table], of: SourceColumn) -> bool:
    column = tables[of.source].column(of.column)
    return column is not None and column.distinct


def _variables(project: Project, tables: Mapping[str, Table]) -> Table:
    definitions = list(project.variables.values())
    events = {name: tables[name] for name in event_sources(project)}
    categories = variable_categories(definitions, {name: _categories(table) for name, table in events.items()})
    types = {d.name: variable_type(d, events[d.of or ""].logical()) for d in definitions if not d.is_derived}
    measured = ibis.table({PERSON_ID: "int64", **types}, name="variables")
    schema = add_derived(measured, definitions).schema()
    every = {d.name: str(schema[d.name].copy(nullable=True)) for d in definitions}
    return variables_table(definitions, every, categories)
