"""Upper and lower case in the names of people and places that came in one case only."""

from __future__ import annotations

import re

# Small words that stand before a surname, by where they are in use.
_EVERYWHERE = frozenset({"van", "von", "der", "den", "de", "af", "av", "zu", "zum", "zur"})
_DUTCH = _EVERYWHERE | {"ten", "ter", "te", "'t", "’t", "'s", "’s", "het", "d'", "d’"}
_DUTCH_ARTICLES = frozenset({"de", "den", "der", "het", "'t", "’t"})
_DUTCH_COUNTRIES = frozenset({"NL", "BE"})
_PARTS = re.compile(r"([-–/]+)")
_DUTCH_IJ = re.compile(r"^ij(?=[bcdfghjklmnpqrstvwxz])", re.IGNORECASE)
_SCOTTISH_MC = re.compile(r"^mc(?=\w{3})", re.IGNORECASE)
# The name of a spouse before one's own: Van der Meer-de Boer.
_SMALL_BEHIND_HYPHEN = re.compile(r"(?<=\w-)(?:van|de|den|der|te|ten|ter|het)$", re.IGNORECASE)
_ELIDED = re.compile(r"^\w['’](?=\w{2})")

_SMALL_SOMEWHERE = _DUTCH | frozenset(
    "la las le les lo los du des da do dos das di del della dello y e i el al as bin ben ibn abu und og en et vom im am"
    " in op aan bij uit onder over voor tot thoe vd jr sr dit d l".split()
)
_ROMAN = frozenset("II III IV VI VII VIII IX XI XII XIV XVI".split())
# Small words of letters alone: a name may hold them as they are.
STAYS_SMALL = tuple(sorted(word for word in _SMALL_SOMEWHERE if word.isalpha()))
SMALL_WORDS = tuple(sorted(_DUTCH | {"la", "in", "op"}))


def cased(text: str, country: str) -> str:
    """A name in all capitals or all small letters in the case of a name; one with both is left as it is.

    In Belgium the first small word of a surname is written with a capital, elsewhere not.

    >>> cased("JAN VAN DEN BERG", "NL"), cased("JAN VAN DEN BERG", "BE")
    ('Jan van den Berg', 'Jan Van den Berg')
    >>> cased("ijsbrand o'brien-mcdonald", "NL"), cased("deBoer", "NL")
    ("IJsbrand O'Brien-McDonald", 'deBoer')
    """
    has_upper, has_lower = any(map(str.isupper, text)), any(map(str.islower, text))
    if has_upper == has_lower:
        return text
    return " ".join(_cased_words(text.split(" "), country))


def recased(text: str, country: str) -> str:
    """As `cased`, and a word in capitals or in small letters among others that are not is put right too.

    Words of two letters may be initials, and small words that are in use somewhere stay small.

    >>> recased("Jean DUPONT", "BE"), recased("Jens hansen", "DK"), recased("Ali el Amrani", "NL")
    ('Jean Dupont', 'Jens Hansen', 'Ali el Amrani')
    """
    words = text.split(" ")
    if len(words) == 1 or any(map(str.isupper, text)) != any(map(str.islower, text)):
        return cased(text, country)
    right = _cased_words(words, country)
    return " ".join(right[at] if _is_off(word) else word for at, word in enumerate(words))


def _is_off(word: str) -> bool:
    letters = "".join(filter(str.isalpha, word))
    if len(letters) + word.count("-") + word.count("'") + word.count("’") != len(word):
        return False
    if letters.isupper():
        return len(letters) > 2 and word not in _ROMAN
    return len(letters) > 1 and letters.islower() and word not in _SMALL_SOMEWHERE and word[0].isalpha()


def _cased_words(words: list[str], country: str) -> list[str]:
    lowered = ["".join(map(_lower, word)) for word in words]
    small = _small_words(lowered, country)
    out = [word if small[at] else _word(word, country) for at, word in enumerate(lowered)]
    if country == "NL":
        out[:-1] = [_SMALL_BEHIND_HYPHEN.sub(lambda found: found[0].lower(), word) for word in out[:-1]]
    if country == "BE":
        out = [_belgian(word, at, small, lowered) for at, word in enumerate(out)]
    if len(out) > 1 and lowered[-1] in {"ii", "iii"}:
        out[-1] = lowered[-1].upper()
    return out


def capitalised(text: str) -> str:
    """The text with its first letter as a capital, when it begins with a letter."""
    return _upper(text[:1]) + text[1:]


def _small_words(words: list[str], country: str) -> list[bool]:
    """Which words are small: those of a surname still to come."""
    dutch = country in _DUTCH_COUNTRIES
    known = _DUTCH if dutch else _EVERYWHERE
    small = [False] * len(words)
    for at in range(len(words) - 2, -1, -1):
        word, after = words[at], words[at + 1]
        small[at] = (
            word in known
            or (word == "la" and at > 0 and words[at - 1] == "de")
            or (dutch and word in {"in", "op"} and after in _DUTCH_ARTICLES)
        )
    return small


def _belgian(word: str, at: int, small: list[bool], words: list[str]) -> str:
    first_of_run = small[at] and (at == 0 or not small[at - 1])
    french = word == "de" and at + 1 < len(words) and words[at + 1] == "la"
    return capitalised(word) if first_of_run and not french else word


def _word(word: str, country: str) -> str:
    dutch = country in _DUTCH_COUNTRIES
    parts = _PARTS.split(word)
    return "".join(part if dutch and part in {"'s", "’s", "'t", "’t"} else _part(part, dutch) for part in parts)


def _part(part: str, dutch: bool) -> str:
    if dutch and _DUTCH_IJ.match(part):
        return "IJ" + part[2:]
    if _SCOTTISH_MC.match(part):
        return "Mc" + capitalised(part[2:])
    if _ELIDED.match(part):
        return _upper(part[0]) + part[1] + capitalised(part[2:])
    out: list[str] = []
    begins = True
    for char in part:
        out.append(_upper(char) if begins else char)
        # Initials: each letter after a full stop begins anew; brackets and quotes wait for the letter.
        begins = char == "." or (begins and not char.isalnum())
    return "".join(out)


# One character to one, so that casing never makes a text longer nor differs the second time.
def _upper(char: str) -> str:
    upper = char.upper()
    return upper if len(upper) == 1 and upper.lower() == char else char


def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 and lower.upper() == char else char
