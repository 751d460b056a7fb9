"""Values of a list in one notation: days as YYYY-MM-DD, telephones and postcodes without their country, no fillers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from tillid.stages.resolve.link.roles import Role
from tillid.stages.resolve.worthless import is_worthless
from tillid.stages.wash.dates import wash_dates
from tillid.stages.wash.ordinary_dates import DateHabits, order_of
from tillid.stages.wash.text import PLACEHOLDERS, PROGRAM_NULLS

_IDENTIFIERS = (Role.EMAIL, Role.PHONE, Role.COMPANY_NUMBER, Role.OTHER_ID)
_TWO_NUMBERS = r"^(?P<one>[0-9]{1,2})[-/. ]+(?P<two>[0-9]{1,2})[-/. ]+[0-9]{2,4}(?:[ T]|$)"
_MONTHS = 12
_NOT_DIALLED = r"\(0\)|[^0-9+]"
# No code of a country begins with another one.
_CODES = "|".join(sorted(map(str, COUNTRY_CODE_TO_REGION_CODE), key=len))
_FROM_ABROAD = rf"^(?:(?:\+|00)(?:{_CODES}))?0*"
_COUNTRY_BEFORE = r"^[A-Za-z]{1,3} ?- ?"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a column's dates look to who looked at the file, and the day that today is."""

    today: date
    date_format: str | None = None


def in_one_notation(role: Role, texts: pa.Array, habits: Habits) -> pa.Array:
    """The values of a column in the notation in which they are compared; null where one only fills the place.

    >>> mails = pa.array(["n/a", "test@mail.example", "ida@mail.example"])
    >>> in_one_notation(Role.EMAIL, mails, Habits(date(2026, 1, 1))).to_pylist()
    [None, None, 'ida@mail.example']
    """
    told = _said(texts)
    match role:
        case Role.BIRTH_DATE:
            told = birth_dates(told, habits)
        case Role.PHONE:
            told = telephones(told)
        case Role.POSTCODE:
            told = pc.replace_substring_regex(told, _COUNTRY_BEFORE, "")
    if role not in _IDENTIFIERS:
        return told
    return pc.if_else(pc.fill_null(is_worthless(told), True), pa.scalar(None, pa.string()), told)


def _said(texts: pa.Array) -> pa.Array:
    """The texts trimmed, null where they only stand for a missing value."""
    trimmed = pc.utf8_trim_whitespace(texts)
    fills = pc.or_(
        pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(["", *sorted(PLACEHOLDERS)])),
        pc.is_in(trimmed, value_set=pa.array(sorted(PROGRAM_NULLS))),
    )
    return pc.if_else(fills, pa.scalar(None, pa.string()), trimmed)


def telephones(texts: pa.Array) -> pa.Array:
    """The digits that are dialled within a country, so that a number with its country is the one without.

    >>> telephones(pa.array(["+45 20 10 00 01", "0045 20100001", "+31 (0)6-10000001", "06 1000 0001"])).to_pylist()
    ['20100001', '20100001', '610000001', '610000001']
    """
    dialled = pc.replace_substring_regex(texts, _NOT_DIALLED, "")
    return pc.replace_substring_regex(dialled, _FROM_ABROAD, "")


def birth_dates(texts: pa.Array, habits: Habits) -> pa.Array:
    """The days that texts say; a text that says none stays as it is, for its digits may be a date with a slip.

    What the whole column shows of day and month comes before what looking at the file found.

    >>> texts = pa.array(["19850403", "4/25/85", "3/4/1985", "1630-08-01", "19851341"])
    >>> birth_dates(texts, Habits(date(2026, 1, 1))).to_pylist()
    ['1985-04-03', '1985-04-25', '1985-03-04', '1630-08-01', '19851341']
    """
    packed = texts.dictionary_encode()
    distinct = packed.dictionary
    order = _order_shown(distinct) or order_of(habits.date_format)
    read = wash_dates(distinct, DateHabits(habits.today, order, is_birth=True)).values
    # Lists of the dead: what is too long ago to be alive is a day all the same.
    whole_years = pc.if_else(pc.match_substring_regex(distinct, r"[0-9]{4}"), distinct, pa.scalar(None, pa.string()))
    long_ago = wash_dates(whole_years, DateHabits(habits.today, order)).values
    return pc.coalesce(read, long_ago, distinct).take(packed.indices)


def _order_shown(distinct: pa.Array) -> str:
    """`dmy` or `mdy` where numbers above 12 show it; empty where none does, or both as often."""
    found = pc.extract_regex(distinct, _TWO_NUMBERS)
    numbers = (pc.struct_field(found, part).cast(pa.int32()) for part in ("one", "two"))
    one, two = (pc.greater(number, _MONTHS).true_count for number in numbers)
    return "" if one == two else "dmy" if one > two else "mdy"
