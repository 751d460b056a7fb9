"""Addresses to one line in the way of the country, and to their parts."""

from __future__ import annotations

import pyarrow as pa

from tillid.stages.wash.address_read import one_line, read_address
from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.ordinary_addresses import ordinary_addresses
from tillid.stages.wash.place_list import LISTED_COUNTRIES
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import clean, is_placeholder

LONGEST_ADDRESS = 300
NOTHING: Grade = (None, None)


def wash_addresses(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to addresses in one line, null where a value says that there is none.

    Reasons: NO_STREET, NO_HOUSE_NUMBER, ADDRESS_UNCLEAR, and of postcode and city POSTCODE_UNKNOWN, CITY_UNKNOWN
    and CITY_NOT_OF_POSTCODE.
    """
    fast = unremarked(ordinary_addresses(values, country))
    return fast_or_graded(fast, values, lambda text: address_grade(text, country))


def address_grade(text: str, country: str) -> Grade:
    """The address in a text in one line, and what is to be said of it.

    >>> address_grade("nørregade 12 b 3 tv 1165 københavn k", "DK")
    ('Nørregade 12B, 3. tv, 1165 København K', None)
    >>> address_grade("Storgata 1b, H0201", "NO"), address_grade("16, rue de la loi bte 3", "BE")
    (('Storgata 1 B, H0201', None), ('Rue de la Loi 16 bte 3', None))
    """
    if len(text) > LONGEST_ADDRESS or is_placeholder(text):
        return NOTHING
    if country not in LISTED_COUNTRIES:
        return clean(text), None
    line = one_line(text)
    if is_placeholder(line) or not any(char.isalpha() for char in line):
        return NOTHING
    read = read_address(line, country)
    written = read.address.line(read.style)
    if written == line:
        return line, read.reason
    again = read_address(written, country)
    # One that would read otherwise the second time was not understood the first.
    if again.address.line(again.style) == written and any(char.isalpha() for char in written):
        return written, again.reason
    return line, Reason.ADDRESS_UNCLEAR
