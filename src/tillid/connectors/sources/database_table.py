"""Finds a table or view by its name, with the columns that it has now."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import types as sqltypes

from tillid.connectors.sources.errors import HeaderDuplicated, TableMissing
from tillid.terms.errors import nearest

_PART = re.compile(r'"((?:[^"]|"")+)"|[^."]+')


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column: its name in the database, its type in the database's words, what it is to be read as.

    `is_utc` says that a moment without a zone is one of UTC.
    """

    name: str
    type: str
    is_binary: bool
    is_utc: bool


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table or view that is there, with its columns by header: their names in composed letters (NFC)."""

    name: str
    schema: str | None
    columns: Mapping[str, FoundColumn]


def find_table(connection: sa.Connection, name: str, table: str) -> FoundTable:
    """The table or view `table` (`schema.table`, each perhaps in double quotes); `name` is for messages.

    Errors: TableMissing with the nearest that there are, HeaderDuplicated.
    """
    inspector = sa.inspect(connection)
    for schema, own in _readings(table):
        if inspector.has_table(own, schema=schema):
            with warnings.catch_warnings():
                # A type that SQLAlchemy does not know is read as the driver gives it.
                warnings.simplefilter("ignore", sa.exc.SAWarning)
                return FoundTable(own, schema, _columns(name, inspector.get_columns(own, schema=schema)))
    raise TableMissing(
        name, f"there is no table or view {table!r}, or its user may not see it", hint=_near(inspector, table)
    )


def _readings(table: str) -> Iterator[tuple[str | None, str]]:
    """Schema and name as they may be meant: what is before the last dot is the schema, unless it is part of the name.

    >>> list(_readings('sales."Order.Lines"')), list(_readings("a.b"))
    ([('sales', 'Order.Lines')], [('a', 'b'), (None, 'a.b')])
    """
    parts = [match[1].replace('""', '"') if match[1] else match[0] for match in _PART.finditer(table)]
    if len(parts) == 1:
        yield None, parts[0]
        return
    yield ".".join(parts[:-1]), parts[-1]
    if '"' not in table:
        yield None, table


def _near(inspector: sa.Inspector, table: str) -> str:
    schema, own = next(_readings(table))
    schemas = inspector.get_schema_names()
    if schema is not None and schema not in schemas:
        return f"There is no schema {schema!r}. {nearest(schema, schemas)}"
    there = {*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)}
    if inspector.dialect.name == "postgresql":
        there |= set(inspector.get_materialized_view_names(schema=schema))
    return nearest(own, there) if there else "No table can be seen there: check database, schema and rights."


def _columns(name: str, found: list[sa.engine.interfaces.ReflectedColumn]) -> dict[str, FoundColumn]:
    columns: dict[str, FoundColumn] = {}
    for place, column in enumerate(found, 1):
        header = unicodedata.normalize("NFC", column["name"])
        if header in columns:
            raise HeaderDuplicated(name, header, (list(columns).index(header) + 1, place))
        type_ = column["type"]
        columns[header] = FoundColumn(column["name"], _word(type_), _is_binary(type_), _is_utc(type_))
    return columns


def _word(type_: sqltypes.TypeEngine[object]) -> str:
    if isinstance(type_, sqltypes.NullType):
        return "a type of its own"
    try:
        return str(type_)
    except sa.exc.CompileError:
        return type(type_).__name__


def _is_binary(type_: sqltypes.TypeEngine[object]) -> bool:
    return isinstance(type_, sqltypes._Binary)


def _is_utc(type_: sqltypes.TypeEngine[object]) -> bool:
    """A TIMESTAMP of MySQL, which is kept in UTC and told in the zone of who asks."""
    return type(type_).__module__.startswith("sqlalchemy.dialects.mysql") and isinstance(type_, sqltypes.TIMESTAMP)
