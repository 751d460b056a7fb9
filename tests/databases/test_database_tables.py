"""What a table may be and hold: names, schemas, views, types, and what is said where something is missing."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from database_servers import PASSWORD, Server
from pymysql.connections import MySQLResult

from tillid.connectors.secrets.kept_secrets import KeptSecrets
from tillid.connectors.sources.database import DatabaseSource, TableRequest
from tillid.connectors.sources.errors import (
    AccessDenied,
    ColumnBinary,
    CursorMissing,
    DriverMissing,
    PullError,
    PullRefused,
    SourceUnreachable,
    TableMissing,
)
from tillid.ports.pulled import DatabaseConnection, FromDatabase
from tillid.stages.ingest.cast import Cast
from tillid.stages.ingest.definitions import SourceDefinition

every_engine = pytest.mark.parametrize("database", ["sqlite", "postgresql", "mariadb"], indirect=True)
both_servers = pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)


def source(database: Any, table: str, **more: Any) -> DatabaseSource:
    """A reader of a table, of all its columns if nothing else is said."""
    said = {key: more.pop(key) for key in ("cursor", "lag", "deleted") if key in more}
    where = {
        key.removeprefix("in_"): more.pop(key)
        for key in ("driver", "host", "port", "user", "in_database")
        if key in more
    }
    found = (
        {"driver": "sqlite", "database": str(database.path)}
        if database.driver == "sqlite"
        else {
            "driver": database.driver,
            "host": "127.0.0.1",
            "port": database.port,
            "database": "butik",
            "user": "ejer",
        }
    )
    connection = DatabaseConnection("butik", **(found | where))
    return DatabaseSource(
        Path("/"), TableRequest(connection, FromDatabase("butik", table, **said), **more), KeptSecrets("small")
    )


def rows(found: DatabaseSource) -> list[dict[str, Any]]:
    return [row for batch in found.pull(None) for row in batch.rows.table.to_pylist()]


@every_engine
def test_names_are_taken_as_they_are(database: Any) -> None:
    quote = database.owner().dialect.identifier_preparer.quote
    names = ["order", "Æble Øl", "a.b", "kr.%(x)s", 'sagde "ja"', "Ⓐ", "select", "år:1", "x-y", "CamelCase"]
    table = sa.Table("Order", sa.MetaData(), *(sa.Column(name, sa.Integer) for name in names))
    with database.owner().begin() as connection:
        table.create(connection)
        connection.execute(sa.insert(table).values({column: place for place, column in enumerate(table.columns)}))
    assert quote("Order")
    found = source(database, "Order")
    assert found.look().columns == tuple(names)
    assert rows(found) == [{name: place for place, name in enumerate(names)}]
    for place, name in enumerate(names):
        again = source(database, '"Order"', cursor=name, only=frozenset([name]))
        *_, last = again.pull(None)
        assert [batch.rows.table.num_rows for batch in again.pull(last.reached)] == [0, 0]
        assert str(place) in str(last.reached)


@both_servers
def test_a_schema_and_a_view_are_found(database: Any) -> None:
    database.say("create schema salg", "create table salg.t (a int)", "insert into salg.t values (7)")
    database.say("create view salg.v as select a + 1 as b from salg.t")
    assert rows(source(database, "salg.t")) == [{"a": 7}]
    assert rows(source(database, 'salg."v"')) == [{"b": 8}]
    with pytest.raises(TableMissing, match="Did you mean 'salg'"):
        source(database, "slag.t").look()
    with pytest.raises(TableMissing, match="Valid: t, v"):
        source(database, "salg.orders").look()
    if database.driver == "mariadb":
        database.say("drop schema salg")


@every_engine
def test_an_empty_table_has_columns_and_no_rows(database: Any) -> None:
    database.say("create table t (a int, b varchar(10))")
    found = source(database, "t", cursor="a")
    assert found.look().columns == ("a", "b")
    (only,) = found.pull(None)
    assert only.rows.table.num_rows == 0
    assert only.reached is not None
    database.say("insert into t values (1, 'x')")
    assert [b.rows.table.num_rows for b in found.pull(only.reached)] == [1, 0]


POSTGRES_TYPES = """
create type humør as enum ('glad', 'sur');
create table t (
  i smallint, b bigint, n numeric, n2 numeric(38, 10), r real, d double precision, m money, f boolean,
  c char(3), v varchar, x text, day date, at timestamp, atz timestamptz, clock time, span interval,
  u uuid, j json, jb jsonb, e humør, a integer[], ta text[], ip inet, bits bit(3), rng int4range, xm xml, by bytea
);
insert into t values (
  -5, 9223372036854775807, 12345678901234567890.123456789012345, 1.5, 0.5, 2.5, 12.5, true,
  'ab', 'Ærø', 'x', '2025-03-30', '2025-03-30 02:30:00.123456', '2025-03-30 02:30:00+02', '10:20:30', '1 day',
  '5b0f7b5e-1111-4222-8333-444455556666', '{"å": 1.10}', '{"b": [1, 2]}', 'glad', '{1,2,null}', '{"æ","b c"}',
  '10.1.2.0/24', B'101', '[1,5)', '<a/>', '\\x00ff'
), (null,null,'NaN',null,'NaN',null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null)
"""


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_types_of_postgres_come_in_exactly(database: Any) -> None:
    for statement in POSTGRES_TYPES.split(";\n"):
        database.say(statement.replace(":", "\\:"))
    found = source(database, "t")
    row, empty = rows(found)
    assert "by" in found.look().columns
    assert "by" not in row
    assert row["i"] == -5
    assert row["b"] == 9223372036854775807
    assert row["n"] in (Decimal("12345678901234567890.123456789012345"), "12345678901234567890.123456789012345")
    assert row["n2"] == Decimal("1.5000000000")
    assert (row["r"], row["d"], row["f"]) == (0.5, 2.5, True)
    assert row["c"].strip() == "ab"
    assert (row["v"], row["day"]) == ("Ærø", date(2025, 3, 30))
    assert row["at"] == datetime(2025, 3, 30, 2, 30, 0, 123456)
    assert row["atz"] == datetime(2025, 3, 30, 0, 30, tzinfo=UTC)
    assert row["clock"] == "10:20:30"
    assert row["u"] == "5b0f7b5e-1111-4222-8333-444455556666"
    assert row["j"] == '{"å": 1.10}'
    assert row["jb"] == '{"b": [1, 2]}'
    assert (row["e"], row["a"], row["ta"]) == ("glad", "[1,2,null]", '["æ","b c"]')
    assert (row["ip"], row["bits"], row["xm"]) == ("10.1.2.0/24", "101", "<a/>")
    assert {key for key, value in empty.items() if value is not None} <= {"n", "r"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_times_that_no_calendar_has_are_refused_and_not_fatal(database: Any) -> None:
    database.say("create table t (id int, at timestamp, atz timestamptz, day date)")
    database.say(
        "insert into t values (1, 'infinity', '-infinity', 'infinity'), (2, '2025-01-02', '2025-01-02', '2025-01-02')"
    )
    database.say("insert into t values (3, '0044-03-15 BC', '20000-01-01', '0044-03-15 BC')")
    found = source(database, "t")
    definition = SourceDefinition.from_mapping(
        "t",
        {
            "kind": "things",
            "key": "id",
            "database": {"connection": "butik", "table": "t"},
            "columns": {
                "id": {"name": "id", "type": "text", "category": "system"},
                "at": {"name": "at", "type": "timestamp", "category": "system"},
                "atz": {"name": "atz", "type": "timestamp", "category": "system"},
                "day": {"name": "day", "type": "date", "category": "system"},
            },
        },
    )
    cast = Cast(definition, found.look(), "UTC")
    done = [cast.cast(batch.rows) for batch in found.pull(None)]
    taken = [row for batch in done for row in batch.rows.to_pylist()]
    assert [(row["id"], row["at"]) for row in taken] == [("1", None), ("2", datetime(2025, 1, 2))], "no end is empty"
    assert sum(len(batch.refused) for batch in done) == 1


MARIA_TYPES = """
create table t (
  f tinyint(1), i int unsigned, b bigint unsigned, n decimal(38, 10), r float, d double, c char(3), v varchar(20),
  x longtext, day date, at datetime(6), ts timestamp(3) null, clock time, y year, j json, e enum('glad', 'sur'),
  s set('a', 'b', 'c'), bits bit(1), img blob
) default charset utf8mb4;
insert into t values (1, 4294967295, 18446744073709551615, 12345678901234567890.1234567891, 0.5, 2.5, 'ab', 'Ærø 🎈',
  'x', '2025-03-30', '2025-03-30 02:30:00.123456', '2025-03-30 04:30:00.5', '10:20:30', 2025, '{"å": 1.10}', 'glad',
  'a,c', b'1', x'00ff');
insert into t () values ()
"""


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_types_of_mariadb_come_in_exactly(database: Any) -> None:
    for statement in MARIA_TYPES.split(";\n"):
        database.say(statement.replace(":", "\\:"))
    found = source(database, "t")
    row, empty = rows(found)
    assert "img" not in row
    assert (row["f"], row["i"], row["bits"], row["y"]) == (1, 4294967295, 1, 2025)
    assert row["b"] in (18446744073709551615, "18446744073709551615")
    assert row["n"] == Decimal("12345678901234567890.1234567891")
    assert (row["r"], row["d"], row["v"]) == (0.5, 2.5, "Ærø 🎈")
    assert row["day"] == date(2025, 3, 30)
    assert row["at"] == datetime(2025, 3, 30, 2, 30, 0, 123456)
    assert row["ts"] == datetime(2025, 3, 30, 2, 30, 0, 500000, tzinfo=UTC), "told at +02:00, kept in UTC"
    assert row["clock"] == "10:20:30"
    assert (row["j"], row["e"], row["s"]) == ('{"å": 1.10}', "glad", "a,c")
    assert set(empty.values()) == {None}


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_zero_dates_of_mariadb_are_not_fatal(database: Any) -> None:
    database.say("create table t (a int, day date, at datetime)")
    with database.owner().begin() as connection:
        connection.exec_driver_sql("set sql_mode = ''")
        connection.exec_driver_sql(
            "insert into t values (1, '0000-00-00', '2025-02-00'), (2, '2025-01-02', '2025-01-02')"
        )
    found = rows(source(database, "t"))
    assert [row["a"] for row in found] == [1, 2]
    assert str(found[1]["day"]) == "2025-01-02"


CURSORS: dict[str, list[tuple[str, str, str]]] = {
    "postgresql": [
        ("smallint", "5", "6"),
        ("bigint", "1099511627776", "1099511627777"),
        ("numeric(38, 4)", "12345678901234567890.1234", "12345678901234567890.1235"),
        ("double precision", "0.1", "0.2"),
        ("date", "'2025-11-03'", "'2025-11-04'"),
        ("timestamp", "'2025-11-03 09:30:00.123456'", "'2025-11-03 09:30:00.123457'"),
        ("timestamptz", "'2025-10-26 02:30:00+02'", "'2025-10-26 02:30:00+01'"),
        ("text", "'2025-11-03T09:30:00Z'", "'2025-11-03T09:30:01Z'"),
        ("bytea", "'\\x00ff'", "'\\x0100'"),
    ],
    "mariadb": [
        ("tinyint", "5", "6"),
        ("bigint unsigned", "18446744073709551614", "18446744073709551615"),
        ("decimal(38, 4)", "12345678901234567890.1234", "12345678901234567890.1235"),
        ("double", "0.1", "0.2"),
        ("date", "'2025-11-03'", "'2025-11-04'"),
        ("datetime(6)", "'2025-11-03 09:30:00.123456'", "'2025-11-03 09:30:00.123457'"),
        ("timestamp(6) null", "'2025-10-26 02:30:00.5'", "'2025-10-26 03:30:00'"),
        ("varchar(30)", "'2025-11-03T09:30:00Z'", "'2025-11-03T09:30:01Z'"),
        ("varbinary(8)", "x'00ff'", "x'0100'"),
    ],
}


@both_servers
def test_every_type_that_has_an_order_takes_up_where_it_ended(database: Any) -> None:
    for place, (type_, first, then) in enumerate(CURSORS[database.driver]):
        table = f"t{place}"
        database.say(f"create table {table} (id int, c {type_})".replace(":", "\\:"))

        def put(number: int, value: str, table: str = table) -> None:
            database.say(f"insert into {table} values ({number}, {value})".replace(":", "\\:"))

        put(1, first)
        found = source(database, table, cursor="c", only=frozenset({"id"}))
        *_, last = found.pull(None)
        put(2, first)
        put(3, then)
        batches = list(found.pull(last.reached))
        assert [row["id"] for batch in batches for row in batch.rows.table.to_pylist()] == [2, 3], type_
        assert sum(batch.rows.table.num_rows for batch in found.pull(batches[-1].reached)) == 0, type_


@every_engine
def test_local_formats_in_text_are_found(database: Any) -> None:
    database.say("create table t (day varchar(10), price varchar(10))")
    database.say("insert into t values ('24-12-2025', '1.234,50'), ('01-02-2026', '0,5')")
    look = source(database, "t").look()
    assert look.decimal == ","
    assert dict(look.date_formats) == {"day": "%d-%m-%Y"}


@both_servers
def test_bytes_are_kept_out(database: Any) -> None:
    database.say(f"create table t (a int, picture {'bytea' if database.driver == 'postgresql' else 'blob'})")
    with pytest.raises(ColumnBinary, match="'picture' holds bytes"):
        source(database, "t", only=frozenset({"picture"})).look()
    assert source(database, "t", only=frozenset({"a"})).look().columns == ("a", "picture")


MISTAKES: dict[str, tuple[Callable[[Any], DatabaseSource], type[PullError], str]] = {
    "table": (lambda d: source(d, "kundr"), TableMissing, "Did you mean 'kunder'"),
    "cursor": (lambda d: source(d, "kunder", cursor="opdatret"), CursorMissing, "Did you mean 'opdateret'"),
    "deleted": (lambda d: source(d, "kunder", deleted="slettt"), CursorMissing, "no column 'slettt'"),
    "driver": (lambda d: source(d, "kunder", driver="postgresq"), DriverMissing, "Did you mean 'postgresql'"),
    "not installed": (
        lambda d: source(d, "kunder", driver="postgresql+pg8000"),
        DriverMissing,
        "pg8000 is not installed",
    ),
    "user": (
        lambda d: source(d, "kunder", user="ukendt"),
        AccessDenied,
        "does not let us in as 'ukendt'.*TILLID_SECRET_BUTIK",
    ),
    "database": (lambda d: source(d, "kunder", in_database="bytik"), PullRefused, "no database 'bytik'"),
    "port": (lambda d: source(d, "kunder", port=1), SourceUnreachable, "127.0.0.1:1 does not answer.*firewall"),
    "host": (lambda d: source(d, "kunder", host="db.invalid"), SourceUnreachable, "db.invalid:.* does not answer"),
}


@both_servers
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_with_what_to_do_and_without_a_secret(database: Any, mistake: str) -> None:
    database.say("create table kunder (id int, opdateret timestamp null)")
    make, error, said = MISTAKES[mistake]
    with pytest.raises(error, match=said) as raised:
        rows(make(database))
    assert raised.value.file.startswith("database:butik/kun")
    whole = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert PASSWORD not in whole
    assert PASSWORD.encode().decode("latin-1") not in whole
    assert repr(PASSWORD)[1:-1] not in whole


@both_servers
def test_a_table_that_may_not_be_read_is_said(database: Any) -> None:
    is_postgres = database.driver == "postgresql"
    database.say("create table kunder (id int, navn int)")
    statements = (
        [f"create role gaest login password '{PASSWORD}'", "grant usage on schema public to gaest"]
        if is_postgres
        else [f"create user gaest@'%' identified by '{PASSWORD}'", "grant select (id) on butik.kunder to gaest@'%'"]
    )
    with database.owner().begin() as connection:
        cursor = connection.connection.cursor()
        for statement in statements:
            cursor.execute(statement)
    try:
        with pytest.raises(AccessDenied, match="Grant SELECT"):
            rows(source(database, "kunder", user="gaest", only=frozenset({"id", "navn"})))
    finally:
        database.say(*(("drop owned by gaest", "drop role gaest") if is_postgres else ("drop user gaest@'%'",)))


@both_servers
def test_nothing_can_be_written(database: Any) -> None:
    database.say("create table t (a int)")
    found = source(database, "t")
    with pytest.raises(sa.exc.DBAPIError), found._engine.begin() as connection:
        connection.exec_driver_sql("insert into t values (1)")
    assert rows(found) == []


@both_servers
def test_a_load_that_is_given_up_does_not_read_the_rest(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "generate_series(1, 200000) as n" if database.driver == "postgresql" else "seq_1_to_200000"
    number = "n" if database.driver == "postgresql" else "seq"
    database.say("create table t (a int, b int)", f"insert into t select {number}, {number} from {many}")
    monkeypatch.setattr("tillid.connectors.sources.database_rows.CHUNK_ROWS", 100)
    read = []
    if database.driver == "mariadb":
        usual = MySQLResult._read_rowdata_packet_unbuffered
        monkeypatch.setattr(
            MySQLResult, "_read_rowdata_packet_unbuffered", lambda result: read.append(1) or usual(result)
        )
    found = source(database, "t")
    pull = found.pull(None)
    assert next(pull).rows.table.num_rows == 100
    pull.close()
    del pull, found
    gc.collect()
    assert len(read) <= 1_000


@both_servers
def test_who_is_not_there_yet_is_waited_for(database: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    database.say("create table t (a int)", "insert into t values (1)")
    database.kill()
    found, tried = source(database, "t"), []

    def sleep(seconds: float) -> None:
        tried.append(seconds)
        if len(tried) == 2:
            database.start()

    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=sleep))
    try:
        assert rows(found) == [{"a": 1}]
    finally:
        if len(tried) < 2:
            database.start()
    assert len(tried) == 2
    assert max(tried) <= timedelta(seconds=5).total_seconds()
