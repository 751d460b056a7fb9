"""Numbers for identifiers: which are new, which subject each row is about, and which came together.

An identifier's text is looked up once, when the numbers of those met are written; all that follows goes by
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from tillid.pipeline.intake.declare import NOBODY, ROW, identifier_column, numbered_as
from tillid.terms.table import NO_PERSON, PURPOSE_SET, SUBJECT_ID


def with_identifiers(staged: ir.Table, said_in: Sequence[str | None]) -> ir.Table:
    """The staged rows with the usable value of each identifier, wherever it stands; null where there is none."""
    said = {
        identifier_column(position): ibis.coalesce(staged[identifier_column(position)], staged[column]).nullif(NOBODY)
        for position, column in enumerate(said_in)
        if column is not None
    }
    return staged.mutate(**said)


def numbers(staged: ir.Table, subjects: ir.Table, kinds: Sequence[str], start: int) -> ir.Table:
    """The number (subject_id, kind, value) of each identifier of the staged rows: its own, or one from `start`.

    A new identifier is numbered by the place where it was met first, counted row by row and kind by kind: that
    asks for no order of all of them, and is the same on every engine. Rows times kinds numbers are spent.
    """
    columns = []
    for position, kind in enumerate(kinds):
        value = staged[identifier_column(position)]
        seen = staged.filter(value.notnull()).group_by(value=value).agg(first_row=staged[ROW].min())
        columns.append(
            seen.select(kind=ibis.literal(kind), value="value", place=seen.first_row * len(kinds) + (start + position))
        )
    met = reduce(lambda a, b: a.union(b), columns)
    if len(set(kinds)) < len(kinds):
        met = met.group_by("kind", "value").agg(place=met.place.min())
    found = met.left_join(subjects, ["kind", "value"])
    return found.select("kind", "value", **{SUBJECT_ID: ibis.coalesce(found[SUBJECT_ID], found.place)})


def new_subjects(numbers_: ir.Table, start: int) -> ir.Table:
    """The identifiers that were given a number from `start`: subject_id, kind, value."""
    return numbers_.filter(numbers_[SUBJECT_ID] >= start).select(SUBJECT_ID, "kind", "value")


def subjects_met(numbers_: ir.Table, data_subject: str) -> ir.Table:
    """Each met identifier's subject, as the kind of data subject that the source declares."""
    return numbers_.select(SUBJECT_ID).mutate(data_subject=ibis.literal(data_subject))


def numbered(staged: ir.Table, numbers_: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The staged rows with each identifier's own number (`numbered_as`), null where there is none."""
    rows = staged
    for position, kind in enumerate(kinds):
        number, value = numbered_as(position), f"_value_{position}"
        of_kind = numbers_.filter(numbers_.kind == kind).select(**{number: SUBJECT_ID, value: "value"})
        rows = rows.left_join(of_kind, rows[identifier_column(position)] == of_kind[value]).drop(value)
    return rows


def with_subject(rows: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The numbered rows with `subject_id`: the first of their identifiers, or 0 for no person."""
    first = ibis.coalesce(*(rows[numbered_as(p)] for p in range(len(kinds))), ibis.literal(NO_PERSON, "int64"))
    return rows.mutate(**{SUBJECT_ID: first})


def links(rows: ir.Table, kinds: Sequence[str], source: str) -> ir.Table:
    """The pairs of identifiers that came in one row, each once: the row's subject and another of its own.

    `rows` come from `with_subject`. Columns: purpose_set, subject_a, subject_b, kind_a, kind_b, source.
    """
    # Numbers are told apart faster than words: a kind stands as its place among the kinds.
    codes = [ibis.literal(kinds.index(kind), "int8") for kind in kinds]
    first = ibis.cases(
        *((rows[numbered_as(p)].notnull(), code) for p, code in enumerate(codes)), else_=ibis.null("int8")
    )
    pairs = []
    for position, code in enumerate(codes[1:], start=1):
        other = rows[numbered_as(position)]
        pair = rows.filter(other.notnull(), other != rows[SUBJECT_ID]).select(
            **{PURPOSE_SET: "collected"},
            subject_a=SUBJECT_ID,
            subject_b=other,
            first=first,
            second=code,
        )
        pairs.append(pair)
    once = reduce(lambda a, b: a.union(b), pairs).distinct()

    def kind_of(code: ir.Column) -> ir.Value:
        return ibis.cases(
            *((code == kinds.index(kind), kind) for kind in dict.fromkeys(kinds)), else_=ibis.null("string")
        )

    return once.select(
        PURPOSE_SET,
        "subject_a",
        "subject_b",
        kind_a=kind_of(once.first),
        kind_b=kind_of(once.second),
        source=ibis.literal(source),
    )
