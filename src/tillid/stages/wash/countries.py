"""Countries as files write them, to ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

import phonenumbers
import pyarrow as pa

from tillid.stages.wash.text import by_distinct, clean

_NAMES = {
    "DK": "dnk danmark denmark dänemark danemark denemarken",
    "NO": "nor norge noreg norway norwegen norvège noorwegen n",
    "NL": "nld nederland netherlands the-netherlands holland niederlande pays-bas nederlandene",
    "BE": "bel belgië belgie belgique belgium belgien belgia b",
    "SE": "swe sverige sweden schweden",
    "DE": "deu ger tyskland deutschland germany duitsland allemagne",
    "FI": "fin finland suomi",
    "GB": "gbr uk storbritannien england united-kingdom",
}
_CODES = {name.replace("-", " "): code for code, names in _NAMES.items() for name in names.split()}
_KNOWN = frozenset(phonenumbers.SUPPORTED_REGIONS)


def country_of(text: str) -> str:
    """The code of a country, or "" where it is not known.

    >>> country_of(" dk"), country_of("Norge"), country_of("Atlantis")
    ('DK', 'NO', '')
    """
    if len(text) > 60:
        return ""
    name = clean(text)
    code = name.upper()
    return code if code in _KNOWN else _CODES.get(name.casefold().replace("-", " "), "")


def countries_of(values: pa.Array) -> pa.Array:
    """Codes of many countries; null stays null."""
    return by_distinct(values, country_of)
