"""Names of streets: upper and lower case where they came in one case only, and abbreviations that are sure."""

from __future__ import annotations

import re

from tillid.stages.wash.casing import capitalised, cased

_SMALL = {
    "DK": "af på i ved og til for under over de den det ad",
    "NO": "av på i ved og til for under over de den det gate gata vei veien vegen veg plass plassen allé alle park"
    " terrasse torg torv bru brygge sving bakke løkke ring tun have hage",
    "NL": "van de der den des het 't aan op in en bij over tot te ter ten onder voor naar",
    "BE": "van de der den des het 't aan op in en bij over tot te ter ten onder voor du la le les et à au aux sur sous"
    " lez lès d' l'",
}
_SMALL_WORDS = {country: frozenset(words.split()) for country, words in _SMALL.items()}
_MONTH = re.compile(
    r"^(?:januar|februar|mars|marts|april|mai|maj|juni|juli|august|september|oktober|november|desember"
    r"|december)(?:$|-)",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"^(?=[IVX]{2})(X{0,3}(?:IX|IV|V?I{0,3}))(s|'s|’s)?\.?$", re.IGNORECASE)
_ELIDED = re.compile(r"^([dl]['’])(\w.*)$", re.IGNORECASE)
_DUTCH_STREET = re.compile(r"(?<=[a-zë])str\.?$|(?<=\w) str\.?$", re.IGNORECASE)
_FRENCH = (
    (re.compile(r"^av\.? (?=\D)", re.IGNORECASE), "Avenue "),
    (re.compile(r"^(?:bd|bld|blvd|boul)\.? (?=\D)", re.IGNORECASE), "Boulevard "),
    (re.compile(r"^(?:chée|ch[ée]e|chauss)\.? (?=\D)", re.IGNORECASE), "Chaussée "),
    (re.compile(r"^rte\.? (?=\D)", re.IGNORECASE), "Route "),
    (re.compile(r"^r\.? (?=(?:de|du|des)\b|de l['’])", re.IGNORECASE), "Rue "),
    (re.compile(r"^pl\.? (?=(?:de|du|des)\b|de l['’])", re.IGNORECASE), "Place "),
)


def street_name(text: str, country: str) -> str:
    """The name of a street, in its usual case where it came in one case only; one with both keeps its own.

    Only abbreviations with one meaning are written out: str. in the Netherlands, av., bd, chée in Belgium.

    >>> street_name("KARL JOHANS GATE", "NO"), street_name("avenue de l'europe", "BE"), street_name("Kerkstr.", "NL")
    ('Karl Johans gate', "Avenue de l'Europe", 'Kerkstraat')
    >>> street_name("Gl. Kongevej", "DK"), street_name("KONG CHRISTIAN IX VEJ", "DK")
    ('Gl. Kongevej', 'Kong Christian IX Vej')
    """
    name = text
    if country == "BE":
        for short, long in _FRENCH:
            name = short.sub(long, name)
    if country == "NL":
        name = _DUTCH_STREET.sub("straat", name)
    has_upper, has_lower = any(map(str.isupper, text)), any(map(str.islower, text))
    if has_upper == has_lower:
        return name
    words = name.split(" ")
    small = _SMALL_WORDS[country]
    return " ".join(_word(word, at == 0, small, country) for at, word in enumerate(words))


def _word(word: str, is_first: bool, small: frozenset[str], country: str) -> str:
    low = word.lower()
    if low in small and len(low) == len(word):
        return capitalised(low) if is_first else low
    if country in ("DK", "NO") and not is_first and _MONTH.match(word):
        return low
    roman = _ROMAN.match(word)
    if roman:
        return roman.group(1).upper() + (roman.group(2) or "").lower()
    elided = _ELIDED.match(word) if country == "BE" else None
    if elided:
        lead = elided.group(1).lower()
        return (capitalised(lead) if is_first else lead) + cased(elided.group(2).upper(), country)
    if any(char.isdigit() for char in word[:1]):
        # 1e, 2de, 17.: what follows a numeral stays small.
        return low
    return capitalised(cased(word.upper(), country))
