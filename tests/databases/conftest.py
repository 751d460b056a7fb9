"""Databases that the tests read from: SQLite always, PostgreSQL and MariaDB where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from database_servers import PASSWORD, MariaDb, Postgres, Server, started


class Sqlite:
    """A file of SQLite, with what the tests ask of a server."""

    driver = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def connection(self, **more: object) -> str:
        """What stands under `connections:` for it."""
        return (
            "{" + ", ".join(f"{k}: {v}" for k, v in ({"driver": "sqlite", "database": self.path} | more).items()) + "}"
        )

    def owner(self) -> sa.Engine:
        """An engine that may write."""
        return sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.pool.NullPool)

    def say(self, *statements: str, values: dict[str, object] | None = None) -> None:
        """Run statements."""
        with self.owner().begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), values or {})


SERVERS: dict[str, type[Server]] = {"postgresql": Postgres, "mariadb": MariaDb}
_PACKAGES = {"postgresql": "postgresql", "mariadb": "mariadb-server"}


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """Those that run; each is started when it is first asked for."""
    running: dict[str, Server] = {}
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def database(request: pytest.FixtureRequest, servers: dict[str, Server], tmp_path: Path) -> Iterator[Sqlite | Server]:
    """An empty database of the engine that the test is for; its password is in the environment."""
    engine = getattr(request, "param", "sqlite")
    patch = request.getfixturevalue("monkeypatch")
    patch.setenv("TILLID_SECRETS_FILE", str(tmp_path / "none.toml"))
    if engine == "sqlite":
        yield Sqlite(tmp_path / "butik.db")
        return
    if SERVERS[engine].program() is None:
        pytest.skip(f"{engine} is not installed: apt-get install {_PACKAGES[engine]}")
    patch.setenv("TILLID_SECRET_BUTIK", PASSWORD)
    if engine not in servers:
        servers[engine] = started(SERVERS[engine])
    yield servers[engine]
    _emptied(servers[engine])


def _emptied(server: Server) -> None:
    engine = server.owner()
    with engine.begin() as connection:
        if server.engine == "postgresql":
            names = sa.inspect(connection).get_schema_names()
            for schema in names:
                if schema != "information_schema":
                    connection.execute(sa.schema.DropSchema(schema, cascade=True))
            connection.execute(sa.schema.CreateSchema("public"))
        else:
            connection.execute(sa.text("drop database butik"))
            connection.execute(sa.text("create database butik"))
