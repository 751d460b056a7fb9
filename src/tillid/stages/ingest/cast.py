"""Casts a batch of a file to the definition's columns and types, and says which rows were refused and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look, RawBatch
from tillid.stages.ingest.cast_column import ColumnCast, plain
from tillid.stages.ingest.collected_for import COLLECTED_FOR, CollectedFor
from tillid.stages.ingest.columns import ColumnDefinition
from tillid.stages.ingest.counts_as_no import noes
from tillid.stages.ingest.definitions import STATES, SourceDefinition, SourceKind
from tillid.stages.ingest.errors import ColumnMissing
from tillid.stages.ingest.quarantine import hidden
from tillid.stages.ingest.refusals import RefusedRow, raw_row, value_class

_NEEDED = "empty, and every row needs one here"
_PLACES = {"database": "table", "api": "answer"}
_OPEN_FORMATS = ("json", "ndjson", "api")
_NO_IDENTIFIER = "no identifier, so nobody is meant"
NATIONAL_ID = "national id in an identifier column"


@dataclass(frozen=True, slots=True)
class CastBatch:
    """The rows that were taken, typed, and those that were refused.

    `counted_as_no` are rows that were taken although something of them could not be read, and is empty now;
    `noes_of_no_purpose` counts refused rows that are no yes to a purpose that is not known.
    """

    rows: pa.RecordBatch
    refused: tuple[RefusedRow, ...]
    counted_as_no: tuple[RefusedRow, ...] = ()
    noes_of_no_purpose: int = 0


class Cast:
    """Casts batch after batch of one file; every batch it gives has the same schema.

    The schema has the definition's columns in order, then `collected_for` (dictionary of text, see there).
    A row is refused where a value is not of its type, where a value that every row needs is empty (`required`,
    an event's time, a key, a consent's time, state and purpose), where such a value or an identifier was a
    national identity number, and where a consent or suppression has no identifier. What is said against processing is
    taken all the same (see `counts_as_no`). `absent` are headers of the definition that the file does not have, which
    JSON alone may lack, and fields that decide on purposes. Errors: ColumnMissing, ValueNotOfType.
    """

    def __init__(self, definition: SourceDefinition, look: Look, timezone: str) -> None:
        self.absent = _check_columns(definition, look)
        self._definition = definition
        date_format = definition.read_as.date_format
        self._columns = tuple(
            ColumnCast(_with_states(column.as_cast, definition.kind), look, timezone, date_format)
            for column in definition.columns
        )
        self._needed = needed_columns(definition)
        self._collected_for = CollectedFor(definition)
        fields = [(column.name, column.as_cast.arrow_type) for column in definition.columns]
        self.schema = pa.schema([*fields, (COLLECTED_FOR, pa.dictionary(pa.int32(), pa.string()))])

    def cast(self, batch: RawBatch, emptied: Mapping[str, pa.Array] | None = None) -> CastBatch:
        """Cast one batch; `emptied` marks, by header, the values that were taken out before (see `quarantine`)."""
        table = batch.table
        there = {name: index for index, name in enumerate(table.schema.names)}
        arrays: list[pa.Array] = []
        bad: list[tuple[str, str, pa.Array]] = [*self._taken_out(emptied or {})]
        for cast in self._columns:
            column = cast.column
            index = there.get(column.header)
            raw = pa.nulls(table.num_rows, pa.string()) if index is None else plain(table.column(index))
            found = cast.cast(raw)
            arrays.append(found.values)
            if found.is_bad is not None:
                bad.append((column.header, cast.reason, found.is_bad))
            if column.name in self._needed and raw.null_count:
                bad.append((column.header, _NEEDED, pc.is_null(raw)))
        bad.extend(self._without_identifier(arrays))
        rows = pa.RecordBatch.from_arrays([*arrays, self._collected_for.of(table)], schema=self.schema)
        if not bad:
            return CastBatch(rows, ())
        return self._judged(batch, rows, bad)

    def _judged(self, batch: RawBatch, rows: pa.RecordBatch, bad: list[tuple[str, str, pa.Array]]) -> CastBatch:
        is_bad = reduce(pc.or_, (mask for _, _, mask in bad))
        state = next((c.header for c in self._definition.columns if c.name == "state"), None)
        is_empty = next((mask for header, reason, mask in bad if header == state and reason == _NEEDED), None)
        said = noes(self._definition, {name: rows.column(name) for name in rows.schema.names}, is_empty)
        if said is None:
            return CastBatch(rows.filter(pc.invert(is_bad)), tuple(self._refused(batch, bad, is_bad)))
        is_refused, is_no = pc.and_not(is_bad, said.counted), pc.and_(is_bad, said.counted)
        return CastBatch(
            rows.filter(pc.invert(is_refused)),
            tuple(self._refused(batch, bad, is_refused)),
            tuple(self._refused(batch, bad, is_no)),
            pc.and_(is_refused, said.of_no_purpose).true_count,
        )

    def _taken_out(self, emptied: Mapping[str, pa.Array]) -> Iterator[tuple[str, str, pa.Array]]:
        states = self._definition.kind in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS)
        for column in self._definition.columns:
            # What a person said holds for the other identifiers that they gave; without any it is refused below.
            is_needed = column.name in self._needed or (column.identifier is not None and not states)
            if is_needed and column.header in emptied:
                yield column.header, NATIONAL_ID, emptied[column.header]

    def _without_identifier(self, arrays: list[pa.Array]) -> Iterator[tuple[str, str, pa.Array]]:
        if self._definition.kind not in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS):
            return
        identifiers = [
            array for array, column in zip(arrays, self._definition.columns, strict=True) if column.identifier
        ]
        if all(array.null_count for array in identifiers):
            nobody = pc.is_null(identifiers[0])
            for array in identifiers[1:]:
                nobody = pc.and_(nobody, pc.is_null(array))
            if nobody.true_count:
                yield "", _NO_IDENTIFIER, nobody

    def _refused(
        self, batch: RawBatch, bad: list[tuple[str, str, pa.Array]], is_refused: pa.Array
    ) -> Iterator[RefusedRow]:
        indices = pc.indices_nonzero(is_refused)
        first: dict[int, tuple[str, str]] = {}
        for header, reason, mask in bad:
            for index in pc.indices_nonzero(pc.and_(mask, is_refused)).to_pylist():
                first.setdefault(index, (header, reason))
        declared = [name for name in self._definition.headers if name in batch.table.schema.names]
        columns = {name: _as_python(batch.table.column(name).take(indices)) for name in declared}
        for place, index in enumerate(indices.to_pylist()):
            row = {name: values[place] for name, values in columns.items()}
            header, reason = first[index]
            value = value_class(row.get(header)) if header and reason not in (_NEEDED, NATIONAL_ID) else ""
            yield RefusedRow(batch.first_row + index, header, value, reason, hidden(raw_row(row)))


def _as_python(values: pa.Array) -> list[object]:
    try:
        given: list[object] = values.to_pylist()
    except (OverflowError, ValueError):
        # A time that no calendar of Python's reaches.
        given = pc.cast(values, pa.string()).to_pylist()
    return given


def needed_columns(definition: SourceDefinition) -> frozenset[str]:
    """Names of the columns without whose value a row is refused."""
    needed = {column.name for column in definition.columns if column.required}
    if definition.kind is SourceKind.EVENTS and definition.time:
        needed.add(definition.time)
    if definition.key:
        needed.add(definition.key)
    if definition.kind is SourceKind.CONSENTS:
        needed |= {"at", "state", "purpose"} & {column.name for column in definition.columns}
    return frozenset(needed)


def _with_states(column: ColumnDefinition, kind: SourceKind) -> ColumnDefinition:
    if kind is SourceKind.CONSENTS and column.name == "state" and column.values is None:
        return replace(column, values={state: state for state in STATES})
    return column


def _check_columns(definition: SourceDefinition, look: Look) -> tuple[str, ...]:
    missing = [column for column in definition.columns if column.header not in look.columns]
    if look.format in _OPEN_FORMATS:
        # An object may leave a field out; only one that no row can do without is missed.
        needed = needed_columns(definition)
        missing = [column for column in missing if column.name in needed and look.columns_complete]
    if missing:
        place = _PLACES.get(look.format, "file")
        raise ColumnMissing(look.file, [column.header for column in missing], look.columns, place)
    return tuple(header for header in definition.headers if header not in look.columns)
