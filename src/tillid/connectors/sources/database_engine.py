"""Opens a connection to a database, to read and for nothing else, and says in our words what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from tillid.connectors.sources.errors import AccessDenied, DriverMissing, PullError, PullRefused, SourceUnreachable
from tillid.ports.pulled import DatabaseConnection
from tillid.ports.secrets import Secret, Secrets
from tillid.terms.errors import nearest

ATTEMPTS = 4
"""How often a connection is tried that may pass by itself."""
CONNECT_SECONDS = 10
_LONGEST_WAIT = 3.0

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pymssql",
}
_EXTRAS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "mssql"}
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433}
_CONNECT_ARGUMENTS: Mapping[str, Mapping[str, object]] = {
    # A peer that vanished is noticed within two minutes, not hours.
    "psycopg": {"connect_timeout": CONNECT_SECONDS, "keepalives_idle": 30, "keepalives_interval": 10},
    "pymysql": {"connect_timeout": CONNECT_SECONDS},
    "pymssql": {"login_timeout": CONNECT_SECONDS},
    "pyodbc": {"timeout": CONNECT_SECONDS},
}
_ON_CONNECT = {
    "mysql": (
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION TRANSACTION READ ONLY",
        # Rows are washed while they come: the server must not take that for a client that is gone.
        "SET SESSION net_write_timeout = 3600",
    ),
    "postgresql": ("SET TIME ZONE 'UTC'", "SET default_transaction_read_only = on"),
}
_ON_CONNECT = {**_ON_CONNECT, "mariadb": _ON_CONNECT["mysql"]}
_LOGIN = ("28000", "28P01", "1045", "1698", "18456")
_RIGHTS = ("42501", "1044", "1142", "1143", "229", "230")
_NO_DATABASE = ("3D000", "1049", "4060")
_LATER = ("57P01", "57P02", "57P03", "53300", "1040", "1203", "40001", "40P01", "1205", "1213")
_LIBPQ = {
    r"password authentication failed|no password supplied|no pg_hba\.conf entry|role .* does not exist": "28000",
    r"database .* does not exist": "3D000",
    r"starting up|shutting down|recovery mode|too many c": "57P03",
    r"FATAL:|SSL": "08004",
}
_REFUSED = "08004"
_LOST = ("2002", "2003", "2006", "2013", "20002", "20009")
_DOWN = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError, OSError)
ASKING_FAILED = (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError)
"""What SQLAlchemy and drivers raise when a database can't be asked, or does not answer."""
_Result = TypeVar("_Result")


def open_engine(name: str, project: Path, connection: DatabaseConnection, secrets: Secrets) -> sa.Engine:
    """An engine that asks nobody yet. Errors: DriverMissing, and SecretsError where secrets can't be looked up."""
    driver = _DRIVERS.get(connection.driver, connection.driver)
    dialect = driver.partition("+")[0]
    failure: PullError
    try:
        engine = sa.create_engine(
            _url(driver, project, connection),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=_connect_arguments(driver, connection.options),
            **({"json_deserializer": _as_text} if dialect == "postgresql" else {}),
        )
    except sa.exc.NoSuchModuleError:
        known = {"sqlite", *_DRIVERS, *(entry.name for entry in entry_points(group="sqlalchemy.dialects"))}
        failure = DriverMissing(name, f"there is no driver {connection.driver!r}", hint=nearest(driver, known))
    except ImportError as error:
        extra = _EXTRAS.get(dialect)
        hint = f"Run: pip install 'tillid[{extra}]'" if extra else "Install the package that SQLAlchemy names for it."
        failure = DriverMissing(name, f"{error.name or driver} is not installed", hint=hint)
    except sa.exc.ArgumentError:
        failure = PullRefused(name, f"the connection {connection.name} is not complete", hint="See tillid.yml.")
    else:
        secret = None if dialect == "sqlite" else secrets.find(connection.name)
        if secret is not None:
            sa.event.listen(engine, "do_connect", partial(_give, secret))
        sa.event.listen(engine, "connect", partial(_say, _ON_CONNECT.get(engine.dialect.name, ())))
        if engine.dialect.driver == "psycopg":
            from tillid.connectors.sources.postgres_values import read_any_time  # noqa: PLC0415  it is there now

            sa.event.listen(engine, "connect", lambda opened, _: read_any_time(opened))
        return engine
    # Raised out here, so that no frame of the driver's comes along: it may hold the password.
    raise failure


def asked(
    name: str, connection: DatabaseConnection, secrets: Secrets, ask: Callable[[], _Result], *, attempts: int = ATTEMPTS
) -> _Result:
    """What `ask` gives, tried again a few times where what stands in the way may pass. Errors: PullError."""
    again = Retrying(
        stop=stop_after_attempt(attempts),
        wait=wait_exponential_jitter(multiplier=0.2, max=_LONGEST_WAIT),
        retry=retry_if_exception_type(SourceUnreachable),
        reraise=True,
    )
    for attempt in again:
        with attempt:
            return _in_our_words(name, connection, secrets, ask)
    raise AssertionError("the last attempt raises")


def _in_our_words(name: str, connection: DatabaseConnection, secrets: Secrets, ask: Callable[[], _Result]) -> _Result:
    try:
        return ask()
    except ASKING_FAILED as error:
        failure = explained(name, connection, secrets, error)
    # Raised out here, so that what the driver said, and the values in it, do not come along.
    raise failure


def explained(name: str, connection: DatabaseConnection, secrets: Secrets, error: BaseException) -> PullError:
    """What went wrong, in our words and without what the driver said, which may hold values."""
    code = _code(error)
    user = f" as {connection.user!r}" if connection.user else ""
    where = _where(connection)
    if connection.driver.startswith("sqlite"):
        hint = "Check the path under `database` in tillid.yml: it counts from the project's folder."
        return SourceUnreachable(name, f"{connection.database} can't be opened as SQLite", hint=hint)
    if code in _LOGIN:
        has = "" if secrets.find(connection.name) else "there is no password for it; "
        hint = f"Check user and password. {secrets.where(connection.name)}."
        return AccessDenied(name, f"{where} does not let us in{user} ({has}code {code})", hint=hint)
    if code in _RIGHTS:
        return AccessDenied(name, f"the user may not read it{user} (code {code})", hint="Grant SELECT on it.")
    if code in _NO_DATABASE:
        return PullRefused(name, f"{where} has no database {connection.database!r}", hint="See `database`.")
    is_lost = code in _LOST or (code.startswith("08") and code != _REFUSED)
    if code in _LATER or is_lost or (not code and isinstance(error, _DOWN)):
        hint = f"Check host and port in tillid.yml, that the database runs, and that no firewall is between: {where}."
        return SourceUnreachable(name, f"{where} does not answer", hint=hint)
    said = f"code {code}" if code else type(error).__name__
    return PullRefused(name, f"{where} can't do what was asked ({said})", hint="The code is explained in its manual.")


def _code(error: BaseException) -> str:
    """The SQLSTATE or number that the server gave, or nothing. Codes hold no value."""
    original = getattr(error, "orig", None)
    first, state = next(iter(getattr(original, "args", ())), None), getattr(original, "sqlstate", None)
    if isinstance(first, int) and first:
        return str(first)
    if isinstance(state, str):
        return state
    # libpq gives no code for a connection that was refused, only words.
    return next((code for words, code in _LIBPQ.items() if re.search(words, str(first))), "")


def _where(connection: DatabaseConnection) -> str:
    dialect = _DRIVERS.get(connection.driver, connection.driver).partition("+")[0]
    port = connection.port or _PORTS.get(dialect)
    return f"{connection.host or 'localhost'}{f':{port}' if port else ''}"


def _url(driver: str, project: Path, connection: DatabaseConnection) -> sa.URL:
    """Where the database is; the password is in no URL."""
    if driver.partition("+")[0] == "sqlite":
        path = (project / (connection.database or "")).absolute()
        return sa.URL.create(driver, database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
    return sa.URL.create(
        driver,
        username=connection.user,
        host=connection.host,
        port=connection.port,
        database=connection.database,
        query=dict(connection.options),
    )


def _connect_arguments(driver: str, options: Collection[str]) -> dict[str, object]:
    arguments = _CONNECT_ARGUMENTS.get(driver.partition("+")[2], {})
    return {key: value for key, value in arguments.items() if key not in options}


def _as_text(document: Any) -> str:
    return bytes(document).decode() if isinstance(document, bytes | memoryview) else str(document)


def _give(secret: Secret, dialect: sa.Dialect, _: object, __: object, arguments: dict[str, object]) -> None:
    """Hand the password over as the connection is made."""
    # PyMySQL would write text as Latin-1, and servers keep UTF-8.
    arguments["password"] = secret.reveal().encode() if dialect.driver == "pymysql" else secret.reveal()


def _say(statements: Collection[str], opened: DBAPIConnection, _: object) -> None:
    """Set a new connection up."""
    cursor = opened.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()
    opened.commit()
