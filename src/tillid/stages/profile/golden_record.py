"""The golden record: of all that sources say of a person, one value for each trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.common.exceptions import IbisTypeError

from tillid.stages.profile.definitions import SourceColumn, Survivorship, TraitDefinition
from tillid.stages.profile.errors import ProfileInvalid, TraitTypesDiffer, TypeOutsideMeasure
from tillid.terms.fields import at_field, require_name
from tillid.terms.table import PERSON_ID, PURPOSE_SET, SUBJECT_ID

RECORD_KEY = "record_key"
VALID_FROM = "valid_from"
VALID_TO = "valid_to"
_MODEL_COLUMNS = frozenset({PERSON_ID, SUBJECT_ID, PURPOSE_SET, RECORD_KEY, VALID_FROM, VALID_TO})
_RAW = "_raw"


def default_traits(columns: Mapping[str, Sequence[str]]) -> list[TraitDefinition]:
    """A trait for each column of the people sources (source → columns), by name, the newest value kept.

    The raw twin of a washed column is left out. Sources come in the order of the mapping.

    >>> [(t.name, [str(c) for c in t.columns]) for t in default_traits({"crm": ["email", "email_raw"],
    ...                                                                 "club": ["email", "level"]})]
    [('email', ['crm.email', 'club.email']), ('level', ['club.level'])]
    """
    taken: dict[str, list[SourceColumn]] = {}
    for source, names in columns.items():
        for name in names:
            is_twin = name.endswith(_RAW) and name.removesuffix(_RAW) in names
            if name not in _MODEL_COLUMNS and not is_twin:
                taken.setdefault(name, []).append(SourceColumn(source, name))
    return [TraitDefinition(name, tuple(found)) for name, found in taken.items()]


def traits(versions: Mapping[str, ir.Table], definitions: Sequence[TraitDefinition], as_of: datetime) -> ir.Table:
    """The golden record: `person_id` and a column for each trait, one row for each person known at `as_of`.

    `versions` gives each people source its record versions: `person_id` (rows without one are left out),
    `valid_from`, `valid_to` (UTC; NULL: still valid) and the source's columns. Versions count that were
    valid at `as_of`. NULLs never win. What decides, in this order, the greatest value last of all, so that
    the order in which rows arrived changes nothing:

    - newest: the latest `valid_from`, the best source;
    - source_order: the best source, the latest `valid_from`;
    - longest (text): the most characters, the latest `valid_from`, the best source;
    - most_frequent: in the most versions, the latest `valid_from`, the best source.

    Raises FieldInvalid with the name of the trait: an unknown source or column, columns of one trait that
    have no type in common, longest of something else than text.
    """
    if not versions:
        raise ProfileInvalid("There is no people source to take traits from")
    types = {definition.name: _trait_type(definition, versions) for definition in definitions}
    if PERSON_ID in types or len(types) != len(definitions):
        raise ProfileInvalid("Two traits have one name, or one is called person_id")
    said = ibis.union(*_legs(versions, definitions, types, as_of), distinct=False)
    # Of whom one record says all there is, there is nothing to choose, and that is most people.
    times = said.group_by(PERSON_ID).agg(_times=said.count())
    repeated = times.filter(times["_times"] > 1).select(PERSON_ID)
    alone = said.anti_join(repeated, PERSON_ID)
    several = said.semi_join(repeated, PERSON_ID)
    only = alone.select(PERSON_ID, **{d.name: alone[_value(d)] for d in definitions})
    return only.union(_survivors(several, definitions).select(PERSON_ID, *types))


def _survivors(said: ir.Table, definitions: Sequence[TraitDefinition]) -> ir.Table:
    """One row for each person with the values that survive by the rules."""
    by_person = said.group_by(PERSON_ID)
    chosen = {d.name: _chosen(said, d) for d in definitions if d.rule is not Survivorship.MOST_FREQUENT}
    record = by_person.aggregate(**chosen) if chosen else said.select(PERSON_ID).distinct()
    frequent = {d.name: _most_frequent(said, d) for d in definitions if d.rule is Survivorship.MOST_FREQUENT}
    joined = record
    for part in frequent.values():
        joined = joined.left_join(part, record[PERSON_ID] == part[PERSON_ID])
    columns = {d.name: (frequent.get(d.name, record))[d.name] for d in definitions}
    return joined.select(**{PERSON_ID: record[PERSON_ID]}, **columns)


def trait_categories(
    definitions: Sequence[TraitDefinition], source_columns: Mapping[str, Mapping[str, frozenset[str]]]
) -> dict[str, frozenset[str]]:
    """Trait → data categories: the union over the columns that it may come from.

    `source_columns` gives, for each people source, the categories of its columns.
    """
    found: dict[str, frozenset[str]] = {}
    for definition in definitions:
        categories: frozenset[str] = frozenset()
        for position, column in enumerate(definition.columns):
            with at_field("from", position, definition=definition.name):
                require_name("people source", column.source, source_columns)
                require_name("column", column.column, source_columns[column.source])
            categories |= source_columns[column.source][column.column]
        found[definition.name] = categories
    return found


def _trait_type(definition: TraitDefinition, versions: Mapping[str, ir.Table]) -> dt.DataType:
    """The type that holds the values of all the trait's columns."""
    types = []
    for position, column in enumerate(definition.columns):
        with at_field("from", position, definition=definition.name):
            require_name("people source", column.source, versions)
            require_name("column", column.column, versions[column.source].columns)
        types.append(versions[column.source][column.column].type().copy(nullable=True))
    try:
        type_ = dt.highest_precedence(types)
    except IbisTypeError:
        names = ", ".join(sorted({str(type_) for type_ in types}))
        raise TraitTypesDiffer(
            f"The columns have no type in common: {names}", field=("from",), definition=definition.name
        ) from None
    if definition.rule is Survivorship.LONGEST and not type_.is_string():
        raise TypeOutsideMeasure(f"longest is for text, not for {type_}", field=("rule",), definition=definition.name)
    return type_


def _legs(
    versions: Mapping[str, ir.Table],
    definitions: Sequence[TraitDefinition],
    types: Mapping[str, dt.DataType],
    as_of: datetime,
) -> list[ir.Table]:
    """Each source's versions with all traits as columns, NULL where the source does not say.

    A source that a trait takes several columns of comes as many times.
    """
    moment = ibis.literal(as_of, type="timestamp")
    legs = []
    for source, table in versions.items():
        valid = table.filter(
            table[PERSON_ID].notnull(),
            table[VALID_FROM] <= moment,
            table[VALID_TO].isnull() | (table[VALID_TO] > moment),
        )
        own = {d.name: [c for c in d.columns if c.source == source] for d in definitions}
        for turn in range(max(1, *map(len, own.values())) if own else 1):
            columns: dict[str, ir.Value] = {PERSON_ID: valid[PERSON_ID], VALID_FROM: valid[VALID_FROM]}
            for definition in definitions:
                said = own[definition.name][turn : turn + 1]
                type_ = types[definition.name]
                columns[_value(definition)] = valid[said[0].column].cast(type_) if said else ibis.null(type_)
                if len(definition.columns) > 1:
                    preference = -definition.ranked().index(said[0]) if said else 0
                    columns[_preference(definition)] = ibis.literal(preference, type="int16")
            legs.append(valid.select(**columns))
    return legs


def _value(definition: TraitDefinition) -> str:
    return f"value__{definition.name}"


def _preference(definition: TraitDefinition) -> str:
    return f"preference__{definition.name}"


def _chosen(said: ir.Table, definition: TraitDefinition) -> ir.Value:
    """The value whose key is greatest; the value is the last part of its key, so ties are equal."""
    value = said[_value(definition)]
    key: dict[str, ir.Value] = {VALID_FROM: said[VALID_FROM]}
    if len(definition.columns) > 1:
        preference = {"preference": said[_preference(definition)]}
        key = preference | key if definition.rule is Survivorship.SOURCE_ORDER else key | preference
    if definition.rule is Survivorship.LONGEST:
        key = {"length": value.length()} | key
    return ibis.struct(key | {"value": value}).max(where=value.notnull())["value"]


def _most_frequent(said: ir.Table, definition: TraitDefinition) -> ir.Table:
    present = said.filter(said[_value(definition)].notnull())
    latest: dict[str, ir.Value] = {VALID_FROM: present[VALID_FROM]}
    if len(definition.columns) > 1:
        latest["preference"] = present[_preference(definition)]
    counted = present.group_by(PERSON_ID, _value(definition)).aggregate(
        times=present.count(), latest=ibis.struct(latest).max()
    )
    key = ibis.struct({"times": counted.times, "latest": counted.latest, "value": counted[_value(definition)]})
    return counted.group_by(PERSON_ID).aggregate(**{definition.name: key.max()["value"]})


def trait_types(definitions: Sequence[TraitDefinition], versions: Mapping[str, ir.Table]) -> dict[str, str]:
    """Trait → its type as Ibis writes it, the one that holds the values of all its columns."""
    return {definition.name: str(_trait_type(definition, versions)) for definition in definitions}
