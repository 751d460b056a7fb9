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

    ENCODING_REPAIRED = "encoding_repaired"
    """Letters that a program had read in the wrong encoding are letters again: `SÃ¸ren` was Søren."""
    CHARACTERS_LOST = "characters_lost"
    """A program lost letters, which nobody can tell from here: `S?ren`."""
    TEST_VALUE = "test_value"
    """Typed to see what happens, an example from a form, or a made-up figure."""
    SEVERAL_VALUES = "several_values"
    """More than one value stands in the cell; the first is kept."""
    TAKEN_FROM_TEXT = "taken_from_text"
    """Other words stood around the value."""

    # e-mail
    EMAIL_NOTATION = "email_notation"
    """A sure slip in the notation: blanks, (at), a comma for a dot, two dots or none."""
    EMAIL_DOMAIN_CORRECTED = "email_domain_corrected"
    """One letter missing, or two exchanged, in the name of a very frequent provider, or an ending that none has."""
    EMAIL_DOMAIN_DOUBTFUL = "email_domain_doubtful"
    """The domain looks like another one mistyped; it is kept as it came."""
    EMAIL_GUESSED = "email_guessed"
    """The address is what was most likely meant, not what stood there."""
    EMAIL_LOCAL_DOUBTFUL = "email_local_doubtful"
    """Few mail servers would take what stands before the @: letters outside ASCII, or `www.`."""
    EMAIL_DISPOSABLE = "email_disposable"
    """A provider of addresses to be thrown away."""
    EMAIL_ROLE = "email_role"
    """The mailbox of a role in a company (info@, kontakt@), not of a person."""

    # phone
    PHONE_NOTATION = "phone_notation"
    """A sure slip in the notation: a zero or a country code too many, a letter O for a zero, a lost plus sign."""
    PHONE_COUNTRY_GUESSED = "phone_country_guessed"
    """No number of the record's country; read as one of the country next to it."""
    PHONE_GUESSED = "phone_guessed"
    """The number is what was most likely meant, not what stood there."""
    PHONE_EXTENSION = "phone_extension"
    """An extension stood behind the number, which E.164 has no place for."""
    PHONE_PREMIUM = "phone_premium"
    """A premium-rate number: never a person's, and dear to ring."""
    PHONE_SERVICE = "phone_service"
    """A freephone or shared-cost number: a company's."""
    PHONE_TOO_SHORT = "phone_too_short"
    """Fewer digits than a number of the country has."""
    PHONE_TOO_LONG = "phone_too_long"
    """More digits than a number of the country has."""
    PHONE_NOT_IN_PLAN = "phone_not_in_plan"
    """As many digits as a number has, but the numbering plan gives it to nobody."""

    # names
    NAME_TITLE_REMOVED = "name_title_removed"
    """A form of address or a title stood with the name: Hr., Dr., dhr., mevr., Mme."""
    NAME_SPACING = "name_spacing"
    """A blank was missing after initials or round a hyphen, or there was punctuation that no name has."""
    NAME_REVERSED = "name_reversed"
    """Family name, comma, given name: put in the order in which a name is said."""
    NAMES_SWAPPED = "names_swapped"
    """The given name looks like a family name, and the family name like a given one; kept as they came."""
    NAME_GLUED = "name_glued"
    """Two names without a blank between them, which were parted."""
    NAME_COMPANY = "name_company"
    """A company stands where a person should."""
    NAME_TWO_PEOPLE = "name_two_people"
    """More than one person, or a family."""
    NAME_DECEASED = "name_deceased"
    """The record says that the person has died, or is of an estate."""
    NAME_DIGITS = "name_digits"
    """Digits stand in the name."""
    NAME_ODD_CHARACTERS = "name_odd_characters"
    """Signs stand in the name that no name has."""
    NAME_IS_CONTACT = "name_is_contact"
    """An e-mail address, a web address or a phone number stands where a name should."""

    # companies
    COMPANY_FORM = "company_form"
    """The legal form is written as the country writes it: `aps` is ApS."""
    COMPANY_NONE = "company_none"
    """Says that there is no company: `privat`, `particulier`."""
    COMPANY_CEASED = "company_ceased"
    """Bankrupt, or being wound up."""
    COMPANY_NUMBER_UNCHECKED = "company_number_unchecked"
    """Numbers of this register have no check digit (KvK), so only the form was looked at."""
    COMPANY_NUMBER_ZERO_RESTORED = "company_number_zero_restored"
    """The leading zero was lost, and with it the check digits agree."""
    COMPANY_NUMBER_GUESSED = "company_number_guessed"
    """A leading zero was put back without a check digit to confirm it."""
    COMPANY_NUMBER_MAYBE_PERSON = "company_number_maybe_person"
    """Nine digits that a Dutch RSIN and a person's citizen service number (BSN) both have."""
    COMPANY_NUMBER_LENGTH = "company_number_length"
    """Fewer or more digits than the register's numbers have."""
    COMPANY_NUMBER_CHECK = "company_number_check"
    """The check digits do not agree."""

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


# A value whose reason is `valid` and that was respelled all the same is corrected.
VERDICT_OF: Mapping[Reason, Verdict] = MappingProxyType(
    {
        Reason.RESPELLED: Verdict.CORRECTED,
        Reason.NOT_UNDERSTOOD: Verdict.INVALID,
        Reason.ENCODING_REPAIRED: Verdict.CORRECTED,
        Reason.CHARACTERS_LOST: Verdict.SUSPECT,
        Reason.TEST_VALUE: Verdict.SUSPECT,
        Reason.SEVERAL_VALUES: Verdict.SUSPECT,
        Reason.TAKEN_FROM_TEXT: Verdict.SUSPECT,
        # e-mail
        Reason.EMAIL_NOTATION: Verdict.CORRECTED,
        Reason.EMAIL_DOMAIN_CORRECTED: Verdict.CORRECTED,
        Reason.EMAIL_DOMAIN_DOUBTFUL: Verdict.SUSPECT,
        Reason.EMAIL_GUESSED: Verdict.SUSPECT,
        Reason.EMAIL_LOCAL_DOUBTFUL: Verdict.SUSPECT,
        Reason.EMAIL_DISPOSABLE: Verdict.SUSPECT,
        Reason.EMAIL_ROLE: Verdict.SUSPECT,
        # phone
        Reason.PHONE_NOTATION: Verdict.CORRECTED,
        Reason.PHONE_COUNTRY_GUESSED: Verdict.SUSPECT,
        Reason.PHONE_GUESSED: Verdict.SUSPECT,
        Reason.PHONE_EXTENSION: Verdict.SUSPECT,
        Reason.PHONE_PREMIUM: Verdict.SUSPECT,
        Reason.PHONE_SERVICE: Verdict.SUSPECT,
        Reason.PHONE_TOO_SHORT: Verdict.INVALID,
        Reason.PHONE_TOO_LONG: Verdict.INVALID,
        Reason.PHONE_NOT_IN_PLAN: Verdict.INVALID,
        # names
        Reason.NAME_TITLE_REMOVED: Verdict.CORRECTED,
        Reason.NAME_SPACING: Verdict.CORRECTED,
        Reason.NAME_REVERSED: Verdict.SUSPECT,
        Reason.NAMES_SWAPPED: Verdict.SUSPECT,
        Reason.NAME_GLUED: Verdict.SUSPECT,
        Reason.NAME_COMPANY: Verdict.SUSPECT,
        Reason.NAME_TWO_PEOPLE: Verdict.SUSPECT,
        Reason.NAME_DECEASED: Verdict.SUSPECT,
        Reason.NAME_DIGITS: Verdict.SUSPECT,
        Reason.NAME_ODD_CHARACTERS: Verdict.SUSPECT,
        Reason.NAME_IS_CONTACT: Verdict.INVALID,
        # companies
        Reason.COMPANY_FORM: Verdict.CORRECTED,
        Reason.COMPANY_NONE: Verdict.EMPTY,
        Reason.COMPANY_CEASED: Verdict.SUSPECT,
        Reason.COMPANY_NUMBER_UNCHECKED: Verdict.VALID,
        Reason.COMPANY_NUMBER_ZERO_RESTORED: Verdict.CORRECTED,
        Reason.COMPANY_NUMBER_GUESSED: Verdict.SUSPECT,
        Reason.COMPANY_NUMBER_MAYBE_PERSON: Verdict.SUSPECT,
        Reason.COMPANY_NUMBER_LENGTH: Verdict.INVALID,
        Reason.COMPANY_NUMBER_CHECK: Verdict.INVALID,
        # places
        Reason.POSTCODE_UNKNOWN: Verdict.SUSPECT,
        Reason.CITY_UNKNOWN: Verdict.SUSPECT,
        Reason.CITY_BY_POSTCODE: Verdict.CORRECTED,
        Reason.CITY_NOT_OF_POSTCODE: Verdict.SUSPECT,
        Reason.POSTCODE_FROM_CITY: Verdict.CORRECTED,
        Reason.NO_STREET: Verdict.SUSPECT,
        Reason.NO_HOUSE_NUMBER: Verdict.SUSPECT,
        Reason.ADDRESS_UNCLEAR: Verdict.SUSPECT,
        # dates
        Reason.DATE_AMBIGUOUS: Verdict.SUSPECT,
        Reason.DATE_DEFAULT: Verdict.SUSPECT,
        Reason.DATE_INCOMPLETE: Verdict.INVALID,
        Reason.BORN_IN_FUTURE: Verdict.INVALID,
        Reason.TOO_OLD: Verdict.INVALID,
    }
)

GUESSES = frozenset(
    {Reason.EMAIL_GUESSED, Reason.PHONE_GUESSED, Reason.PHONE_COUNTRY_GUESSED, Reason.COMPANY_NUMBER_GUESSED}
)
"""Where the value is one that did not stand there, and may be somebody else's."""


@dataclass(frozen=True, slots=True)
class Graded:
    """Washed values and, for each, the most serious reason found.

    `values` are strings, null where there is nothing to use. `reasons` are strings (values of `Reason`), null
    where there is nothing to say: the value is fine as it came, was only respelled, or there was none. Both are
    as long as what was washed.
    """

    values: pa.Array
    reasons: pa.Array
