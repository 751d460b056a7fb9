"""What a run tells its page: counts only, no person's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WashedFigures:
    """How many rows of a column were good, corrected, beyond repair (raw value kept), empty, or doubtful."""

    column: str
    valid: int
    corrected: int
    invalid: int
    empty: int = 0
    suspect: int = 0

    @property
    def filled(self) -> int:
        """The rows with a value."""
        return self.valid + self.corrected + self.suspect + self.invalid


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """Rows of one file that were refused for one reason: how many, and the lines of the first few."""

    file: str
    column: str
    reason: str
    rows: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """One source: its rows (`held_back` rows wait, for example for a purpose), its people and its quality.

    `people` is None for a source without persons. `untagged` are the headers that were kept out because no
    definition says what they mean. `quarantined` says of a header and a kind how many national identity numbers
    were taken out.
    """

    name: str
    kind: str
    read: int
    accepted: int
    refused: int
    held_back: int = 0
    people: int | None = None
    washed: tuple[WashedFigures, ...] = ()
    untagged: tuple[str, ...] = ()
    refusals: tuple[RefusedRows, ...] = ()
    quarantined: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OverlapFigures:
    """How many people are known from exactly these sources."""

    sources: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class PurposeFigures:
    """How many people may be processed for a purpose, and how many not, by the code of the reason."""

    key: str
    label: str
    legal_basis: str
    permitted: int
    not_permitted: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bin:
    """How many people have a value from `low` up to, but without, `high`; None: no bound on that side."""

    low: float | None
    high: float | None
    people: int


OTHERS = "all others"
"""The value of a group that gathers what is not shown by itself."""


@dataclass(frozen=True, slots=True)
class Group:
    """How many people have this very value; `value` is what is shown, so a word, a month, true or false."""

    value: str
    people: int


@dataclass(frozen=True, slots=True)
class VariableFigures:
    """How a variable is spread over people: in `bins` when it is a number, else in `groups`.

    `covered` of `people` have a value. `ordered` groups keep their order (months); others are shown from
    the largest down.
    """

    name: str
    label: str
    unit: str
    covered: int
    people: int
    bins: tuple[Bin, ...] = ()
    groups: tuple[Group, ...] = ()
    ordered: bool = False
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """One segment: its members, and who entered and left since the last run."""

    name: str
    label: str
    purpose: str
    people: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class ActivationFigures:
    """One activation: who was added, kept and removed at the destination, and held back, by reason."""

    name: str
    label: str
    segment: str
    purpose: str
    destination: str
    added: int
    kept: int
    removed: int
    held_back: Mapping[str, int] = field(default_factory=dict)
    was_sent: bool = True

    @property
    def listed(self) -> int:
        """The people on the list as it is now."""
        return self.added + self.kept


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """All that the page of one run shows. `as_of`, `ran_at`: in the project's time zone; `took_for` is in seconds."""

    project: str
    controller: str
    as_of: datetime
    ran_at: datetime
    took_for: float
    generation: int
    register_version: str
    people: int
    records: int
    events: int
    contact: str = ""
    engine: str = ""
    sources: tuple[SourceFigures, ...] = ()
    overlap: tuple[OverlapFigures, ...] = ()
    purposes: tuple[PurposeFigures, ...] = ()
    variables: tuple[VariableFigures, ...] = ()
    segments: tuple[SegmentFigures, ...] = ()
    activations: tuple[ActivationFigures, ...] = ()
