"""Postcodes and cities, held against the postcode list of the country."""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.casing import capitalised, cased
from tillid.stages.wash.grading import unremarked
from tillid.stages.wash.reasons import Graded
from tillid.stages.wash.text import by_distinct, clean, fast_or_slow, is_placeholder, only_where

LONGEST_CITY = 100
LONGEST_POSTCODE = 30
LISTED_COUNTRIES = ("BE", "DK", "NL", "NO")

_DIGITS = re.compile(r"^(\d{1,4})(?:[.,]0+)?$")
_DUTCH = re.compile(r"^([1-9]\d{3})[ .-]?([A-Z]{2})$")
_PREFIX = {
    "DK": re.compile(r"^DK?[ .-]*(?=\d)"),
    "NO": re.compile(r"^(?:N|NO|NOR)[ .-]*(?=\d)"),
    "NL": re.compile(r"^NL?[ .-]*(?=\d)"),
    "BE": re.compile(r"^(?:B|BE|BEL)[ .-]*(?=\d)"),
}
# How few digits a spreadsheet may have left of a postcode that begins with 0.
_FEWEST_DIGITS = {"DK": 3, "NO": 2, "BE": 4, "NL": 4}
# Never issued, for what they stood for.
_DUTCH_LETTERS_UNUSED = frozenset({"SA", "SD", "SS"})
_DISTRICT = re.compile(r"^(.{2,}) [A-ZÆØÅ]{1,2}$")


@dataclass(frozen=True)
class PlaceList:
    """The postcodes and city names of one country, and the spellings by which a city is found."""

    postcodes: frozenset[str]
    cities: frozenset[str]

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Each way to write a city to its name; worked out when the first odd one is met."""
        return _spellings(self.cities)

    @cached_property
    def postcode_array(self) -> pa.Array:
        """The postcodes, sorted."""
        return pa.array(sorted(self.postcodes))

    @cached_property
    def city_array(self) -> pa.Array:
        """The city names, sorted."""
        return pa.array(sorted(self.cities))


@cache
def place_list(country: str) -> PlaceList:
    """The list of BE, DK, NL or NO (GeoNames, CC BY 4.0; see data/README.md)."""
    places = [(postcode, city) for code, postcode, city in _listed_places() if code == country]
    cities = {city for _, city in places}
    if country in {"DK", "NO"}:
        cities |= {match.group(1) for city in cities if (match := _DISTRICT.match(city))}
    return PlaceList(frozenset(postcode for postcode, _ in places), frozenset(cities))


@cache
def _listed_places() -> list[tuple[str, str, str]]:
    """Country, postcode and city of every place."""
    packed = files("tillid.stages.wash").joinpath("data/postcodes.csv.gz").read_bytes()
    lines = csv.reader(gzip.decompress(packed).decode("utf-8").splitlines())
    header = next(lines)
    wanted = [header.index(name) for name in ("country", "postcode", "city")]
    return [(row[wanted[0]], row[wanted[1]], row[wanted[2]]) for row in lines]


def wash_postcodes(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to postcodes as the country writes them, null where it has no such postcode."""

    def slowly(text: str) -> str | None:
        return postcode_of(text, country)

    if country not in LISTED_COUNTRIES:
        return unremarked(by_distinct(values, slowly))
    known = place_list(country).postcode_array
    if country != "NL":
        return unremarked(fast_or_slow(only_where(pc.is_in(values, value_set=known), values), values, slowly))
    written = pc.replace_substring_regex(values, r"^([1-9][0-9]{3})([A-Z]{2})$", r"\1 \2")
    whole = pc.match_substring_regex(written, r"^[1-9][0-9]{3} [A-Z]{2}$")
    ascii_only = only_where(whole, written).cast(pa.binary())
    listed = pc.is_in(pc.binary_slice(ascii_only, 0, 4), value_set=known.cast(pa.binary()))
    unused = pc.match_substring_regex(written, r"S[ADS]$")
    return unremarked(fast_or_slow(only_where(pc.and_not(pc.and_(whole, listed), unused), written), values, slowly))


def postcode_of(text: str, country: str) -> str | None:
    """The postcode in a text, or None where the country's list does not have it.

    A Dutch postcode without its letters is kept, for it still tells the area. In a country without a list the
    text is kept as it is.

    >>> postcode_of("DK-2100", "DK"), postcode_of("150.0", "NO"), postcode_of("1012ab", "NL")
    ('2100', '0150', '1012 AB')
    >>> postcode_of("9999", "DK") is None
    True
    """
    if len(text) > LONGEST_POSTCODE or is_placeholder(text):
        return None
    if country not in LISTED_COUNTRIES:
        return clean(text)
    bare = _PREFIX[country].sub("", clean(text).upper())
    if country == "NL" and (dutch := _DUTCH.match(bare)):
        digits, letters = dutch.groups()
        known = digits in place_list(country).postcodes and letters not in _DUTCH_LETTERS_UNUSED
        return f"{digits} {letters}" if known and digits.isascii() else None
    digits_only = _DIGITS.match(bare)
    if digits_only is None or len(digits_only.group(1)) < _FEWEST_DIGITS[country]:
        return None
    padded = digits_only.group(1).zfill(4)
    return padded if padded in place_list(country).postcodes else None


def wash_cities(values: pa.Array, country: str) -> Graded:
    """Trimmed strings to city names, null where a value says that there is none."""

    def slowly(text: str) -> str | None:
        return city_of(text, country)

    if country not in LISTED_COUNTRIES:
        return unremarked(by_distinct(values, slowly))
    official = place_list(country).city_array
    return unremarked(fast_or_slow(only_where(pc.is_in(values, value_set=official), values), values, slowly))


def city_of(text: str, country: str) -> str | None:
    """The city in a text in its official spelling, or, where it is not on the list, in the case of a name.

    >>> city_of("KOBENHAVN K", "DK"), city_of("Århus C", "DK"), city_of("ALPHEN AAN DEN RIJN", "NL")
    ('København K', 'Aarhus C', 'Alphen aan den Rijn')
    >>> city_of("den haag", "NL"), city_of("nowhere town", "DK")
    ('Den Haag', 'Nowhere Town')
    """
    if len(text) > LONGEST_CITY or is_placeholder(text):
        return None
    name = clean(text)
    if country not in LISTED_COUNTRIES:
        return name
    listed = place_list(country)
    if name in listed.cities:
        return name
    for key in _keys(name):
        if key in listed.spellings:
            return listed.spellings[key]
    recased = cased(name, country)
    return name if recased == name else capitalised(recased)


def _spellings(cities: Set[str]) -> dict[str, str]:
    """Each way to write a city to its name; a way that two cities share finds neither."""
    meant: dict[str, set[str]] = defaultdict(set)
    for city in cities:
        for key in _keys(city):
            meant[key].add(city)
    exact = {city.casefold(): city for city in sorted(cities)}
    return {key: names.pop() for key, names in meant.items() if len(names) == 1} | exact


def _keys(name: str) -> tuple[str, str, str]:
    """The name without case, then without accents: æ ø å as two letters, then as one."""
    folded = name.casefold()
    if folded.startswith("kbh"):
        folded = re.sub(r"^kbh\.? ?", "københavn ", folded).strip()
    bare = re.sub(r"[-. ]+", " ", re.sub("['’]", "", folded)).strip()
    double = bare.replace("å", "aa").replace("ø", "oe").replace("æ", "ae")
    single = bare.replace("ø", "o").replace("æ", "ae")
    return folded, _without_accents(double), _without_accents(single)


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
