"""National identity numbers: what is one, by its form and check digits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NationalId(StrEnum):
    """The kinds of national identity number that are known."""

    CPR = "cpr"
    FODSELSNUMMER = "fodselsnummer"
    D_NUMMER = "d_nummer"
    BSN = "bsn"
    RIJKSREGISTERNUMMER = "rijksregisternummer"


@dataclass(frozen=True, slots=True)
class FoundId:
    """A national identity number in a text, from `start` to before `end` (characters)."""

    kind: NationalId
    start: int
    end: int


def is_national_id(text: str) -> NationalId | None:
    """The kind of number that the whole text is, or None."""
    raise NotImplementedError


def find_national_ids(text: str) -> tuple[FoundId, ...]:
    """The numbers that stand in a free text, in order."""
    raise NotImplementedError
