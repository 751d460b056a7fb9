"""Given and family names of the four countries, and the guesses that they allow: likely sex, swapped names."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from enum import StrEnum
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

LISTED_COUNTRIES = ("BE", "DK", "NL", "NO")
SURE_SHARE = 0.95


class Sex(StrEnum):
    """What a given name tells of the sex of who bears it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


def likely_sex(first_names: str, country: str, sure_share: float = SURE_SHARE) -> tuple[Sex, float]:
    """The likely sex of a person with these given names, and the share of the name's bearers who have it.

    A guess, for a list of a form of address to look through: never a fact about a person, and never written
    unless asked for. `unknown`, with the larger share, where that is below `sure_share`; with 0 where no list
    has the name. A country without a list, or whose list lacks the name, is judged by those of all. Denmark's
    and Belgium's lists count bearers; the others only say which names are given to whom.

    >>> likely_sex("Søren", "DK")[0], likely_sex("Kim", "BE")
    (<Sex.MALE: 'male'>, (<Sex.UNKNOWN: 'unknown'>, 0.8))
    >>> likely_sex("Xyz", "DK")
    (<Sex.UNKNOWN: 'unknown'>, 0.0)
    """
    first = first_names.strip().partition(" ")[0].partition("-")[0].casefold()
    listed = _given()
    shares = [listed[country][first]] if first in listed.get(country, {}) else []
    shares = shares or [names[first] for names in listed.values() if first in names]
    if not shares:
        return Sex.UNKNOWN, 0.0
    female = sum(shares) / len(shares)
    share = max(female, 1 - female)
    if share < sure_share:
        return Sex.UNKNOWN, round(share, 3)
    return (Sex.FEMALE if female > 0.5 else Sex.MALE), round(share, 3)


def is_given_name(name: str) -> bool:
    """Whether a list of given names has it."""
    return name.casefold() in _all_given()


def is_family_name(name: str) -> bool:
    """Whether a list of family names has it."""
    return name.casefold() in _all_family()


def swapped(first: pa.Array, last: pa.Array) -> pa.Array:
    """For each pair of a given and a family name, whether they look as if they had swapped places; never null.

    >>> swapped(pa.array(["Hansen", "Jens", None]), pa.array(["Jens", "Hansen", "Ida"])).to_pylist()
    [True, False, False]
    """
    only_family = pa.array(sorted(_all_family() - _all_given()), pa.string())
    only_given = pa.array(sorted(_all_given() - _all_family()), pa.string())
    found = pc.is_in(pc.utf8_lower(first), value_set=only_family)
    if not pc.any(found, min_count=0).as_py():
        return found
    given = pc.replace_substring_regex(pc.utf8_lower(last), r"[ -].*$", "")
    return pc.and_(found, pc.is_in(given, value_set=only_given))


@cache
def _given() -> dict[str, dict[str, float]]:
    """By country: each given name in small letters, to the share of women among those who bear it."""
    bearers: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for row in _rows("first_names.csv.gz"):
        counts = bearers[row["country"]][row["name"].casefold()]
        counts[0] += float(row["female"])
        counts[1] += float(row["male"])
    return {
        country: {name: women / (women + men) for name, (women, men) in names.items()}
        for country, names in bearers.items()
    }


@cache
def _all_given() -> frozenset[str]:
    return frozenset(name for names in _given().values() for name in names)


@cache
def _all_family() -> frozenset[str]:
    return frozenset(row["name"].casefold() for row in _rows("surnames.csv.gz"))


def _rows(name: str) -> list[dict[str, str]]:
    packed = files("tillid.stages.wash").joinpath("data", name).read_bytes()
    return list(csv.DictReader(gzip.decompress(packed).decode("utf-8").splitlines()))
