"""Why two records are linked, in plain words: what each comparison found of them, the weightiest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from tillid.stages.resolve.link.levels import Comparison, Rows
from tillid.stages.resolve.link.training import Patterns, Trained

_MOST_SAID, _MOST_AGAINST = 6, 2
_NEGLIGIBLE = 0.1
"""Natural log-odds below which a level is not worth a word."""

# One text a level, from the first on which both sides have a value. {} is what is compared.
_NAMES = ("another {}", "{} a little alike", "{} among the other's names", "{} as an initial", "{} spelled otherwise")
_OF_NAMES = (*_NAMES, *("same {}",) * 5)
_OTHER_NAMES = (
    "a further name on one side",
    "other further names",
    "a further name shared",
    "further names shared",
)
_DATES = (
    "another {}",
    "{} a year apart",
    "{} in the same year",
    "{} the same in two of three parts",
    "{} one digit off",
)
_OF_DATES = (*_DATES, *("same {}",) * 4)
_OF_PLACES = ("another {}", "{} a little alike", "{} alike", "{} spelled otherwise", *("same {}",) * 4)
_OF_POSTCODES = ("another {}", "{} near by", "{} next to it", "{} one digit off", *("same {}",) * 4)
_EMAILS = ("another {}", "{} a little alike", "{} alike", "{} of another provider", "{} spelled otherwise")
_OF_EMAILS = (*_EMAILS, *("same {}",) * 2)
_OF_NUMBERS = ("another {}", "{} one digit off", *("same {}",) * 3)
_OF_SEXES = ("another {}", "same {}")
_OF_AREAS = ("another {}", "{} near by", "{} one digit off", "same {}")
_OF_TOWNS = ("another {}", "{} spelled otherwise", *("same {}",) * 2)
_OF_STREETS = ("another {}", "{} alike", "{} spelled otherwise", *("same {}",) * 3)
_OF_HOUSES = ("another {}", "same {}")

_SAID: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "given": ("first name", _OF_NAMES),
    "family": ("surname", _OF_NAMES),
    "other names": ("", _OTHER_NAMES),
    "birth_date": ("birth date", _OF_DATES),
    "email": ("e-mail", _OF_EMAILS),
    "phone": ("telephone", _OF_NUMBERS),
    "company_number": ("company number", _OF_NUMBERS),
    "company": ("company name", ("another {}", *_OF_PLACES[1:4], *("same {}",) * 3)),
    "street": ("street", _OF_PLACES),
    "house": ("house number", _OF_NUMBERS),
    "postcode": ("postcode", _OF_POSTCODES),
    "city": ("city", _OF_PLACES),
    "sex": ("sex", _OF_SEXES),
}
# Two fields compared as one: level = that of the first × those of the second + that of the second.
_SAID_TOGETHER = {
    "area": (("postcode", _OF_AREAS), ("city", _OF_TOWNS)),
    "address": (("street", _OF_STREETS), ("house number", _OF_HOUSES)),
}
_SAID_OF_COLUMNS = {"other_id": _OF_NUMBERS, "text": _OF_PLACES}


def reasons(comparisons: Sequence[Comparison], model: Trained, pairs: Rows) -> list[str]:
    """A sentence for each of the pairs at these places: what they agree on, then what they do not.

    >>> import numpy as np
    >>> email = Comparison("email", np.array([7, 1], np.int8), (0, -1.5, 2, 4, 5, 9, 7, 14), is_own=True)
    >>> place = Comparison("area", np.array([20, 6], np.int8), (0,) * 25, is_own=False)
    >>> weights = {"email": np.array([0.0, -1, 1, 3, 4, 6, 5, 10]), "area": np.linspace(-2, 4, 25)}
    >>> reasons([email, place], Trained(-9.0, weights), np.array([0, 1]))
    ['same e-mail, same postcode', 'another postcode, another city, another e-mail']
    """
    if not len(pairs):
        return []
    # Many pairs agree and differ in the same way.
    patterns = Patterns.of([replace(one, levels=one.levels[pairs]) for one in comparisons])
    made: list[list[tuple[float, str]]] = [[] for _ in range(len(patterns.counts))]
    for one, levels in zip(comparisons, patterns.levels, strict=True):
        weights = model.weights[one.name]
        words = [level_in_words(one.name, level) for level in range(len(weights))]
        for said, level in zip(made, levels.tolist(), strict=True):
            if words[level] and abs(weights[level]) >= _NEGLIGIBLE:
                said.append((-float(weights[level]), words[level]))
    told = [_in_order(said) for said in made]
    return [told[pattern] for pattern in patterns.of_pair.tolist()]


def _in_order(said: list[tuple[float, str]]) -> str:
    """The weightiest, those that speak for a match before those that speak against it."""
    in_order = sorted(said, key=itemgetter(0))
    # What speaks against a match weighs little beside what made it one, and is what people look for.
    against = [words for weight, words in in_order if weight > 0][-_MOST_AGAINST:]
    speaking_for = [words for weight, words in in_order if weight < 0][: _MOST_SAID - len(against)]
    return ", ".join([*speaking_for, *against])


def level_in_words(name: str, level: int) -> str:
    """What a level of the comparison `name` says; empty where one side says nothing.

    >>> level_in_words("birth_date", 5), level_in_words("text:Stilling", 8), level_in_words("email", 0)
    ('birth date one digit off', 'same Stilling', '')
    """
    if level == 0:
        return ""
    if name in _SAID_TOGETHER:
        (one, of_one), (other, of_other) = _SAID_TOGETHER[name]
        first, second = divmod(level, len(of_other) + 1)
        both = ((one, of_one, first), (other, of_other, second))
        return ", ".join(words[at - 1].format(about) for about, words, at in both if at)
    role, _, column = name.partition(":")
    about, words = (column, _SAID_OF_COLUMNS[role]) if column else _SAID[name]
    return words[level - 1].format(about)
