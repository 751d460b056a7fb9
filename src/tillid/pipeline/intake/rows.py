"""One batch on its way in: washed, its identifiers set out, its purpose set numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.intake import guesses
from tillid.pipeline.intake.declare import (
    AT,
    NOBODY,
    NOT_AGEING,
    OCCURRED_AT,
    ROW,
    SOURCE_FILE,
    identifier_column,
    said_in,
    staged_table,
)
from tillid.pipeline.quality.count import Found, found
from tillid.ports.source import Look
from tillid.stages.ingest.collected_for import COLLECTED_FOR
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.profile.golden_record import RECORD_KEY
from tillid.stages.resolve.worthless import is_worthless
from tillid.stages.wash import ColumnWash, WashKind, wash_batch
from tillid.stages.wash.ordinary_dates import order_of

NO_PURPOSES = ""
_ENOUGH_ROWS = 10_000
# Text that comes less often than this, on average, is stored twice as fast unpacked.
_PACKS = 3


@dataclass(slots=True)
class PurposeSets:
    """The purpose sets met so far: their canonical text (`a|b`) and their number, 1 and up."""

    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def known(cls, sets: Iterable[tuple[int, frozenset[str]]]) -> PurposeSets:
        """Those that the store holds already."""
        return cls({"|".join(sorted(keys)): number for number, keys in sets})

    def number(self, text: str) -> int:
        """The number of a set, a new one when it was not met before."""
        return self.numbers.setdefault(text, max(self.numbers.values(), default=0) + 1)

    def as_sets(self) -> dict[int, frozenset[str]]:
        """Number → purposes."""
        return {number: frozenset(text.split("|")) - {""} for text, number in self.numbers.items()}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a batch comes from: its file's number and time.

    `date_orders` has the order of day, month and year for the columns in which something settles it.
    """

    file: int
    at: datetime
    date_orders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that lacks only what depends on the batches before it: row numbers and the numbers of purpose sets.

    `held` rows were held back, since they were collected for nothing. `found` counts what is in the columns.
    """

    columns: Mapping[str, pa.Array]
    purposes: pa.DictionaryArray
    held: int
    found: Found

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.purposes)

    @property
    def oldest(self) -> datetime:
        """When the first of its events happened."""
        found: datetime | None = pc.min(self.columns[OCCURRED_AT]).as_py()
        return NOT_AGEING if found is None else found

    def staged(self, source: SourceDefinition, first_row: int, sets: PurposeSets) -> pa.RecordBatch:
        """The batch as it is staged, its rows numbered from `first_row`."""
        # A set that no row has would part purposes that admit the same rows.
        met = set(pc.unique(self.purposes.indices).to_pylist())
        texts = enumerate(self.purposes.dictionary.to_pylist())
        by_index = pa.array([sets.number(t or NO_PURPOSES) if i in met else None for i, t in texts], pa.int32())
        numbers = {ROW: pa.arange(first_row, first_row + self.rows), "collected": by_index.take(self.purposes.indices)}
        columns = {**self.columns, **numbers}
        names = list(staged_table(source).physical())
        return pa.RecordBatch.from_arrays([columns[name] for name in names], names=names)


def mostly_distinct(batch: pa.RecordBatch) -> frozenset[str]:
    """The columns of text in which few rows share a value, as far as one batch tells.

    >>> names = [f"name {number}" for number in range(20_000)]
    >>> sorted(mostly_distinct(pa.record_batch({"name": names, "country": ["DK"] * 20_000})))
    ['name']
    """
    if batch.num_rows < _ENOUGH_ROWS:
        return frozenset()
    text = [name for name in batch.schema.names if pa.types.is_string(batch.schema.field(name).type)]
    return frozenset(n for n in text if _PACKS * pc.count_distinct(batch.column(n)).as_py() > batch.num_rows)


def washes(source: SourceDefinition, arrival: Arrival) -> tuple[ColumnWash, ...]:
    """The washing that a source's columns ask for."""
    return tuple(
        ColumnWash(
            column.name,
            WashKind(column.washed_as),
            source.country,
            parts=tuple(column.parts.items()),
            postcode_column=source.postcode_of(column) if column.washed_as == WashKind.CITY else None,
            date_order=arrival.date_orders.get(column.name, ""),
            # Judged by the file's own time, a file read again gives the same.
            today=arrival.at.date(),
        )
        for column in source.columns
        if column.washed_as != "none"
    )


def date_orders(source: SourceDefinition, look: Look) -> dict[str, str]:
    """The order of day, month and year in each column in which the definition or a look at the file settles it."""
    said = source.read_as.date_format
    formats = {c.name: said or look.date_formats.get(c.header) for c in source.columns}
    doubtful = {c.name for c in source.columns if said is None and c.header in look.ambiguous_dates}
    return {name: order_of(text) for name, text in formats.items() if text and name not in doubtful}


def prepare(rows: pa.RecordBatch, source: SourceDefinition, country: str, arrival: Arrival) -> Prepared:
    """The batch washed, with its identifiers set out.

    `rows` are typed rows of the source, with their purposes as text in the column `COLLECTED_FOR`.
    """
    wanted = _wanted(rows.column(COLLECTED_FOR), source)
    kept = rows if wanted is None else rows.filter(wanted)
    washed = wash_batch(kept.drop_columns([COLLECTED_FOR]), washes(source, arrival), country)
    columns = {name: washed.rows.column(name) for name in washed.rows.schema.names}
    columns |= {c.name: columns[c.name].cast(c.arrow_type) for c in source.columns if c.as_cast is not c}
    if source.kind is SourceKind.EVENTS:
        columns[OCCURRED_AT] = columns[str(source.time)].cast(pa.timestamp("us"))
    count = kept.num_rows
    guessed = guesses.guesses_in(washed.found, source)
    identifiers = _identifiers(columns, source, count, guessed)
    known_by_guess = _counted(identifiers, source, guessed)
    if source.has_versions:
        columns[RECORD_KEY] = _record_key(columns, source, count, guessed)
    if source.kind is SourceKind.PEOPLE:
        identifiers.append(_own_identifier(identifiers, columns[RECORD_KEY], source, count))
    at = pa.scalar(arrival.at, pa.timestamp("us"))
    moment = pa.repeat(at, count)
    if source.kind is SourceKind.PEOPLE and source.time:
        moment = pc.coalesce(columns[source.time].cast(pa.timestamp("us")), at)
    columns |= {
        SOURCE_FILE: pa.repeat(pa.scalar(arrival.file, pa.int32()), count),
        AT: moment,
        **{identifier_column(i): values for i, values in enumerate(_as_staged(identifiers, columns, source))},
    }
    counted = found(columns, washed.found, source, known_by_guess)
    return Prepared(columns, kept.column(COLLECTED_FOR), rows.num_rows - count, counted)


def _wanted(purposes: pa.DictionaryArray, source: SourceDefinition) -> pa.Array | None:
    """Which rows may be kept; None where all may.

    A row that was collected for nothing may be used for nothing, so it is not kept at all. Ledgers and things
    are not collected for a purpose: what a person said must be kept, and a thing is about nobody.
    """
    is_wanted = [bool(text) for text in purposes.dictionary.to_pylist()]
    if source.kind not in (SourceKind.PEOPLE, SourceKind.EVENTS) or all(is_wanted):
        return None
    return pa.array(is_wanted).take(purposes.indices)


def _identifiers(
    columns: dict[str, pa.Array], source: SourceDefinition, count: int, guessed: Mapping[str, pa.Array]
) -> list[pa.Array]:
    """The usable value of each identifier: null where it is empty or identifies nobody, as typed where guessed."""
    usable = []
    for column in source.identifiers:
        values = columns[column.name].cast(pa.string())
        values = pc.utf8_trim_whitespace(values)
        useless = pc.fill_null(pc.or_(is_worthless(values), pc.equal(values, "")), True)
        if pc.any(useless, min_count=0).as_py():
            values = pc.if_else(useless, pa.scalar(None, pa.string()), values)
        if column.name in guessed:
            values = guesses.as_typed(values, columns[f"{column.name}_raw"], guessed[column.name])
        usable.append(values if count else pa.array([], pa.string()))
    return usable


def _counted(
    identifiers: Sequence[pa.Array], source: SourceDefinition, guessed: Mapping[str, pa.Array]
) -> guesses.Guessed:
    names = (column.name for column in source.identifiers)
    return guesses.counted(dict(zip(names, identifiers, strict=True)), guessed)


def _as_staged(
    identifiers: Sequence[pa.Array], columns: Mapping[str, pa.Array], source: SourceDefinition
) -> Iterator[pa.Array]:
    """The identifiers as they are staged: empty text for none, and nothing where the row's own column says it.

    Most are what stands in the column; to store them twice would cost as much as to number them.
    """
    for values, column in zip(identifiers, said_in(source), strict=True):
        if column is None:
            yield values
            continue
        said = columns[column]
        is_said = pc.or_(pc.fill_null(pc.equal(values, said), False), pc.and_(values.is_null(), said.is_null()))
        if is_said.true_count == len(values):
            yield pa.nulls(len(values), pa.string())
        else:
            yield pc.if_else(is_said, pa.scalar(None, pa.string()), pc.fill_null(values, NOBODY))


def _record_key(
    columns: dict[str, pa.Array], source: SourceDefinition, count: int, guessed: Mapping[str, pa.Array]
) -> pa.Array:
    """What identifies a record among its source's: the declared key, else all that the record says."""
    if source.key is not None:
        # A key that no wash could make sense of still tells one record from another.
        came = columns.get(f"{source.key}_raw", columns[source.key]).cast(pa.string())
        key = columns[source.key].cast(pa.string())
        if source.key in guessed:
            key = pc.if_else(guessed[source.key], pa.scalar(None, pa.string()), key)
        return pc.coalesce(key, came)
    texts = [pc.fill_null(columns[c.name].cast(pa.string()), "\x00") for c in source.columns]
    return pc.binary_join_element_wise(*texts, "\x1f") if count else pa.array([], pa.string())


def _own_identifier(identifiers: Sequence[pa.Array], key: pa.Array, source: SourceDefinition, count: int) -> pa.Array:
    """For a record without any identifier, one of its own, so that it is a person that nothing is joined to."""
    if not count:
        return pa.array([], pa.string())
    known = pc.is_valid(pc.coalesce(*identifiers)) if identifiers else pa.repeat(False, count)
    own = pc.binary_join_element_wise(f"{source.name}:", key, "")
    return pc.if_else(known, pa.scalar(None, pa.string()), own)
