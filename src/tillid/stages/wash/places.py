"""Postcodes and cities, held against the postcode list of the country."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.casing import cased
from tillid.stages.wash.countries import country_of
from tillid.stages.wash.grading import Grade, fast_or_graded, graded_by_distinct, unremarked
from tillid.stages.wash.place_list import (
    LISTED_COUNTRIES,
    city_keys,
    first_is_capital,
    place_list,
)
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import clean, is_placeholder, only_where

LONGEST_CITY = 100
LONGEST_POSTCODE = 30
LONGEST_BOTH = 130

NOTHING: Grade = (None, None)
_FLAGS = re.ASCII | re.IGNORECASE
_PREFIX = {
    "DK": r"(?:DK|D)?",
    "NO": r"(?:NO|NOR|N)?",
    "NL": r"(?:NL|N)?",
    "BE": r"(?:BE|BEL|B)?",
}
_CODE = {
    "DK": r"(\d{3,4})()",
    "NO": r"(\d{2,4})()",
    "BE": r"([1-9]\d{3})()",
    "NL": r"([1-9]\d{3})(?:[ .-]?([A-Z] ?[A-Z])\b)?",
}
# A code alone, or with its city before or behind it; no digit follows in a city.
_POSTCODE = {
    country: re.compile(rf"^{_PREFIX[country]}[ .–-]*{code}(?:[.,]0+)?(?:[ ,./-]+(\D{{2,}}))?$", _FLAGS)
    for country, code in _CODE.items()
}
_CITY_FIRST = {
    country: re.compile(rf"^(\D{{3,}}?)[ ,/]+{_PREFIX[country]}[ .-]*{code}$", _FLAGS)
    for country, code in {**_CODE, "DK": r"(\d{4})()", "NO": r"(\d{4})()"}.items()
}
# Never issued, for what they stood for.
_DUTCH_LETTERS_UNUSED = frozenset({"SA", "SD", "SS"})
_ONE_DIGIT = re.compile(r"^(\d)\1+")
_PROVINCE = re.compile(
    r"^(.{2,}?) ?\(?\b(?:NH|ZH|NB|GLD|GE|LB|L|UT|OV|DR|FR|GR|GN|ZLD|ZE|FLD)\)?$|^(.{2,}?) ?\((?:O|G|Z|F|D)\)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\D{3,}?) [1-9]\d?$")
# A part of a town stands in brackets behind it; it says more than the town.
_IN_BRACKETS = re.compile(r"^(?=.*\((.+)\)$)(.{2,}?) ?\(")
_CUT_SHORT = {
    country: tuple((re.compile(short, re.IGNORECASE), longer) for short, longer in pairs)
    for country, pairs in {
        "DK": [
            (r"^nr\.? ", "Nørre "),
            (r"^sdr\.? ", "Sønder "),
            (r"^st\.? ", "Store "),
            (r"^ll\.? ", "Lille "),
            (r"^vr\.? ", "Vester "),
            (r"^gl\.? ", "Gammel "),
            (r"^ndr\.? ", "Nordre "),
        ],
        "NL": [
            (r"^st\.? ?(?=\w)", "Sint-"),
            (r"\ba/?\.?d\.?(?= )", "aan den"),
            (r"\ba/?\.?d\.?(?= )", "aan de"),
            (r"\baan de(?= )", "aan den"),
        ],
        "BE": [(r"\bo/?\.?d\.?(?= )", "op-den"), (r"^st[. -]+", "Sint-"), (r"^ste?[. -]+", "Sainte-")],
    }.items()
}


def wash_postcodes(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to postcodes as the country writes them, null where a value is none.

    Reasons: POSTCODE_UNKNOWN where it has the country's shape and is not on the list.
    """
    if country not in LISTED_COUNTRIES:
        return graded_by_distinct(values, lambda text: postcode_grade(text, country))
    known = place_list(country).postcode_array
    fast = only_where(pc.is_in(values, value_set=known), values)
    if country == "NL":
        fast = _dutch_postcodes(values, known)
    return fast_or_graded(unremarked(fast), values, lambda text: postcode_grade(text, country))


def _dutch_postcodes(values: pa.Array, known: pa.Array) -> pa.Array:
    written = pc.replace_substring_regex(values, r"^([1-9][0-9]{3})([A-Z]{2})$", r"\1 \2")
    whole = pc.match_substring_regex(written, r"^[1-9][0-9]{3} [A-Z]{2}$")
    ascii_only = only_where(whole, written).cast(pa.binary())
    listed = pc.is_in(pc.binary_slice(ascii_only, 0, 4), value_set=known.cast(pa.binary()))
    unused = pc.match_substring_regex(written, r"S[ADS]$")
    return only_where(pc.and_not(pc.and_(whole, listed), unused), written)


def postcode_grade(text: str, country: str) -> Grade:
    """The postcode in a text, and what is to be said of it.

    A Dutch postcode without its letters is kept, for it still tells the area. In a country without a list the
    text is kept as it is.

    >>> postcode_grade("DK-2100", "DK"), postcode_grade("150.0", "NO"), postcode_grade("1012ab", "NL")
    (('2100', None), ('0150', None), ('1012 AB', None))
    >>> postcode_grade("1299", "DK"), postcode_grade("2100 København Ø", "DK")
    (('1299', <Reason.POSTCODE_UNKNOWN: 'postcode_unknown'>), ('2100', None))
    """
    if len(text) > LONGEST_BOTH or is_placeholder(text):
        return NOTHING
    if country not in LISTED_COUNTRIES:
        return (clean(text), None) if len(text) <= LONGEST_POSTCODE else NOTHING
    found = postcode_and_city(clean(text), country)
    if found is None:
        return NOTHING
    postcode = found[0]
    if postcode[:4] in place_list(country).cities_of:
        return postcode, None
    return NOTHING if _ONE_DIGIT.fullmatch(postcode) else (postcode, Reason.POSTCODE_UNKNOWN)


def postcode_and_city(text: str, country: str) -> tuple[str, str] | None:
    """A postcode and the text beside it ("" where there is none); None where a text is something else.

    >>> postcode_and_city("n-0155 Oslo", "NO"), postcode_and_city("1012ab", "NL"), postcode_and_city("Ry", "DK")
    (('0155', 'Oslo'), ('1012 AB', ''), None)
    """
    match = _POSTCODE[country].match(text)
    if match is not None:
        digits, letters, city = match.groups()
    elif (match := _CITY_FIRST[country].match(text)) is not None:
        city, digits, letters = match.groups()
    else:
        return None
    postcode, letters = digits.zfill(4), (letters or "").upper().replace(" ", "")
    if len(digits) < 4 and postcode not in place_list(country).cities_of:
        return None
    if letters in _DUTCH_LETTERS_UNUSED:
        return None
    return (f"{postcode} {letters}" if letters else postcode), city or ""


def wash_cities(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to city names, null where a value says that there is none.

    Reasons: CITY_UNKNOWN where the country's list does not have the name.
    """
    if country not in LISTED_COUNTRIES:
        return graded_by_distinct(values, lambda text: city_grade(text, country))
    fast = only_where(pc.is_in(values, value_set=place_list(country).city_array), values)
    return fast_or_graded(unremarked(fast), values, lambda text: city_grade(text, country))


def city_grade(text: str, country: str) -> Grade:
    """The city in a text in its official spelling, or, where it is not on the list, in the case of a name.

    >>> city_grade("KOBENHAVN K", "DK"), city_grade("8000 Århus C", "DK"), city_grade("Luik", "BE")
    (('København K', None), ('Aarhus C', None), ('Liège', None))
    >>> city_grade("nowhere town", "DK")
    ('Nowhere Town', <Reason.CITY_UNKNOWN: 'city_unknown'>)
    """
    if len(text) > LONGEST_BOTH or is_placeholder(text):
        return NOTHING
    name = clean(text)
    if country not in LISTED_COUNTRIES:
        return (name, None) if len(name) <= LONGEST_CITY else NOTHING
    found = listed_city(name, country)
    if found is not None:
        return found, None
    bare = _alone(name, country)
    if not any(char.isalpha() for char in bare) or len(bare) > LONGEST_CITY:
        return NOTHING
    if bare != name:
        return city_grade(bare, country)
    recased = cased(name, country)
    return (name if recased == name else first_is_capital(recased)), Reason.CITY_UNKNOWN


def listed_city(name: str, country: str) -> str | None:
    """The name on the country's list that is meant, or None; `name` is clean."""
    listed = place_list(country)
    if name in listed.cities:
        return name
    for key in city_keys(name, country):
        if key in listed.spellings:
            return listed.spellings[key]
    for shorter in _otherwise(name, country):
        if shorter != name and (found := listed_city(shorter, country)):
            return found
    return None


def _otherwise(name: str, country: str) -> Iterator[str]:
    """Fuller and barer ways to write a city, of which the list may have one."""
    for short, longer in _CUT_SHORT.get(country, ()):
        if short.search(name):
            yield short.sub(longer, name)
    cuts = (_PROVINCE, _NUMBERED, _IN_BRACKETS) if country in ("NL", "BE") else (_NUMBERED, _IN_BRACKETS)
    for cut in cuts:
        if shorter := cut.match(name):
            yield from filter(None, shorter.groups())


def _alone(name: str, country: str) -> str:
    """The name without a postcode or country beside it."""
    at = max(name.rfind(","), name.rfind("("))
    if at > 0 and country_of(name[at + 1 :].strip(" )")):
        name = name[:at].strip(" ,")
    both = postcode_and_city(name, country)
    return both[1] if both and both[1] else name
