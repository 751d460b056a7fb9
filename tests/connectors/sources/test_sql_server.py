"""SQL Server as far as it goes without one: which driver it is, and what is said where none answers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from database_servers import free_port

from tillid.connectors.sources import database_engine
from tillid.connectors.sources.database import DatabaseSource, TableRequest
from tillid.connectors.sources.errors import DriverMissing, SourceUnreachable
from tillid.ports.pulled import DatabaseConnection, FromDatabase
from tillid.ports.secrets import Secret

PASSWORD = "made-up-7f3a"


class Told:
    """One secret."""

    def find(self, name: str) -> Secret | None:
        return Secret(PASSWORD)

    def where(self, name: str) -> str:
        return "Put it in the environment"


def source(folder: Path, port: int) -> DatabaseSource:
    connection = DatabaseConnection("erp", "mssql", "127.0.0.1", port, "erp", "reader")
    return DatabaseSource(folder, TableRequest(connection, FromDatabase("erp", "dbo.orders")), Told())


def test_server_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymssql", reason="pymssql is not installed: pip install 'tillid[mssql]'")
    monkeypatch.setattr("tenacity.nap.sleep", lambda _: None)
    monkeypatch.setattr(database_engine, "CONNECT_SECONDS", 1)
    port = free_port()
    with pytest.raises(SourceUnreachable, match=f"127.0.0.1:{port} does not answer") as raised:
        source(tmp_path, port).look()
    assert PASSWORD not in f"{raised.value} {raised.value.hint}"


def test_driver_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymssql", None)
    with pytest.raises(DriverMissing) as raised:
        source(tmp_path, 1433).look()
    assert "tillid[mssql]" in raised.value.hint
