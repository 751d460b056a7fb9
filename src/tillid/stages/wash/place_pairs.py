"""Whether a city belongs to a postcode, and which city is meant where it is misspelled or cut short."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA

from tillid.stages.wash.grading import Grade, fast_or_graded, unremarked
from tillid.stages.wash.place_list import LISTED_COUNTRIES, city_keys, place_list, without_district
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import only_where

_BETWEEN = "\x1f"
# A name of so many letters may have one of them wrong; one of twice as many, two.
_LETTERS_A_SLIP = 5


def fitted_cities(postcodes: pa.Array, cities: pa.Array, country: str) -> Graded:
    """The cities of records, held against their postcodes; both are washed and as long as each other.

    Reasons: CITY_BY_POSTCODE where a misspelled or shortened name was put right, CITY_NOT_OF_POSTCODE where the
    postcode belongs elsewhere. Without a postcode that is on the list there is nothing to hold a city against.

    >>> fitted = fitted_cities(pa.array(["1165", "8000", None]), pa.array(["Københvn K", "Odense C", "Ry"]), "DK")
    >>> fitted.values.to_pylist(), fitted.reasons.to_pylist()
    (['København K', 'Odense C', 'Ry'], ['city_by_postcode', 'city_not_of_postcode', None])
    """
    if country not in LISTED_COUNTRIES:
        return unremarked(cities)

    def grade(pair: str) -> Grade:
        postcode, _, city = pair.partition(_BETWEEN)
        return fitted_city(postcode, city, country)

    area = pc.utf8_slice_codeunits(postcodes, 0, 4)
    listed = pc.is_in(area, value_set=place_list(country).postcode_array)
    pairs = pc.binary_join_element_wise(area, cities, " ")
    fits = pc.is_in(pairs, value_set=place_list(country).pair_array)
    open_ = pc.and_(listed, pc.and_not(cities.is_valid(), fits))
    fast = only_where(pc.invert(open_), cities)
    together = pc.if_else(open_, pc.binary_join_element_wise(area, cities, _BETWEEN), cities)
    return fast_or_graded(unremarked(fast), together, grade)


def fitted_city(postcode: str, city: str, country: str) -> Grade:
    """The city meant by one that stands beside a postcode, and what is to be said of it.

    >>> fitted_city("2100", "København", "DK")
    ('København Ø', <Reason.CITY_BY_POSTCODE: 'city_by_postcode'>)
    >>> fitted_city("2100", "København K", "DK")
    ('København K', <Reason.CITY_NOT_OF_POSTCODE: 'city_not_of_postcode'>)
    """
    right = place_list(country).all_of(postcode[:4])
    if not right or city in right:
        return city, None
    meant = same_city(city, right, country)
    if meant is None and city not in place_list(country).cities:
        meant = _misspelled(city, right, country)
    return (city, Reason.CITY_NOT_OF_POSTCODE) if meant is None else (meant, Reason.CITY_BY_POSTCODE)


def same_city(city: str, right: tuple[str, ...], country: str) -> str | None:
    """The one of the right names that is another way to write this one, or the district of it."""
    keys = set(city_keys(city, country))
    same = [name for name in right if keys & set(city_keys(name, country))]
    if not same:
        districts = [name for name in right if without_district(name) != name]
        same = [name for name in districts if keys & set(city_keys(without_district(name), country))]
    if not same:
        base = set(city_keys(without_district(city), country)) if without_district(city) != city else set()
        same = [name for name in right if base & set(city_keys(name, country))]
    return same[0] if len(set(same)) == 1 else None


def _misspelled(city: str, right: tuple[str, ...], country: str) -> str | None:
    written = city_keys(city, country)[2]
    near = []
    for name in right:
        key = city_keys(name, country)[2]
        slips = min(2, len(key) // _LETTERS_A_SLIP)
        distance = OSA.distance(written, key, score_cutoff=slips)
        # Of a postal district the letter decides, so it must be there as it is.
        if distance <= slips and (without_district(name) == name or written.endswith(key[key.rfind(" ") :])):
            near.append((distance, name))
    near.sort()
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]
