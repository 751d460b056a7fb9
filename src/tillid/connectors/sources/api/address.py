"""Looks at what is at an address: a file, or one page of an API, held in memory alone."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from requests import Response

from tillid.connectors.sources.api.auth import make_auth
from tillid.connectors.sources.api.errors import ApiAnswerUnreadable
from tillid.connectors.sources.api.guess import guess
from tillid.connectors.sources.api.look import look_of
from tillid.connectors.sources.api.transport import Transport, document_of, fetch_token
from tillid.connectors.sources.files import open_content
from tillid.connectors.sources.json_objects import rows_of_objects
from tillid.ports.api import ApiConnection, Auth, AuthKind, FromApi
from tillid.ports.secrets import Secrets
from tillid.ports.source import Look

_ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/x-ndjson": ".ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}


@dataclass(frozen=True, slots=True)
class Address:
    """What is there: its look and some rows. `said` is how it is asked for, or None where it is a file called `name`.

    `unsure` are sentences on what a person should look at.
    """

    name: str
    look: Look
    rows: pa.RecordBatch
    said: FromApi | None = None
    auth: Auth = field(default_factory=Auth)
    unsure: tuple[str, ...] = ()


def look_at(
    url: str, connection: ApiConnection | None, secrets: Secrets, *, sleep: Callable[[float], None] = time.sleep
) -> Address:
    """What is at the address; `connection` is the one that it is asked over. Errors: subclasses of SourceError.

    What is asked over a connection gets its secret, which is never sent elsewhere nor over http.
    """
    host = urlsplit(url).hostname or ""
    reported = f"api:{connection.name if connection else host}"
    transport = Transport(reported, connection.url if connection else url, sleep=sleep, any_content=True)
    auth = _auth(connection, secrets)

    def fetch(address: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        return fetch_token(reported, sleep, address, form)

    transport.who = make_auth(reported, auth, connection, secrets, fetch)
    answer = transport.get(url, auth=transport.who)
    document = document_of(answer)
    name = unquote(PurePosixPath(urlsplit(url).path).name) or host
    if document is None:
        file = _File(_named(name, answer), answer.content)
        reader = open_content(file)
        batch = next(iter(reader.batches()), None)
        look = reader.look()
        rows = batch.table if batch else pa.record_batch({c: pa.array([], pa.string()) for c in look.columns})
        return Address(file.name, look, rows)
    made = guess(url, connection.url if connection else "", document, answer.headers)
    if made is None:
        hint = "Ask for one that has some, or describe the API by hand: docs/how-to/read-from-an-api.md."
        raise ApiAnswerUnreadable(reported, "no list of objects is in the answer", hint=hint)
    rows = rows_of_objects(made.rows, None)
    return Address(name, look_of(reported, made.rows), rows, made.said, auth, made.unsure)


def _auth(connection: ApiConnection | None, secrets: Secrets) -> Auth:
    """How who asks is most likely said: by what the connection has."""
    if connection is None or secrets.find(connection.name) is None:
        return Auth()
    if connection.user:
        return Auth(AuthKind.BASIC)
    return Auth(AuthKind.CLIENT_CREDENTIALS if connection.client_id else AuthKind.BEARER)


def _named(name: str, answer: Response) -> str:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return name if PurePosixPath(name).suffix else name + _ENDINGS.get(kind, "")


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was fetched. An `Openable`."""

    name: str
    content: bytes

    @property
    def suffixes(self) -> list[str]:
        """The endings of its name."""
        return PurePosixPath(self.name).suffixes

    def open(self, mode: str = "rb") -> IO[bytes]:  # noqa: ARG002  it is read alone
        """Open it."""
        return io.BytesIO(self.content)
