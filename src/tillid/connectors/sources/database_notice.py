"""What a database tells beside its rows: whether the cursor has an index, its clock, and whether others can listen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from tillid.connectors.sources.clocks import clock
from tillid.connectors.sources.database_table import FoundColumn, FoundTable
from tillid.ports.pulled import Noticed

_CLOCKS = {
    "postgresql": "select clock_timestamp()",
    "mysql": "select utc_timestamp(6)",
    "mariadb": "select utc_timestamp(6)",
    "mssql": "select sysutcdatetime()",
}
_IS_TLS = {
    "postgresql": "select case when ssl then version end from pg_stat_ssl where pid = pg_backend_pid()",
    "mysql": "show session status like 'Ssl_version'",
    "mariadb": "show session status like 'Ssl_version'",
}
_TURN_ON = {
    "postgresql": "Say `options: {sslmode: verify-full, sslrootcert: system}` in the connection.",
    "mysql": "Say `options: {ssl_verify_identity: true, ssl_ca: FILE}` in the connection.",
}
_HERE = ("localhost", "127.0.0.1", "::1")


def notice(engine: sa.Engine, table: FoundTable, cursor: FoundColumn | None, host: str | None) -> list[Noticed]:
    """What there is to say of a table, of its `cursor`, and of the server at `host`. It raises what SQLAlchemy does."""
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        noticed = [] if cursor is None else [_cursor(inspector, table, cursor)]
        return [*noticed, *_clock(connection), *_listened(connection, host)]


def _cursor(inspector: sa.Inspector, table: FoundTable, cursor: FoundColumn) -> Noticed:
    if table.name not in inspector.get_table_names(schema=table.schema):
        return Noticed(
            "cursor", f"{cursor.name} is there; whether the tables behind the view have an index is not seen"
        )
    keys: list[Sequence[str | None]] = [
        inspector.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"],
        *(index["column_names"] for index in inspector.get_indexes(table.name, schema=table.schema)),
        *(unique["column_names"] for unique in inspector.get_unique_constraints(table.name, schema=table.schema)),
    ]
    if any(key[0] == cursor.name for key in keys if key):
        return Noticed("cursor", f"{cursor.name} is there, with an index")
    hint = "Let the database's owner make one: without it each load looks through the whole table."
    return Noticed("cursor", f"{cursor.name} is there, and no index begins with it", hint)


def _clock(connection: sa.Connection) -> Iterator[Noticed]:
    asks = _CLOCKS.get(connection.dialect.name)
    there = None if asks is None else connection.exec_driver_sql(asks).scalar()
    if isinstance(there, datetime):
        yield clock(there if there.tzinfo else there.replace(tzinfo=UTC), datetime.now(UTC))


def _listened(connection: sa.Connection, host: str | None) -> Iterator[Noticed]:
    """Whether what goes over a network is encrypted; a socket or this machine needs none."""
    dialect = connection.dialect.name
    if dialect not in _IS_TLS or host is None or host in _HERE or host.startswith("/"):
        return
    row = connection.exec_driver_sql(_IS_TLS[dialect]).first()
    version = None if row is None else row[-1]
    if version:
        yield Noticed("encryption", str(version))
    else:
        hint = _TURN_ON["mysql" if dialect == "mariadb" else dialect]
        yield Noticed("encryption", "none: others on the network can read the rows and the password", hint)
