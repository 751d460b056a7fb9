"""Real PostgreSQL and MariaDB, started by the tests on loopback, in a folder of their own and not as root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psycopg
import pymysql
import sqlalchemy as sa

PASSWORD = "kodeord-9f3c-æøå-%@:/"  # every mark that a URL would trip over
_READY_SECONDS = 60


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found


class Server(ABC):
    """A database server of the tests' own; `start` after `kill` finds what was there."""

    engine: str
    user = "ejer"

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"tillid-{self.engine}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._as: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.runs_as)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]

    runs_as: str

    @classmethod
    @abstractmethod
    def program(cls) -> str | None:
        """The path of the server's program, or None where it is not installed."""

    @abstractmethod
    def command(self) -> list[str]:
        """How it is started."""

    @abstractmethod
    def prepare(self) -> None:
        """Make its files."""

    @abstractmethod
    def open(self) -> None:
        """Make its user and database, once it runs the first time."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers."""

    @property
    @abstractmethod
    def driver(self) -> str:
        """What tillid.yml calls it."""

    def connection(self, **more: object) -> str:
        """What stands under `connections:` for it."""
        said = {"driver": self.driver, "host": "127.0.0.1", "port": self.port, "database": "butik", "user": self.user}
        return "{" + ", ".join(f"{key}: {value}" for key, value in (said | more).items()) + "}"

    def run(self, *command: str, **more: object) -> None:
        """Run a program as the server's user."""
        subprocess.run([*self._as, *command], check=True, capture_output=True, cwd=self.folder, **more)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [*self._as, *self.command()], cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        until = time.monotonic() + _READY_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.engine} did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, with all that it started, as when the power fails."""
        assert self._process is not None
        for pid in [self._process.pid, *children_of(self._process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it and take its files away."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def say(self, *statements: str, values: Mapping[str, object] | None = None) -> None:
        """Run statements as its owner."""
        engine = self.owner()
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), values or {})

    def owner(self) -> sa.Engine:
        """An engine that may write."""
        dialect = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[self.driver]
        secret = PASSWORD.encode() if self.driver == "mariadb" else PASSWORD  # PyMySQL takes text for Latin-1
        url = sa.URL.create(dialect, self.user, None, "127.0.0.1", self.port, "butik")
        return sa.create_engine(url, connect_args={"password": secret}, poolclass=sa.pool.NullPool)


class Postgres(Server):
    """PostgreSQL."""

    engine = "postgresql"
    driver = "postgresql"
    runs_as = "postgres"

    @classmethod
    def program(cls) -> str | None:
        """The newest that Debian has put there, or what PATH finds."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
        return str(found[-1]) if found else shutil.which("postgres")

    def prepare(self) -> None:
        """initdb with a password."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        initdb = str(Path(str(self.program())).parent / "initdb")
        self.run(
            *(initdb, "-D", "data", "-U", self.user, "-A", "scram-sha-256", f"--pwfile={secret}"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )

    def command(self) -> list[str]:
        """postgres on loopback alone."""
        settings = ("listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}")
        return [str(self.program()), "-D", "data", *(part for s in (*settings, "fsync=off") for part in ("-c", s))]

    def is_ready(self) -> bool:
        """Whether it lets us in."""
        try:
            psycopg.connect(
                host="127.0.0.1",
                port=self.port,
                user=self.user,
                password=PASSWORD,
                dbname="postgres",
                connect_timeout=5,
            ).close()
        except psycopg.OperationalError:
            return False
        return True

    def open(self) -> None:
        """Make the database."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=self.user, password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("create database butik")


class MariaDb(Server):
    """MariaDB."""

    engine = "mariadb"
    driver = "mariadb"
    runs_as = "mysql"

    @classmethod
    def program(cls) -> str | None:
        """Where Debian puts it, or what PATH finds."""
        there = Path("/usr/sbin/mariadbd")
        return str(there) if there.is_file() else shutil.which("mariadbd")

    def prepare(self) -> None:
        """mariadb-install-db."""
        self.run(
            *("mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-test-db"),
            "--auth-root-authentication-method=normal",
        )

    def command(self) -> list[str]:
        """mariadbd on loopback alone."""
        return [
            *(str(self.program()), "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder / 'socket'}", "--innodb-flush-log-at-trx-commit=2"),
            *("--character-set-server=utf8mb4", "--default-time-zone=+02:00", f"--pid-file={self.folder / 'pid'}"),
            *("--innodb-buffer-pool-size=256M", "--skip-name-resolve"),
        ]

    def is_ready(self) -> bool:
        """Whether it answers on its port."""
        try:
            pymysql.connect(host="127.0.0.1", port=self.port, user="nobody", connect_timeout=5).close()
        except pymysql.MySQLError as error:
            return error.args[0] == 1045
        return True

    def open(self) -> None:
        """Make user and database."""
        root = pymysql.connect(unix_socket=str(self.folder / "socket"), user="root", autocommit=True)
        with root.cursor() as cursor:
            cursor.execute("create database butik")
            cursor.execute(f"create user {self.user}@'%%' identified by %s", (PASSWORD,))
            cursor.execute(f"grant all on *.* to {self.user}@'%' with grant option")
        root.close()


def started(server: type[Server]) -> Server:
    """A server that runs, with an empty database `butik`."""
    made = server()
    try:
        made.prepare()
        made.start()
        made.open()
    except BaseException:
        made.stop()
        raise
    return made
