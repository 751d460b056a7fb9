"""A whole name in its parts: title, given names, small words and family name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from tillid.stages.wash.casing import SMALL_WORDS
from tillid.stages.wash.name_lists import Sex
from tillid.stages.wash.name_words import FRENCH_TITLE, TITLE
from tillid.stages.wash.names import name_grade
from tillid.stages.wash.reasons import Reason
from tillid.stages.wash.text import clean

_SUFFIXES = frozenset("jr sr ii iii iv junior senior".split())
_MALE = frozenset("hr herr dhr de heer meneer mr monsieur m sir".split())
_FEMALE = frozenset(
    "fru frk frøken mevr mevrouw mw mej mejuffrouw mrs ms miss mme mlle madame mademoiselle frau".split()
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of a name, each "" where there is none.

    `particle` are the small words of the family name (van der), `last` is the family name without them.
    """

    title: str = ""
    first: str = ""
    middle: str = ""
    particle: str = ""
    last: str = ""
    suffix: str = ""


def name_parts(text: str, country: str) -> NameParts:
    """The parts of a name, which may be as it came: its title is kept here, though washing takes it off.

    Without small words the last word is the family name and the first word the given name; what stands between
    are middle names, which in Denmark and Norway may be family names too. Nothing but a family name has no
    `first`. Names of companies and of several people are not parted: all is in `last`.

    >>> name_parts("Dhr. Jan Piet van der Berg", "NL")
    NameParts(title='Dhr.', first='Jan', middle='Piet', particle='van der', last='Berg', suffix='')
    >>> name_parts("Holm, Jens Peter", "DK")
    NameParts(title='', first='Jens', middle='Peter', particle='', last='Holm', suffix='')
    """
    title = _title(clean(text), country)
    name, said = name_grade(text, country)
    if name is None:
        return NameParts()
    if said in (Reason.NAME_COMPANY, Reason.NAME_TWO_PEOPLE):
        return NameParts(last=name)
    words = name.split(" ")
    suffix = words.pop() if len(words) > 1 and words[-1].rstrip(".").casefold() in _SUFFIXES else ""
    at = next((at for at, word in enumerate(words[:-1]) if word.casefold() in SMALL_WORDS), len(words) - 1)
    end = at
    while end < len(words) - 1 and words[end].casefold() in SMALL_WORDS:
        end += 1
    given = words[:at]
    return NameParts(
        title=title,
        first=given[0] if given else "",
        middle=" ".join(given[1:]),
        particle=" ".join(words[at:end]),
        last=" ".join(words[end:]),
        suffix=suffix,
    )


def columns_of_names(texts: pa.Array, country: str, names: Sequence[str]) -> list[pa.Array]:
    """The named parts (of `NameParts`) of names as they came, null where a name has no such part.

    >>> columns_of_names(pa.array(["Dhr. Jan van der Berg", None]), "NL", ["title", "last"])[1].to_pylist()
    ['Berg', None]
    """
    coded = texts.dictionary_encode()
    read = [NameParts() if text is None else name_parts(text, country) for text in coded.dictionary.to_pylist()]
    return [pa.array([getattr(one, name) or None for one in read], pa.string()).take(coded.indices) for name in names]


def sex_of_title(title: str) -> Sex:
    """What a form of address says of the sex of whom it addresses; `unknown` where it says nothing, as Dr. does.

    >>> sex_of_title("Mevr."), sex_of_title("Dr.")
    (<Sex.FEMALE: 'female'>, <Sex.UNKNOWN: 'unknown'>)
    """
    words = {word.strip(".") for word in title.casefold().split()}
    female, male = bool(words & _FEMALE), bool(words & _MALE)
    if female == male:
        return Sex.UNKNOWN
    return Sex.FEMALE if female else Sex.MALE


def _title(text: str, country: str) -> str:
    found = TITLE.match(text) or (FRENCH_TITLE.match(text) if country == "BE" else None)
    return found[0].strip() if found is not None else ""
