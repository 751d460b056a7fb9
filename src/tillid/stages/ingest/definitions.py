"""What a user declares about a source: which files, what kind of facts, what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tillid.ports.api import FromApi
from tillid.ports.pulled import FromDatabase
from tillid.ports.source import ReadAs
from tillid.stages.ingest.api import read_api
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType, read_columns, refuse_odd_name
from tillid.stages.ingest.database import read_database
from tillid.stages.ingest.read_as import READ_AS_TEXTS, check_read_as, read_read_as
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    at_field,
    kind_of,
    read_choice,
    read_mapping,
    read_text,
    read_texts,
    require_name,
)

__all__ = ["ORIGINS", "ColumnDefinition", "ColumnType", "Load", "SourceDefinition", "SourceKind"]


class SourceKind(StrEnum):
    """What the rows of a source are."""

    PEOPLE = "people"
    EVENTS = "events"
    CONSENTS = "consents"
    SUPPRESSIONS = "suppressions"
    THINGS = "things"


class Load(StrEnum):
    """What a file is: all there is, more of it, or records that changed."""

    SNAPSHOT = "snapshot"
    APPEND = "append"
    DELTA = "delta"


ORIGINS = ("files", "database", "api")
"""The keys of which a definition has exactly one: where its rows come from."""
STATES = ("given", "refused", "withdrawn", "objected")
_PERSON_KINDS = (SourceKind.PEOPLE, SourceKind.CONSENTS, SourceKind.SUPPRESSIONS)
_VERSIONED = (SourceKind.PEOPLE, SourceKind.THINGS)
_FILES_ALONE = ("format", "encoding", "separator", "quote", "header_row", "sheet")
_TAKEN = "collected_for"
NO_POSTCODE = "none"
"""Under a column with cities: it is held against no postcode."""
_MOST_CONDITIONAL = 10
_OPTIONAL_TEXTS = ("key", "time", "country", "data_subject", "purpose", "state")
_KEYS = (
    *("name", "label", "kind", *ORIGINS, "from", "load", "separator", "quote", "header_row", "columns", "ignore"),
    *("collected_for", "collected_for_if", "bars", "list_date", "identified", "link_guesses"),
    *READ_AS_TEXTS,
    *_OPTIONAL_TEXTS,
)


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """A source: the files, table or API it is read from and what rows and columns mean; a table of its name.

    It has exactly one of `ORIGINS`; `from_` names the connection that leads to its files where they are elsewhere.
    `key`, `time` and `country` are names of columns. A record without a key is known by all that it says.
    `identified` is false where no column says who a person is: then each record is a person of its own.
    `link_guesses` says that an identifier which washing guessed identifies like any other. `read_as` holds what the
    definition says about reading, in place of what looking at a file finds.

    >>> SourceDefinition.from_mapping("shops", {"kind": "things", "files": "shops.csv", "key": "shop",
    ...     "columns": {"Butik": {"name": "shop", "type": "text", "category": "system"}}}).load
    <Load.SNAPSHOT: 'snapshot'>
    """

    name: str
    kind: SourceKind
    files: tuple[str, ...]
    columns: tuple[ColumnDefinition, ...]
    database: FromDatabase | None = None
    api: FromApi | None = None
    load: Load = Load.SNAPSHOT
    read_as: ReadAs = field(default_factory=ReadAs)
    label: str = ""
    key: str | None = None
    time: str | None = None
    country: str | None = None
    data_subject: str | None = None
    collected_for: tuple[str, ...] = ()
    collected_for_if: Mapping[str, str] = field(default_factory=dict)
    purpose: str | None = None
    state: str | None = None
    bars: tuple[str, ...] = ()
    list_date: date | None = None
    ignore: tuple[str, ...] = ()
    identified: bool = True
    from_: str | None = field(default=None, repr=False)
    link_guesses: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "collected_for_if", MappingProxyType(dict(self.collected_for_if)))
        refuse_odd_name(self.name, "name")
        if not self.columns:
            raise FieldMissing("The key 'columns' is missing")
        self._check_origin()
        if len(self.collected_for_if) > _MOST_CONDITIONAL:
            raise FieldInvalid(
                f"At most {_MOST_CONDITIONAL} purposes can depend on a field", field=("collected_for_if",)
            )
        self._check_names()
        self._check_kind()
        check_read_as(self.read_as)

    def _check_origin(self) -> None:
        there = [key for key in ORIGINS if getattr(self, key)]
        if not there:
            raise FieldMissing(f"One of these keys is missing: {', '.join(ORIGINS)}")
        if len(there) > 1:
            raise FieldInvalid(f"Only one of {', '.join(there)} can stand here", field=(there[1],))
        if not self.is_pulled:
            return
        if self.from_ is not None:
            raise FieldInvalid("'from' says where 'files' are", hint="Add 'files', or take it out.", field=("from",))
        for key in _FILES_ALONE:
            if getattr(self.read_as, key) is not None:
                raise FieldInvalid(f"{key!r} is for files", field=(key,))
        if self.database is not None:
            self._check_database(self.database)
        if self.api is not None:
            self._check_api(self.api)

    def _check_database(self, database: FromDatabase) -> None:
        cursor, marks = ("database", "cursor"), ("database", "deleted")
        if self.load is Load.SNAPSHOT and database.cursor is not None:
            hint = "Say load: delta or append, or take the cursor out."
            raise FieldInvalid("A snapshot reads the whole table each time, without a cursor", hint=hint, field=cursor)
        if self.kind is SourceKind.EVENTS and self.load is not Load.SNAPSHOT and database.cursor is None:
            hint = "Name a column that grows with each new row, or say load: snapshot."
            raise FieldMissing("The key 'cursor' is missing", hint=hint, field=("database",))
        if database.deleted is not None and not (self.has_versions and self.key):
            raise FieldInvalid("'deleted' is for people, things and 'load: delta', with a 'key'", field=marks)

    def _check_api(self, api: FromApi) -> None:
        since, marks = ("api", "since"), ("api", "deleted")
        if self.load is Load.SNAPSHOT and api.since is not None:
            hint = "Say load: delta or append, or take 'since' out."
            raise FieldInvalid("A snapshot reads everything each time, without 'since'", hint=hint, field=since)
        if self.kind is SourceKind.EVENTS and self.load is not Load.SNAPSHOT and api.since is None:
            hint = "Say which field tells what is new, or say load: snapshot."
            raise FieldMissing("The key 'since' is missing", hint=hint, field=("api",))
        if api.deleted is not None and not (self.has_versions and self.key):
            raise FieldInvalid("'deleted' is for people, things and 'load: delta', with a 'key'", field=marks)

    def _check_names(self) -> None:
        header_of: dict[str, str] = {}
        for column in self.columns:
            if column.name in header_of:
                raise FieldInvalid(
                    f"Two headers have the name {column.name!r}: {header_of[column.name]!r} is the first",
                    field=("columns", column.header, "name"),
                )
            header_of[column.name] = column.header
            if column.name == _TAKEN:
                raise FieldInvalid(f"The name {_TAKEN!r} is taken", field=("columns", column.header, "name"))
            if column.header in self.ignore:
                raise FieldInvalid(f"{column.header!r} is under 'columns' too", field=("ignore",))
        self._check_beside(header_of)
        for key in ("key", "time", "country"):
            named = getattr(self, key)
            if named is not None:
                require_name("column", named, header_of, (key,))
        if self.time and self.column(self.time).type not in (ColumnType.TIMESTAMP, ColumnType.DATE):
            raise FieldInvalid("'time' must name a column of type timestamp or date", field=("time",))
        if self.time and self.column(self.time).washed_as != "none":
            raise FieldInvalid("'time' cannot name a column that is washed", field=("time",))

    def _check_beside(self, header_of: Mapping[str, str]) -> None:
        """What columns say of columns beside them: those that parts become, and a city's postcode."""
        taken = dict(header_of)
        for column in self.columns:
            for part, name in column.parts.items():
                if name in taken:
                    raise FieldInvalid(
                        f"The name {name!r} is taken by {taken[name]!r}",
                        field=("columns", column.header, "parts", part),
                    )
                taken[name] = column.header
            if column.postcode not in (None, NO_POSTCODE):
                require_name("column", str(column.postcode), header_of, ("columns", column.header, "postcode"))

    def postcode_of(self, city: ColumnDefinition) -> str | None:
        """The name of the column with the postcodes of a column with cities: as said, else by their order."""
        if city.postcode is not None:
            return None if city.postcode == NO_POSTCODE else city.postcode
        cities, postcodes = ([c for c in self.columns if c.washed_as == wash] for wash in ("city", "postcode"))
        if city not in cities or len(cities) != len(postcodes):
            return None
        return postcodes[cities.index(city)].name

    def _check_kind(self) -> None:
        identified = bool(self.identifiers)
        if self.kind is SourceKind.EVENTS and self.time is None:
            raise FieldMissing("The key 'time' is missing", hint="Name the column that says when it happened.")
        if not self.identified and (self.kind is not SourceKind.PEOPLE or identified):
            hint = "It is for people of whom no column says who they are."
            raise FieldInvalid("'identified: false' can't stand here", hint=hint, field=("identified",))
        if self.kind in _PERSON_KINDS and not identified and self.identified:
            hint = "For people that nobody can be recognised among, say 'identified: false'."
            raise FieldMissing(
                f"A source of {self.kind} needs a column with an identifier",
                hint=hint if self.kind is SourceKind.PEOPLE else "",
                field=("columns",),
            )
        if self.kind is SourceKind.THINGS and identified:
            raise FieldInvalid("Things are about no person and have no identifier", field=("columns",))
        if self.kind is SourceKind.SUPPRESSIONS and not self.bars:
            raise FieldMissing("The key 'bars' is missing", hint="List purposes or data uses.")
        if self.kind is SourceKind.CONSENTS:
            self._check_consents()
        if self.kind in _VERSIONED and self.load is Load.DELTA and self.key is None:
            raise FieldMissing("'load: delta' needs 'key'", hint="Name the column that identifies a record.")

    def _check_consents(self) -> None:
        names = {column.name for column in self.columns}
        for name in ("purpose", "state"):
            if (name in names) == (getattr(self, name) is not None):
                raise FieldInvalid(f"Say {name!r} once: as a column, or beside 'kind'", field=(name,))
        if "at" not in names:
            raise FieldMissing("Consents need a column named 'at': their time", field=("columns",))
        if self.state is not None:
            require_name("state", self.state, STATES, ("state",))
        for column in self.columns:
            for value in (column.values or {}).values() if column.name == "state" else ():
                require_name("state", str(value), STATES, ("columns", column.header, "values"))

    def column(self, name: str) -> ColumnDefinition:
        """The column of this name (not header); KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def has_versions(self) -> bool:
        """Whether records are kept, each in versions: people, things, and events that may be changed later."""
        if self.kind is SourceKind.EVENTS:
            return self.load is Load.DELTA and self.key is not None
        return self.kind in (SourceKind.PEOPLE, SourceKind.THINGS)

    @property
    def is_pulled(self) -> bool:
        """Whether its rows are asked for, rather than found in files."""
        return not self.files

    @property
    def identifiers(self) -> tuple[ColumnDefinition, ...]:
        """The columns that hold identifiers, in the order of the definition."""
        return tuple(column for column in self.columns if column.identifier)

    @property
    def headers(self) -> tuple[str, ...]:
        """What must be read of a file: the headers of the columns, then the fields that decide on purposes."""
        return tuple(dict.fromkeys((*(c.header for c in self.columns), *self.collected_for_if.values())))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> SourceDefinition:
        """Read what stands in ``sources/NAME.yml``; FieldInvalid tells which key is wrong."""
        given = read_mapping(mapping, (), allowed=_KEYS, required=("kind", "columns"))
        kind = read_choice(given, "kind", (), SourceKind)
        if kind is None:
            raise FieldMissing("The key 'kind' is missing")
        database = read_database(given)
        api = read_api(given)
        has_cursor = (database is not None and database.cursor is not None) or (
            api is not None and api.since is not None
        )
        return cls(
            name=read_text(given, "name", ()) or name,
            kind=kind,
            files=_read_one_or_more(given, "files"),
            columns=read_columns(given["columns"]),
            database=database,
            api=api,
            load=read_choice(given, "load", (), Load) or _default_load(kind, has_cursor=has_cursor),
            read_as=read_read_as(given),
            label=read_text(given, "label", ()) or "",
            collected_for=read_texts(given, "collected_for", ()),
            collected_for_if=_read_fields(given),
            bars=read_texts(given, "bars", ()),
            list_date=_read_day(given),
            ignore=read_texts(given, "ignore", ()) if given.get("ignore") else (),
            identified=_read_truth(given, "identified", default=True),
            from_=read_text(given, "from", ()),
            link_guesses=_read_truth(given, "link_guesses", default=False),
            **{key: read_text(given, key, ()) for key in _OPTIONAL_TEXTS},
        )


def _default_load(kind: SourceKind, *, has_cursor: bool) -> Load:
    if kind not in (SourceKind.PEOPLE, SourceKind.THINGS):
        return Load.APPEND
    return Load.DELTA if has_cursor else Load.SNAPSHOT


def _read_one_or_more(given: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = given.get(key)
    return (value,) if isinstance(value, str) else read_texts(given, key, ())


def _read_truth(given: Mapping[str, object], key: str, *, default: bool) -> bool:
    value = given.get(key, default)
    if not isinstance(value, bool):
        raise FieldInvalid(f"{key!r} must be true or false, not {kind_of(value)}", field=(key,))
    return value


def _read_fields(given: Mapping[str, object]) -> dict[str, str]:
    fields = given.get("collected_for_if") or {}
    if not isinstance(fields, Mapping):
        raise FieldInvalid(f"A mapping is needed here, not {kind_of(fields)}", field=("collected_for_if",))
    paths = {str(purpose): read_text(fields, purpose, ("collected_for_if",)) for purpose in fields}
    return {purpose: path for purpose, path in paths.items() if path is not None}


def _read_day(given: Mapping[str, object]) -> date | None:
    value = given.get("list_date")
    if value is None or isinstance(value, date):
        return value
    with at_field("list_date"):
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise FieldInvalid("'list_date' must be a date such as 2026-10-31") from None
