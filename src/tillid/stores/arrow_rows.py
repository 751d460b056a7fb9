"""Arrow batches on their way in and out: held to the declared types, and to the same types from every engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import ibis.expr.types as ir
import pyarrow as pa

from tillid.ports.errors import StoreError, TableMismatch
from tillid.stores.binding import check_columns
from tillid.stores.fit import arrow_type, type_of
from tillid.terms.table import Table


class Incoming:
    """Batches from outside as one stream in the columns and types of a declared table.

    `failure` is what the giver of the batches raised, if they did: an engine hides it in an error of its own.
    """

    def __init__(self, table: Table, batches: Iterable[pa.RecordBatch]) -> None:
        self._table = table
        self.schema = pa.schema([(name, arrow_type(kind)) for name, kind in table.physical().items()])
        self.failure: BaseException | None = None
        given = iter(batches)
        first = next(given, None)
        self.is_empty = first is None
        checked: pa.Schema | None = None
        if first is not None:
            checked = self._checked(first.schema)
        self._seen = checked
        self._batches = chain([first] if first is not None else [], given)

    def reader(self) -> pa.RecordBatchReader:
        """The stream; it can be read once."""
        return pa.RecordBatchReader.from_batches(self.schema, self._settled())

    def _settled(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._batches:
                if batch.schema is not self._seen and not batch.schema.equals(self._seen):
                    self._seen = self._checked(batch.schema)
                if batch.num_rows:
                    yield self._cast(batch)
        except BaseException as error:
            self.failure = error
            raise

    def _checked(self, schema: pa.Schema) -> pa.Schema:
        check_columns({field.name: type_of(field.type) for field in schema}, self._table)
        return schema

    def _cast(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.equals(self.schema):
            return batch
        columns = []
        for field in self.schema:
            column = batch.column(field.name)
            try:
                columns.append(column if column.type == field.type else column.cast(field.type))
            except pa.ArrowInvalid:
                # Arrow's own text shows the value.
                raise TableMismatch(f"A value of {self._table.name}.{field.name} does not fit {field.type}") from None
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


class Outgoing:
    """Rows of a query in the types that the query says, whichever engine ran it."""

    def __init__(self, body: ir.Table | object) -> None:
        self._said: dict[str, pa.DataType] = {}
        if isinstance(body, ir.Table):
            self._said = {name: arrow_type(str(kind)) for name, kind in body.schema().items()}

    def table(self, rows: pa.Table) -> pa.Table:
        """All rows at once."""
        schema = self._schema(rows.schema)
        return rows if rows.schema.equals(schema) else _cast(rows, schema)

    def batches(self, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows batch by batch."""
        schema: pa.Schema | None = None
        for batch in rows:
            if schema is None:
                schema = self._schema(batch.schema)
            if batch.schema.equals(schema):
                yield batch
            else:
                yield from _cast(pa.Table.from_batches([batch]), schema).to_batches()

    def _schema(self, schema: pa.Schema) -> pa.Schema:
        return pa.schema([(field.name, _settled(self._said.get(field.name), field.type)) for field in schema])


def _cast(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    try:
        return rows.cast(schema)
    except pa.ArrowInvalid:
        differs = [f.name for f in schema if rows.schema.field(f.name).type != f.type]
        raise StoreError(f"A value of the result does not fit its type ({', '.join(differs)})") from None


def _settled(said: pa.DataType | None, came: pa.DataType) -> pa.DataType:
    if said is None:
        return _plain(came)
    if pa.types.is_decimal128(said):
        # Ibis does not follow decimals through multiplication, division and means; the engines do.
        if not pa.types.is_decimal128(came):
            return pa.float64()
        return said if came.scale == said.scale and came.precision <= said.precision else _plain(came)
    return said


def _plain(kind: pa.DataType) -> pa.DataType:
    """The one type in which both engines' values travel when the query does not say."""
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_decimal128(kind):
        return pa.decimal128(38, kind.scale)
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    return kind
