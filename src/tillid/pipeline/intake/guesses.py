"""Identifiers that washing guessed: a row is known by what was typed, and what that most likely means is kept beside.

So a wrong guess joins no strangers, and what is said against processing still reaches whom the guess means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.intake.declare import NOBODY, ROW, identifier_column, identifier_kinds
from tillid.stages.ingest.definitions import ColumnDefinition, SourceDefinition
from tillid.stages.resolve.worthless import is_worthless
from tillid.stages.wash import CAN_GUESS, Washed
from tillid.terms.table import SUBJECT_ID

_TEXT = pa.string()


@dataclass(frozen=True, slots=True)
class Guessed:
    """Rows with an identifier that was guessed, and those of them that no other identifier tells."""

    rows: int = 0
    alone: int = 0

    def __add__(self, other: Guessed) -> Guessed:
        return Guessed(self.rows + other.rows, self.alone + other.alone)


def guesses_in(found: Mapping[str, Washed], source: SourceDefinition) -> dict[str, pa.Array]:
    """Column → which of its values are guesses that join nobody; columns without any are left out."""
    if source.link_guesses:
        return {}
    masks = {name: washed.guessed for name, washed in found.items()}
    return {name: mask for name, mask in masks.items() if mask is not None}


def as_typed(values: pa.Array, came: pa.Array, is_guess: pa.Array) -> pa.Array:
    """Identifiers with what was typed in place of a guess, in small letters: two who typed the same are one.

    `values` are the usable ones, null for none, `came` the values before washing. What was typed is never what
    washing makes of another value, for that would have been left as it is.

    >>> values, came = pa.array(["ida@gmail.com", "bo@gmail.com"]), pa.array(["Idagmail.com ", "bo@gmail.com"])
    >>> as_typed(values, came, pa.array([True, False])).to_pylist()
    ['idagmail.com', 'bo@gmail.com']
    """
    typed = pc.utf8_lower(pc.utf8_trim_whitespace(came))
    typed = pc.if_else(pc.fill_null(is_worthless(typed), True), pa.scalar(None, _TEXT), typed)
    return pc.if_else(pc.and_(is_guess, values.is_valid()), typed, values)


def counted(identifiers: Mapping[str, pa.Array], guesses: Mapping[str, pa.Array]) -> Guessed:
    """How many rows have a guess among their identifiers (column → values), and how many of them nothing else."""
    doubtful = [pc.and_(guesses[name], values.is_valid()) for name, values in identifiers.items() if name in guesses]
    if not doubtful:
        return Guessed()
    sure = [pc.and_not(v.is_valid(), guesses[n]) if n in guesses else v.is_valid() for n, v in identifiers.items()]
    is_guessed = reduce(pc.or_, doubtful)
    return Guessed(is_guessed.true_count, pc.and_not(is_guessed, reduce(pc.or_, sure)).true_count)


def told(source: SourceDefinition, guessed: Guessed) -> Iterator[str]:
    """What to say of a source with identifiers that were guessed."""
    if guessed.rows:
        yield (
            f"{source.name}: identifiers that were typed wrong and guessed at join nobody: rows {guessed.rows:,}, "
            f"of them without another identifier {guessed.alone:,}; put them right where they are typed, or say "
            "'link_guesses: true'"
        )


def guessing(source: SourceDefinition) -> list[tuple[int, ColumnDefinition]]:
    """The identifiers that a guess may stand in, each with its position."""
    return [(n, column) for n, column in enumerate(source.identifiers) if column.washed_as in CAN_GUESS]


def meant(staged: ir.Table, numbers: ir.Table, subjects: ir.Table, source: SourceDefinition, start: int) -> ir.Table:
    """What the guesses of the staged rows mean: subject_id of what was typed, kind, value, guessed_id.

    `numbers` has what was typed. A value that is no subject yet gets a number from `start`, by the place where it was
    met first; rows times identifiers numbers are spent.
    """
    kinds = identifier_kinds(source)
    each = []
    for position, column in guessing(source):
        typed, value = staged[identifier_column(position)], staged[column.name]
        # Where a value is what it looks like, nothing is staged beside it.
        rows = staged.filter(typed.notnull(), typed != NOBODY, value.notnull())
        place = rows[ROW] * len(kinds) + (start + position)
        each.append(rows.select(kind=ibis.literal(kinds[position]), typed=typed, value=value, place=place))
    every = reduce(lambda a, b: a.union(b), each)
    first = every.group_by("kind", "value").agg(place=every.place.min())
    pairs = every.select("kind", "typed", "value").distinct().join(first, ["kind", "value"])
    of_typed = numbers.select(kind="kind", typed="value", typed_id=SUBJECT_ID)
    pairs = pairs.join(of_typed, ["kind", "typed"])
    known = pairs.left_join(subjects, ["kind", "value"])
    return known.select(
        known.typed_id, "kind", "value", guessed_id=ibis.coalesce(known[SUBJECT_ID], known.place)
    ).rename({SUBJECT_ID: "typed_id"})


def new_subjects(meant_: ir.Table, start: int) -> ir.Table:
    """The values that were given a number from `start`: subject_id, kind, value."""
    new = meant_.filter(meant_.guessed_id >= start)
    return new.select(**{SUBJECT_ID: new.guessed_id}, kind="kind", value="value").distinct()


def unknown(meant_: ir.Table, guesses: ir.Table) -> ir.Table:
    """The guesses (subject_id, guessed_id) that are not held yet."""
    pairs = meant_.select(SUBJECT_ID, "guessed_id").distinct()
    return pairs.anti_join(guesses, [SUBJECT_ID, "guessed_id"])
