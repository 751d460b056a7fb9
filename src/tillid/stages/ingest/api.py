"""Reads what a source definition says under `api:`: the request, its pages, what is new, and where the rows are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from tillid.ports.api import (
    Auth,
    AuthKind,
    Deleted,
    FromApi,
    Over,
    Pages,
    PagesBy,
    Picked,
    Place,
    RowsAs,
    Since,
    Value,
    Written,
)
from tillid.stages.ingest.database import read_lag
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    at_field,
    kind_of,
    read_choice,
    read_count,
    read_list,
    read_mapping,
    read_name,
    read_text,
    read_texts,
)

_Choice = TypeVar("_Choice", bound=StrEnum)
API_KEYS = (
    *("connection", "url", "path", "method", "params", "headers", "body", "items", "rows", "list_in", "joined"),
    *("picked", "pages", "auth", "since", "deleted", "over", "each", "optional", "per_second", "resource"),
)
METHODS = ("GET", "POST")
PLACED_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NEEDS: Mapping[PagesBy, tuple[str, ...]] = {
    PagesBy.PAGE: ("param",),
    PagesBy.OFFSET: ("param", "size_param", "size"),
    PagesBy.CURSOR: ("param", "next"),
    PagesBy.NEXT_URL: ("next",),
}


def read_api(given: Mapping[str, object]) -> FromApi | None:
    """What stands under ``api:``, or None where nothing does; FieldInvalid tells which key is wrong.

    >>> read_api({"api": {"url": "https://api.example.com", "path": "/v1/orders", "items": "orders"}}).resource
    'v1/orders'
    """
    if given.get("api") is None:
        return None
    said = read_mapping(given["api"], ("api",), allowed=API_KEYS, required=("path",))
    with at_field("api"):
        if said.get("connection") is None and said.get("url") is None:
            raise FieldMissing("One of these keys is missing: connection, url")
        path = read_name(said, "path")
        api = FromApi(
            resource=read_text(said, "resource", ()) or path.partition("?")[0].strip("/"),
            path=path,
            connection=read_text(said, "connection", ()),
            url=read_text(said, "url", ()),
            method=read_text(said, "method", ()) or "GET",
            params=_read_values(said, "params"),
            headers={k: str(v) for k, v in _read_values(said, "headers").items()},
            body=json.dumps(said["body"]) if said.get("body") is not None else None,
            items=read_text(said, "items", ()) or "",
            rows=read_choice(said, "rows", (), RowsAs) or RowsAs.OBJECTS,
            list_in=read_text(said, "list_in", ()),
            joined=_read_joined(said),
            picked=_read_picked(said),
            pages=_read_pages(said),
            auth=_read_auth(said),
            since=_read_since(said),
            deleted=_read_deleted(said),
            over=_read_over(said),
            each=_read_each(said),
            optional=read_texts(said, "optional", ()),
            per_second=_read_rate(said),
        )
        _check(api)
    return api


def _check(api: FromApi) -> None:
    if api.method not in METHODS:
        raise FieldInvalid(f"'method' must be one of {', '.join(METHODS)}", field=("method",))
    if (api.rows in (RowsAs.EACH, RowsAs.ARRAYS)) != (api.list_in is not None):
        raise FieldInvalid("'list_in' goes with 'rows: each' and 'rows: arrays'", field=("list_in",))
    if api.body is not None and api.method == "GET":
        raise FieldInvalid("A body needs 'method: POST'", field=("body",))
    named = {name for one in api.each for name in one} | set(api.over.take if api.over else ())
    texts = [api.path, *(v for v in (*api.params.values(), *api.headers.values()) if isinstance(v, str))]
    for name in (name for text in texts for name in PLACED_NAME.findall(text)):
        if name not in named:
            hint = f"Give it a value under 'each': [{{{name}: …}}]."
            raise FieldMissing(f"{{{name}}} has no value", hint=hint, field=("each",))


def _read_pages(said: Mapping[str, object]) -> Pages:
    if said.get("pages") is None:
        return Pages()
    allowed = ("by", "param", "size_param", "size", "start", "next", "more", "total", "in")
    given = read_mapping(said["pages"], ("pages",), allowed=allowed, required=("by",))
    with at_field("pages"):
        by = _chosen(given, "by", PagesBy)
        for key in _NEEDS.get(by, ()):
            if given.get(key) is None:
                raise FieldMissing(f"Pages by {by} need {key!r}", field=(key,))
        start = read_count(given, "start", ())
        texts = {key: read_text(given, key, ()) for key in ("param", "size_param", "next", "more", "total")}
        place = read_choice(given, "in", (), Place) or Place.QUERY
        return Pages(by, size=read_count(given, "size", ()), start=1 if start is None else start, place=place, **texts)


def _read_auth(said: Mapping[str, object]) -> Auth:
    if said.get("auth") is None:
        return Auth()
    given = read_mapping(
        said["auth"], ("auth",), allowed=("by", "name", "user", "oauth_url", "scopes"), required=("by",)
    )
    with at_field("auth"):
        texts = {key: read_text(given, key, ()) for key in ("name", "user", "oauth_url")}
        return Auth(_chosen(given, "by", AuthKind), scopes=read_texts(given, "scopes", ()), **texts)


def _read_since(said: Mapping[str, object]) -> Since | None:
    if said.get("since") is None:
        return None
    allowed = ("field", "param", "written", "text", "lag", "start", "in")
    given = read_mapping(said["since"], ("since",), allowed=allowed, required=("field", "param"))
    with at_field("since"):
        text = read_text(given, "text", ()) or "{at}"
        if "{at}" not in text:
            raise FieldInvalid("'text' must hold {at}, the place of the value", field=("text",))
        return Since(
            field=read_name(given, "field"),
            param=read_name(given, "param"),
            written=read_choice(given, "written", (), Written) or Written.TIMESTAMP,
            text=text,
            lag=read_lag(given.get("lag")),
            start=str(given["start"]) if given.get("start") is not None else None,
            place=read_choice(given, "in", (), Place) or Place.QUERY,
        )


def _read_deleted(said: Mapping[str, object]) -> Deleted | None:
    if said.get("deleted") is None:
        return None
    given = read_mapping(said["deleted"], ("deleted",), allowed=("field", "values"), required=("field", "values"))
    with at_field("deleted"):
        return Deleted(read_name(given, "field"), tuple(str(value) for value in read_list(given, "values", ())))


def _read_over(said: Mapping[str, object]) -> Over | None:
    if said.get("over") is None:
        return None
    allowed = ("path", "items", "take", "params", "pages")
    given = read_mapping(said["over"], ("over",), allowed=allowed, required=("path", "items", "take"))
    with at_field("over"):
        take = {name: str(path) for name, path in _read_values(given, "take").items()}
        items = read_name(given, "items")
        return Over(read_name(given, "path"), items, take, _read_values(given, "params"), _read_pages(given))


def _read_each(said: Mapping[str, object]) -> tuple[Mapping[str, Value], ...]:
    if said.get("each") is None:
        return ()
    sets = []
    for number, one in enumerate(read_list(said, "each", ())):
        with at_field("each", number):
            sets.append(_read_values({"": one}, ""))
    return tuple(sets)


def _read_joined(said: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    given = said.get("joined") or {}
    if not isinstance(given, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(given)}", field=("joined",))
    return {str(name): read_texts(given, name, ("joined",)) for name in given}


def _read_picked(said: Mapping[str, object]) -> dict[str, Picked]:
    given = said.get("picked") or {}
    if not isinstance(given, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(given)}", field=("picked",))
    keys = ("by", "take", "else")
    picked = {}
    for name in map(str, given):
        one = read_mapping(given[name], ("picked", name), allowed=keys, required=keys)
        with at_field("picked", name):
            take = {value: str(path) for value, path in _read_values(one, "take").items()}
            picked[name] = Picked(read_name(one, "by"), take, read_name(one, "else"))
    return picked


def _read_rate(said: Mapping[str, object]) -> float | None:
    rate = said.get("per_second")
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0:
        raise FieldInvalid("'per_second' must be a number above 0", field=("per_second",))
    return float(rate)


def _read_values(said: Mapping[str, object], key: str) -> dict[str, Value]:
    field = (key,) if key else ()
    given = said.get(key) or {}
    if not isinstance(given, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(given)}", field=field)
    values: dict[str, Value] = {}
    for name, value in given.items():
        if not isinstance(value, str | int | float | bool):
            raise FieldInvalid(f"One value is needed here, not {kind_of(value)}", field=(*field, str(name)))
        values[str(name)] = value
    return values


def _chosen(given: Mapping[str, object], key: str, choices: type[_Choice]) -> _Choice:
    chosen = read_choice(given, key, (), choices)
    if chosen is None:
        raise FieldMissing(f"The key {key!r} is missing")
    return chosen
