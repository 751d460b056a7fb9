"""Made-up people with real shapes: names by their real frequency, real postcodes, addresses of nobody."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Self

import numpy as np
import numpy.typing as npt

RESERVED_DOMAINS = ("example.com", "example.org", "example.net", "post.example", "mail.example")
"""Domains that RFC 2606 and RFC 6761 keep free, so that no letter ever reaches anyone."""

COUNTRIES: Mapping[str, int] = {"DK": 55, "NO": 20, "NL": 15, "BE": 10}
"""Country → weight of the people drawn."""

# Blocks in which every number has the shape of a mobile number of the country: prefix before six free digits.
_PHONE_BLOCKS = {"DK": "+4526", "NO": "+4740", "NL": "+31610", "BE": "+32470"}
_BLOCK_SIZE = 1_000_000
_MIDDLE_NAME_SHARE = {"DK": 0.35, "NO": 0.2, "NL": 0.05, "BE": 0.05}
_FOLDED = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"}
    | dict(zip("éèêëïîóöôüúçñáàâÉ", "eeeeiiooouucnaaaE", strict=True))
)


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """A person who does not exist. `phone` is E.164, `country` is ISO 3166-1 alpha-2.

    >>> person = made_up_people(1, seed=4)[0]
    >>> person.email.split("@")[1] in RESERVED_DOMAINS, person.phone.startswith("+")
    (True, True)
    """

    first_name: str
    middle_name: str
    last_name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Values drawn by weight."""

    values: tuple[str, ...]
    cumulative: tuple[float, ...]

    @classmethod
    def of(cls, pairs: list[tuple[str, float]]) -> Self:
        return cls(tuple(value for value, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))

    def draw(self, rng: Random) -> str:
        return rng.choices(self.values, cum_weights=self.cumulative)[0]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("tillid.testing").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _names(country: str, part: str) -> _Weighted:
    return _Weighted.of(
        [(row["name"], float(row["weight"])) for row in _rows("names.csv")
         if row["country"] == country and row["part"] == part]
    )  # fmt: skip


def counted_names(country: str, part: str) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    """The names of a country that there are, and how often each is borne.

    >>> names, counts = counted_names("DK", "last")
    >>> str(names[counts.argmax()])
    'Jensen'
    """
    drawn = _names(country, part)
    return np.array(drawn.values, dtype=object), np.diff(drawn.cumulative, prepend=0.0)


@cache
def _places(country: str) -> tuple[tuple[str, str], ...]:
    rows = _rows("postcodes.csv")
    return tuple((row["postcode"], row["city"]) for row in rows if row["country"] == country)


def plain_letters(text: str) -> str:
    """The text with æ, ø, å and accents written as a keyboard without them would.

    >>> plain_letters("Søren Ågård, Benoît")
    'Soeren Aagaard, Benoit'
    """
    return text.translate(_FOLDED)


def is_reserved(email: str) -> bool:
    """Whether an e-mail address lies in a domain that is kept free for examples.

    >>> is_reserved("Ida.Holm@Mail.Example"), is_reserved("ida@gmail.com")
    (True, False)
    """
    domain = email.strip().lower().rpartition("@")[2]
    return domain in {"example.com", "example.org", "example.net"} or domain.endswith(".example")


def _phone(country: str, nth: int, offset: int) -> str:
    # The step has no factor in common with the size of the block, so no number comes twice.
    return f"{_PHONE_BLOCKS[country]}{(offset + 617_411 * nth) % _BLOCK_SIZE:06d}"


def _mailbox(first_name: str, last_name: str, rng: Random) -> str:
    first, last = (
        "".join(c for c in plain_letters(name).lower().replace(" ", "") if c.isascii() and c.isalnum())
        for name in (first_name, last_name)
    )
    shapes = (f"{first}.{last}", f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{first}_{last}")
    return rng.choice(shapes)


def _postcode_and_city(country: str, rng: Random) -> tuple[str, str]:
    postcode, city = rng.choice(_places(country))
    if country == "NL":
        letters = "ABCDEFGHJKLMNPRSTVWXZ"
        postcode = f"{postcode} {rng.choice(letters)}{rng.choice(letters)}"
    return postcode, city


def _street(country: str, rng: Random) -> str:
    name = _names(country, "street").draw(rng)
    number = rng.randint(1, 140)
    if country == "DK" and rng.random() < 0.3:
        return f"{name} {number}, {rng.randint(1, 5)}. {rng.choice(('tv', 'th', 'mf'))}"
    return f"{name} {number}"


def made_up_people(count: int, *, seed: int = 1, countries: Mapping[str, int] = COUNTRIES) -> list[MadeUpPerson]:
    """`count` people with an e-mail address and a phone number each of their own.

    The same seed gives the same people, and a longer list begins with the shorter one. Danish names follow
    the counts of navneforskning.ku.dk, postcodes are GeoNames'; `data/README.md` says where all comes from.
    Raises ValueError for an unknown country or for more people than the blocks of phone numbers hold.

    >>> one, two = made_up_people(2, seed=7)
    >>> one == made_up_people(1, seed=7)[0], one.email == two.email
    (True, False)
    """
    if unknown := set(countries) - set(_PHONE_BLOCKS):
        raise ValueError(f"no names for {sorted(unknown)}; there are names for {sorted(_PHONE_BLOCKS)}")
    rng = Random(seed)
    offsets = {country: rng.randrange(_BLOCK_SIZE) for country in sorted(countries)}
    drawn = _Weighted.of([(country, float(weight)) for country, weight in countries.items()])
    mailboxes: dict[str, int] = {}
    of_country = dict.fromkeys(countries, 0)
    people = []
    for _ in range(count):
        country = drawn.draw(rng)
        nth = of_country[country]
        if nth >= _BLOCK_SIZE:
            raise ValueError(f"no more than {_BLOCK_SIZE} people of {country} have a phone number")
        of_country[country] += 1
        people.append(_person(country, _phone(country, nth, offsets[country]), mailboxes, rng))
    return people


def _person(country: str, phone: str, mailboxes: dict[str, int], rng: Random) -> MadeUpPerson:
    first_name = _names(country, "first").draw(rng)
    last_name = _names(country, "last").draw(rng)
    part = "last" if country in {"DK", "NO"} else "first"
    middle_name = _names(country, part).draw(rng) if rng.random() < _MIDDLE_NAME_SHARE[country] else ""
    mailbox = _mailbox(first_name, last_name, rng)
    taken = mailboxes[mailbox] = mailboxes.get(mailbox, 0) + 1
    domain = rng.choice(RESERVED_DOMAINS)
    postcode, city = _postcode_and_city(country, rng)
    return MadeUpPerson(
        first_name=first_name,
        middle_name="" if middle_name in {first_name, last_name} else middle_name,
        last_name=last_name,
        email=f"{mailbox}{taken if taken > 1 else ''}@{domain}",
        phone=phone,
        street=_street(country, rng),
        postcode=postcode,
        city=city,
        country=country,
    )
