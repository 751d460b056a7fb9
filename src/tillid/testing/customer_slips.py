"""What goes wrong when a customer is written down a second time: slips, other spellings, moves, marriages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from tillid.testing.made_up import RESERVED_DOMAINS, plain_letters

if TYPE_CHECKING:
    from tillid.testing.made_up_customers import Customers

Texts: TypeAlias = npt.NDArray[np.object_]
Chance: TypeAlias = np.random.Generator
_Change: TypeAlias = Callable[[str, Chance], str]

_LOST: Mapping[str, float] = {
    "first_name": 0.005, "last_name": 0.005, "birth_date": 0.2, "email": 0.15, "phone": 0.2, "street": 0.1,
    "postcode": 0.05, "city": 0.07,
}  # fmt: skip
_SHORT = {
    "Kristian": "Kris", "Christian": "Chris", "Katrine": "Trine", "Kathrine": "Trine", "Elisabeth": "Lis",
    "Johannes": "Hannes", "Margrethe": "Grethe", "Mikkel": "Mik", "Alexander": "Alex", "Benjamin": "Ben",
    "Frederik": "Frede", "Karoline": "Line", "Caroline": "Line", "Josefine": "Fine", "Peter": "Per", "Poul": "Paul",
    "Karen": "Karin", "Anne": "Anna", "Kirsten": "Kis", "Birgitte": "Gitte", "Nikolaj": "Niko", "Sebastian": "Bastian",
    "Marie": "Mia",
}  # fmt: skip
_HEARD = (
    ("ks", "x"), ("k", "c"), ("c", "k"), ("th", "t"), ("ph", "f"), ("v", "w"), ("i", "y"), ("y", "i"), ("sen", "son"),
)  # fmt: skip
_STREET_ABBREVIATED = (
    ("gade", "gd."), ("vej", "v."), ("allé", "alle"), ("Nørre", "Nr."), ("Sønder", "Sdr."), ("Gammel", "Gl."),
)  # fmt: skip


def lost(column: str, values: Texts, chance: Chance) -> Texts:
    """The values with some left out, as often as such lists lack them."""
    left = values.copy()
    left[chance.random(len(values)) < _LOST[column]] = None
    return left


def slipped(again: Customers, everyone: Customers, chance: Chance) -> Customers:
    """Records as they come a second time; who moved or married takes the home or name of somebody of `everyone`."""
    again = _names(again, everyone, chance)
    moved = chance.random(len(again.street)) < 0.15
    there = everyone.take(chance.integers(0, max(len(everyone.street), 1), len(again.street)))
    again = replace(
        again,
        street=np.where(moved, there.street, again.street),
        postcode=np.where(moved, there.postcode, again.postcode),
        city=np.where(moved, there.city, again.city),
    )
    return replace(
        again,
        birth_date=_some(again.birth_date, chance, (0.03, _day_for_month), (0.04, _other_figure)),
        email=_some(again.email, chance, (0.22, _other_mailbox), (0.04, _typo)),
        phone=_some(again.phone, chance, (0.18, _other_number), (0.03, _other_figure), (0.15, _from_abroad)),
        street=_some(again.street, chance, (0.1, _abbreviated), (0.05, _typo), (0.1, _with_floor)),
        postcode=_some(again.postcode, chance, (0.01, _other_figure)),
        city=_some(again.city, chance, (0.03, _typo), (0.03, _plain)),
    )


def _names(again: Customers, everyone: Customers, chance: Chance) -> Customers:
    count = len(again.last_name)
    married = chance.random(count) < 0.03
    names = everyone.last_name[chance.integers(0, max(len(everyone.last_name), 1), count)]
    first = np.where(married, again.first_name + " " + again.last_name, again.first_name)
    first = _some(
        first, chance, (0.14, _without_middle), (0.05, _initial), (0.04, _shortened), (0.06, _typo), (0.03, _as_heard),
        (0.03, _plain),
    )  # fmt: skip
    last = _some(np.where(married, names, again.last_name), chance, (0.06, _typo), (0.05, _as_heard), (0.03, _plain))
    swapped = chance.random(count) < 0.02
    return replace(again, first_name=np.where(swapped, last, first), last_name=np.where(swapped, first, last))


def _some(values: Texts, chance: Chance, *changes: tuple[float, _Change]) -> Texts:
    """The values, each with at most one of the changes, which come as often as their shares say."""
    changed = values.copy()
    which = np.searchsorted(np.cumsum([share for share, _ in changes]), chance.random(len(values)))
    for number, (_, change) in enumerate(changes):
        for row in np.flatnonzero(which == number).tolist():
            changed[row] = change(changed[row], chance)
    return changed


def _typo(text: str, chance: Chance) -> str:
    if len(text) < 3:
        return text
    at = int(chance.integers(0, len(text) - 1))
    match int(chance.integers(0, 4)):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case 2:
            return text[:at] + chr(97 + int(chance.integers(0, 26))) + text[at + 1 :]
    return text[:at] + text[at] + text[at:]


def _as_heard(text: str, chance: Chance) -> str:
    found = [(one, other) for one, other in _HEARD if one in text[1:]]
    if not found:
        return text
    one, other = found[int(chance.integers(0, len(found)))]
    return text[0] + text[1:].replace(one, other, 1)


def _plain(text: str, chance: Chance) -> str:  # noqa: ARG001
    return plain_letters(text)


def _without_middle(text: str, chance: Chance) -> str:  # noqa: ARG001
    return text.partition(" ")[0]


def _initial(text: str, chance: Chance) -> str:  # noqa: ARG001
    return text[0]


def _shortened(text: str, chance: Chance) -> str:  # noqa: ARG001
    name, blank, rest = text.partition(" ")
    return _SHORT.get(name, name) + blank + rest


def _day_for_month(text: str, chance: Chance) -> str:  # noqa: ARG001
    year, month, day = text.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else text


def _other_figure(text: str, chance: Chance) -> str:
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    at = places[int(chance.integers(0, len(places)))]
    return text[:at] + str(int(chance.integers(0, 10))) + text[at + 1 :]


def _other_mailbox(text: str, chance: Chance) -> str:
    domain = RESERVED_DOMAINS[int(chance.integers(0, len(RESERVED_DOMAINS)))]
    letters = text.partition("@")[0].rstrip("0123456789")
    return (
        f"{letters[: int(chance.integers(2, max(len(letters), 3) + 1))]}{int(chance.integers(1000, 100_000))}@{domain}"
    )


def _other_number(text: str, chance: Chance) -> str:  # noqa: ARG001
    return str(int(chance.integers(30_000_000, 40_000_000)))


def _from_abroad(text: str, chance: Chance) -> str:  # noqa: ARG001
    return f"+45 {text[:4]} {text[4:]}"


def _abbreviated(text: str, chance: Chance) -> str:  # noqa: ARG001
    for whole, short in _STREET_ABBREVIATED:
        text = text.replace(whole, short, 1)
    return text


def _with_floor(text: str, chance: Chance) -> str:
    return f"{text}, {int(chance.integers(1, 6))}. {('tv', 'th', 'mf')[int(chance.integers(0, 3))]}"
