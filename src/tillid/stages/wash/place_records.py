"""Holds the city of each record against its postcode, and finds a postcode that stands in the city's cell."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.by_country import Countries, by_country
from tillid.stages.wash.definitions import WashKind
from tillid.stages.wash.place_list import LISTED_COUNTRIES, place_list
from tillid.stages.wash.place_pairs import fitted_cities
from tillid.stages.wash.places import LONGEST_BOTH, postcode_and_city
from tillid.stages.wash.reasons import Graded, Reason
from tillid.stages.wash.text import by_distinct, clean
from tillid.stages.wash.verdicts import Washed, judged

_NOTHING = pa.scalar(None, pa.string())


def fitted_records(
    cities: Washed, postcodes: Washed, raw: Sequence[pa.Array], country: str | pa.Array | Countries
) -> tuple[Washed, Washed]:
    """Cities and postcodes of records with what is found when they are looked at together.

    Both were washed by themselves; `raw` are the two columns as they came, the city first. A reason that the pair
    gives stands in place of the one that a city had by itself.
    """
    codes = _filled(postcodes, raw, country)
    fitted = Graded(*by_country(_fit, [codes.values, cities.values], country))
    reasons = pc.coalesce(fitted.reasons, cities.reasons.cast(pa.string()))
    city = judged(WashKind.CITY, raw[0], pc.utf8_trim_whitespace(raw[0]), Graded(fitted.values, reasons))
    return city, codes


def expected_cities(postcodes: pa.Array, cities: pa.Array, country: str) -> pa.Array:
    """The city of each postcode where the record names another, else null.

    >>> expected_cities(pa.array(["8000", "8000"]), pa.array(["Odense C", "Aarhus C"]), "DK").to_pylist()
    ['Aarhus C', None]
    """
    if country not in LISTED_COUNTRIES:
        return pa.nulls(len(postcodes), pa.string())
    known = place_list(country).cities_of
    first = by_distinct(
        pc.utf8_slice_codeunits(postcodes, 0, 4), lambda code: known[code][0] if code in known else None
    )
    misfits = pc.equal(fitted_cities(postcodes, cities, country).reasons, Reason.CITY_NOT_OF_POSTCODE.value)
    return pc.if_else(pc.fill_null(misfits, False), first, _NOTHING)


def _fit(columns: Sequence[pa.Array], country: str) -> Sequence[pa.Array]:
    fitted = fitted_cities(columns[0], columns[1], country)
    return fitted.values, fitted.reasons


def _filled(postcodes: Washed, raw: Sequence[pa.Array], country: str | pa.Array | Countries) -> Washed:
    """The postcodes, an empty one taken from the cell with the city where that holds one."""
    open_ = pc.and_(pc.equal(postcodes.verdicts.cast(pa.string()), "empty"), pc.match_substring_regex(raw[0], "[0-9]"))
    open_ = pc.fill_null(open_, False)
    if not open_.true_count:
        return postcodes
    elsewhere = by_country(_codes_beside_cities, [pc.if_else(open_, raw[0], _NOTHING)], country)[0]
    reasons = pc.if_else(elsewhere.is_valid(), Reason.POSTCODE_FROM_CITY.value, postcodes.reasons.cast(pa.string()))
    graded = Graded(pc.coalesce(postcodes.values, elsewhere), reasons)
    return judged(WashKind.POSTCODE, raw[1], pc.utf8_trim_whitespace(raw[1]), graded)


def _codes_beside_cities(columns: Sequence[pa.Array], country: str) -> Sequence[pa.Array]:
    if country not in LISTED_COUNTRIES:
        return [pa.nulls(len(columns[0]), pa.string())]

    def code_in(text: str) -> str | None:
        both = postcode_and_city(clean(text), country) if len(text) <= LONGEST_BOTH else None
        return both[0] if both and both[0][:4] in place_list(country).cities_of else None

    return [by_distinct(columns[0], code_in)]
