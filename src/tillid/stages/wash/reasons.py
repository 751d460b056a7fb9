"""Why a value got its verdict: one word a reason, each of which has one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa

from tillid.stages.wash.definitions import Verdict


class Reason(StrEnum):
    """What washing found in a value; a value that is fine as it came has none."""

    # any kind
    RESPELLED = "respelled"
    """The same value in another spelling: case, blanks, punctuation, notation."""
    NOT_UNDERSTOOD = "not_understood"
    """Nothing of this kind can be made of it."""

    # e-mail
    # phone
    # names
    # companies
    # places
    POSTCODE_UNKNOWN = "postcode_unknown"
    """It has the shape of the country's postcodes, but is not on its list."""
    CITY_UNKNOWN = "city_unknown"
    """No city of this name is on the country's list."""
    CITY_BY_POSTCODE = "city_by_postcode"
    """Misspelled or cut short, and put right by the record's postcode."""
    CITY_NOT_OF_POSTCODE = "city_not_of_postcode"
    """The record's postcode belongs to another city."""
    POSTCODE_FROM_CITY = "postcode_from_city"
    """The cell was empty; the record's cell with the city held the postcode."""
    NO_STREET = "no_street"
    """An address without a street, post box or farm."""
    NO_HOUSE_NUMBER = "no_house_number"
    """A street without a number."""
    ADDRESS_UNCLEAR = "address_unclear"
    """Street and number can't be told from the rest, so it is kept as it is."""
    # dates
    DATE_AMBIGUOUS = "date_ambiguous"
    """Day and month could be the other way round, and nothing says which is first."""
    DATE_DEFAULT = "date_default"
    """What programs write where they know no date, such as 1900-01-01."""
    DATE_INCOMPLETE = "date_incomplete"
    """A year, or a month of a year, without a day."""
    BORN_IN_FUTURE = "born_in_future"
    """A birth date that is yet to come."""
    TOO_OLD = "too_old"
    """Born more than 110 years ago."""


VERDICT_OF: Mapping[Reason, Verdict] = MappingProxyType(
    {
        Reason.RESPELLED: Verdict.CORRECTED,
        Reason.NOT_UNDERSTOOD: Verdict.INVALID,
        Reason.POSTCODE_UNKNOWN: Verdict.SUSPECT,
        Reason.CITY_UNKNOWN: Verdict.SUSPECT,
        Reason.CITY_BY_POSTCODE: Verdict.CORRECTED,
        Reason.CITY_NOT_OF_POSTCODE: Verdict.SUSPECT,
        Reason.POSTCODE_FROM_CITY: Verdict.CORRECTED,
        Reason.NO_STREET: Verdict.SUSPECT,
        Reason.NO_HOUSE_NUMBER: Verdict.SUSPECT,
        Reason.ADDRESS_UNCLEAR: Verdict.SUSPECT,
        Reason.DATE_AMBIGUOUS: Verdict.SUSPECT,
        Reason.DATE_DEFAULT: Verdict.SUSPECT,
        Reason.DATE_INCOMPLETE: Verdict.INVALID,
        Reason.BORN_IN_FUTURE: Verdict.INVALID,
        Reason.TOO_OLD: Verdict.INVALID,
    }
)


@dataclass(frozen=True, slots=True)
class Graded:
    """Washed values and, for each, the most serious reason found.

    `values` are strings, null where there is nothing to use. `reasons` are strings (values of `Reason`), null
    where there is nothing to say: the value is fine as it came, was only respelled, or there was none. Both are
    as long as what was washed.
    """

    values: pa.Array
    reasons: pa.Array
