"""The postcodes of four countries with their cities, and the other ways in which people write a city."""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import pyarrow as pa

from tillid.stages.wash.casing import capitalised

LISTED_COUNTRIES = ("BE", "DK", "NL", "NO")

_DISTRICT = re.compile(r"^(.{2,}) (?:[A-ZÆØÅ]{1,2}|Sj)$")
_WITH_DISTRICTS = ("DK", "NO")
_COPENHAGEN = re.compile(r"^(?:kbh|kbhvn|kbn|kjøbenhavn|kh)\b\.? ?|^kbh\.?(?=[knsvø]$)")


@dataclass(frozen=True)
class PlaceList:
    """The places of one country.

    `cities_of` has the city names of each postcode (four digits), `also` cities that are right for a range of
    postcodes too: another official name, or the town of which a place is a part. `spellings` finds a name by the
    ways to write it.
    """

    country: str
    cities_of: Mapping[str, tuple[str, ...]]
    also: tuple[tuple[str, str, str], ...]

    @property
    def postcodes(self) -> frozenset[str]:
        """All postcodes."""
        return frozenset(self.cities_of)

    @cached_property
    def cities(self) -> frozenset[str]:
        """All city names; in countries whose cities have postal districts, those without one too."""
        names = {name for names in self.cities_of.values() for name in names} | {name for name, _, _ in self.also}
        if self.country in _WITH_DISTRICTS:
            names |= {base for name in names if (base := without_district(name)) != name}
        return frozenset(names)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Each way to write a city to its name; a way that two cities share finds neither."""
        meant: dict[str, set[str]] = defaultdict(set)
        for city in self.cities:
            for key in city_keys(city, self.country):
                meant[key].add(city)
        exact = {city.casefold(): city for city in sorted(self.cities)}
        found = {key: names.pop() for key, names in meant.items() if len(names) == 1} | exact
        others = {key: city for name, city in _other_names(self.country) for key in city_keys(name, self.country)}
        return others | found

    @cached_property
    def postcode_array(self) -> pa.Array:
        """The postcodes, sorted."""
        return pa.array(sorted(self.cities_of))

    @cached_property
    def city_array(self) -> pa.Array:
        """The city names, sorted."""
        return pa.array(sorted(self.cities))

    @cached_property
    def pair_array(self) -> pa.Array:
        """All `1165 København K`."""
        return pa.array([f"{postcode} {city}" for postcode in sorted(self.cities_of) for city in self.all_of(postcode)])

    def all_of(self, postcode: str) -> tuple[str, ...]:
        """Every name that is right for a postcode, the postal one first; none for an unknown one.

        >>> place_list("DK").all_of("2100"), place_list("BE").all_of("1050")
        (('København Ø',), ('Ixelles', 'Bruxelles', 'Brussel', 'Elsene'))
        """
        own = self.cities_of.get(postcode, ())
        wider = (city for city, first, last in self.also if own and first <= postcode <= last)
        return tuple(dict.fromkeys((*own, *wider)))


@cache
def place_list(country: str) -> PlaceList:
    """The list of BE, DK, NL or NO (GeoNames and others; see data/README.md)."""
    names: dict[str, list[str]] = defaultdict(list)
    for postcode, city in _listed_places()[country]:
        names[postcode].append(city)
    also = tuple((row[1], row[2], row[3]) for row in _rows("also_places.csv") if row[0] == country)
    return PlaceList(country, {postcode: tuple(cities) for postcode, cities in names.items()}, also)


def without_district(city: str) -> str:
    """The city of a postal district.

    >>> without_district("København K"), without_district("Oslo")
    ('København', 'Oslo')
    """
    district = _DISTRICT.match(city)
    return district.group(1) if district else city


def city_keys(name: str, country: str) -> tuple[str, str, str]:
    """The name without case, then without accents: æ ø å as two letters, then as one."""
    folded = name.casefold()
    if country == "DK":
        folded = _COPENHAGEN.sub("københavn ", folded).strip()
    if country == "BE":
        folded = re.sub(r"(?:^|(?<=[ -]))(ste?)[. -]+(?=\w)", _saint(folded), folded)
    bare = re.sub(r"[-. /]+", " ", re.sub("['’`´]", "", folded)).strip()
    if country == "NL":
        bare = bare.replace("ij", "y")
    double = bare.replace("å", "aa").replace("ø", "oe").replace("æ", "ae").replace("ö", "oe").replace("ü", "ue")
    single = bare.replace("ø", "o").replace("æ", "ae")
    if country in _WITH_DISTRICTS:
        # Aarhus is Århus, and Arhus where a program took the ring away.
        single = single.replace("aa", "a")
    return folded, _without_accents(double), _without_accents(single)


def _saint(folded: str) -> str:
    is_dutch = re.search(
        r"niklaas|truiden|katelijne|kruis|amands|pieters|martens|jans|gillis|genesius|michiels|lambrechts|agatha|joost|laureins|katherina|denijs|andries|kwintens|huibrechts",
        folded,
    )
    return "sint-" if is_dutch else "saint-"


def first_is_capital(city: str) -> str:
    """The name with a capital at its head, but for a Dutch article with an apostrophe."""
    return city if city[:1] in "'’" else capitalised(city)


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@cache
def _listed_places() -> dict[str, list[tuple[str, str]]]:
    """Postcodes and cities by country."""
    packed = files("tillid.stages.wash").joinpath("data/postcodes.csv.gz").read_bytes()
    lines = csv.reader(gzip.decompress(packed).decode("utf-8").splitlines())
    next(lines)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for country, postcode, city in lines:
        found[country].append((postcode, city))
    return found


def _rows(name: str) -> Iterator[list[str]]:
    lines = csv.reader(files("tillid.stages.wash").joinpath(f"data/{name}").read_text("utf-8").splitlines())
    next(lines)
    return lines


def _other_names(country: str) -> Iterator[tuple[str, str]]:
    for row in _rows("other_names.csv"):
        if row[0] == country:
            yield row[1], row[2]
