"""The same person written differently: typos, nicknames, other letters, other notations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tillid.testing.made_up import MadeUpPerson, plain_letters

NICKNAMES = {
    "Christian": "Chris", "Kristian": "Kris", "Margrethe": "Grete", "Elisabeth": "Lis", "Johannes": "Hannes",
    "Frederik": "Frede", "Michael": "Mick", "Susanne": "Sanne", "Henrik": "Rik", "Kirstine": "Stine",
    "Kristine": "Stine", "Andreas": "Anders", "Thomas": "Tom", "Torbjørn": "Tor", "Camilla": "Milla",
    "Willem": "Wim", "Hendrik": "Henk", "Cornelis": "Kees", "Johanna": "Jo", "Cornelia": "Corrie",
    "Pieter": "Piet", "Jacqueline": "Jacky", "Nathalie": "Nath", "Philippe": "Phil", "Patrick": "Pat",
    "Nicolas": "Nico", "Alexander": "Alex", "Katrine": "Trine", "Cathrine": "Trine", "Johanne": "Hanne",
}  # fmt: skip
"""First name → what friends say."""

# How numbers are grouped after the country code, and what a national number begins with.
_GROUPS = {"DK": (2, 2, 2, 2), "NO": (3, 2, 3), "NL": (1, 8), "BE": (3, 2, 2, 2)}
_TRUNK = {"DK": "", "NO": "", "NL": "0", "BE": "0"}


def typo(text: str, rng: Random) -> str:
    """The text with one slip of the fingers after its first letter: swapped, doubled or dropped.

    >>> typo("Andersen", Random(1)) != "Andersen", typo("Bo", Random(1))
    (True, 'Bo')
    """
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text) - 1)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    doubled = text[:at] + text[at] + text[at:]
    dropped = text[:at] + text[at + 1 :]
    return rng.choice([version for version in (swapped, doubled, dropped) if version != text])


def other_notation(phone: str, country: str, rng: Random, *, abroad: bool = False) -> str:
    """An E.164 number as people write it: grouped, with 00 or (+), or without the country code.

    `abroad` keeps the country code, for lists that do not say which country a person lives in.

    >>> other_notation("+4526123456", "DK", Random(3)).replace(" ", "")[-4:]
    '3456'
    """
    code, national = phone[:3], phone[3:]
    groups, at = [], 0
    for length in _GROUPS[country]:
        groups.append(national[at : at + length])
        at += length
    grouped = " ".join(groups)
    with_code = (phone, f"{code} {grouped}", f"00{code[1:]} {national}", f"({code}) {grouped}")
    if abroad:
        return rng.choice(with_code)
    trunk = _TRUNK[country]
    return rng.choice((*with_code, trunk + national, trunk + grouped, trunk + grouped.replace(" ", "-")))


def other_case(text: str, rng: Random) -> str:
    """The text in capitals, in small letters, or with blanks around it.

    >>> {other_case("Ida", Random(n)).strip().lower() for n in range(9)}
    {'ida'}
    """
    return rng.choice((text.upper(), text.lower(), f"{text} ", f" {text}"))


def _with_nickname(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    initial = rng.choice((f"{person.first_name[0]}.", person.first_name))
    return replace(person, first_name=NICKNAMES.get(person.first_name, initial))


def _with_typo_in_last_name(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    return replace(person, last_name=typo(person.last_name, rng))


def _with_typo_in_first_name(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    return replace(person, first_name=typo(person.first_name, rng))


def _in_plain_letters(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    del rng
    names = (person.first_name, person.last_name, person.street, person.city)
    first_name, last_name, street, city = (plain_letters(name) for name in names)
    return replace(person, first_name=first_name, last_name=last_name, street=street, city=city)


def _in_other_case(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    write = rng.choice((str.upper, str.lower))
    return replace(person, first_name=write(person.first_name), last_name=write(person.last_name))


def _with_middle_initial(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    del rng
    return replace(person, middle_name=person.middle_name and f"{person.middle_name[0]}.")


CHANGES: tuple[Callable[[MadeUpPerson, Random], MadeUpPerson], ...] = (
    _with_nickname,
    _with_typo_in_last_name,
    _with_typo_in_first_name,
    _in_plain_letters,
    _in_other_case,
    _with_middle_initial,
)
"""What `respelled` may do to a name."""


def respelled(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    """The person as another list might spell them; e-mail address, phone number and place stay true.

    The middle name is lost half of the time, and at least one more letter of the name differs.

    >>> from tillid.testing.made_up import made_up_people
    >>> person = made_up_people(1, seed=5)[0]
    >>> other = respelled(person, Random(5))
    >>> other.phone == person.phone, other.first_name + other.last_name != person.first_name + person.last_name
    (True, True)
    """
    other = replace(person, middle_name=rng.choice((person.middle_name, "")))
    for change in rng.sample(CHANGES, k=2):
        other = change(other, rng)
    while (other.first_name, other.last_name) == (person.first_name, person.last_name):
        other = rng.choice(CHANGES)(other, rng)
    return other
