"""The tables that this stage owns: the golden record and the variables, one row a person in each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tillid.stages.profile.definitions import TraitDefinition, VariableDefinition
from tillid.terms.table import Column, Path, Table, TableKind

PEOPLE = "people"
VARIABLES = "variables"


def people_table(
    definitions: Sequence[TraitDefinition],
    types: Mapping[str, str],
    categories: Mapping[str, frozenset[str]],
    distinct: Collection[str] = (),
) -> Table:
    """The declaration of the golden record: a column for each trait; `types` as Ibis writes them.

    `distinct` names the traits of which most people have a value of their own.
    """
    columns = [
        Column(d.name, types[d.name], categories[d.name], d.name, distinct=d.name in distinct) for d in definitions
    ]
    return _of_people(PEOPLE, columns, "One row a person: the traits that survived", frozenset({VARIABLES}))


def variables_table(
    definitions: Sequence[VariableDefinition],
    types: Mapping[str, str],
    categories: Mapping[str, frozenset[str]],
) -> Table:
    """The declaration of the variables' table: a column for each variable, with label and unit."""
    columns = [Column(d.name, types[d.name], categories[d.name], d.label, d.unit) for d in definitions]
    return _of_people(VARIABLES, columns, "One row a person: what their events amount to")


def _of_people(name: str, columns: Sequence[Column], label: str, of: frozenset[str] = frozenset()) -> Table:
    return Table(
        name,
        tuple(columns),
        path=Path.PERSON,
        kind=TableKind.DERIVED,
        scoped=True,
        worked_out_from=of,
        label=label,
    )
