"""The shape of what a source file says about an API: the request, its pages, what is new, and where the rows are."""

# ruff: noqa: ARG002, D102 - `Shape` says once what check and json_schema do.

from __future__ import annotations

from dataclasses import dataclass

from tillid.pipeline.project.connection_shapes import WithoutSecrets
from tillid.pipeline.project.lag_shape import LAG
from tillid.pipeline.project.schema import JsonSchema, Key, ListOf, MapOf, Place, Record, Scalar, Text, When, Whole
from tillid.pipeline.project.words import NAME, one_of
from tillid.ports import api
from tillid.stages.ingest.api import METHODS

_ADDRESS = Text(
    pattern=r"https?://[^\s@?#]+", says="the http or https address of the API, without user or question mark"
)
_PATH = Text(pattern=r"/[^\s?#]*", says="a path that starts with / and has no question mark: that goes under `params`")
_HEADER = Text(
    pattern=r"(?!(?i:authorization|cookie|proxy-authorization)$)[A-Za-z0-9-]+",
    says="the name of a header; who asks is said by `auth` and a secret",
)
_FIELD = "path of a field, with dots"


@dataclass(frozen=True, slots=True)
class Anything:
    """What goes into the body of a request: any value."""

    def check(self, value: object, at: Place) -> None:
        """All is right."""

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {}


@dataclass(frozen=True, slots=True)
class Rate:
    """A number above 0."""

    def check(self, value: object, at: Place) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            at.found(f"`{at.name}` must be a number above 0")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"type": "number", "exclusiveMinimum": 0}


_IN = Key(one_of(api.Place, "place"), "whether they are in the query or (as paths) in the body; default: query")

PAGES = Record(
    {
        "by": Key(one_of(api.PagesBy, "way of paging"), "how the API parts what it has", required=True),
        "param": Key(Text(), "parameter with the page's number, offset or cursor"),
        "size_param": Key(Text(), "parameter with the number of rows of a page"),
        "size": Key(Whole(1), "number of rows of a page"),
        "start": Key(Whole(0), "number of the first page; default: 1"),
        "next": Key(Text(), "path in the answer of the next page's cursor or address"),
        "more": Key(Text(), "path in the answer of a truth that says whether there is a next page"),
        "total": Key(Text(), "path, or `header:` and a header, of the number of rows in all"),
        "in": _IN,
    },
    rules=(
        When("by", ("page",), needs=("param",)),
        When("by", ("offset",), needs=("param", "size_param", "size")),
        When("by", ("cursor",), needs=("param", "next")),
        When("by", ("next_url",), needs=("next",)),
    ),
)
_AUTH = Record(
    {
        "by": Key(one_of(api.AuthKind, "way to say who asks"), "where the secret goes", required=True),
        "name": Key(Text(), "header or parameter that the secret goes in"),
        "user": Key(Text(), "name for basic authentication, where the connection has none"),
        "oauth_url": Key(_ADDRESS, "where tokens are had, where the connection does not say"),
        "scopes": Key(ListOf(Text()), "rights that are asked for"),
    }
)
_SINCE = Record(
    {
        "field": Key(Text(), f"{_FIELD}: the time or number that tells what is new", required=True),
        "param": Key(Text(), "parameter that asks for what is new", required=True),
        "written": Key(one_of(api.Written, "way of writing"), "how the API writes it; default: timestamp"),
        "text": Key(Text(), "what stands around the value, which is {at}"),
        "lag": Key(LAG, "how far back each load looks again for rows that were written late"),
        "start": Key(Scalar(), "from when on the first load reads"),
        "in": _IN,
    }
)
_DELETED = Record(
    {
        "field": Key(Text(), _FIELD, required=True),
        "values": Key(ListOf(Scalar()), "values that say that the row is deleted", required=True),
    }
)
_PICKED = Record(
    {
        "by": Key(Text(), f"{_FIELD}: the one whose value decides", required=True),
        "take": Key(MapOf(Text()), "value, and the field that is taken where it is that", required=True),
        "else": Key(Text(), "the field that is taken at every other value", required=True),
    }
)
_OVER = Record(
    {
        "path": Key(_PATH, "path below the address", required=True),
        "items": Key(Text(), "path of the items in the answer", required=True),
        "take": Key(MapOf(Text(), NAME), "name in the request, and the field of an item", required=True),
        "params": Key(WithoutSecrets(MapOf(Scalar())), "parameters in the query"),
        "pages": Key(PAGES, "how the next page is asked for"),
    }
)
API = Record(
    {
        "connection": Key(NAME, "a connection of tillid.yml"),
        "url": Key(_ADDRESS, "address of an API that asks for no secret, in place of a connection"),
        "resource": Key(NAME, "what reports call it; default: the path"),
        "path": Key(_PATH, "path below the address; {name} is a value of `each` or `over`", required=True),
        "method": Key(Text(METHODS, "method"), "default: GET"),
        "params": Key(WithoutSecrets(MapOf(Scalar())), "parameters in the query"),
        "headers": Key(WithoutSecrets(MapOf(Text(), _HEADER)), "headers besides who asks"),
        "body": Key(Anything(), "JSON body of a POST"),
        "items": Key(Text(), "path of the rows in the answer; default: the whole answer"),
        "rows": Key(one_of(api.RowsAs, "form of rows"), "how the rows lie there; default: objects"),
        "list_in": Key(Text(), "field with the list (each) or the lists side by side (arrays)"),
        "joined": Key(MapOf(ListOf(Text())), "field that is made, and the fields that it is made of"),
        "picked": Key(MapOf(_PICKED), "field that is made, and which field it is, by the value of another"),
        "pages": Key(PAGES, "how the next page is asked for; default: there is one"),
        "auth": Key(_AUTH, "how who asks is said; default: nobody in particular"),
        "since": Key(_SINCE, "how only what is new is asked for; left out: everything each time"),
        "deleted": Key(_DELETED, "how a row says that it is deleted"),
        "over": Key(_OVER, "what is read first, and the rows for each item of it"),
        "each": Key(ListOf(MapOf(Scalar(), NAME)), "sets of values, each of which is asked for"),
        "optional": Key(ListOf(Text(), at_least=0), "fields that the API leaves out when they are empty"),
        "per_second": Key(Rate(), "the most requests a second"),
    },
    rules=(When("rows", ("each", "arrays"), needs=("list_in",)), When("method", ("GET",), bars=("body",))),
)
