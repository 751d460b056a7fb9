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


def read_suppression_list(project: Project, said: str, advance: Callable[[int], None]) -> SuppressionList:
    """The list that `said` names: a suppressions source of the project, or FILE, perhaps followed by @YYYY-MM-DD.

    Its date is the one that is said, else the source's `list_date`, else the one in the file's name, else when the
    file was last changed. Raises a `SourceError` for a file that can't be read, and `ListNotUsable`.
    """
    place, dated = _place_and_date(said)
    source = project.sources.get(place)
    if source is not None and source.kind is SourceKind.SUPPRESSIONS:
        with closing(open_source(project, source)) as reader:
            people = read_list(reader, project.country, project.timezone, advance, source.columns)
        dated = dated or source.list_date
    else:
        people = read_list(open_outside(Path(place)), project.country, project.timezone, advance)
    hashed = hashed_columns(people.raw)
    if not (people.roles.reaches or hashed):
        raise ListNotUsable(
            f"{place}: no column of this suppression list is an e-mail address or a phone number, plain or hashed, or"
            " an address",
            hint=f"Its columns are {', '.join(people.look.columns)}. Declare it as a source of kind suppressions.",
        )
    name = Path(place).name
    dated = dated or date_in_name(name) or people.file.modified_at.date()
    return SuppressionList(ListAge.of(Path(place).stem, dated), people, hashed)


def _place_and_date(said: str) -> tuple[str, date | None]:
    place, mark, day = said.rpartition("@")
    if mark:
        try:
            return place, date.fromisoformat(day)
        except ValueError:
            pass
    return said, None
