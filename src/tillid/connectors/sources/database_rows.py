"""The rows of a table in batches: dlt's table loader asks and streams, and each column becomes Arrow, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from dlt.sources import incremental
from dlt.sources.sql_database import TableLoader
from sqlalchemy import types as sqltypes

from tillid.connectors.sources.database_table import FoundColumn, FoundTable
from tillid.connectors.sources.python_values import column_of

CHUNK_ROWS = 16_384
"""Rows that come in one batch; of tables with long texts more would need much memory."""

Row = Sequence[object]
_NOTHING = {type(None)}
# Of these column_of makes the same as of what `_plain` would.
_AS_THEY_ARE = ({str}, {int}, {float}, {bool}, {date})


@dataclass(frozen=True, slots=True)
class From:
    """Rows are asked for from `value` of a column on (None: from the first), those without a value too."""

    column: FoundColumn
    value: object


class _Rows(TableLoader):
    """dlt's loader, which gives rows as the driver does, and hangs up when no more are wanted."""

    def _load_rows(self, query: Any, backend_kwargs: dict[str, Any]) -> Iterator[list[Row]]:  # noqa: ARG002
        with self.engine.connect() as connection:
            result = connection.execution_options(yield_per=self.chunk_size).execute(query)
            try:
                for partition in result.partitions():
                    yield [tuple(row) for row in partition]
            except GeneratorExit:
                _forget_the_rest(result.cursor)
                connection.invalidate()
                raise


def _forget_the_rest(cursor: Any) -> None:
    """Keep PyMySQL from reading all that is left of a table before it lets go of its connection."""
    unread = getattr(cursor, "_result", None)
    if unread is not None and getattr(unread, "unbuffered_active", False):
        unread.unbuffered_active = False


def rows_of(
    engine: sa.Engine, table: FoundTable, columns: Sequence[FoundColumn], since: From | None, *, most: int | None = None
) -> Iterator[list[Row]]:
    """The rows in chunks, with these columns as the driver gives them, in one statement that sees one state."""
    # Columns without a type are handed over as the driver has them: nothing is made of them on the way. dlt knows
    # each by its place, since it takes the name of a cursor for a JSONPath, which has no blank and no æ in it.
    of = [sa.Column(column.name, sqltypes.NullType(), key=_key(place)) for place, column in enumerate(columns)]
    asked = sa.Table(table.name, sa.MetaData(), *of, schema=table.schema)
    taken_up = None
    if since is not None and since.value is not None:
        cursor = _key(columns.index(since.column))
        taken_up = incremental(cursor, initial_value=since.value, on_cursor_value_missing="include", primary_key=())
    loader = _Rows(
        engine,
        "sqlalchemy",
        asked,
        {},
        CHUNK_ROWS if most is None else most,
        incremental=taken_up,
        query_adapter_callback=lambda query, *_: query if most is None else query.limit(most),
    )
    yield from loader.load_rows()


def _key(place: int) -> str:
    return f"c{place}"


def batch_of(rows: Sequence[Row], columns: Mapping[str, tuple[int, FoundColumn]]) -> pa.RecordBatch:
    """The rows as Arrow; `columns` maps each header to its place in a row and the column."""
    turned = list(zip(*rows, strict=True)) if rows else []
    arrays = [
        _array(turned[place], column) if turned else pa.array([], pa.string()) for place, column in columns.values()
    ]
    if not arrays:
        # Rows of which no column is wanted are counted all the same.
        return pa.record_batch({"": pa.nulls(len(rows))})
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _plain(value: object, column: FoundColumn) -> object:  # noqa: PLR0911  one line a type reads best
    if value is None or isinstance(value, str | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        return value.replace(tzinfo=UTC) if column.is_utc else value
    if isinstance(value, bytes | memoryview):
        return _of_bytes(bytes(value), column)
    if isinstance(value, set | frozenset):
        return ",".join(sorted(map(str, value)))
    if isinstance(value, date | timedelta | list | dict):
        return value
    return str(value)


def _of_bytes(value: bytes, column: FoundColumn) -> object:
    """Columns of bytes are kept out: what gets here is a BIT, or text of a database that does not say its encoding."""
    if column.type.startswith("BIT"):
        return int.from_bytes(value, "big")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _array(given: Sequence[object], column: FoundColumn) -> pa.Array:
    kinds = set(map(type, given)) - _NOTHING
    if kinds in _AS_THEY_ARE:
        return column_of(given)
    values = [_plain(value, column) for value in given]
    kinds = set(map(type, values)) - _NOTHING
    if kinds == {Decimal}:
        return _decimals(values)
    if kinds == {datetime} and {value.tzinfo for value in values if isinstance(value, datetime)} == {UTC}:
        return pa.array(values, pa.timestamp("us", "UTC"))
    return column_of([str(value) if isinstance(value, Decimal) else value for value in values])


def _decimals(values: list[Any]) -> pa.Array:
    """Decimals as they are; text where there is one that is no number, or more digits than Arrow has."""
    try:
        return pa.array(values)
    except pa.ArrowInvalid:
        return pa.array([None if value is None else format(value, "f") for value in values], pa.string())
