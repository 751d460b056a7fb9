"""Numbers for identifiers: which are new, which subject each row is about, and which came together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from tillid.pipeline.intake.declare import ROW, identifier_column
from tillid.terms.table import NO_PERSON, PURPOSE_SET, SUBJECT_ID


def numbered_as(position: int) -> str:
    """The column with the number of the identifier at `position`; no column of a source begins with _."""
    return f"_subject_{position}"


def met(staged: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The identifiers of the staged rows, each once: kind, value, first_row and position among the kinds."""
    columns = []
    for position, kind in enumerate(kinds):
        value = staged[identifier_column(position)]
        seen = staged.filter(value.notnull()).group_by(value=value).agg(first_row=staged[ROW].min())
        columns.append(
            seen.select(
                kind=ibis.literal(kind), value="value", first_row="first_row", position=ibis.literal(position, "int64")
            )
        )
    if len(set(kinds)) == len(kinds):
        return reduce(lambda a, b: a.union(b), columns)
    every = reduce(lambda a, b: a.union(b), columns)
    return every.group_by("kind", "value").agg(first_row=every.first_row.min(), position=every.position.min())


def new_subjects(met_: ir.Table, subjects: ir.Table, start: int) -> ir.Table:
    """The identifiers without a number, numbered from `start` in order of receipt: subject_id, kind, value."""
    fresh = met_.anti_join(subjects, ["kind", "value"])
    order = ibis.row_number().over(ibis.window(order_by=[fresh.first_row, fresh.position, fresh["value"]]))
    return fresh.select(**{SUBJECT_ID: (order + start).cast("int64"), "kind": fresh.kind, "value": fresh["value"]})


def subjects_met(met_: ir.Table, subjects: ir.Table, data_subject: str) -> ir.Table:
    """Each met identifier's subject, as the kind of data subject that the source declares."""
    known = met_.join(subjects, ["kind", "value"])
    return known.select(SUBJECT_ID).mutate(data_subject=ibis.literal(data_subject))


def numbered(staged: ir.Table, subjects: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The staged rows with `subject_id` (0: no person) and each identifier's own number (`numbered_as`)."""
    rows = staged
    for position, kind in enumerate(kinds):
        number, value = numbered_as(position), f"_value_{position}"
        of_kind = subjects.filter(subjects.kind == kind).select(**{number: SUBJECT_ID, value: "value"})
        rows = rows.left_join(of_kind, rows[identifier_column(position)] == of_kind[value]).drop(value)
    first = ibis.coalesce(*(rows[numbered_as(p)] for p in range(len(kinds))), ibis.literal(NO_PERSON, "int64"))
    return rows.mutate(**{SUBJECT_ID: first})


def links(rows: ir.Table, kinds: Sequence[str], source: str) -> ir.Table:
    """The pairs of identifiers that came in one row, each once: the row's subject and another of its own.

    `rows` come from `numbered`. Columns: purpose_set, subject_a, subject_b, kind_a, kind_b, source.
    """
    kind_of_first = ibis.cases(
        *((rows[numbered_as(p)].notnull(), kind) for p, kind in enumerate(kinds)), else_=ibis.null("string")
    )
    pairs = []
    for position, kind in enumerate(kinds[1:], start=1):
        other = rows[numbered_as(position)]
        pair = rows.filter(other.notnull(), other != rows[SUBJECT_ID]).select(
            **{PURPOSE_SET: "collected"},
            subject_a=SUBJECT_ID,
            subject_b=other,
            kind_a=kind_of_first,
            kind_b=ibis.literal(kind),
            source=ibis.literal(source),
        )
        pairs.append(pair)
    return reduce(lambda a, b: a.union(b), pairs).distinct()
