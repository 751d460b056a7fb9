"""What a project declares, gathered for the checks that look from one file into another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tillid.pipeline.project.entries import Entries, Entry
from tillid.pipeline.project.findings import unknown
from tillid.pipeline.project.references import Reference, Refers, in_variable
from tillid.pipeline.project.schema import Place
from tillid.stages.ingest.columns import ColumnDefinition
from tillid.stages.profile.definitions import OCCURRED_AT
from tillid.stages.profile.golden_record import default_traits
from tillid.terms.fields import FieldInvalid

NOT_WASHED = "none"


@dataclass(frozen=True, slots=True)
class Used:
    """A column of a source that something is worked out from, and the column's data category."""

    source: str
    column: str
    category: str

    def __str__(self) -> str:
        return f"`{self.source}.{self.column}` ({self.category})"


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as the other files see it; `is_whole` says whether all its columns are known."""

    name: str
    kind: str
    categories: Mapping[str, str]
    collected_for: frozenset[str]
    is_whole: bool

    def uses(self, column: str) -> Iterator[Used]:
        """The column, when it exists."""
        if column in self.categories:
            yield Used(self.name, column, self.categories[column])


class Known:
    """Names and columns that the whole project declares, so far as they are in shape."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._references: dict[str, tuple[Reference, ...]] = {}
        self.sources = {entry.name: _known_source(entry) for entry in entries.of("source")}

    def names(self, kind: str) -> Collection[str]:
        """Every name of a kind."""
        return self._entries.by_kind[kind]

    def of(self, kind: str) -> Iterator[Entry]:
        """Every entry of a kind, sound or not."""
        return self._entries.of(kind)

    def entry(self, kind: str, name: object) -> Entry | None:
        """The entry of this name, or None."""
        return self._entries.by_kind[kind].get(str(name))

    def is_whole(self, kind: str) -> bool:
        """Whether every file of the kind could be read, so that a missing name is a mistake."""
        return kind not in self._entries.unread

    def check_name(self, kind: str, what: str, name: object, place: Place) -> None:
        """Note a name that no entry of the kind has."""
        if isinstance(name, str) and self.is_whole(kind) and name not in self.names(kind):
            place.found(unknown(what, name, self.names(kind)))

    def check_purposes(self, names: object, place: Place) -> None:
        """Note each purpose of a list that the register lacks."""
        for index, name in enumerate(names if isinstance(names, list) else ()):
            self.check_name("purposes", "purpose", name, place.at(index))

    def sources_of(self, kind: str) -> list[str]:
        """The names of the sources of a kind, with those whose kind is not known."""
        return [source.name for source in self.sources.values() if source.kind in (kind, "")]

    @cached_property
    def roles(self) -> Collection[str]:
        """The names of all roles, in shape or not; none when `roles` is no mapping."""
        project = next(self.of("project"), None)
        written = project.place.document.value if project else None
        roles = written.get("roles") if isinstance(written, dict) else None
        return tuple(roles) if isinstance(roles, dict) else ()

    @cached_property
    def connections(self) -> Mapping[str, Collection[str]] | None:
        """The names of all connections, in shape or not, with the keys of each; None when tillid.yml can't be read."""
        project = next(self.of("project"), None)
        written = project.place.document.value if project else None
        if not isinstance(written, dict):
            return None
        connections = written.get("connections")
        named = connections if isinstance(connections, dict) else {}
        return {name: tuple(said) if isinstance(said, dict) else () for name, said in named.items()}

    @cached_property
    def traits(self) -> dict[str, tuple[Used, ...]]:
        """Every trait by name with the columns that it may come from: declared ones, then default ones."""
        found = {entry.name: tuple(self._used_by_trait(entry)) for entry in self.of("profile")}
        people = {source.name: source for source in self.sources.values() if source.kind == "people"}
        for trait in default_traits({name: list(source.categories) for name, source in people.items()}):
            used = (people[column.source].uses(column.column) for column in trait.columns)
            found.setdefault(trait.name, tuple(one for columns in used for one in columns))
        return found

    @cached_property
    def traits_are_whole(self) -> bool:
        """Whether every trait is known: each source is whole and could be read, and so could profile.yml."""
        sources = all(source.is_whole and source.kind for source in self.sources.values())
        return sources and self.is_whole("source") and self.is_whole("profile")

    def _used_by_trait(self, entry: Entry) -> Iterator[Used]:
        for written in entry.values.get("from", ()):
            source, _, column = written.partition(".")
            if source in self.sources:
                yield from self.sources[source].uses(column)

    def used_by_variable(self, name: str) -> tuple[Used, ...]:
        """The columns that a variable is worked out from, through other variables too."""
        found: dict[Used, None] = {}
        for variable in (name, *self.below(name)):
            for reference in self.references_of(variable):
                found |= dict.fromkeys(self.used_by_events(reference))
        return tuple(found)

    def below(self, name: str) -> dict[str, None]:
        """The variables that a variable is worked out from, near ones first; itself when in a circle."""
        found: dict[str, None] = {}
        waiting = [name]
        for variable in waiting:
            for reference in self.references_of(variable):
                if reference.refers is Refers.VARIABLE and reference.name not in found:
                    found[reference.name] = None
                    waiting.append(reference.name)
        return found

    def references_of(self, variable: str) -> tuple[Reference, ...]:
        """What a variable names; nothing when it cannot be read."""
        if variable not in self._references:
            self._references[variable] = self._read_references(variable)
        return self._references[variable]

    def _read_references(self, variable: str) -> tuple[Reference, ...]:
        entry = self.entry("variables", variable)
        try:
            return tuple(in_variable(entry.values, entry.place)) if entry else ()
        except FieldInvalid:
            return ()

    def used_by_events(self, reference: Reference) -> Iterator[Used]:
        """The column that is named; of events as such, the column with their time; else nothing."""
        is_table = reference.refers is Refers.EVENTS
        source = self.sources.get(reference.name if is_table else reference.source)
        if source is not None:
            yield from source.uses(OCCURRED_AT if is_table else reference.name)


def _known_source(entry: Entry) -> KnownSource:
    values = entry.values
    categories: dict[str, str] = {}
    for header, column in values.get("columns", {}).items():
        categories[column["name"]] = column["category"]
        categories |= _made_of(header, column)
    if values.get("kind") == "events" and values.get("time") in categories:
        categories[OCCURRED_AT] = categories[values["time"]]
    return KnownSource(
        entry.name,
        values.get("kind", ""),
        categories,
        frozenset([*values.get("collected_for", ()), *values.get("collected_for_if", ())]),
        entry.is_sound,
    )


def _made_of(header: str, column: object) -> dict[str, str]:
    """Name and category of the columns that washing makes of one: what it was, and its parts."""
    try:
        read = ColumnDefinition.from_mapping(header, column)
    except FieldInvalid:
        return {}
    raw = {} if read.washed_as == NOT_WASHED else {f"{read.name}_raw": read.category}
    return raw | {name: read.category_of_part(part) for part, name in read.parts.items()}
