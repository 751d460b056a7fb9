"""Asks for one page after the other, with dlt's client and paginators, and tells what came twice or shifted."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tillid.connectors.sources.api.errors import ApiAnswerUnreadable, ApiPagesLoop
from tillid.connectors.sources.api.position import digest_of
from tillid.connectors.sources.api.rows import ABSENT, at, filled, set_at
from tillid.connectors.sources.api.transport import Transport
from tillid.connectors.sources.api.waiting import sent_at
from tillid.ports.api import FromApi, Pages, PagesBy, Place

# dlt tells its makers about its use unless it is told not to before it is imported.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
    OffsetPaginator,
    PageNumberPaginator,
    SinglePagePaginator,
)

OVERLAP = 10
"""The part of a page (one in so many rows) that is asked for again with the next, where pages go by offset."""
_HEADER = "header:"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its values in place."""

    path: str
    method: str
    params: Mapping[str, object]
    headers: Mapping[str, str]
    body: Any
    items: str
    pages: Pages
    may_lack_items: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, its items, how many there are in all, and what time it is there, where the API tells."""

    document: object
    items: list[object]
    total: int | None
    at: datetime | None


def asked_of(said: FromApi, values: Mapping[str, object], since: str | None) -> Asked:
    """The request for what is new `since`, or for all."""
    named = {name: value for name, value in values.items() if value is not None}
    params: dict[str, object] = {k: filled(v, named) if isinstance(v, str) else v for k, v in said.params.items()}
    body = _filled_body(json.loads(said.body), named) if said.body is not None else None
    if said.since is not None and since is not None:
        text = said.since.text.replace("{at}", since)
        if said.since.place is Place.BODY:
            body = {} if body is None else body
            set_at(body, said.since.param, text)
        else:
            params[said.since.param] = text
    headers = {name: filled(value, named) for name, value in said.headers.items()}
    pages, lacks = said.pages, said.items in said.optional
    return Asked(filled(said.path, named), said.method, params, headers, body, said.items, pages, lacks)


def _filled_body(value: Any, values: Mapping[str, object]) -> Any:
    if isinstance(value, dict):
        return {key: _filled_body(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled_body(item, values) for item in value]
    return filled(value, values) if isinstance(value, str) else value


class Client:
    """Reads pages of one API, called `name` in errors, over `transport`; its addresses begin with `url`."""

    def __init__(self, name: str, url: str, transport: Transport) -> None:
        self._name = name
        self._rest = RESTClient(url, auth=transport.who, session=transport, config=RuntimeConfiguration())

    def pages(self, asked: Asked) -> Iterator[Page]:
        """The pages of a request, in order. Errors: subclasses of ApiError."""
        seen: set[str] = set()
        read = 0
        # What is wrong with an answer, the transport has seen to: so there is nothing to hook.
        pages = self._rest.paginate(
            asked.path,
            method=asked.method,  # type: ignore[arg-type]
            params={**asked.params, **_size(asked.pages, Place.QUERY)},
            json=_sized(asked),
            headers=dict(asked.headers),
            paginator=_paginator(asked.pages),
            data_selector=asked.items or "$",
            hooks={"response": []},
        )
        for number in range(1, 1 << 31):
            try:
                answer = next(pages, None)
            except ValueError:
                # What a paginator raises repeats the whole answer.
                hint = "Check `pages` of the definition: `total`, `next` and `more`."
                raise ApiAnswerUnreadable(self._name, "the answer does not tell the next page", hint=hint) from None
            if answer is None:
                return
            page = self._page(asked, answer.response)
            if page.items and asked.pages.by is not PagesBy.NONE:
                digest = digest_of({"items": page.items})
                if digest in seen:
                    raise ApiPagesLoop(self._name, number)
                seen.add(digest)
            yield page
            read += len(page.items)
            # Some APIs refuse to be asked for a page after the last one.
            if asked.pages.by is PagesBy.PAGE and page.total is not None and read >= page.total:
                return

    def _page(self, asked: Asked, response: Any) -> Page:
        document = response.json()
        items = at(document, asked.items)
        if items is ABSENT and asked.may_lack_items:
            items = []
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            there = ", ".join(sorted(document)) if isinstance(document, dict) else "a list"
            hint = f"There is: {there}." if there else "It is empty."
            raise ApiAnswerUnreadable(self._name, f"there are no rows at {asked.items or 'its top'!r}", hint=hint)
        return Page(document, items, _total(asked.pages, document, response.headers), sent_at(response.headers))


def _total(pages: Pages, document: object, headers: Mapping[str, str]) -> int | None:
    if pages.total is None:
        return None
    told = headers.get(pages.total.removeprefix(_HEADER)) if pages.total.startswith(_HEADER) else None
    value = at(document, pages.total) if told is None else told
    try:
        return int(str(value))
    except ValueError:
        return None


def _size(pages: Pages, place: Place) -> dict[str, object]:
    is_said = pages.size is not None and pages.size_param is not None and pages.place is place
    # An offset paginator says it itself.
    return {str(pages.size_param): pages.size} if is_said and pages.by is not PagesBy.OFFSET else {}


def _sized(asked: Asked) -> Any:
    if asked.body is None:
        return None
    body = copy.deepcopy(asked.body)
    for path, size in _size(asked.pages, Place.BODY).items():
        set_at(body, path, size)
    return body


def _paginator(pages: Pages) -> BasePaginator:
    param = {Place.QUERY: pages.param, Place.BODY: None}[pages.place]
    in_body = {Place.BODY: pages.param, Place.QUERY: None}[pages.place]
    match pages.by:
        case PagesBy.PAGE:
            return PageNumberPaginator(pages.start, page_param=param, page_body_path=in_body, total_path=None)
        case PagesBy.OFFSET:
            return _offset(pages, param, in_body)
        case PagesBy.CURSOR:
            return JSONResponseCursorPaginator(
                str(pages.next), cursor_param=param, cursor_body_path=in_body, has_more_path=pages.more
            )
        case PagesBy.LINK:
            return HeaderLinkPaginator()
        case PagesBy.NEXT_URL:
            return JSONLinkPaginator(next_url_path=str(pages.next))
        case _:
            return SinglePagePaginator()


def _offset(pages: Pages, param: str | None, in_body: str | None) -> OffsetPaginator:
    in_query = pages.place is Place.QUERY
    return _Overlapping(
        pages.size or 100,
        offset_param=param,
        offset_body_path=in_body,
        limit_param=pages.size_param if in_query else None,
        limit_body_path=None if in_query else pages.size_param,
        total_path=None if pages.total is None or pages.total.startswith(_HEADER) else pages.total,
    )


class _Overlapping(OffsetPaginator):
    """Goes on from what came, which may be less than was asked for, and asks for the end of it again.

    Rows may shift towards the start while pages are read, since one before them went: so none is passed over.
    """

    def update_state(self, response: Any, data: list[Any] | None = None) -> None:
        came = len(data or ())
        self.value_step = max(came - came // OVERLAP, 1)
        super().update_state(response, data)
