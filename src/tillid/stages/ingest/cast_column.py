"""Casts one column of a file to the type that its definition says; what does not fit is named, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType, Stored, folded
from tillid.stages.ingest.errors import ValueNotOfType
from tillid.stages.ingest.to_boolean import boolean_of
from tillid.stages.ingest.to_number import decimal_of, integer_of
from tillid.stages.ingest.to_text import text_of
from tillid.stages.ingest.to_time import date_of, timestamp_of

_STRING = pa.string()


@dataclass(frozen=True, slots=True)
class CastValues:
    """Values of a column's type; `is_bad` marks those that could not be cast, None where there are none."""

    values: pa.Array
    is_bad: pa.Array | None


class ColumnCast:
    """Casts batch after batch of one column.

    `date_format` is what the definition says, before what looking found; `timezone` that of local times.
    """

    def __init__(self, column: ColumnDefinition, look: Look, timezone: str, date_format: str | None) -> None:
        self.column = column
        self._to_type = _cast_of(column, look, timezone, date_format)
        self._mapping = None if column.values is None else _mapping_of(column, look, timezone)
        self._format = date_format or look.date_formats.get(column.header)

    def cast(self, raw: pa.Array) -> CastValues:
        """The values of one batch; `raw` has gone through `plain`."""
        values = self._mapped(raw) if self._mapping else self._to_type(raw)
        if values.null_count == raw.null_count:
            return CastValues(values, None)
        return CastValues(values, pc.and_(pc.is_valid(raw), pc.is_null(values)))

    @property
    def reason(self) -> str:
        """Why a value is bad."""
        column = self.column
        if column.values is not None:
            return "not one of the values that the definition lists"
        if column.type in (ColumnType.DECIMAL, ColumnType.MONEY):
            precision, scale = column.precision
            most = "" if column.rounds else f" with at most {scale} decimals"
            return f"not a number{most} below 1{'0' * (precision - scale)}"
        if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
            written = f", neither as {self._format} nor as ISO 8601" if self._format else " as ISO 8601"
            return f"not a {'date' if column.type is ColumnType.DATE else 'time'}{written}"
        words = {ColumnType.INTEGER: "a whole number", ColumnType.BOOLEAN: "true or false", ColumnType.TEXT: "text"}
        return f"not {words[column.type]}"

    def _mapped(self, raw: pa.Array) -> pa.Array:
        keys, stored = self._mapping or (None, None)
        words = pc.utf8_lower(pc.utf8_trim_whitespace(text_of(raw)))
        return pc.take(stored, pc.index_in(words, value_set=keys))


def plain(values: pa.Array) -> pa.Array:
    """Values as one of few types, with null for empty or blank text and for not-a-number.

    >>> plain(pa.array(["a", " ", ""])).to_pylist(), plain(pa.array([1.5, float("nan")])).to_pylist()
    (['a', None, None], [1.5, None])
    """
    if pa.types.is_dictionary(values.type):
        values = pc.cast(values, values.type.value_type)
    kind = values.type
    if pa.types.is_null(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        values = pc.cast(values, _STRING)
    elif pa.types.is_floating(kind):
        is_nan = pc.is_nan(values)
        return pc.if_else(is_nan, pa.scalar(None, kind), values) if is_nan.true_count else values
    if not pa.types.is_string(values.type):
        return values
    is_blank = pc.or_(pc.equal(values, ""), pc.utf8_is_space(values))
    return pc.if_else(is_blank, pa.scalar(None, _STRING), values) if is_blank.true_count else values


def _cast_of(
    column: ColumnDefinition, look: Look, timezone: str, date_format: str | None
) -> Callable[[pa.Array], pa.Array]:
    decimal = look.decimal or "."
    format_ = date_format or look.date_formats.get(column.header)
    is_excel = look.format == "excel"
    casts: dict[ColumnType, Callable[[pa.Array], pa.Array]] = {
        ColumnType.TEXT: text_of,
        ColumnType.INTEGER: lambda raw: integer_of(raw, decimal),
        ColumnType.DECIMAL: lambda raw: decimal_of(raw, column.arrow_type, decimal, rounds=column.rounds),
        ColumnType.MONEY: lambda raw: decimal_of(raw, column.arrow_type, decimal, rounds=False),
        ColumnType.BOOLEAN: boolean_of,
        ColumnType.DATE: lambda raw: date_of(raw, timezone, format_, is_excel=is_excel),
        ColumnType.TIMESTAMP: lambda raw: timestamp_of(raw, timezone, format_, is_excel=is_excel),
    }
    return casts[column.type]


def _mapping_of(column: ColumnDefinition, look: Look, timezone: str) -> tuple[pa.Array, pa.Array]:
    values = dict(column.values or {})
    written = pa.array([_written(value) for value in values.values()], _STRING)
    # A stored value is written in YAML, so its decimal mark is a point whatever the file has.
    to_type = _cast_of(column, replace(look, decimal=".", date_formats={}), timezone, None)
    stored = to_type(written)
    if stored.null_count:
        raise ValueNotOfType(column.header, column.type)
    return pa.array([folded(key) for key in values], _STRING), stored


def _written(value: Stored) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
