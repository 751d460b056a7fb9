"""Reads an address out of a cell: the lines that stand in it, in any order, and the parts of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tillid.stages.wash.address import Address
from tillid.stages.wash.address_place import take_place
from tillid.stages.wash.countries import country_of
from tillid.stages.wash.house_numbers import is_without_number, looks_like_street, numbered_street
from tillid.stages.wash.place_list import LISTED_COUNTRIES
from tillid.stages.wash.reasons import Reason
from tillid.stages.wash.street_names import street_name
from tillid.stages.wash.text import clean

_LINE_ENDS = re.compile(r"(?:\r\n|[\n\r\v\f\x85\u2028\u2029;|•·\t]|<br ?/?>|\\n)+", re.IGNORECASE)
_BRACKETS = re.compile(r" ?\(([^()]*)\)")
_DASH = re.compile(r" [-–] (?=(?:[A-Z]{1,2}-)?\d{4}\b|c/o\b)")
_CARE_OF = re.compile(r"^(?:c ?[/\\] ?o\.?|co/|c\.o\.|p/a|p\.a\.|chez(?= ))[ :]*(.+)$", re.IGNORECASE)
_CARE_OF_WITHIN = re.compile(r"^(.{3,}?)[ ]+(c ?[/\\] ?o\.?|p/a)[ :]+(.+)$", re.IGNORECASE)
_ATTENTION = re.compile(r"^(?:att(?:n|ention)?\b[.:]*|t\.?a\.?v\.?|à l'attention de)[ :]*(?=\S)", re.IGNORECASE)
_PO_BOX = re.compile(
    r"^(postbo(?:ks|x)|post box|p\.? ?o\.? ?box|p\.?b\.?|boks|box|postbus|bo[iî]te postale|b\.?p\.?|antwoordnummer"
    r"|case postale|c\.?p\.?)[ :]?(?:nr\.? ?)?(\d{1,6})(?:[ -]+(\D{2,}))?$",
    re.IGNORECASE,
)
_FRENCH_BOX = re.compile(r"^(?:bo|b\.?p|c)", re.IGNORECASE)
_PARCEL = re.compile(
    r"^(?:g\.?nr|gårdsnr|gårdsnummer|gards?nr|gnr)\.?:? ?(\d{1,4})[ ,/]*"
    r"(?:(?:og )?(?:b\.?nr|bruksnr|bruksnummer)\.?:? ?(\d{1,4}))?"
    r"(?:[ ,/]*(?:f\.?nr|festenr)\.?:? ?(\d{1,4}))?$",
    re.IGNORECASE,
)
_COUNTRY_BEHIND = re.compile(r"^(.{3,}?)[ ,]+([^\W\d_]{5,})$")
# TV, TH, MF and ST are countries too, and behind a Danish number they are doors and floors.
_CODES = frozenset("DK NO NL BE SE DE FI GB UK DNK NOR NLD BEL SWE".split())
_HOME_NAME = {"DK": "Danmark", "NO": "Norge", "NL": "Nederland", "BE": "België"}
_A_STREET = {"DK": "Nørregade 1", "NO": "Storgata 1", "NL": "Kerkstraat 1", "BE": "Kerkstraat 1"}
_BEGINS_WITH_NUMBER = re.compile(r"^\d{1,4}(?!\d)")
_BELGIAN_NUMBER = re.compile(
    r"^\d{1,4} ?[A-Za-z]?(?: ?[/-] ?\w{1,5})?(?:,? (?:bte|bus|bo[iî]te|bt)\.? ?\w{1,6})?$", re.IGNORECASE
)
# What is washed is read again for its parts, and streets come again in each batch.
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """An address as far as it was read, the country whose habits it follows, and what is to be said of it."""

    address: Address
    style: str
    reason: Reason | None


def one_line(text: str) -> str:
    """The text in one line, its lines parted by commas.

    >>> one_line("Nørregade 12\\n1165  København K")
    'Nørregade 12, 1165 København K'
    """
    parted = _BRACKETS.sub(r", \1", _DASH.sub(", ", clean(_LINE_ENDS.sub(", ", text))))
    return ", ".join(piece for piece in (part.strip(" ,") for part in parted.split(",")) if piece.strip(".-_/ "))


@lru_cache(maxsize=_REMEMBERED)
def read_address(line: str, country: str) -> Reading:
    """The parts of an address that `one_line` gave.

    >>> read_address("c/o Hansen, Nørregade 12B, 3. tv, 1165 København K, Danmark", "DK").address.city
    'København K'
    """
    segments = line.split(", ")
    style, abroad = _country(segments, country)
    if style not in LISTED_COUNTRIES:
        return Reading(Address(extra=", ".join(segments), country=abroad), country, None)
    place, reason = take_place(segments, style)
    named = _named_lines(segments, style)
    street, above, below = _street(segments, style)
    address = replace(
        street,
        **named,
        extra=", ".join(above),
        locality=", ".join(below),
        country=abroad,
        postcode=place[0],
        city=place[1],
    )
    if not (street.street or address.po_box or address.parcel):
        reason = Reason.ADDRESS_UNCLEAR if address.extra else Reason.NO_STREET
    elif not (street.house_number or address.po_box or address.parcel):
        reason = reason or Reason.NO_HOUSE_NUMBER
    return Reading(address, style, reason)


@lru_cache(maxsize=_REMEMBERED)
def ordinary_street(text: str, country: str) -> str | None:
    """A street as an address has it, or None where it may be something else, to be read in its own address.

    >>> ordinary_street("NØRREGADE", "DK"), ordinary_street("Postboks", "DK")
    ('Nørregade', None)
    """
    line = f"{text} 01"
    if _PO_BOX.match(line) or _CARE_OF.match(line) or _PARCEL.match(line) or one_line(line) != line:
        return None
    read = read_address(line, country)
    street = read.address.street
    whole = read.address.line(country) == f"{street} 1" and read.reason is None
    return street if whole and street_name(text, country) == street == street_name(street, country) else None


@lru_cache(maxsize=_REMEMBERED)
def ordinary_place(text: str, country: str) -> str | None:
    """Postcode and city as an address ends in them, "" for none, or None where something is to be said of them.

    >>> ordinary_place("8000 århus c", "DK"), ordinary_place("8000 Odense C", "DK")
    ('8000 Aarhus C', None)
    """
    if not text:
        return ""
    if one_line(text) != text:
        return None
    one, two = [_A_STREET[country] + f" {text}"], [_A_STREET[country], text]
    places = [take_place(segments, country) for segments in (one, two)]
    if places[0] != places[1] or places[0][1] is not None or one != two:
        return None
    return " ".join(filter(None, places[0][0])) or None


def _country(segments: list[str], country: str) -> tuple[str, str]:
    """The country that the last line names, taken off it, or the record's; and its name where it is another."""
    last = segments[-1]
    if len(segments) > 1 and (len(last) > 3 or last in _CODES) and (code := country_of(last)):
        segments.pop()
        return code, "" if code == country else _HOME_NAME.get(code, last)
    within = _COUNTRY_BEHIND.match(last)
    if within and any(char.isdigit() for char in last) and (code := country_of(within[2])):
        segments[-1] = within[1]
        return code, "" if code == country else _HOME_NAME.get(code, within[2])
    return country, ""


def _named_lines(segments: list[str], country: str) -> dict[str, str]:
    """The lines that say what they are, taken out: care of, post box, farm."""
    found: dict[str, str] = {}
    kept = []
    for line in segments:
        within = _CARE_OF_WITHIN.match(line)
        for part in (within[1], f"c/o {within[3]}") if within else (line,):
            kept += _named_line(part, country, found)
    segments[:] = kept
    return found


def _named_line(line: str, country: str, found: dict[str, str]) -> list[str]:
    """The line, or what is left of it when what it says of itself is noted."""
    if (care := _CARE_OF.match(line)) and "care_of" not in found:
        name, rest = _name_and_street(care[1], country)
        found["care_of"] = name
        return rest
    if (
        (box := _PO_BOX.match(line))
        and "po_box" not in found
        and not (country == "BE" and box[1].lower() in ("box", "boks"))
    ):
        if box[1].lower() == "antwoordnummer":
            return [line]
        found["po_box"] = " ".join(filter(None, (box[2].lstrip("0") or "0", box[3] or "")))
        if country == "BE" and _FRENCH_BOX.match(box[1]):
            found["language"] = "fr"
        return []
    if country == "NO" and (parcel := _PARCEL.match(line)) and "parcel" not in found:
        names = zip(("gnr.", "bnr.", "fnr."), parcel.groups(), strict=True)
        found["parcel"] = " ".join(f"{name} {number}" for name, number in names if number)
        return []
    return [line]


def _name_and_street(text: str, country: str) -> tuple[str, list[str]]:
    """The name after c/o, and the street where it follows without a comma."""
    words = text.split(" ")
    for at in range(1, len(words)):
        rest = " ".join(words[at:])
        street = numbered_street(rest, country) if looks_like_street(f"{words[at]} ", country) else None
        if street and (country == "BE" or street.street.casefold() == words[at].casefold()):
            return " ".join(words[:at]), [rest]
    return text, []


def _street(segments: list[str], country: str) -> tuple[Address, list[str], list[str]]:
    """The street of the lines, and the lines above and below it."""
    lines = _joined_numbers(segments, country)
    numbered = [(at, found) for at, line in enumerate(lines) if (found := numbered_street(line, country))]
    if not numbered:
        return _unnumbered(lines, country)
    at, found = next((pair for pair in numbered if looks_like_street(pair[1].street, country)), numbered[0])
    after = at + 1
    for end in range(min(len(lines), at + 4), at + 1, -1):
        longer = numbered_street(", ".join(lines[at:end]), country)
        if longer and longer.street == found.street and longer.house_number == found.house_number:
            found, after = longer, end
            break
    return found, [_attention(line) for line in lines[:at]], lines[after:]


def _joined_numbers(segments: list[str], country: str) -> list[str]:
    """The lines, a number that stands in a line of its own put behind the street above it (in Belgium below too)."""
    lines: list[str] = []
    for line in segments:
        if lines and (_is_number_of(line, lines[-1], country) or _is_street_of(line, lines[-1], country)):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return lines


def _is_number_of(line: str, above: str, country: str) -> bool:
    is_number = bool(_BEGINS_WITH_NUMBER.match(line)) and not any(map(str.isdigit, above))
    return is_number and numbered_street(f"{above} {line}", country) is not None


def _is_street_of(line: str, above: str, country: str) -> bool:
    return country == "BE" and bool(_BELGIAN_NUMBER.match(above)) and looks_like_street(line, country)


def _unnumbered(lines: list[str], country: str) -> tuple[Address, list[str], list[str]]:
    """A street without a number: the one line that can be one."""
    named = [at for at, line in enumerate(lines) if looks_like_street(line, country)]
    if len(named) != 1 and len(lines) != 1:
        return Address(), [_attention(line) for line in lines], []
    at = named[0] if named else 0
    line = lines[at]
    if _ATTENTION.match(line) or not any(map(str.isalpha, line)) or not is_without_number(line):
        return Address(), [_attention(line) for line in lines], []
    return Address(street=street_name(line, country)), lines[:at], lines[at + 1 :]


def _attention(line: str) -> str:
    return _ATTENTION.sub("Att. ", line)
