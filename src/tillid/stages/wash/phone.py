"""Phone numbers to E.164, judged by the numbering plan of the record's country."""

from __future__ import annotations

from functools import cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.grading import fast_or_graded, unremarked
from tillid.stages.wash.phone_reading import FICTIONAL, LONGEST_CELL, phone_grade
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import only_where

# Digits in any grouping.
_PLAIN = r"^\(?\+?[0-9(][0-9 .\-()/]*$"
_SEPARATORS = " .-()/"
_LEFT_ALONE = r"\(0\)|^\+?\d+\.0+$"
_KINDS_OF_NUMBER = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
# Only plans without rewriting rules can be read by one pattern.
FAST_COUNTRIES = ("BE", "DK", "NL", "NO")


def wash_phones(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to E.164 numbers, null where a value is not a number that can exist."""

    def slowly(text: str) -> tuple[str | None, Reason | None]:
        return phone_grade(text, country)

    if country not in FAST_COUNTRIES:
        return fast_or_graded(unremarked(pa.nulls(len(values), pa.string())), values, slowly)
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
    return fast_or_graded(_remarked(found), values, slowly)


def _remarked(numbers: pa.Array) -> Graded:
    """E.164 numbers of the fast countries with what is to be said of them, as `phone_reading.remark` says it."""
    reasons = pa.nulls(len(numbers), pa.string())
    odd = pc.fill_null(pc.match_substring_regex(numbers, "|".join(pattern for _, pattern in _remarks())), False)
    if not pc.any(odd, min_count=0).as_py():
        return Graded(numbers, reasons)
    few = numbers.filter(odd)
    said = pa.nulls(len(few), pa.string())
    for reason, pattern in _remarks():
        said = pc.coalesce(said, only_where(pc.match_substring_regex(few, pattern), pa.repeat(str(reason), len(few))))
    return Graded(numbers, pc.replace_with_mask(reasons, odd, said))


@cache
def _remarks() -> tuple[tuple[Reason, str], ...]:
    """Reasons with patterns of the whole numbers that they hold for, the most serious first."""
    found: dict[Reason, list[str]] = {Reason.PHONE_PREMIUM: [], Reason.PHONE_SERVICE: []}
    for country in FAST_COUNTRIES:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
        code = phonenumbers.country_code_for_region(country)
        for reason, kinds in (
            (Reason.PHONE_PREMIUM, ("premium_rate",)),
            (Reason.PHONE_SERVICE, ("toll_free", "shared_cost")),
        ):
            for kind in kinds:
                pattern = getattr(getattr(plan, kind), "national_number_pattern", None)
                if pattern:
                    found[reason].append(rf"\+{code}(?:{pattern})")
    patterns = [(reason, "^(?:" + "|".join(of_one) + ")$") for reason, of_one in found.items() if of_one]
    return *patterns, (Reason.TEST_VALUE, FICTIONAL)


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
