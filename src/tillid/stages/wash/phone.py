"""Phone numbers to E.164, judged by the numbering plan of the record's country."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.text import clean, fast_or_slow, is_placeholder, only_where

LONGEST_CELL = 60

# Digits in any grouping; one closing ".0" is left to the slow path, which knows it from a spreadsheet.
_PLAIN = r"^\+?[0-9(][0-9 .\-()/]*$"
_SEPARATORS = r"[ .\-()/]"
_SPREADSHEET_FRACTION = re.compile(r"^(\+?\d{5,})[.,]0+$")
_SCIENTIFIC = re.compile(r"^[\d.,]+e\+?\d+$", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"^(\s*\(?(?:\+|00)[\s(]*\d[\d\s]{0,4}\)?\s*)\(0\)")
_KINDS_OF_NUMBER = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip
# Only plans without rewriting rules can be read by one pattern.
FAST_COUNTRIES = frozenset({"DK", "NO", "NL", "BE"})


def wash_phones(values: pa.Array, country: str) -> pa.Array:
    """Trimmed strings to E.164 numbers, null where a value is not a number that can exist."""

    def slowly(text: str) -> str | None:
        return phone_of(text, country)

    if country not in FAST_COUNTRIES:
        return fast_or_slow(pa.nulls(len(values), pa.string()), values, slowly)
    pattern, replacement = _plan(country)
    plain = pc.and_not(pc.match_substring_regex(values, _PLAIN), _left_to_slow_path(values))
    digits = only_where(plain, values)
    if pc.any(pc.match_substring_regex(digits, _SEPARATORS), min_count=0).as_py():
        digits = pc.replace_substring_regex(digits, _SEPARATORS, "")
    known = pc.fill_null(pc.match_substring_regex(digits, pattern), False)
    international = pc.replace_substring_regex(only_where(known, digits), pattern, replacement)
    return fast_or_slow(international, values, slowly)


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


def _left_to_slow_path(values: pa.Array) -> pa.Array:
    return pc.or_(pc.match_substring(values, "(0)"), pc.match_substring_regex(values, r"\.0+$"))


@cache
def _plan(country: str) -> tuple[str, str]:
    """The pattern of the country's numbers, with or without its codes, and what makes them E.164."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if plan is None:
        raise KeyError(country)
    kinds = (getattr(plan, kind) for kind in _KINDS_OF_NUMBER)
    national = "|".join(kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern)
    trunk = f"(?:{plan.national_prefix})?" if plan.national_prefix else ""
    code = plan.country_code
    pattern = rf"^(?:{trunk}({national})|(?:\+|00)?{code}{trunk}({national}))$".replace("(?:", "(?:")
    return _one_group_each(pattern), rf"+{code}\1\2"


def _one_group_each(pattern: str) -> str:
    return pattern
