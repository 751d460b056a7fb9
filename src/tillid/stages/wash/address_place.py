"""Finds postcode and city among the lines of an address: in a line of their own, at the end of one, or apart."""

from __future__ import annotations

import re

from tillid.stages.wash.house_numbers import looks_like_street, numbered_street
from tillid.stages.wash.place_list import place_list
from tillid.stages.wash.place_pairs import fitted_city
from tillid.stages.wash.places import city_grade, listed_city, postcode_and_city
from tillid.stages.wash.reasons import Reason

_MOST_WORDS = 5
_WITH_PLACE = {
    "DK": re.compile(r"^(?P<rest>.*\S)[ ,]+(?P<place>(?:DK[ -]?)?\d{4} \D{2,})$", re.IGNORECASE),
    "NO": re.compile(r"^(?P<rest>.*\S)[ ,]+(?P<place>(?:NO?[ -]?)?\d{4} \D{2,})$", re.IGNORECASE),
    "BE": re.compile(r"^(?P<rest>.*\S)[ ,]+(?P<place>(?:BE?[ -]?)?\d{4} \D{2,})$", re.IGNORECASE),
    "NL": re.compile(r"^(?P<rest>.*\S)[ ,]+(?P<place>(?:NL[ -]?)?[1-9]\d{3} ?[A-Z]{2}(?: \D{2,})?)$"),
}


def take_place(segments: list[str], country: str) -> tuple[tuple[str, str], Reason | None]:
    """Postcode and city, taken off the lines."""
    found = _place_line(segments, country)
    if found is None:
        return ("", ""), None
    postcode, written = found
    if not written:
        return (postcode, ""), _known(postcode, country)
    city, reason = city_grade(written, country)
    if city is None or not postcode:
        return (postcode, city or ""), reason
    fitted, misfit = fitted_city(postcode, city, country)
    misfit = None if misfit is Reason.CITY_BY_POSTCODE else misfit
    return (postcode, fitted or city), _known(postcode, country) or misfit or (None if fitted != city else reason)


def _known(postcode: str, country: str) -> Reason | None:
    return None if postcode[:4] in place_list(country).cities_of else Reason.POSTCODE_UNKNOWN


def _place_line(segments: list[str], country: str) -> tuple[str, str] | None:
    """What the lines say of postcode and city, the lines and ends of lines that say it taken away."""
    return _own_line(segments, country) or _end_of_line(segments, country) or _city_alone(segments, country)


def _own_line(segments: list[str], country: str) -> tuple[str, str] | None:
    for at in range(len(segments) - 1, -1, -1):
        both = postcode_and_city(segments[at], country)
        # A bare number of three digits, or one under a street without its own, is a house number.
        if both is None or (not both[1] and not _is_bare_code(segments, at, country)):
            continue
        has_street = any(char.isdigit() for line in segments[:at] for char in line)
        # A number behind words is one of a house, if they do not name its city.
        is_alone = at == len(segments) - 1 and not segments[at][-1].isdigit()
        if both[1] and not has_street and not _is_place(both, country, is_alone=is_alone):
            continue
        segments.pop(at)
        return both if both[1] else (both[0], _city_beside(segments, at, country))
    return None


def _city_beside(segments: list[str], at: int, country: str) -> str:
    """The city in the line above or below a postcode, taken off the lines, or ""."""
    for beside in (at - 1, at):
        if 0 <= beside < len(segments) and len(segments) > 1 and listed_city(segments[beside], country):
            return segments.pop(beside)
    return ""


def _end_of_line(segments: list[str], country: str) -> tuple[str, str] | None:
    for at in range(len(segments) - 1, -1, -1):
        within = _WITH_PLACE[country].match(segments[at])
        both = postcode_and_city(within["place"], country) if within else None
        if within and both and (country == "NL" or _is_place(both, country, is_alone=False)):
            segments[at] = within["rest"].rstrip(" ,.-")
            return both
    return None


def _city_alone(segments: list[str], country: str) -> tuple[str, str] | None:
    """A city without a postcode: a last line below one with a number, or the last words behind house number and all."""
    last = segments[-1]
    if any(char.isdigit() for line in segments[:-1] for char in line) and not any(map(str.isdigit, last)):
        city = listed_city(last, country)
        if city is not None:
            segments.pop()
        return None if city is None else ("", city)
    words = last.split(" ")
    if not any(map(str.isdigit, last)) or numbered_street(last, country):
        return None
    for at in range(max(1, len(words) - _MOST_WORDS), len(words)):
        rest, city = " ".join(words[:at]), listed_city(" ".join(words[at:]), country)
        if city and numbered_street(rest, country):
            segments[-1] = rest
            return "", city
    return None


def _is_bare_code(segments: list[str], at: int, country: str) -> bool:
    digits = re.sub(r"\D", "", segments[at])
    if len(digits) != 4 or (country == "NL" and len(segments[at]) < 6):
        return False
    others = segments[:at] + segments[at + 1 :]
    return len(segments) > 1 and any(re.search(r"\d", line) for line in others)


def _is_place(both: tuple[str, str], country: str, *, is_alone: bool) -> bool:
    """Whether a postcode with words beside it is a place, and not a number with a street."""
    postcode, written = both
    if country == "NL" and len(postcode) > 4:
        return True
    if is_alone and not looks_like_street(written, country):
        return True
    city = city_grade(written, country)[0]
    return city is not None and fitted_city(postcode, city, country)[0] in place_list(country).all_of(postcode[:4])
