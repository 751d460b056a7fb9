"""Names of people: white space, Unicode form and case, without guessing at how a name is spelled."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.casing import SMALL_WORDS, cased
from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.reasons import Graded
from tillid.stages.wash.text import PLACEHOLDERS, PROGRAM_NULLS, clean, fast_or_slow, is_placeholder, only_where

LONGEST_NAME = 200

# Latin letters of one code point each, the same in every Unicode form that we meet.
_UPPER = "A-ZÀ-ÖØ-Þ"
_LOWER = "a-zà-öø-ýþ"
_TEXT = f"[{_UPPER}{_LOWER}'.-]+"
_MIXED = f"^[{_UPPER}][{_LOWER}]{_TEXT[:-1]}*(?: {_TEXT})*$"
_ONE_CASE = f"^(?:[{_UPPER}]+(?:[ -][{_UPPER}]+)*|[{_LOWER}]+(?:[ -][{_LOWER}]+)*)$"
_PARTICULAR = r"(?i)(?:^|[ -])(?:mc|ij|(?:" + "|".join(w for w in SMALL_WORDS if w.isalpha()) + r")(?:[ -]|$)|iii?$)"


def wash_names(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to names, null where a value says that there is none."""

    def slowly(text: str) -> str | None:
        return name_of(text, country)

    told = pc.and_not(
        pc.less_equal(pc.binary_length(values), LONGEST_NAME),
        pc.is_in(pc.utf8_lower(values), value_set=_placeholders()),
    )
    mixed = pc.and_(told, pc.match_substring_regex(values, _MIXED))
    fast = only_where(mixed, values)
    rest = pc.and_not(told, mixed)
    if pc.any(rest, min_count=0).as_py():
        candidates = only_where(rest, values)
        plain = pc.and_not(
            pc.match_substring_regex(candidates, _ONE_CASE), pc.match_substring_regex(candidates, _PARTICULAR)
        )
        fast = pc.coalesce(fast, pc.utf8_title(only_where(plain, candidates)))
    return unremarked(fast_or_slow(fast, values, slowly))


def name_of(text: str, country: str) -> str | None:
    """The name in a text, or None where it is a placeholder or too long to be one.

    >>> name_of("  SØREN   AF ROSENBORG", "DK")
    'Søren af Rosenborg'
    >>> name_of("n/a", "DK") is None
    True
    """
    if len(text) > LONGEST_NAME or is_placeholder(text):
        return None
    return cased(clean(text), country)


@cache
def _placeholders() -> pa.Array:
    return pa.array(sorted(PLACEHOLDERS | {word.lower() for word in PROGRAM_NULLS}))
