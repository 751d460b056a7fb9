"""Finds, in one answer of an API that nobody described, where its rows are and how the next page is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from tillid.connectors.sources.api.rows import at
from tillid.ports.api import FromApi, Pages, PagesBy, RowsAs, Value

_DEEPEST = 4
_LOOKED_AT = 50
_USUAL = ("data", "items", "results", "records", "rows", "value", "entries", "content", "elements", "list", "nodes")
_ABOVE = ("", "meta.", "pagination.", "paging.", "page_info.", "pageInfo.", "links.", "meta.pagination.")
_NEXT_URL = ("next", "next_page_url", "nextPageUrl", "next_url", "nextUrl", "next_page", "nextLink", "next.href")
_CURSOR = {
    "next_cursor": "cursor",
    "nextCursor": "cursor",
    "cursors.after": "after",
    "end_cursor": "after",
    "endCursor": "after",
    "next_page_token": "page_token",
    "nextPageToken": "pageToken",
}
_TOTAL = ("total", "total_items", "totalItems", "total_count", "totalCount", "total_results", "totalResults", "count")
_TOTAL_HEADERS = ("X-Total-Count", "X-Total", "X-WP-Total", "Total-Count")
_PAGE = ("page", "page_number", "pageNumber", "p", "page[number]")
_OFFSET = ("offset", "skip", "start", "$skip", "startIndex")
_SIZE = ("per_page", "perPage", "page_size", "pageSize", "limit", "size", "count", "$top", "page[size]", "rows")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a definition may say under `api:`, its rows in the answer, and what of it a person should look at."""

    said: FromApi
    rows: Sequence[dict[str, Any]]
    unsure: tuple[str, ...] = ()


def guess(url: str, base: str, document: object, headers: Mapping[str, str]) -> Guess | None:
    """The definition of the API that gave the document at `url`; `base` is what paths are added to.

    None where no list of objects is in it.

    >>> made = guess("https://a.example/v1/orders?page=1&per_page=50", "https://a.example",
    ...              {"orders": [{"id": 1}], "total": 120}, {})
    >>> made.said.path, made.said.items, made.said.pages.by.value, made.said.pages.total, dict(made.said.params)
    ('/v1/orders', 'orders', 'page', 'total', {})
    """
    found = _items(document)
    if found is None:
        return None
    items, rows, rows_as, list_in = found
    query: dict[str, Value] = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    pages, unsure = _pages(url, document, headers, query, len(rows))
    params = {k: v for k, v in query.items() if k not in (pages.param, pages.size_param)}
    path = urlsplit(url).path.removeprefix(urlsplit(base).path.rstrip("/")) or "/"
    said = FromApi(
        resource=path.strip("/") or "rows",
        path=path,
        params=params,
        items=items,
        rows=rows_as,
        list_in=list_in,
        pages=pages,
    )
    return Guess(said, rows, unsure)


def _items(document: object) -> tuple[str, list[dict[str, Any]], RowsAs, str | None] | None:
    lists = [(path, value) for path, value in _below(document) if isinstance(value, list) and _are_objects(value)]
    if lists:
        path, rows = max(lists, key=lambda one: (_is_usual(one[0]), len(one[1]), -one[0].count(".")))
        return path, rows, RowsAs.OBJECTS, None
    for path, value in _below(document):
        if path and isinstance(value, Mapping) and _are_side_by_side(value):
            above, _, last = path.rpartition(".")
            rows = [dict(zip(value, one, strict=True)) for one in zip(*value.values(), strict=True)]
            return above, [{last: row} for row in rows], RowsAs.ARRAYS, last
    return None


def _below(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    yield path, value
    if not isinstance(value, Mapping) or depth == _DEEPEST:
        return
    for key, one in value.items():
        # A path is told by dots, so what is under a key with one can't be named.
        if isinstance(key, str) and key and "." not in key:
            yield from _below(one, f"{path}.{key}" if path else key, depth + 1)


def _are_objects(value: Sequence[object]) -> bool:
    return bool(value) and all(isinstance(one, dict) for one in value[:_LOOKED_AT])


def _is_usual(path: str) -> bool:
    return not path or path.rpartition(".")[2] in _USUAL


def _are_side_by_side(value: Mapping[str, object]) -> bool:
    lists = [one for one in value.values() if isinstance(one, list)]
    return len(lists) == len(value) > 1 and len({len(one) for one in lists}) == 1 and len(lists[0]) > 1


def _pages(
    url: str, document: object, headers: Mapping[str, str], query: Mapping[str, Value], count: int
) -> tuple[Pages, tuple[str, ...]]:
    if 'rel="next"' in headers.get("Link", "").replace("'", '"'):
        return Pages(PagesBy.LINK), ()
    for path in (f"{above}{name}" for above in _ABOVE for name in _NEXT_URL):
        value = at(document, path)
        if isinstance(value, str) and _is_same_host(url, value):
            return Pages(PagesBy.NEXT_URL, next=path), ()
    total = _total(document, headers, count)
    size_param = next((name for name in _SIZE if name in query), None)
    size = int(text) if size_param and (text := str(query[size_param])).isdigit() and int(text) else None
    sized = Pages(size_param=size_param, size=size) if size else Pages()
    for path, asks in ((f"{above}{name}", asks) for above in _ABOVE for name, asks in _CURSOR.items()):
        if isinstance(at(document, path), str) and at(document, path):
            unsure = (f"the parameter that asks for the next page may be called otherwise than {asks}",)
            return replace(sized, by=PagesBy.CURSOR, param=asks, next=path), unsure
    if (asked := _asked_by(query, replace(sized, total=total))) is not None:
        return asked, ()
    if total is not None and _number(document, headers, total) > count:
        return Pages(), ("there is more than this page: say under `pages` how the next one is asked for",)
    return Pages(), ()


def _asked_by(query: Mapping[str, Value], sized: Pages) -> Pages | None:
    """By page or offset, where the address that was looked at asks so."""
    if (param := next((name for name in _PAGE if name in query), None)) is not None:
        return replace(sized, by=PagesBy.PAGE, param=param, start=0 if str(query[param]) == "0" else 1)
    param = next((name for name in _OFFSET if name in query), None)
    return replace(sized, by=PagesBy.OFFSET, param=param) if param and sized.size else None


def _total(document: object, headers: Mapping[str, str], count: int) -> str | None:
    named = [f"header:{name}" for name in _TOTAL_HEADERS] + [f"{above}{name}" for above in _ABOVE for name in _TOTAL]
    return next((name for name in named if _number(document, headers, name) >= max(count, 1)), None)


def _number(document: object, headers: Mapping[str, str], name: str) -> int:
    header = name.removeprefix("header:")
    value = headers.get(header) if header != name else at(document, name)
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _is_same_host(url: str, value: str) -> bool:
    # A bare word would be a cursor, so an address has a slash or a question mark.
    there = urlsplit(urljoin(url, value))
    return ("/" in value or value.startswith("?")) and there.netloc == urlsplit(url).netloc
