"""What the house asks of a source that is pulled: a database or an API, read from where the last load ended."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol, TypeAlias

from tillid.ports.source import Look, RawBatch

Cursor: TypeAlias = str
"""How far a source was read, as JSON text that its connector alone understands.

It is kept with the generation and committed with the rows, in one step: a load that was cut short leaves the
former generation with the former cursor. So nothing is lost, and nothing comes twice. It may hold digests; it
holds no value of a person in clear.
"""


@dataclass(frozen=True, slots=True)
class DatabaseConnection:
    """Where a database is, without its password: that is the secret of the connection's name.

    `driver` is a dialect of SQLAlchemy, perhaps with a driver: postgresql, mysql, mariadb, mssql, sqlite,
    postgresql+psycopg. `database` of SQLite is a path relative to the project. `options` go to the driver.
    """

    name: str
    driver: str
    host: str | None = None
    port: int | None = None
    database: str | None = None
    user: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))


@dataclass(frozen=True, slots=True)
class FromDatabase:
    """What a definition says about the table or view that its rows are in.

    `table` is its name, perhaps after that of its schema: `sales.orders`. `cursor` names the column that grows
    with each new or changed row; without one the whole table is read each time. `lag` is how far back each load
    looks again for rows that were committed late: a time, or a number for a cursor that counts. `deleted` names
    the column that marks a row as deleted.
    """

    connection: str
    table: str
    cursor: str | None = None
    lag: timedelta | int | None = None
    deleted: str | None = None


@dataclass(frozen=True, slots=True)
class PulledBatch:
    """Rows as they were pulled, at most 65,536, and the cursor once they and all before them are held.

    `rows` are numbered through the whole pull, as those of a file are. `gone` are rows that the source marks as
    deleted; they are not among `rows` and need only the column that the definition names as `key`. Where a key
    is in both, it is gone. `reached` is None where the source cannot be taken up from a place: then it is
    pulled whole each time.
    """

    rows: RawBatch
    reached: Cursor | None = None
    gone: RawBatch | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about where rows come from that a load would not tell: `hint` says what to do, where it is not well."""

    what: str
    found: str
    hint: str = ""


class Pulled(Protocol):
    """Somewhere outside that is asked for rows, over a network or in a file of a database.

    Whatever goes wrong is an error of `connectors.sources.errors` that names connection and table or resource,
    and no secret: neither in its text nor in what led to it. What may pass by itself (a connection refused, a
    time-out, 503) is tried again a few times before the first row was handed out, and not after.
    """

    @property
    def name(self) -> str:
        """What lineage, refusals and reports call it, in the place of a path: `database:shop/public.orders`."""
        ...

    def look(self) -> Look:
        """Which columns there are and how they are read; `look.file` is `name`. It asks for few rows or none."""
        ...

    def notice(self) -> Iterable[Noticed]:
        """What `tillid doctor` tells besides: clocks, limits, certificates, indexes. It asks for no rows."""
        ...

    def pull(self, since: Cursor | None) -> Generator[PulledBatch]:
        """The rows after `since`, or all of them, in batches and bounded memory.

        A row that came with a former pull up to `since` does not come again, and one that was not there yet
        comes, however like the last one its place in the order is. There is at least one batch, empty if need be.
        """
        ...
