"""Times of PostgreSQL that no calendar of Python's reaches: without end they are empty, others stay text."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, DataError, adapt, pq
from psycopg.abc import AdaptContext, Buffer

_KINDS = ("date", "timestamp", "timestamptz")
_ENDLESS = (b"infinity", b"-infinity")


def read_any_time(connection: Connection[Any]) -> None:
    """Let a connection read any time, so that one row's does not end the load."""
    for kind in _KINDS:
        oid = connection.adapters.types[kind].oid
        usual = connection.adapters.get_loader(oid, pq.Format.TEXT)
        if usual is not None:
            connection.adapters.register_loader(oid, _or_text(usual))


def _or_text(usual: Any) -> type[adapt.Loader]:
    class TimeOrText(adapt.Loader):
        """The usual loader, and text for what it can't read."""

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self._load = usual(oid, context).load

        def load(self, data: Buffer) -> object:
            try:
                return self._load(data)
            except DataError:
                written = bytes(data)
                return None if written in _ENDLESS else written.decode()

    return TimeOrText
