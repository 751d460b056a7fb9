"""The lists of people: the CRM export, the newsletter, the loyalty club and the suppression list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from tillid.testing.made_up import MadeUpPerson
from tillid.testing.nordlys.cast import BY_EMAIL, BY_NUMBER, BY_PHONE, CRM, LOYALTY, NEWSLETTER, Cast, Member
from tillid.testing.respelled import other_case, other_notation, respelled

TODAY = datetime(2025, 12, 11, 12)
"""Nothing in the lists is younger."""

COUNTER_PHONE = "+4526700700"
"""The phone of the shop's counter: typed in for customers who gave none."""
AT_THE_COUNTER = 24
WORTHLESS_EMAILS = ("test@example.com", "anonymous@example.com", "noreply@example.com")
WORTHLESS_PHONES = ("0000", "00000000", "12345678")
_BUSINESS_SHARE = 0.08

Cell = str | int | date | None


@dataclass(slots=True)
class Sheet:
    """Rows under a header; `person_of` says which member each row is about, for those who want to measure."""

    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    person_of: list[int | None] = field(default_factory=list)

    def add(self, person: int | None, *cells: Cell) -> None:
        """Append a row about a member, or about nobody."""
        self.rows.append(cells)
        self.person_of.append(person)


def shared_email(member: Member, way: str) -> str:
    """The member's e-mail address where it joins the lists, else another one of theirs."""
    if way == BY_EMAIL:
        return member.person.email
    mailbox, _, domain = member.person.email.partition("@")
    return f"{mailbox}.privat@{domain}"


def _when(rng: Random, first: datetime, last: datetime) -> datetime:
    seconds = int((last - first).total_seconds())
    return first + timedelta(seconds=rng.randrange(max(seconds, 1)))


def _decimal_comma(rng: Random) -> str:
    return f"{rng.randrange(0, 90_000) / 100:.2f}".replace(".", ",") if rng.random() < 0.7 else ""


def _postcode(person: MadeUpPerson, rng: Random) -> str:
    code = person.postcode
    if rng.random() > 0.15:
        return code
    if person.country == "NL":
        return code.replace(" ", "").lower()
    return f"{person.country}-{code}"


def crm(cast: Cast, first_orders: Mapping[str, datetime], rng: Random) -> Sheet:
    """The CRM export: Danish headers, decimal commas, all sorts of phone notations, one row a customer number."""
    sheet = Sheet(
        ("Kundenr.", "Fornavn", "Mellemnavn", "Efternavn", "Adresse", "Postnr.", "By", "Land", "E-mail", "Mobil",
         "Kundetype", "Årsbonus", "Oprettet", "Opdateret", "Intern note")
    )  # fmt: skip
    records = [(number, member) for member in cast.on(CRM) for number in member.customer_nos]
    records.sort(key=lambda record: record[0])
    alone = [number for number, member in records if not member.has_several and len(member.customer_nos) == 1]
    odd = rng.sample(alone, AT_THE_COUNTER + 30)
    phones = dict.fromkeys(odd[:AT_THE_COUNTER], COUNTER_PHONE)
    phones |= {number: rng.choice(WORTHLESS_PHONES) for number in odd[AT_THE_COUNTER:][:16]}
    emails = {number: rng.choice(WORTHLESS_EMAILS[:2]) for number in odd[AT_THE_COUNTER + 16 :]}
    notes = ("", "", "", "", "ring helst om formiddagen", "fast kunde", "se sag i arkivet")
    for number, member in records:
        is_second = number != member.customer_nos[0]
        who = respelled(member.person, rng) if is_second else member.person
        gives_all = member.has_several or len(member.customer_nos) > 1
        email = who.email if gives_all or rng.random() > 0.08 else ""
        phone = other_notation(who.phone, who.country, rng) if gives_all or rng.random() > 0.12 else ""
        created = first_orders.get(number) or _when(rng, datetime(2024, 6, 1), TODAY)
        changed = _when(rng, created, TODAY)
        sheet.add(
            member.number,
            number,
            other_case(who.first_name, rng) if rng.random() < 0.07 else who.first_name,
            who.middle_name,
            other_case(who.last_name, rng) if rng.random() < 0.07 else who.last_name,
            who.street,
            _postcode(who, rng),
            who.city.upper() if rng.random() < 0.08 else who.city,
            who.country,
            emails.get(number, other_case(email, rng) if email and rng.random() < 0.1 else email),
            phones.get(number, phone),
            "erhverv" if rng.random() < _BUSINESS_SHARE else "privat",
            _decimal_comma(rng),
            f"{created:%d-%m-%Y}",
            f"{changed:%d-%m-%Y %H:%M}",
            rng.choice(notes),
        )
    return sheet


# What became of a subscriber → the share of them, and the acts: state, and notice or None for the one before.
_FATES: Mapping[str, tuple[int, tuple[tuple[str, str | None], ...]]] = {
    "given": (45, (("yes", "newsletter-2025"),)),
    "given earlier": (19, (("yes", "newsletter-2024"),)),
    "given under an old notice": (9, (("yes", "newsletter-2022"),)),
    "refused": (8, (("no", "newsletter-2025"),)),
    "withdrawn": (13, (("yes", "newsletter-2024"), ("unsubscribed", None))),
    "given again": (4, (("yes", "newsletter-2024"), ("unsubscribed", None), ("yes", "newsletter-2025"))),
    "objected": (2, (("yes", "newsletter-2025"), ("objected", None))),
}
_NOTICE_IN_USE = {
    "newsletter-2022": (datetime(2022, 9, 1), datetime(2023, 12, 31)),
    "newsletter-2024": (datetime(2024, 1, 1), datetime(2024, 12, 31)),
    "newsletter-2025": (datetime(2025, 1, 1), TODAY),
}


def _acts(fate: str, rng: Random) -> Iterator[tuple[str, datetime, str]]:
    at, notice = datetime(2022, 1, 1), ""
    for state, shown in _FATES[fate][1]:
        first, last = _NOTICE_IN_USE[shown] if shown else (at, min(at + timedelta(days=200), TODAY))
        at, notice = _when(rng, max(first, at), last), shown or notice
        yield state, at, notice


def newsletter(cast: Cast, rng: Random) -> tuple[Sheet, Sheet]:
    """The newsletter's subscribers, and the log of what each agreed to and took back."""
    people = Sheet(("subscriber", "email", "first_name", "phone", "language", "signed_up"))
    log = Sheet(("email", "answer", "at", "notice", "evidence"))
    languages = {"DK": "da", "NO": "nb", "NL": "nl", "BE": "nl"}
    members = rng.sample(cast.on(NEWSLETTER), len(cast.on(NEWSLETTER)))
    fates = list(_FATES)
    shares = [_FATES[fate][0] for fate in fates]
    for nth, member in enumerate(members):
        way = member.joined_by.get(NEWSLETTER, BY_EMAIL)
        who = respelled(member.person, rng)
        email = shared_email(member, way)
        fate = rng.choices(fates, shares)[0]
        acts = list(_acts(fate, rng))
        gives_phone = way == BY_PHONE or (way == BY_EMAIL and rng.random() < 0.15)
        phone = other_notation(who.phone, who.country, rng, abroad=who.country != "DK") if gives_phone else ""
        written = other_case(email, rng) if rng.random() < 0.2 else email
        local = f"{acts[0][1] + timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
        people.add(member.number, f"N{nth + 1:05}", written, who.first_name, phone, languages[who.country], local)
        for state, at, notice in acts:
            log.add(member.number, email, state, f"{at:%Y-%m-%dT%H:%M:%SZ}", notice, f"form-{len(log.rows) + 1:05}")
    for nth, email in enumerate(WORTHLESS_EMAILS):
        people.add(None, f"N9000{nth}", email, "Test", "", "da", "2025-02-03 10:00:00")
        log.add(None, email, "yes", "2025-02-03T09:00:00Z", "newsletter-2025", f"form-9000{nth}")
    return people, log


def calls(cast: Cast, rng: Random) -> Sheet:
    """The answers to "may we call you?", under the phone number that was given with them."""
    sheet = Sheet(("phone", "answer", "at", "notice", "evidence"))
    asked = rng.sample([member for member in cast.on(CRM) if member.customer_nos[0] < "2"], 480)
    for nth, member in enumerate(asked):
        person, at = member.person, _when(rng, datetime(2025, 1, 1), TODAY)
        answers = rng.choices((("yes",), ("no",), ("yes", "withdrawn")), (72, 16, 12))[0]
        for answer in answers:
            phone = other_notation(person.phone, person.country, rng, abroad=person.country != "DK")
            sheet.add(member.number, phone, answer, f"{at:%Y-%m-%dT%H:%M:%SZ}", "calls-2025", f"call-{nth + 1:04}")
            at = _when(rng, at, TODAY)
    return sheet


def loyalty(cast: Cast, rng: Random) -> Sheet:
    """The loyalty club: the whole name in one cell, spelled as it was heard at the counter."""
    sheet = Sheet(("Klubnr.", "Navn", "E-mail", "Telefon", "Kundenr.", "Point", "Niveau", "Indmeldt", "Opdateret"))
    for nth, member in enumerate(rng.sample(cast.on(LOYALTY), len(cast.on(LOYALTY)))):
        way = member.joined_by.get(LOYALTY, BY_EMAIL)
        who = respelled(member.person, rng)
        phone = other_notation(who.phone, who.country, rng, abroad=who.country != "DK")
        points = int(rng.paretovariate(1.1) * 60)
        joined = _when(rng, datetime(2024, 1, 1), TODAY)
        sheet.add(
            member.number,
            f"K{100_000 + 7 * nth}",
            " ".join(filter(None, (who.first_name, who.middle_name, who.last_name))),
            shared_email(member, way) if way == BY_EMAIL or rng.random() < 0.3 else None,
            phone if way == BY_PHONE or (member.joined_by.get(LOYALTY) is None and rng.random() < 0.4) else None,
            member.customer_nos[0] if way == BY_NUMBER else None,
            min(points, 9_999),
            "Guld" if points > 600 else "Sølv" if points > 200 else "Bronze",
            joined.date(),
            _when(rng, joined, TODAY).replace(second=0),
        )
    return sheet


def suppressions(cast: Cast, rng: Random) -> Sheet:
    """A list of people who want no calls and no post: by phone, by e-mail or both; most of them strangers."""
    sheet = Sheet(("phone", "email", "added"))
    known: list[tuple[int | None, MadeUpPerson]] = [(m.number, m.person) for m in rng.sample(cast.on(CRM), 70)]
    strangers: list[tuple[int | None, MadeUpPerson]] = [(None, person) for person in cast.strangers]
    for number, person in rng.sample(known + strangers, len(known) + len(strangers)):
        by = rng.choices(("phone", "email", "both"), (55, 25, 20))[0]
        phone = other_notation(person.phone, person.country, rng, abroad=True) if by != "email" else ""
        added = _when(rng, datetime(2021, 1, 1), datetime(2025, 9, 30))
        sheet.add(number, phone, person.email if by != "phone" else "", f"{added:%Y-%m-%d}")
    return sheet
