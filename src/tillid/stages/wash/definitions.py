"""What a user declares about washing: which column, as what, and where its country is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WashKind(StrEnum):
    """What a column holds, which decides how its values are washed."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    COMPANY_NUMBER = "company_number"
    POSTCODE = "postcode"
    CITY = "city"
    ADDRESS = "address"
    DATE = "date"
    BIRTH_DATE = "birth_date"
    NONE = "none"


CAN_GUESS = frozenset({WashKind.EMAIL, WashKind.PHONE, WashKind.COMPANY_NUMBER})
"""What is washed as these may be put right by a guess."""


class Verdict(StrEnum):
    """What washing found: kept as it came, put right, kept but doubtful, of no use, or nothing there."""

    VALID = "valid"
    CORRECTED = "corrected"
    SUSPECT = "suspect"
    INVALID = "invalid"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ColumnWash:
    """One column to wash; its country is read from `country_column`, else it is the project's.

    `parts` are those of an address that become columns of their own, each with the name of its column; a city has
    the part `expected`, the city of the record's postcode where it is another. A city is held against the
    postcodes of `postcode_column`. `date_order` (dmy, mdy, ymd) says how dates of digits are to be read, and
    `today` when a birth date lies in the future; None is the day of washing.

    >>> ColumnWash("email", WashKind.EMAIL).raw_column
    'email_raw'
    """

    column: str
    kind: WashKind
    country_column: str | None = None
    parts: tuple[tuple[str, str], ...] = ()
    postcode_column: str | None = None
    date_order: str = ""
    today: date | None = None

    @property
    def raw_column(self) -> str:
        """The name under which the values are kept as they came."""
        return f"{self.column}_raw"
