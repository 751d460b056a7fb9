"""Variables over other variables: a small piece of SQL, read and rebuilt node by node as Ibis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
from sqlglot import exp

from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.profile.errors import VariablesInCycle
from tillid.stages.profile.expressions import parse_sql, translate
from tillid.terms.fields import at_field, require_name
from tillid.terms.table import PERSON_ID


def add_derived(variables: ir.Table, definitions: Sequence[VariableDefinition]) -> ir.Table:
    """`variables` (`person_id` and the variables over events) with those over sql, in the definitions' order.

    A division by zero, a logarithm or root outside its range and an unknown input all give NULL. Raises
    FieldInvalid with the name of the definition: sql that does not parse, a function outside the list, a
    variable that does not exist, variables in a cycle.
    """
    known = variables
    for level in _levels(definitions, [name for name in variables.columns if name != PERSON_ID]):
        added = {}
        for definition in level:
            with at_field("sql", definition=definition.name):
                columns = {name: known[name] for name in known.columns if name != PERSON_ID}
                added[definition.name] = translate(parse_sql(definition.sql or ""), columns)
        known = known.mutate(**added)
    derived = {definition.name for definition in definitions if definition.is_derived}
    own = [name for name in variables.columns if name != PERSON_ID and name not in derived]
    order = [definition.name for definition in definitions if definition.name in known.columns]
    return known.select(PERSON_ID, *dict.fromkeys((*order, *own)))


def inputs_of(definition: VariableDefinition) -> tuple[str, ...]:
    """The variables that a definition over sql names, in order; none for one over events.

    >>> inputs_of(VariableDefinition("basket", sql="revenue / nullif(orders, 0)"))
    ('revenue', 'orders')
    """
    if definition.sql is None:
        return ()
    with at_field("sql", definition=definition.name):
        names = [column.name for column in parse_sql(definition.sql).find_all(exp.Column, bfs=False)]
    return tuple(dict.fromkeys(names))


def variable_categories(
    definitions: Sequence[VariableDefinition],
    table_columns: Mapping[str, Mapping[str, frozenset[str]]],
) -> dict[str, frozenset[str]]:
    """Variable → data categories: the union over all that it is worked out from.

    `table_columns` gives, for each event table, the categories of its columns. A variable over events has
    those of its column (or of each column of the SQL there), of the columns of its `where` and of
    `occurred_at`; one over sql has those of each variable that it names. Each has the `category` that it declares
    besides. So none is usable for more than each of its inputs.
    """
    categories: dict[str, frozenset[str]] = {}
    for definition in definitions:
        if not definition.is_derived:
            with at_field(definition=definition.name):
                categories[definition.name] = _event_categories(definition, table_columns) | _told(definition)
    for level in _levels(definitions, categories):
        for definition in level:
            inputs = [categories[name] for name in inputs_of(definition)]
            categories[definition.name] = _told(definition).union(*inputs)
    return {definition.name: categories[definition.name] for definition in definitions}


def _told(definition: VariableDefinition) -> frozenset[str]:
    return frozenset() if definition.category is None else frozenset({definition.category})


def _event_categories(
    definition: VariableDefinition, table_columns: Mapping[str, Mapping[str, frozenset[str]]]
) -> frozenset[str]:
    require_name("event table", definition.of or "", table_columns, ("of",))
    columns = table_columns[definition.of or ""]
    found: frozenset[str] = frozenset()
    for name in sorted(definition.columns_read()):
        require_name("column", name, columns, ("column",) if name in definition.columns_measured() else ("where",))
        found |= columns[name]
    return found


def _levels(
    definitions: Sequence[VariableDefinition], known: Sequence[str] | Mapping[str, object]
) -> list[list[VariableDefinition]]:
    """The definitions over sql in rounds, each of which needs only what came before it."""
    waiting = {definition.name: definition for definition in definitions if definition.is_derived}
    needs = {name: inputs_of(definition) for name, definition in waiting.items()}
    for name, inputs in needs.items():
        for needed in inputs:
            with at_field("sql", definition=name):
                require_name("variable", needed, {*known, *needs})
    levels: list[list[VariableDefinition]] = []
    while waiting:
        ready = [name for name in waiting if not any(needed in waiting for needed in needs[name])]
        if not ready:
            raise VariablesInCycle(_cycle({name: needs[name] for name in waiting}))
        levels.append([waiting.pop(name) for name in ready])
    return levels


def _cycle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A circle among `needs`, where each one needs another of them."""
    walked = [next(iter(needs))]
    while True:
        following = next(name for name in needs[walked[-1]] if name in needs)
        if following in walked:
            return (*walked[walked.index(following) :], following)
        walked.append(following)
