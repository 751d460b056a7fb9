"""Variables: what a person's events up to a moment amount to, one pass over an event table for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tillid.stages.profile.definitions import OCCURRED_AT, ZERO_WITHOUT_ROWS, Measure, VariableDefinition
from tillid.stages.profile.errors import ProfileInvalid, TypeOutsideMeasure
from tillid.stages.profile.expressions import column_or_sql
from tillid.terms.conditions import condition_to_ibis
from tillid.terms.fields import NameUnknown, at_field
from tillid.terms.table import PERSON_ID

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


def events_to_variables(events: ir.Table, definitions: Sequence[VariableDefinition], as_of: datetime) -> ir.Table:
    """The variables of one event table: one row for each person with an event at or before `as_of`.

    `events` needs `person_id` (rows without one are left out), `occurred_at` (UTC) and the columns that
    `definitions` name (a `column` may be SQL over several); all of them must be of this table. `as_of` is UTC
    without a zone. The result has `person_id` and a column for each definition:

    - count, distinct: int64; sum: the column's type; all 0 where no row counts.
    - mean, share: float64; min, max, first, last: the column's type; NULL where no row counts.
    - recency: int64, whole spans of 24 hours since the last row that counts.

    NULLs in the column never count. first and last take the smallest and the greatest value among rows of
    the very same time, so that the order in which rows arrived changes nothing. Raises FieldInvalid with
    the name of the definition.
    """
    known = events.filter(events[PERSON_ID].notnull(), events[OCCURRED_AT] <= _moment(as_of))
    measured: dict[str, ir.Value] = {}
    counted: dict[str, ir.Table] = {}
    for definition in definitions:
        with at_field(definition=definition.name):
            if definition.name == PERSON_ID or definition.name in measured or definition.name in counted:
                raise ProfileInvalid(f"The name {definition.name!r} is taken")
            if definition.measure is Measure.DISTINCT:
                counted[definition.name] = _distinct(known, _rows(known, definition, as_of))
            else:
                value = _MEASURES[_measure(definition)](_rows(known, definition, as_of))
                measured[definition.name] = value.name(definition.name)
    persons = known.group_by(PERSON_ID).aggregate(**measured) if measured else known.select(PERSON_ID).distinct()
    if not counted:
        return persons
    joined = persons
    for values in counted.values():
        joined = joined.left_join(values, persons[PERSON_ID] == values[PERSON_ID])
    columns = {
        d.name: counted[d.name]["values"].fill_null(0) if d.name in counted else persons[d.name] for d in definitions
    }
    return joined.select(persons[PERSON_ID], **columns)


def join_variables(people: ir.Table, parts: Sequence[ir.Table], definitions: Sequence[VariableDefinition]) -> ir.Table:
    """One row for each person of `people` (`person_id`, unique) with the variables of all `parts`.

    `parts` are results of `events_to_variables`. A person without events has 0 for count, sum and distinct
    and NULL for the rest. Definitions over sql are left out: `add_derived` adds them.
    """
    joined = people
    for part in parts:
        joined = joined.left_join(part, people[PERSON_ID] == part[PERSON_ID])
    columns: dict[str, ir.Value] = {PERSON_ID: people[PERSON_ID]}
    for definition in definitions:
        if definition.is_derived:
            continue
        part_with = next((part for part in parts if definition.name in part.columns), None)
        if part_with is None:
            raise NameUnknown(f"No part has the variable {definition.name!r}", definition=definition.name)
        value = part_with[definition.name]
        zero = definition.measure in ZERO_WITHOUT_ROWS
        columns[definition.name] = value.fill_null(_zero(value.type())) if zero else value
    return joined.select(**columns)


def variable_type(definition: VariableDefinition, schema: Mapping[str, str]) -> str:
    """The type of a variable over events, as Ibis writes it, given the event table's columns and types.

    >>> counted = VariableDefinition("orders", of="orders", measure=Measure.COUNT)
    >>> variable_type(counted, {"person_id": "int64", "occurred_at": "timestamp"})
    'int64'
    """
    events = ibis.table(dict(schema), name=definition.of or "events")
    measured = events_to_variables(events, [definition], datetime(2000, 1, 1))
    return str(measured.schema()[definition.name].copy(nullable=True))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a group that count for one variable."""

    table: ir.Table
    as_of: datetime
    column: ir.Column | None
    within: ir.BooleanValue | None
    where: ir.BooleanValue | None

    @property
    def counted(self) -> ir.BooleanValue | None:
        return _all(self.within, self.where)

    def values(self) -> ir.Column:
        """The column; the definition has been checked to have one."""
        if self.column is None:
            raise ProfileInvalid("There is no column", field=("column",))
        return self.column

    def numbers(self) -> ir.NumericColumn:
        """The column, when it holds numbers."""
        values = self.values()
        if not values.type().is_numeric():
            raise TypeOutsideMeasure(f"{values.type()} cannot be added up", field=("column",))
        return values


def _measure(definition: VariableDefinition) -> Measure:
    if definition.measure is None:
        raise ProfileInvalid("A variable over sql has no events", field=("sql",))
    return definition.measure


def _rows(known: ir.Table, definition: VariableDefinition, as_of: datetime) -> _Rows:
    column = None
    if definition.column is not None:
        with at_field("column"):
            column = column_or_sql(definition.column, {name: known[name] for name in known.columns})
    within = None
    if definition.window is not None:
        within = known[OCCURRED_AT] > _moment(definition.window.start(as_of))
    where = None
    if definition.where is not None:
        with at_field("where"):
            where = condition_to_ibis(definition.where, known)
    return _Rows(known, as_of, column, within, where)


def _count(rows: _Rows) -> ir.Value:
    return _counted(rows, rows.counted)


def _sum(rows: _Rows) -> ir.Value:
    return _total(rows.numbers(), rows.counted)


def _mean(rows: _Rows) -> ir.Value:
    # Not the engines' own mean: of decimals one gives a float and the other a rounded decimal.
    values, counted = rows.numbers(), rows.counted
    return _ratio(_exact_sum(values, counted), values.count(where=counted))


def _min(rows: _Rows) -> ir.Value:
    return rows.values().min(where=rows.counted)


def _max(rows: _Rows) -> ir.Value:
    return rows.values().max(where=rows.counted)


def _first(rows: _Rows) -> ir.Value:
    return _in_time(rows).min(where=_all(rows.counted, rows.values().notnull()))["value"]


def _last(rows: _Rows) -> ir.Value:
    return _in_time(rows).max(where=_all(rows.counted, rows.values().notnull()))["value"]


def _distinct(known: ir.Table, rows: _Rows) -> ir.Table:
    """How many values each person has among the rows that count: `person_id`, `values`.

    Worked out beside the other measures, over the same rows: an engine that is asked for distinct values among
    other aggregates keeps all of them by person at once, which takes several times as long.
    """
    value = rows.values()
    kept = [value.notnull(), *([] if rows.counted is None else [rows.counted])]
    pairs = known.filter(kept).select(**{PERSON_ID: known[PERSON_ID], "value": value}).distinct()
    return pairs.group_by(PERSON_ID).aggregate(values=pairs.count())


def _share(rows: _Rows) -> ir.Value:
    if rows.column is None:
        return _ratio(_counted(rows, rows.counted), _counted(rows, rows.within))
    values = rows.numbers()
    return _ratio(_total(values, rows.counted), _total(values, rows.within))


def _recency(rows: _Rows) -> ir.Value:
    # Whole days are a difference of dates once the last moment of the day before `as_of`'s time of day is
    # moved to midnight; unlike seconds since 1970, dates differ alike on all engines.
    today = rows.as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    to_midnight = (_DAY - _MICROSECOND - (rows.as_of - today)) // _MICROSECOND
    last = rows.table[OCCURRED_AT].max(where=rows.counted)
    moved = last + ibis.interval(microseconds=to_midnight)
    return ibis.literal(today.date(), type="date").delta(moved.date(), unit="day")


_MEASURES: Mapping[Measure, Callable[[_Rows], ir.Value]] = {
    Measure.COUNT: _count,
    Measure.SUM: _sum,
    Measure.MEAN: _mean,
    Measure.MIN: _min,
    Measure.MAX: _max,
    Measure.FIRST: _first,
    Measure.LAST: _last,
    Measure.SHARE: _share,
    Measure.RECENCY: _recency,
}


def _counted(rows: _Rows, where: ir.BooleanValue | None) -> ir.Value:
    counted = rows.table if rows.column is None else rows.values()
    # Spark adds up the condition itself, which gives NULL where it is NULL in every row.
    return counted.count(where=where).fill_null(0)


def _total(values: ir.NumericColumn, where: ir.BooleanValue | None) -> ir.Value:
    """The sum in the column's type (money stays money), 0 without rows."""
    total = _exact_sum(values, where).fill_null(_zero(values.type()))
    type_ = values.type()
    if type_.is_decimal():
        return total.cast(dt.Decimal(max(type_.precision or 38, 18), type_.scale or 0))
    if type_.is_integer():
        # DuckDB adds up in 128 bits; Ibis believes that they are 64 and would drop a plain cast.
        return total.cast("decimal(38, 0)").cast("int64")
    return total


def _exact_sum(values: ir.NumericColumn, where: ir.BooleanValue | None) -> ir.NumericValue:
    return values.sum(where=where)


def _ratio(above: ir.Value, below: ir.Value) -> ir.Value:
    # Each engine does something else on a division by zero.
    return above.cast("float64") / below.cast("float64").nullif(ibis.literal(0).cast("float64"))


def _in_time(rows: _Rows) -> ir.StructValue:
    return ibis.struct({"at": rows.table[OCCURRED_AT], "value": rows.values()})


def _zero(type_: dt.DataType) -> ir.Scalar:
    return ibis.literal(0).cast(type_.copy(nullable=False))


def _all(*conditions: ir.BooleanValue | None) -> ir.BooleanValue | None:
    given = [condition for condition in conditions if condition is not None]
    return reduce(and_, given) if given else None


def _moment(moment: datetime) -> ir.TimestampScalar:
    return ibis.literal(moment, type="timestamp")
