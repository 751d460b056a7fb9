"""Phone numbers to E.164, judged by the numbering plan of the record's country."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.reasons import Graded
from tillid.stages.wash.text import clean, fast_or_slow, is_placeholder, only_where

LONGEST_CELL = 60

# Digits in any grouping.
_PLAIN = r"^\(?\+?[0-9(][0-9 .\-()/]*$"
_SEPARATORS = " .-()/"
# A number that went through a spreadsheet: its ".0" is no digit of it.
_SPREADSHEET_FRACTION = re.compile(r"^(\+?\d{5,})[.,]0+$")
_LEFT_ALONE = r"\(0\)|^\+?\d+\.0+$"
_SCIENTIFIC = re.compile(r"^[\d.,]+e\+?\d+$", re.IGNORECASE)
# Italy's zero is part of the number (+39 0…), everywhere else (0) is dialled at home only.
_TRUNK_ZERO = re.compile(r"^(\s*\(?(?:\+|00)(?!\s*39)[\s(]*\d[\d\s]{0,4}\)?\s*)\(0\)")
_KINDS_OF_NUMBER = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
# Only plans without rewriting rules can be read by one pattern.
FAST_COUNTRIES = ("BE", "DK", "NL", "NO")


def wash_phones(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to E.164 numbers, null where a value is not a number that can exist."""

    def slowly(text: str) -> str | None:
        return phone_of(text, country)

    if country not in FAST_COUNTRIES:
        return unremarked(fast_or_slow(pa.nulls(len(values), pa.string()), values, slowly))
    digits = only_where(_plain(values), values)
    # One literal after the other is several times faster than one pattern for all.
    for separator in _SEPARATORS:
        digits = pc.replace_substring(digits, separator, "")
    found = pa.nulls(len(values), pa.string())
    for pattern, replacement in _plans(country):
        known = pc.fill_null(pc.match_substring_regex(digits, pattern), False)
        found = pc.coalesce(found, pc.replace_substring_regex(only_where(known, digits), pattern, replacement))
        digits = only_where(pc.invert(known), digits)
        if digits.null_count == len(digits):
            break
    return unremarked(fast_or_slow(found, values, slowly))


def phone_of(text: str, country: str) -> str | None:
    """The number in a text as E.164, or None.

    >>> phone_of("+45 (0) 20 12 34 56", "DK"), phone_of("020 123 4567", "NL")
    ('+4520123456', '+31201234567')
    >>> phone_of("12345", "DK") is None
    True
    """
    if len(text) > LONGEST_CELL or is_placeholder(text):
        return None
    bare = _SPREADSHEET_FRACTION.sub(r"\1", clean(text))
    if _SCIENTIFIC.match(bare):
        return None
    bare = _TRUNK_ZERO.sub(r"\1", bare)
    try:
        number = phonenumbers.parse(bare, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plain(values: pa.Array) -> pa.Array:
    grouped = pc.and_(pc.match_substring_regex(values, _PLAIN), pc.less_equal(pc.binary_length(values), LONGEST_CELL))
    return pc.and_not(grouped, pc.match_substring_regex(values, _LEFT_ALONE))


@cache
def _plans(country: str) -> tuple[tuple[str, str], ...]:
    """Patterns of whole numbers with what makes them E.164: the country's own, then its neighbours' from abroad."""
    code, trunk, national = _numbering(country)
    own = rf"^(?:{trunk}({national})|(?:\+|00)?{code}{trunk}({national}))$", rf"+{code}\1\2"
    abroad = [_numbering(other) for other in FAST_COUNTRIES if other != country]
    return own, *((rf"^(?:\+|00){code}{trunk}({national})$", rf"+{code}\1") for code, trunk, national in abroad)


def _numbering(country: str) -> tuple[int, str, str]:
    """The country code, the pattern of what is dialled first at home, and that of the national numbers."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if plan is None:
        raise KeyError(country)
    kinds = (getattr(plan, kind) for kind in _KINDS_OF_NUMBER)
    patterns = (kind.national_number_pattern for kind in kinds if kind is not None)
    trunk = f"(?:{plan.national_prefix})?" if plan.national_prefix else ""
    return phonenumbers.country_code_for_region(country), trunk, "|".join(pattern for pattern in patterns if pattern)
