"""Names of people: white space, Unicode form, case and titles, without guessing at how a name is spelled."""

from __future__ import annotations

import re
from functools import cache
from typing import TypeGuard

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.casing import SMALL_WORDS, STAYS_SMALL, recased
from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.name_lists import is_family_name, is_given_name
from tillid.stages.wash.name_words import (
    ADDRESS_BEHIND,
    CAMEL,
    CONTACT,
    DECEASED,
    DEGREE,
    FAMILY_IN_CAPITALS,
    FRENCH_TITLE,
    INITIALS_GLUED,
    ODD,
    PARTICULAR,
    TEST,
    TITLE,
    TWO_PEOPLE,
)
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import (
    PLACEHOLDERS,
    PROGRAM_NULLS,
    clean,
    encoding_repaired,
    has_lost_characters,
    is_placeholder,
    only_where,
)
from tillid.terms.legal_forms import COMPANY_LIKELY, is_company

LONGEST_NAME = 200

# Latin letters of one code point each, the same in every Unicode form that we meet.
_UPPER = "A-ZÀ-ÖØ-Þ"
_LOWER = "a-zà-öø-ýþ"
_WORD = f"[{_UPPER}][{_LOWER}]+(?:['-][{_UPPER}][{_LOWER}]+)*"
_INITIALS = rf"(?:[{_UPPER}]\.)+|[{_UPPER}]"
_MIXED = f"^(?:(?:{_WORD}|{_INITIALS}|{'|'.join(STAYS_SMALL)}) )*{_WORD}$"
_ONE_CASE = f"^(?:[{_UPPER}]+(?:[ -][{_UPPER}]+)*|[{_LOWER}]+(?:[ -][{_LOWER}]+)*)$"
_SMALL_OR_ODD = r"(?i)(?:^|[ -])(?:mc|ij|(?:" + "|".join(w for w in SMALL_WORDS if w.isalpha()) + r")(?:[ -]|$)|iii?$)"
# At both ends of a name: never a part of it.
_AT_ENDS = ' ,;:*!?_/\\-"«»“”=+#'
# Which of several things is said.
_MOST_SERIOUS_FIRST = (
    *(Reason.CHARACTERS_LOST, Reason.TEST_VALUE, Reason.NAME_DECEASED, Reason.NAME_COMPANY, Reason.NAME_TWO_PEOPLE),
    *(Reason.TAKEN_FROM_TEXT, Reason.NAME_DIGITS, Reason.NAME_ODD_CHARACTERS, Reason.NAME_GLUED, Reason.NAME_REVERSED),
    *(Reason.ENCODING_REPAIRED, Reason.NAME_TITLE_REMOVED, Reason.NAME_SPACING),
)
_TURNS = 6
# Berg, van den, Anna: as lists that keep small words apart are exported.
_LISTED = re.compile(rf"^([^,]+), ((?:(?:{'|'.join(map(re.escape, SMALL_WORDS))}) ?)+), ([^,]+)$", re.IGNORECASE)


def wash_names(values: pa.Array, country: str, whole: bool = True) -> Graded:
    """Trimmed strings to names, null where a value says that there is none; `whole` names have all parts."""

    def slowly(text: str) -> Grade:
        return name_grade(text, country, whole)

    told = pc.and_not(
        pc.less_equal(pc.binary_length(values), LONGEST_NAME),
        pc.is_in(pc.utf8_lower(values), value_set=_placeholders()),
    )
    told = pc.and_not(told, pc.match_substring_regex(values, f"{PARTICULAR}|{COMPANY_LIKELY}"))
    mixed = pc.and_(told, pc.match_substring_regex(values, _MIXED))
    fast = only_where(mixed, values)
    rest = pc.and_not(told, mixed)
    if pc.any(rest, min_count=0).as_py():
        candidates = only_where(rest, values)
        plain = pc.and_not(
            pc.match_substring_regex(candidates, _ONE_CASE), pc.match_substring_regex(candidates, _SMALL_OR_ODD)
        )
        fast = pc.coalesce(fast, pc.utf8_title(only_where(plain, candidates)))
    return fast_or_graded(unremarked(fast), values, slowly)


def wash_name_parts(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to given names alone or family names alone, as `wash_names`."""
    return wash_names(values, country, whole=False)


def name_grade(text: str, country: str, whole: bool = True) -> Grade:
    """The name in a text, or None where there is none, and what is to be said of it.

    >>> name_grade("  SØREN   AF ROSENBORG", "DK")
    ('Søren af Rosenborg', None)
    >>> name_grade("Hr. Jens Hansen", "DK"), name_grade("Hansen, Jens", "DK")[0]
    (('Jens Hansen', <Reason.NAME_TITLE_REMOVED: 'name_title_removed'>), 'Jens Hansen')
    """
    if len(text) > LONGEST_NAME or is_placeholder(text):
        return None, None
    name, said = clean(text), set[Reason]()
    named = ADDRESS_BEHIND.sub("", name)
    if named != name:
        name = named
        said.add(Reason.TAKEN_FROM_TEXT)
    for _ in range(_TURNS):
        before = name
        name = _turned(name, country, whole, said)
        if name == before:
            break
    else:
        return None, None
    if CONTACT.search(name):
        return None, Reason.NAME_IS_CONTACT
    if not any(map(str.isalpha, name)) or is_placeholder(name):
        return None, None
    said |= _remarks(name, country)
    return name, next((reason for reason in _MOST_SERIOUS_FIRST if reason in said), None)


def _turned(name: str, country: str, whole: bool, said: set[Reason]) -> str:
    """The name put right by one turn of each rule; what was done is added to what is said."""
    repaired = clean(encoding_repaired(name))
    if repaired != name:
        said.add(Reason.ENCODING_REPAIRED)
    if _is_left_alone(repaired, country):
        return repaired
    bare = DEGREE.sub("", TITLE.sub("", repaired))
    if country == "BE":
        bare = FRENCH_TITLE.sub("", bare)
    if bare != repaired:
        said.add(Reason.NAME_TITLE_REMOVED)
    spaced = clean(INITIALS_GLUED.sub(r"\1 ", bare.strip(_AT_ENDS).lstrip(".")))
    if spaced != bare:
        said.add(Reason.NAME_SPACING)
    return recased(_in_order(spaced, said) if whole else spaced, country)


def _in_order(spaced: str, said: set[Reason]) -> str:
    """A whole name with its parts in the order in which they are said, and a blank between them."""
    family, comma, given = _LISTED.sub(r"\1, \3 \2", spaced).partition(", ")
    if comma and "," not in given and any(map(str.isalpha, family)) and any(map(str.isalpha, given)):
        said.add(Reason.NAME_REVERSED)
        spaced = f"{given} {family}"
    elif _is_reversed(capitals := FAMILY_IN_CAPITALS.match(spaced)):
        said.add(Reason.NAME_REVERSED)
        spaced = f"{capitals[2]} {capitals[1]}"
    parted = " ".join(_parted(word) for word in spaced.split(" "))
    if parted != spaced:
        said.add(Reason.NAME_GLUED)
    return parted


def _is_reversed(capitals: re.Match[str] | None) -> TypeGuard[re.Match[str]]:
    """Whether a family name in capitals stands before a given name that is not."""
    if capitals is None:
        return False
    head, first = (part.split(" ")[0] for part in capitals.groups())
    return not is_given_name(head) and is_given_name(first.partition("-")[0])


def _is_left_alone(name: str, country: str) -> bool:
    """Whether it is no name of one person that could be put right."""
    wrong = (CONTACT, DECEASED, TWO_PEOPLE)
    return any(pattern.search(name) for pattern in wrong) or is_company(name, country)


def _parted(word: str) -> str:
    """A given and a family name without a blank between them, parted where the lists have both."""
    found = CAMEL.match(word)
    if found is None or len(found[1]) < 3 or not (is_given_name(found[1]) and is_family_name(found[2])):
        return word
    return word if is_given_name(found[2]) else f"{found[1]} {found[2]}"


def _remarks(name: str, country: str) -> set[Reason]:
    found = {
        Reason.CHARACTERS_LOST: has_lost_characters(name),
        Reason.TEST_VALUE: TEST.search(name),
        Reason.NAME_DECEASED: DECEASED.search(name),
        Reason.NAME_COMPANY: is_company(name, country),
        Reason.NAME_TWO_PEOPLE: TWO_PEOPLE.search(name),
        Reason.NAME_DIGITS: any(map(str.isdigit, name)),
        Reason.NAME_ODD_CHARACTERS: ODD.search(name),
    }
    return {reason for reason, holds in found.items() if holds}


@cache
def _placeholders() -> pa.Array:
    return pa.array(sorted(PLACEHOLDERS | {word.lower() for word in PROGRAM_NULLS}))
