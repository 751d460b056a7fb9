"""The quality figures of a load, as they are kept from run to run: counts and shapes, no value of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tillid.stages.wash import Verdict

NOTES = "quality"
"""Under this name a generation notes the loads of each source, so that figures and facts change in one step."""
MOST_LOADS = 24
"""Loads of a source that are remembered."""
_WHOLE = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """What values look like with letters as a or A and digits as 9: the rows of the sample that look so."""

    shape: str
    verdict: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """What was found in a column in one load.

    `verdicts` and `reasons` count all rows; a column that is not washed has none. `distinct` (values), `looked_at`
    (filled rows), `shapes`, `low` and `high` are from the sample: `distinct` is None where it may not be shown.
    `low` and `high` are rounded, and at least five people lie at or beyond each.
    """

    filled: int
    verdicts: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    distinct: int | None = None
    looked_at: int = 0
    low: str | None = None
    high: str | None = None
    shapes: tuple[Shape, ...] = ()

    def verdict(self, verdict: Verdict) -> int:
        """The rows with this verdict."""
        return self.verdicts.get(verdict, 0)


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """One load of a source: the run that read at least one file of it.

    Times are ISO 8601 in UTC: `at` of the run, `file_time` of the newest file, `newest` of the newest event or
    statement. `rows` are those that were kept; `guessed` of them have an identifier that was guessed and joins nobody,
    `guessed_alone` no other. `refused_by` has header, reason and count. `is_anew` says that what had been read before
    was read again.
    """

    generation: int
    at: str
    file_time: str
    newest: str | None
    files: int
    read: int
    rows: int
    refused: int
    held_back: int
    is_anew: bool = False
    is_sampled: bool = False
    guessed: int = 0
    guessed_alone: int = 0
    refused_by: tuple[tuple[str, str, int], ...] = ()
    columns: Mapping[str, ColumnFigures] = field(default_factory=dict)

    def as_note(self) -> dict[str, Any]:
        """As plain values, for the notes of a generation."""
        return asdict(self)

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> LoadFigures:
        """What `as_note` gave, or what JSON made of it."""
        columns = {
            name: ColumnFigures(**{**column, "shapes": tuple(Shape(**shape) for shape in column["shapes"])})
            for name, column in note["columns"].items()
        }
        refused = tuple((header, reason, count) for header, reason, count in note["refused_by"])
        return cls(**{**note, "columns": columns, "refused_by": refused})

    def in_short(self) -> LoadFigures:
        """What a trend needs of a load of long ago."""
        short = {name: ColumnFigures(c.filled, c.verdicts) for name, c in self.columns.items()}
        return replace(self, columns=short, refused_by=())


def remembered(former: Iterable[Mapping[str, Any]], load: LoadFigures) -> list[dict[str, Any]]:
    """The notes of a source's loads, oldest first, after one more: the last two whole, those before in short."""
    kept = [*(LoadFigures.from_note(note) for note in former), load][-MOST_LOADS:]
    return [(one if len(kept) - n <= _WHOLE else one.in_short()).as_note() for n, one in enumerate(kept)]
