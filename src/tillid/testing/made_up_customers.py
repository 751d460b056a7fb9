"""A made-up list of Danish customers in which one record in five is of somebody who is in it already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tillid.stages.wash.place_list import place_list
from tillid.testing.customer_slips import Chance, Texts, lost, slipped
from tillid.testing.made_up import RESERVED_DOMAINS, counted_names, plain_letters

Numbers: TypeAlias = npt.NDArray[np.int64]

DUPLICATES = 0.2
"""The share of records that are of somebody who has another."""
_DECADES = (1930, 2010)
_NAMED_BY_THE_LIST, _DOUBLE_GIVEN, _MIDDLE = 0.62, 0.08, 0.35
_KEEPS_THE_NAME = 0.82
_SHARES_A_MAILBOX = 0.03
_FIRST_NUMBER, _NUMBERS = 20_000_000, 10_000_000

_STEMS = (
    "Kjær Lund Skov Bak Dal Nør Sønder Vester Øster Høj Lille Store Ny Gammel Møl Bøge Ege Birke Elle Aske Hassel Ravn "
    "Falke Ulv Bjørn Hjort Svane Krag Dam Å Sø Fjord Strand Klit Hede Mose Eng Ager Sten Sand Ler Kalk Graver Smede "
    "Kirke Kloster Præste Konge Ridder Bisgård Toft Over Neder Mellem Ting Hald Tran Vind Vinter Sommer"
).split()
_ENDS = (
    "gaard holm bjerg toft strup by borg feldt ager mark lund kjær dal bak skov rup lev høj sted vad vang bæk gren "
    "berg drup hus kær land sen"
).split()
_STREET_STEMS = (
    "Nørre Sønder Vester Øster Skov Strand Kirke Mølle Bakke Eng Park Birke Ege Bøge Lærke Svane Dam Sø Fjord Høj Ring "
    "Stations Skole Havne Tinghus Torve Gammel Ny Lille Store Kongens Dronning Prins Ahorn Elme Aske Pile Linde Fyrre "
    "Gran Rose Tulipan Viol Solsikke Syren Hyben Jasmin Lavendel Timian Nelike Fasan Vibe Stær Drossel Ravne Falke "
    "Teglværks Gartner Smede Bager Rådhus Bro Kilde Mose Hede Klint"
).split()
_STREET_ENDS = "gade vej vej vej allé stræde plads vænget bakken toften parken lunden kæret".split()


@dataclass(frozen=True, slots=True)
class Customers:
    """Columns of text of one length, as a shop's list has them; a first name may be followed by middle names."""

    first_name: Texts
    last_name: Texts
    birth_date: Texts
    email: Texts
    phone: Texts
    street: Texts
    postcode: Texts
    city: Texts

    def take(self, rows: Numbers) -> Customers:
        """These rows."""
        return Customers(*(getattr(self, field.name)[rows] for field in fields(self)))


def made_up_customers(records: int, *, seed: int = 1) -> pa.Table:
    """A list of so many records: `entity` says whose each is, the other columns what it says, null where nothing.

    Four in five are of different people, in no order; the others are of some of these again, months later and typed by
    somebody else. People live in households, which share a street, mostly a family name and now and then a mailbox.
    Names have the frequencies of navneforskning.ku.dk and a long tail; postcodes are real, big towns have many streets.
    Nobody of them exists. The same seed gives the same list.

    >>> table = made_up_customers(1000, seed=3)
    >>> table.num_rows, len(table["entity"].unique()), table.column_names[1:4]
    (1000, 800, ['first_name', 'last_name', 'birth_date'])
    """
    chance = np.random.default_rng(seed)
    people = records - round(records * DUPLICATES)
    customers = _people(people, chance)
    of = chance.integers(0, max(people, 1), records - people)
    again = slipped(customers.take(of), customers, chance)
    entity = np.concatenate([np.arange(people), of])
    order = chance.permutation(records)
    columns = {"entity": pa.array(entity[order])}
    for field in fields(Customers):
        both = np.concatenate([getattr(customers, field.name), getattr(again, field.name)])
        columns[field.name] = pa.array(lost(field.name, both, chance)[order], pa.string())
    return pa.table(columns)


def _people(count: int, chance: Chance) -> Customers:
    home = _homes(count, chance)
    born = chance.integers(*_DECADES, count)
    given = _given_names(born, chance)
    of_home = _surnames(int(home.max(initial=-1)) + 1, chance)
    own = _surnames(count, chance)
    last = np.where(chance.random(count) < _KEEPS_THE_NAME, of_home[home], own)
    middle = np.where(chance.random(count) < _MIDDLE, _surnames(count, chance), "")
    first = np.where(middle == "", given, given + " " + middle)
    street, postcode, city = (each[home] for each in _addresses(int(home.max(initial=-1)) + 1, chance))
    months, days = chance.integers(1, 13, count), chance.integers(1, 29, count)
    dates = zip(born.tolist(), months.tolist(), days.tolist(), strict=True)
    numbers = _FIRST_NUMBER + (chance.integers(_NUMBERS) + 6_174_111 * np.arange(count)) % _NUMBERS
    return Customers(
        first,
        last,
        _texts(f"{year}-{month:02}-{day:02}" for year, month, day in dates),
        mailboxes(given, last, born, home, chance),
        numbers.astype(str).astype(object),
        street,
        postcode,
        city,
    )


def _texts(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=np.object_)


def _homes(count: int, chance: Chance) -> Numbers:
    """The household of each person; of one to five, in the order of the people."""
    starts = chance.random(count) < 0.55
    return np.cumsum(starts, dtype=np.int64) - (1 if len(starts) and starts[0] else 0)


def _given_names(born: Numbers, chance: Chance) -> Texts:
    """Each given name was in fashion at some time; a few are two names in one."""
    names, weights = counted_names("DK", "first")
    peak = chance.integers(1900, 2020, len(names))
    found = np.empty(len(born), dtype=object)
    for decade in range(_DECADES[0], _DECADES[1], 10):
        here = np.flatnonzero((born >= decade) & (born < decade + 10))
        worn = weights * (0.05 + np.exp(-(((peak - decade) / 22) ** 2)))
        drawn = names[chance.choice(len(names), (2, len(here)), p=worn / worn.sum())]
        double = chance.random(len(here)) < _DOUBLE_GIVEN
        found[here] = np.where(double, drawn[0] + "-" + drawn[1], drawn[0])
    return found


def _surnames(count: int, chance: Chance) -> Texts:
    """The counted names, and a long tail of made ones of which most are rare."""
    names, weights = counted_names("DK", "last")
    made = _texts(stem + end for stem in _STEMS for end in _ENDS)
    rank = np.arange(1, len(made) + 1) ** -0.6
    counted = names[chance.choice(len(names), count, p=weights / weights.sum())]
    rare = made[chance.choice(len(made), count, p=rank / rank.sum())]
    return np.where(chance.random(count) < _NAMED_BY_THE_LIST, counted, rare)


def _addresses(count: int, chance: Chance) -> tuple[Texts, Texts, Texts]:
    """Street with house number, postcode and city: large towns have more streets than small ones."""
    places = sorted(place_list("DK").cities_of.items())
    size = (1 + np.arange(len(places))) ** -0.8
    place = chance.choice(len(places), count, p=chance.permutation(size / size.sum()))
    streets = chance.permutation(_texts(stem + end for stem in _STREET_STEMS for end in _STREET_ENDS))
    people_here = np.bincount(place, minlength=len(places))
    within = (chance.random(count) * np.maximum(people_here[place] // 12, 8)).astype(np.int64)
    street = streets[(place * 131 + within) % len(streets)]
    house = chance.integers(1, 160, count).astype(str).astype(object)
    postcodes, cities = _texts(code for code, _ in places), _texts(names[0] for _, names in places)
    return street + " " + house, postcodes[place], cities[place]


def mailboxes(given: Texts, last: Texts, born: Numbers, home: Numbers, chance: Chance) -> Texts:
    """An address each: made of the name as a rule, with figures where it is taken; some are of the whole household."""
    count = len(given)
    first = [plain_letters(name).lower().partition("-")[0] for name in given.tolist()]
    family = [plain_letters(name).lower() for name in last.tolist()]
    shape = chance.integers(0, 10, count).tolist()
    words = [_STEMS[n % len(_STEMS)] + _ENDS[n % len(_ENDS)] for n in chance.integers(0, 10_000, count).tolist()]
    boxes: Texts = _texts(
        _mailbox(kind, one, other, year, plain_letters(word).lower())
        for kind, one, other, year, word in zip(shape, first, family, born.tolist(), words, strict=True)
    )
    domain = np.array(RESERVED_DOMAINS, dtype=object)[chance.integers(0, len(RESERVED_DOMAINS), count)]
    whole = np.asarray(boxes + "@" + domain, np.object_)
    _, of, times = np.unique(whole.astype(str), return_inverse=True, return_counts=True)
    taken = np.flatnonzero(times[of] > 1)
    figures = chance.permutation(10 * max(len(taken), 1))[: len(taken)].astype(str).astype(object)
    whole[taken] = boxes[taken] + figures + "@" + domain[taken]
    shared = np.flatnonzero(chance.random(count) < _SHARES_A_MAILBOX)
    shared = shared[(shared > 0) & (home[shared] == home[shared - 1])]
    whole[shared] = whole[shared - 1]
    return whole


def _mailbox(kind: int, first: str, family: str, year: int, word: str) -> str:
    initial, short_year = first[0], f"{year % 100:02}"
    return (
        f"{first}.{family}", f"{first}.{family}", f"{first}{family}", f"{initial}{family}", f"{first}_{family}",
        f"{first}{short_year}", f"{initial}{family}{short_year}", f"{family}.{first}", word, f"{word}{short_year}",
    )[kind]  # fmt: skip


COLUMNS: Sequence[str] = tuple(field.name for field in fields(Customers))
"""The columns that tell of people, without `entity`."""
