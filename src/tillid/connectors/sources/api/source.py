"""An API as a source: its requests, page by page, as rows, with how far they go."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from tillid.connectors.sources.api.auth import make_auth
from tillid.connectors.sources.api.errors import ApiAnswerUnreadable, ApiFieldGone, ApiRequestRefused
from tillid.connectors.sources.api.look import look_of
from tillid.connectors.sources.api.notice import notice
from tillid.connectors.sources.api.pages import Asked, Client, Page, asked_of
from tillid.connectors.sources.api.position import Position, Reading, digest_of, key_of
from tillid.connectors.sources.api.rows import ABSENT, Row, at, filled, rows_of
from tillid.connectors.sources.api.transport import Transport, fetch_token
from tillid.connectors.sources.json_objects import leaves, rows_of_objects
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.ports.api import ApiConnection, FromApi, PagesBy
from tillid.ports.pulled import Cursor, Noticed, PulledBatch
from tillid.ports.secrets import Secrets
from tillid.ports.source import Look, RawBatch

WITH = "with"
"""The object in each row that holds the values which its request was made with."""
_ROWS = 1 << 14
_PASSES = 3
_SHIFTING = (PagesBy.PAGE, PagesBy.OFFSET)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """What is read: `only` these fields are handed over (None: all), and each of them must be in some row.

    `identity` are the fields that a row is known by where it never changes. Else its content is: with `by_what_is_read`
    that of the fields that are read, which must tell rows apart, and without all of it.
    """

    said: FromApi
    connection: ApiConnection | None = None
    only: frozenset[str] | None = None
    identity: tuple[str, ...] = ()
    by_what_is_read: bool = False

    @property
    def url(self) -> str:
        """The address that paths are added to. Empty where none is said."""
        return (self.connection.url if self.connection else None) or self.said.url or ""

    @property
    def name(self) -> str:
        """What reports call it."""
        called = self.connection.name if self.connection else urlsplit(self.url).hostname
        return f"api:{called}/{self.said.resource}"


class ApiSource:
    """One resource of an API. A `Pulled`. `sleep` waits some seconds."""

    def __init__(self, request: ApiRequest, secrets: Secrets, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name, self._said, self._only = request.name, request.said, request.only
        self._identity = request.identity
        # A field may be read by its whole path, or out of the object or list that it is in.
        paths = request.only if request.by_what_is_read and request.only is not None else None
        self._read = None if paths is None else {*paths, *(path.partition(".")[0] for path in paths)}
        self._transport = _transport(request, secrets, sleep)
        self._client = Client(request.name, request.url, self._transport)
        self._begun: _Pull | None = None
        self._sample: list[Row] | None = None

    def look(self) -> Look:
        """The fields of the rows on the first page."""
        if self._sample is None:
            self._begin(None)
        return look_of(self.name, self._sample or ())

    def notice(self) -> Iterator[Noticed]:
        """How its clock goes, what is left of its limit, and when its certificate ends, by the answer last had."""
        if self._sample is None:
            self._begin(None)
        return notice(self._transport.headers_had, self._transport.certificate_ends, datetime.now(UTC))

    def pull(self, since: Cursor | None) -> Generator[PulledBatch]:
        """The rows after `since`. Errors: subclasses of ApiError."""
        begun = self._begun if self._begun is not None and self._begun.since == since else self._begin(since)
        self._begun = None
        number, waiting = 0, []
        for rows in chain([begun.first], begun.more):
            waiting += rows
            while len(waiting) >= _ROWS:
                batch = self._batch(waiting[:_ROWS], number, None)
                yield batch
                number, waiting = number + batch.rows.table.num_rows, waiting[_ROWS:]
        begun.met.check(self.name)
        yield self._batch(waiting, number, begun.position.as_cursor() if self._said.since else None)

    def _begin(self, since: Cursor | None) -> _Pull:
        """Read the first page, which is looked at and then handed over with the others."""
        position, met = Position.of(since), _Fields(self._only, self._said)
        pages = self._pages(position, met)
        self._begun = _Pull(since, position, met, next(pages, []), pages)
        self._sample = self._begun.first[:SAMPLE_ROWS]
        return self._begun

    def _batch(self, rows: list[Row], number: int, reached: Cursor | None) -> PulledBatch:
        gone = [row for row in rows if self._is_gone(row)]
        kept = [row for row in rows if not self._is_gone(row)] if gone else rows
        return PulledBatch(
            RawBatch(rows_of_objects(kept, self._only), number),
            reached,
            RawBatch(rows_of_objects(gone, self._only), 0) if gone else None,
        )

    def _is_gone(self, row: Row) -> bool:
        deleted = self._said.deleted
        return deleted is not None and str(at(row, deleted.field)) in deleted.values

    def _pages(self, position: Position, met: _Fields) -> Iterator[list[Row]]:
        """The new rows of each page of each request."""
        since = self._said.since
        for values in self._asked_with():
            if since is None:
                yield from self._whole(values, met)
                continue
            reading = Reading(key_of(values), position, since, self._digest)
            for page, rows in self._settled(asked_of(self._said, values, reading.asked), values, met):
                reading.begin(page.at)
                yield [row for row in rows if self._is_new(reading, row)]
            reading.settle()

    def _whole(self, values: Mapping[str, object], met: _Fields) -> Iterator[list[Row]]:
        """All rows; those that pages which shift bring twice, once."""
        seen: set[str] = set()
        may_repeat = self._said.pages.by in _SHIFTING or self._identity
        for _, rows in self._settled(asked_of(self._said, values, None), values, met):
            digests = [self._digest(row) for row in rows] if may_repeat else []
            yield [row for row, digest in zip(rows, digests, strict=True) if digest not in seen] if may_repeat else rows
            seen.update(digests)

    def _digest(self, row: Row) -> str:
        """What tells the row from others and, unless it never changes, from what it was before."""
        told = row if self._read is None else {key: value for key, value in row.items() if key in self._read}
        return digest_of(told, self._identity)

    def _is_new(self, reading: Reading, row: Row) -> bool:
        try:
            return reading.is_new(row)
        except (ValueError, TypeError):
            hint = "Check `since` of the definition: its `field` and how it is `written`."
            raise ApiAnswerUnreadable(self.name, "the field that tells what is new can't be read", hint=hint) from None

    def _settled(self, asked: Asked, values: Mapping[str, object], met: _Fields) -> Iterator[tuple[Page, list[Row]]]:
        """The rows page by page, and all of them again where the whole changed while its pages were read."""
        for _ in range(_PASSES):
            totals = set()
            for page in self._client.pages(asked):
                totals.add(page.total)
                rows = self._rows(page, values)
                met.see(rows)
                yield page, rows
            if asked.pages.by not in _SHIFTING or len(totals) < 2:
                return

    def _rows(self, page: Page, values: Mapping[str, object]) -> list[Row]:
        added = {WITH: dict(values)} if values else {}
        try:
            return list(rows_of(page.document, page.items, self._said, added))
        except ValueError as error:
            hint = "Check `items`, `rows` and `list_in` of the definition."
            raise ApiAnswerUnreadable(self.name, str(error), hint=hint) from None

    def _asked_with(self) -> Iterator[dict[str, object]]:
        """The values of each request: each of the definition's sets with each item that `over` finds."""
        over = self._said.over
        for one in self._said.each or ({},):
            if over is None:
                yield dict(one)
                continue
            params: dict[str, object] = {k: filled(v, one) if isinstance(v, str) else v for k, v in over.params.items()}
            asked = Asked(filled(over.path, one), "GET", params, {}, None, over.items, over.pages)
            met: set[str] = set()
            for page in self._client.pages(asked):
                for item in page.items:
                    taken = {name: at(item, field) for name, field in over.take.items()}
                    if ABSENT in taken.values():
                        raise ApiFieldGone(self.name, over.take.values(), [])
                    if (key := key_of(taken)) not in met:
                        met.add(key)
                        yield {**one, **taken}


def _transport(request: ApiRequest, secrets: Secrets, sleep: Callable[[float], None]) -> Transport:
    name, said = request.name, request.said
    if not request.url:
        raise ApiRequestRefused(name, "there is no address")

    def fetch(url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        return fetch_token(name, sleep, url, form)

    transport = Transport(name, request.url, per_second=said.per_second, sleep=sleep)
    transport.who = make_auth(name, said.auth, request.connection, secrets, fetch)
    return transport


@dataclass(frozen=True, slots=True)
class _Pull:
    """A pull that has read its first page."""

    since: Cursor | None
    position: Position
    met: _Fields
    first: list[Row]
    more: Iterator[list[Row]]


class _Fields:
    """Which declared fields were met in some row, so that one that the API dropped does not go by as empty."""

    def __init__(self, only: Collection[str] | None, said: FromApi) -> None:
        self._missing = set(only or ()) - set(said.optional)
        self._there: set[str] = set()
        self._rows = 0

    def see(self, rows: list[Row]) -> None:
        """Look for the fields that were not met yet."""
        self._rows += len(rows)
        for row in rows if self._missing else ():
            self._missing -= {path for path in self._missing if _is_told(row, path)}
        if rows:
            self._there.update(path for path, _ in leaves(rows[0]))

    def check(self, name: str) -> None:
        """Errors: ApiFieldGone."""
        if self._rows and self._missing:
            raise ApiFieldGone(name, self._missing, self._there)


def _is_told(row: Row, path: str) -> bool:
    """Whether the row has the field, or is without what it would be in."""
    there: object = row
    for key in path.split("."):
        if there is None:
            return True
        if isinstance(there, list):
            return True
        if not isinstance(there, Mapping) or key not in there:
            return path in row
        there = there[key]
    return not isinstance(there, Mapping)
