"""Suppression lists that leads are held against: a file, or a source of the project, with its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tillid.pipeline.leads.errors import ListNotUsable
from tillid.pipeline.leads.hashed_lists import hashed_columns
from tillid.pipeline.leads.people_list import PeopleList, read_list
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import open_outside, open_source
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.wash.list_age import ListAge, date_in_name


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """A list of people who want no contact, and how old it is; `hashed` are its columns of hashes, with algorithm."""

    age: ListAge
    people: PeopleList
    hashed: Mapping[str, str]

    def as_dict(self, today: date) -> dict[str, object]:
        """As plain values."""
        return {
            "name": self.age.name,
            "dated": self.age.dated.isoformat(),
            "rule": str(self.age.rule),
            "stale": self.age.is_stale(today),
            "people": len(self.people),
            "hashed": dict(self.hashed),
        }


def read_suppression_lists(project: Project, said: str, advance: Callable[[int], None]) -> tuple[SuppressionList, ...]:
    """The lists that `said` names: a suppressions source of the project, file by file, or FILE; perhaps @YYYY-MM-DD.

    The date of each is the one that is said, else the source's `list_date`, else the one in the file's name, else when
    the file was last changed. Raises a `SourceError` for a file that can't be read, and `ListNotUsable`.
    """
    place, dated = _place_and_date(said)
    source = project.sources.get(place)
    if source is None or source.kind is not SourceKind.SUPPRESSIONS:
        reader = open_outside(Path(place))
        people = read_list(reader, reader.files()[0], project, advance)
        return (_usable(people, Path(place).stem, dated or date_in_name(Path(place).name)),)
    with closing(open_source(project, source)) as opened:
        files, waiting = opened.files(), opened.waiting()
        if waiting:
            raise ListNotUsable(
                f"{place}: {waiting[0].path} is still on its way, so it can't be told who is on this suppression list",
                hint="Wait until the file has come whole.",
            )
        lists = []
        for file in files:
            people = read_list(opened, file, project, advance, source.columns)
            name = place if len(files) == 1 else f"{place} ({Path(file.path).stem})"
            lists.append(_usable(people, name, dated or source.list_date or date_in_name(Path(file.path).name)))
    return tuple(lists)


def _usable(people: PeopleList, name: str, dated: date | None) -> SuppressionList:
    hashed = hashed_columns(people.raw)
    if not (people.roles.reaches or hashed):
        raise ListNotUsable(
            f"{name}: no column of this suppression list is an e-mail address or a phone number, plain or hashed, or"
            " an address",
            hint=f"Its columns are {', '.join(people.look.columns)}. Declare it as a source of kind suppressions.",
        )
    return SuppressionList(ListAge.of(name, dated or people.file.modified_at.date()), people, hashed)


def _place_and_date(said: str) -> tuple[str, date | None]:
    place, mark, day = said.rpartition("@")
    if mark:
        try:
            return place, date.fromisoformat(day)
        except ValueError:
            pass
    return said, None
