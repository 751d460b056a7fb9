"""What a definition says about an API that rows are asked of: where, how it pages, who asks, from where on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool


class AuthKind(StrEnum):
    """How an API knows who asks."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"
    HEADER = "header"
    QUERY = "query"
    CLIENT_CREDENTIALS = "client_credentials"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  the name of a grant
    GOOGLE_SERVICE_ACCOUNT = "google_service_account"


class PagesBy(StrEnum):
    """How an API parts what it has into pages."""

    NONE = "none"
    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"
    LINK = "link"
    NEXT_URL = "next_url"


class RowsAs(StrEnum):
    """How rows lie in a response: objects, a list in each, lists side by side, a GA4 report, a JSON-stat cube."""

    OBJECTS = "objects"
    EACH = "each"
    ARRAYS = "arrays"
    REPORT = "report"
    JSON_STAT = "json_stat"


class Written(StrEnum):
    """How the API writes the field that tells what is new."""

    TIMESTAMP = "timestamp"
    NAIVE_UTC = "naive_utc"
    DATE = "date"
    DAY = "day"
    NUMBER = "number"


class Place(StrEnum):
    """Where in a request a value is said."""

    QUERY = "query"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class ApiConnection:
    """Where an API is and as whom it is asked; the secret is that of the connection's name, and never in here.

    `url` is the address that paths are added to. `user` is the name for basic authentication, `client_id` and
    `oauth_url` are for OAuth 2.
    """

    name: str
    url: str
    user: str | None = None
    client_id: str | None = None
    oauth_url: str | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """How who asks is said: `name` is that of the header or parameter that the secret goes in."""

    kind: AuthKind = AuthKind.NONE
    name: str | None = None
    user: str | None = None
    oauth_url: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """How the next page is asked for; a path has dots, and in the body `param` and `size_param` are paths too.

    `size` rows are asked for under `size_param`. `start` is the number of the first page. `next` is the path of
    the next page's cursor or address, `more` that of a truth that says whether there is one. `total` is the path
    of the number of rows in all, or the name of a header: `header:X-WP-Total`.
    """

    by: PagesBy = PagesBy.NONE
    param: str | None = None
    size_param: str | None = None
    size: int | None = None
    start: int = 1
    next: str | None = None
    more: str | None = None
    total: str | None = None
    place: Place = Place.QUERY


@dataclass(frozen=True, slots=True)
class Since:
    """How only what is new is asked for: `field` of a row tells, `param` asks, with `text` around the value.

    `lag` is how far back each load looks again, for rows that were written late. `start` stands in at the first.
    """

    field: str
    param: str
    written: Written = Written.TIMESTAMP
    text: str = "{at}"
    lag: timedelta | int | None = None
    start: str | None = None
    place: Place = Place.QUERY


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows whose `field` has one of `values` are gone."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """A field that is one of others, by what the field `by` says: `take` maps its value to a field, else `otherwise`.

    A row that lacks any of them has no such field.
    """

    by: str
    take: Mapping[str, str]
    otherwise: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "take", MappingProxyType(dict(self.take)))


@dataclass(frozen=True, slots=True)
class Over:
    """What is read first, for each item of which the rows are asked once: `take` maps a name to a field of it."""

    path: str
    items: str
    take: Mapping[str, str]
    params: Mapping[str, Value] = field(default_factory=dict)
    pages: Pages = field(default_factory=Pages)

    def __post_init__(self) -> None:
        object.__setattr__(self, "take", MappingProxyType(dict(self.take)))
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))


@dataclass(frozen=True, slots=True)
class FromApi:
    """The request that rows come by, and where in its response they are.

    `path`, `params`, `headers` and `body` may hold `{name}`, a value of `each` (sets of values, each asked for
    by itself) or of `over`; it is in the rows too, as `with.name`. `items` is the path of the rows; `list_in` the
    field that `rows` of each and arrays have their list or lists in. `joined` makes a field of others, `picked` one
    that is one of them. A field that an API may leave out is `optional`; that another is in no row is an error. At
    most `per_second` requests are sent.
    """

    resource: str
    path: str
    connection: str | None = None
    url: str | None = None
    method: str = "GET"
    params: Mapping[str, Value] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    items: str = ""
    rows: RowsAs = RowsAs.OBJECTS
    list_in: str | None = None
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    picked: Mapping[str, Picked] = field(default_factory=dict)
    pages: Pages = field(default_factory=Pages)
    auth: Auth = field(default_factory=Auth)
    since: Since | None = None
    deleted: Deleted | None = None
    over: Over | None = None
    each: tuple[Mapping[str, Value], ...] = ()
    optional: tuple[str, ...] = ()
    per_second: float | None = None

    def __post_init__(self) -> None:
        for name in ("params", "headers", "joined", "picked"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        object.__setattr__(self, "each", tuple(MappingProxyType(dict(one)) for one in self.each))
