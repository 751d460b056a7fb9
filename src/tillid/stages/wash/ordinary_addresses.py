"""Ordinary addresses by the column: street, number and what follows, with at most a postcode and city behind."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.address import BOX_WORD
from tillid.stages.wash.address_read import ordinary_place, ordinary_street
from tillid.stages.wash.house_numbers import language_of
from tillid.stages.wash.place_list import LISTED_COUNTRIES, place_list
from tillid.stages.wash.text import by_distinct, only_where

# How long street and place may be is looked at afterwards: to count while matching takes more than twice as long.
_LONGEST_STREET, _LONGEST_PLACE = 61, 44
_STREET = r"^(?P<street>[^\d,;/|()<>\\\s](?:[^\d,;/|()<>\\\s]| [^\d,;/|()<>\\\s-]){2,}?),? "
_NUMBER = r"(?P<number>\d{1,3})"
_LETTER = r" ?(?P<letter>[A-Za-z]?)"
_PLACE = r"(?:,? (?P<place>[1-9]\d{3}[^\d,;/|()<>\\\n\r\t]{3,}))?$"
_PATTERN: Mapping[str, str] = {
    "DK": _STREET + _NUMBER + _LETTER + r"(?:(?:, ?| )(?P<floor>[sS][tT]|[kK][lL]|0?[1-9]\d?)(?:\. ?sal\b| sal\b|\.)?"
    r"(?:(?: |, )?(?P<door>[tT][vVhH]|[mM][fF])\.?|(?: |, |\.)(?P<flat>[1-9]\d{0,2}))?)?" + _PLACE,
    "NO": _STREET + _NUMBER + _LETTER + r"(?:(?:, ?| )(?P<flat>[HULKhulk]\d{4}))?" + _PLACE.replace("[1-9]", r"\d", 1),
    "NL": _STREET + _NUMBER + r"(?:(?P<letter> ?[A-Za-z])|(?P<add>-(?:[1-9]\d?|[A-Z]))|[ -](?P<roman>I{2,3}|IV|VI{1,3})"
    r"|[ -]?(?P<word>[hH][sS]|[bB][iI][sS]))?" + _PLACE,
    "BE": _STREET + _NUMBER + _LETTER + r"(?:(?:,? (?P<word>bte|bt|bo[iî]te|bus|box|b)\.? ?| ?(?P<slash>/) ?)"
    r"(?P<box>[1-9]\d{0,3}|[A-Z]))?" + _PLACE,
}
_WORD = r"[a-zA-ZæøåÆØÅéèêëïöüäçàâîôûÉ'’]+\.?"
_NAMED = r"^[A-ZÆØÅÉ][a-zæøåéèêëïöüäç]{3,}(?:[ -]" + _WORD + r")* [1-9]\d{0,2}"
_AT = r"(?:, \d{4} [^,\d]{2,40})?$"
# Written as the country writes it, so that nothing needs to be taken apart.
_AS_WRITTEN: Mapping[str, str] = {
    "DK": _NAMED + r"[A-Z]?(?:, (?:st|kl|[1-9]\d?)\.(?: (?:tv|th|mf|[1-9]\d{0,2}))?)?" + _AT,
    "NO": _NAMED + r"(?: [A-Z])?(?:, [HULK]\d{4})?" + _AT,
    "NL": _NAMED + r"(?:[A-Z]|-(?:[1-9]\d?|[A-Z])| hs| bis(?: [A-Z])?)?" + _AT,
    "BE": _NAMED + r"[A-Z]?(?: (?:bte|bus) (?:[1-9]\d{0,3}|[A-Z]))?" + _AT,
}
_SAYS_MORE = (
    r"(?i)^(?:postb|post |boks |box |attn|attent|chez |bo[iî]te |case |g[aå]rds|antwoord|boul |boul\.|blvd|ch[ée]e"
    r"|chauss\b|chauss\.)|[ .](?:nr|no|n|husnr|husnummer|huisnr|huisnummer|num[eé]ro)\.? \d|str\.? \d"
)
_BOX_WORDS = {"bte": "bte", "bt": "bte", "boite": "bte", "boîte": "bte", "bus": "bus", "box": "bus"}
_PLACE_BEHIND = r", \d{4} [^,\d]+$"
_NAMES = {country: [part.split(">")[0] for part in pattern.split("(?P<")[1:]] for country, pattern in _PATTERN.items()}


def ordinary_addresses(values: pa.Array, country: str) -> pa.Array:
    """The one line of each ordinary address; null where a value needs to be read word by word.

    >>> ordinary_addresses(pa.array(["NØRREGADE 12 b, 3.TV", "c/o Holm, Nørregade 12"]), "DK").to_pylist()
    ['Nørregade 12B, 3. tv', None]
    """
    if country not in LISTED_COUNTRIES:
        return pa.nulls(len(values), pa.string())
    kept = only_where(_is_as_written(values, country), values)
    rest = pc.and_(kept.is_null(), values.is_valid())
    return pc.replace_with_mask(kept, rest, _rewritten(values.filter(rest), country)) if rest.true_count else kept


def _is_as_written(values: pa.Array, country: str) -> pa.Array:
    alike = pc.and_not(
        pc.match_substring_regex(values, _AS_WRITTEN[country]), pc.match_substring_regex(values, _SAYS_MORE)
    )
    alike = pc.fill_null(alike, False)
    placed = pc.and_(alike, pc.match_substring_regex(values, _PLACE_BEHIND))
    if not placed.true_count:
        return alike
    place = pc.replace_substring_regex(values.filter(placed), "^.*, ", "")
    fits = pc.is_in(place, value_set=place_list(country).pair_array)
    if country == "NL":
        area = pc.replace_substring_regex(place, r"^(\d{4}) [A-Z]{2} ", r"\1 ")
        lettered = pc.and_not(pc.not_equal(area, place), pc.match_substring_regex(place, r"^\d{4} S[ADS] "))
        fits = pc.and_(lettered, pc.is_in(area, value_set=place_list(country).pair_array))
    return pc.replace_with_mask(alike, placed, fits)


def _rewritten(values: pa.Array, country: str) -> pa.Array:
    part, street, place = _taken_apart(values, country)
    letter = _led(part["letter"], " ") if country == "NO" else part["letter"]
    first = pc.binary_join_element_wise(street, " ", part["number"], letter, "")
    return pc.binary_join_element_wise(first, *_behind(part, street, country), _led(place, ", "), "")


def ordinary_parts(washed: pa.Array, country: str) -> dict[str, pa.Array]:
    """Parts of washed addresses by name, "" for none; all are null where an address must be read word by word."""
    part, street, place = _taken_apart(washed, country)
    is_known = pc.and_(street.is_valid(), place.is_valid())
    numbers = part["number"]
    parts = {"street": street, "house_number": numbers, "letter": part["letter"]}
    match country:
        case "DK":
            door = pc.binary_join_element_wise(pc.ascii_lower(part["door"]), part["flat"], "")
            parts |= {"floor": pc.ascii_lower(pc.utf8_ltrim(part["floor"], "0")), "door": door}
        case "NO":
            parts["unit"] = part["flat"]
        case "BE":
            parts["unit"] = part["box"]
        case "NL":
            added = pc.utf8_ltrim(part["add"], "-")
            parts["unit"] = pc.binary_join_element_wise(added, part["roman"], pc.ascii_lower(part["word"]), "")
            is_known = pc.and_not(is_known, _may_be_range(numbers, added))
    parts["postcode"] = pc.replace_substring_regex(place, r"^(\d{4}(?: [A-Z]{2}\b)?).*$", r"\1")
    parts["city"] = pc.replace_substring_regex(place, r"^\d{4}(?: [A-Z]{2}\b)? ?", "")
    return {name: only_where(pc.fill_null(is_known, False), values) for name, values in parts.items()}


def _may_be_range(numbers: pa.Array, added: pa.Array) -> pa.Array:
    """Whether what stands behind a Dutch number is another one further on, as in 12-14."""
    to = only_where(pc.match_substring_regex(added, "^[0-9]+$"), added).cast(pa.int64())
    return pc.fill_null(pc.greater(to, only_where(to.is_valid(), numbers).cast(pa.int64())), False)


def _taken_apart(values: pa.Array, country: str) -> tuple[dict[str, pa.Array], pa.Array, pa.Array]:
    """What the pattern found, and street and place as addresses have them, null where they are not ordinary."""
    found = pc.extract_regex(values, _PATTERN[country])
    part = {name: found.field(at) for at, name in enumerate(_NAMES[country])}
    part["number"] = pc.utf8_ltrim(part["number"], "0")
    # What is null in the whole is not null in its fields.
    is_found = pc.and_(found.is_valid(), pc.not_equal(part["number"], ""))
    for name, longest in (("street", _LONGEST_STREET), ("place", _LONGEST_PLACE)):
        is_found = pc.and_(is_found, pc.less_equal(pc.utf8_length(part[name]), longest))
    street = by_distinct(only_where(is_found, part["street"]), lambda text: ordinary_street(text, country))
    place = by_distinct(only_where(is_found, part["place"]), lambda text: ordinary_place(text, country))
    part["letter"] = pc.utf8_trim_whitespace(pc.ascii_upper(part["letter"]))
    return part, street, place


def _behind(part: Mapping[str, pa.Array], street: pa.Array, country: str) -> list[pa.Array]:
    match country:
        case "DK":
            floor = pc.ascii_lower(pc.utf8_ltrim(part["floor"], "0"))
            door = pc.binary_join_element_wise(pc.ascii_lower(part["door"]), part["flat"], "")
            unit = pc.binary_join_element_wise(_led(floor, ", "), pc.if_else(pc.equal(floor, ""), "", "."), "")
            return [unit, _led(door, " ")]
        case "NO":
            return [_led(pc.ascii_upper(part["flat"]), ", ")]
        case "NL":
            return [part["add"], _led(part["roman"], "-"), _led(pc.ascii_lower(part["word"]), " ")]
    return [_led(_belgian_words(part, street), " "), _led(part["box"], " ")]


def _belgian_words(part: Mapping[str, pa.Array], street: pa.Array) -> pa.Array:
    """bte or bus for a box, as it was written, else by the language of the street; "" without a box."""
    own = by_distinct(part["word"], lambda word: _BOX_WORDS.get(word, ""))
    by_street = by_distinct(street, lambda name: BOX_WORD[language_of(name)])
    open_ = pc.and_(pc.equal(own, ""), pc.not_equal(part["box"], ""))
    return pc.if_else(open_, by_street, own)


def _led(values: pa.Array, lead: str) -> pa.Array:
    """The values with something before them where they are not empty."""
    led = pc.binary_join_element_wise(lead, values, "")
    return pc.if_else(pc.equal(values, ""), values, led)
