"""What a project declares, gathered for the checks that look from one file into another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tillid.pipeline.project.entries import Entries, Entry
from tillid.pipeline.project.findings import unknown
from tillid.pipeline.project.references import Refers, in_variable
from tillid.pipeline.project.schema import Place


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
    """A source as the other files see it: its columns by name with their categories, its purposes."""

    name: str
    kind: str
    time: str
    categories: Mapping[str, str]
    collected_for: frozenset[str]

    def uses(self, column: str) -> Iterator[Used]:
        """The column, when it exists."""
        if column in self.categories:
            yield Used(self.name, column, self.categories[column])


class Known:
    """Names and columns that the whole project declares; of unsound entries the name alone."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self.sources = {entry.name: _known_source(entry) for entry in entries.sound("source")}

    def names(self, kind: str) -> Collection[str]:
        """Every name of a kind, sound or not."""
        return self._entries.by_kind[kind]

    def sound(self, kind: str) -> Iterator[Entry]:
        """The entries of a kind whose shape is right."""
        return self._entries.sound(kind)

    def entry(self, kind: str, name: object) -> Entry | None:
        """The sound entry of this name, or None."""
        found = self._entries.by_kind[kind].get(str(name))
        return found if found is not None and found.is_sound else None

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

    def event_sources(self) -> list[str]:
        """The names of sources of events, with those whose kind is not known for a mistake in them."""
        return [name for name in self.names("source") if self._is_of(name, "events")]

    def people_sources(self) -> list[str]:
        """The same for sources of people."""
        return [name for name in self.names("source") if self._is_of(name, "people")]

    def _is_of(self, name: str, kind: str) -> bool:
        return name not in self.sources or self.sources[name].kind == kind

    def traits(self) -> dict[str, tuple[Used, ...]]:
        """Every trait by name with the columns that it may come from: declared ones, then the default ones."""
        found: dict[str, tuple[Used, ...]] = {}
        for entry in self._entries.by_kind["profile"].values():
            found[entry.name] = tuple(self._used_by_trait(entry)) if entry.is_sound else ()
        people = [source for source in self.sources.values() if source.kind == "people"]
        for name in dict.fromkeys(column for source in people for column in source.categories):
            found.setdefault(name, tuple(used for source in people for used in source.uses(name)))
        return found

    def traits_are_whole(self) -> bool:
        """Whether every trait is known: no source of people and no profile file is broken."""
        sources = all(entry.is_sound for entry in self._entries.by_kind["source"].values())
        return sources and self.is_whole("source") and self.is_whole("profile")

    def _used_by_trait(self, entry: Entry) -> Iterator[Used]:
        for written in entry.values["from"]:
            source, _, column = written.partition(".")
            if source in self.sources:
                yield from self.sources[source].uses(column)

    def used_by_variable(self, name: str, above: tuple[str, ...] = ()) -> dict[Used, None]:
        """The columns that a variable is worked out from, through other variables too."""
        entry = self.entry("variables", name)
        found: dict[Used, None] = {}
        if entry is None or name in above:
            return found
        try:
            references = list(in_variable(entry.values, entry.place))
        except ValueError:
            return found
        for reference in references:
            if reference.refers is Refers.VARIABLE:
                found |= self.used_by_variable(reference.name, (*above, name))
            else:
                found |= dict.fromkeys(self.used_by_events(reference.refers, reference.name, reference.source))
        return found

    def used_by_events(self, refers: Refers, name: str, source: str) -> Iterator[Used]:
        """The column that is named; of events as such, the column with their time."""
        known = self.sources.get(name if refers is Refers.EVENTS else source)
        if known is not None:
            yield from known.uses(known.time if refers is Refers.EVENTS else name)


def _known_source(entry: Entry) -> KnownSource:
    values = entry.values
    purposes = [*values.get("collected_for", ()), *values.get("collected_for_if", ())]
    return KnownSource(
        entry.name,
        values["kind"],
        values.get("time", ""),
        dict(_columns(values)),
        frozenset(purposes),
    )


def _columns(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for column in values["columns"].values():
        yield column["name"], column["category"]
