"""Made-up leads among whom customers, suppressed people and duplicates are planted, with what each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from tillid.testing.made_up import MadeUpPerson, made_up_people
from tillid.testing.respelled import other_notation, respelled

HEADERS = (
    "Fornavn",
    "Efternavn",
    "E-mail",
    "Telefon",
    "Adresse",
    "Postnr",
    "By",
    "Land",
    "Samtykkedato",
    "Samtykketekst",
)
_COUNTRIES: Mapping[str, int] = {"DK": 40, "NO": 25, "NL": 20, "BE": 15}


@dataclass(frozen=True, slots=True)
class MadeUpLead:
    """A row of leads and what was planted: customer, suppressed, new, or twice (with `of`, the same for both rows)."""

    person: MadeUpPerson
    planted: str
    of: int | None = None


@dataclass(frozen=True, slots=True)
class LeadWashCase:
    """People of a project, people who want no contact, and leads that hold some of both."""

    customers: list[MadeUpPerson]
    suppressed: list[MadeUpPerson]
    leads: list[MadeUpLead]


def lead_wash_case(customers: int, leads: int, *, seed: int = 1) -> LeadWashCase:
    """A case of so many customers and leads: 20 % of the leads are customers, 10 % suppressed, 10 % second rows.

    Each planted row is spelled otherwise than the person is known: two slips in the name, and often another
    e-mail address or none, or no phone number.

    >>> case = lead_wash_case(50, 40)
    >>> len(case.leads), sum(lead.planted == "customer" for lead in case.leads)
    (40, 8)
    """
    rng = Random(seed)
    every = made_up_people(customers + leads + leads // 2, seed=seed, countries=_COUNTRIES)
    rng.shuffle(every)
    known, fresh, listed = every[:customers], every[customers : customers + leads], every[customers + leads :]
    planted = [MadeUpLead(_changed(p, rng), "customer") for p in rng.sample(known, leads // 5)]
    planted += [MadeUpLead(_reached_one_way(p, rng), "suppressed") for p in rng.sample(listed, leads // 10)]
    new = [MadeUpLead(p, "new") for p in fresh[: leads - len(planted) - leads // 10]]
    for place in rng.sample(range(len(new)), leads // 10):
        new[place] = replace(new[place], planted="twice", of=place)
        planted.append(MadeUpLead(_changed(new[place].person, rng), "twice", place))
    rows = planted + new
    rng.shuffle(rows)
    return LeadWashCase(known, listed, rows)


def lead_row(lead: MadeUpLead, rng: Random) -> tuple[str, ...]:
    """The lead as a row under `HEADERS`, its phone number in one of the ways that people write it."""
    p = lead.person
    phone = other_notation(p.phone, p.country, rng) if p.phone else ""
    consent = ("2026-10-01 12:00", "Ja tak, version 3")
    return (p.first_name, p.last_name, p.email, phone, p.street, p.postcode, p.city, p.country, *consent)


def _changed(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    other, chance = respelled(person, rng), rng.random()
    if chance < 0.3:
        return replace(other, email="")
    if chance < 0.6:
        return replace(other, phone="")
    if chance < 0.9:
        return replace(other, phone="", email=f"new.{rng.randrange(10**9)}@example.com")
    return other


def _reached_one_way(person: MadeUpPerson, rng: Random) -> MadeUpPerson:
    other = respelled(person, rng)
    return replace(other, email="") if rng.random() < 0.5 else replace(other, phone="")
