"""A table or view of a database as a source, pulled from where the last load ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from tillid.ports.pulled import Cursor, DatabaseConnection, FromDatabase, PulledBatch
from tillid.ports.secrets import Secrets
from tillid.ports.source import Look


class DatabaseSource:
    """A table or view. A `Pulled`."""

    def __init__(
        self,
        project: Path,
        connection: DatabaseConnection,
        said: FromDatabase,
        secrets: Secrets,
        only: Collection[str] | None = None,
    ) -> None:
        self._project, self._connection, self._said = project, connection, said
        self._secrets, self._only = secrets, only

    @property
    def name(self) -> str:
        """`database:CONNECTION/TABLE`."""
        return f"database:{self._connection.name}/{self._said.table}"

    def look(self) -> Look:
        """The table's columns."""
        raise NotImplementedError

    def pull(self, since: Cursor | None) -> Iterator[PulledBatch]:
        """The rows."""
        raise NotImplementedError
