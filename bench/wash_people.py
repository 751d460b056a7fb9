"""The people that `tillid bench wash` washes: twelve columns, one value in about ten written as files write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.ports.source import BATCH_ROWS
from tillid.stages.wash import WashKind
from tillid.testing.made_up import MadeUpPerson, made_up_people, plain_letters

COUNTRY = "country"
NOTE = "note"
"""The column of free text: it is not washed, but national ids are taken out of it."""
COLUMNS = {
    "name": WashKind.NAME,
    "first_name": WashKind.FIRST_NAME,
    "last_name": WashKind.LAST_NAME,
    "email": WashKind.EMAIL,
    "phone": WashKind.PHONE,
    "company": WashKind.COMPANY,
    "company_number": WashKind.COMPANY_NUMBER,
    "address": WashKind.ADDRESS,
    "postcode": WashKind.POSTCODE,
    "city": WashKind.CITY,
    "birth_date": WashKind.BIRTH_DATE,
}
_FORMS = {
    "DK": ("ApS", "a/s", "I/S"),
    "NO": ("AS", "as", "ASA"),
    "NL": ("BV", "B.V.", "vof"),
    "BE": ("SRL", "bvba", "NV"),
}
_UNITS = {
    "DK": ("", "", ", st. th", ", kl.", " 2 tv"),
    "NO": ("", "", " B", ", H0201", "b h0301"),
    "NL": ("", "", "A", "-2", " hs", "-III"),
    "BE": ("", "", " bus 3", " bte 12", "/4"),
}
_DATES = (
    "{2:02}-{1:02}-{0}",
    "{2:02}-{1:02}-{0}",
    "{0}-{1:02}-{2:02}",
    "{2}.{1}.{0}",
    "{2:02}/{1:02}/{0}",
    "{2}.{1}.{3:02}",
)


def write_people(path: Path, people: int) -> int:
    """Write that many made-up people as Parquet; the number of rows."""
    random = Random(4)
    schema = pa.schema([(column, pa.string()) for column in (*COLUMNS, NOTE, COUNTRY)])
    with pq.ParquetWriter(path, schema) as writer:
        persons = made_up_people(people, seed=4)
        for start in range(0, people, BATCH_ROWS):
            rows = [_row(person, random) for person in persons[start : start + BATCH_ROWS]]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
    return people


def _row(person: MadeUpPerson, random: Random) -> dict[str, str]:
    names = f"{person.first_name} {person.last_name}"
    company = f"{person.last_name} {random.choice(('Handel', 'Transport', 'Bouw', 'Bygg'))}"
    mailbox = "".join(filter(str.isalpha, plain_letters(names))).lower()
    values = {
        "name": names,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": f"{mailbox}{random.randrange(10_000)}@{_domain(random)}",
        "phone": person.phone,
        "company": f"{company} {random.choice(_FORMS[person.country])}",
        "company_number": _number(person.country, random),
        "address": f"{person.street.partition(',')[0]}{random.choice(_UNITS[person.country])}",
        "postcode": person.postcode,
        "city": person.city,
        "birth_date": _birth_date(random),
    }
    rest = {NOTE: _note(person.first_name, random), COUNTRY: person.country}
    return {column: _misspelled(text, random) for column, text in values.items()} | rest


def _birth_date(random: Random) -> str:
    year, month, day = random.randrange(1930, 2008), random.randrange(1, 13), random.randrange(1, 29)
    return random.choice(_DATES).format(year, month, day, year % 100)


def _note(first_name: str, random: Random) -> str:
    """What somebody typed: often nothing, mostly words and numbers, now and then a national id for tests."""
    chance = random.random()
    if chance < 0.5:
        return ""
    if chance < 0.97:
        return f"{first_name} ringer igen {random.randrange(8, 17)}:30 om ordre {random.randrange(10_000, 99_999_999)}"
    # A day with 60 added: numbers that are given out for tests.
    day, month, year = random.randrange(61, 89), random.randrange(1, 13), random.randrange(30, 99)
    return f"Vil have faktura, cpr {day}{month:02}{year}-{random.randrange(1_000, 4_000)}"


def _domain(random: Random) -> str:
    often = ("gmail.com", "hotmail.com", "live.dk", "online.no", "ziggo.nl", "telenet.be", "gmial.com", "mail.dk")
    return random.choice(often) if random.random() < 0.6 else f"firma{random.randrange(50_000)}.example"


def _number(country: str, random: Random) -> str:
    """A number that its register's check digits agree with."""
    if country == "BE":
        first = random.randrange(2_000_000, 9_999_999)
        return f"0{first}{97 - first % 97:02}"
    if country == "NL":
        return f"{random.randrange(10_000_000, 99_999_999)}"
    weights, lead = ((2, 7, 6, 5, 4, 3, 2), "") if country == "DK" else ((2, 7, 6, 5, 4, 3, 2), "9")
    while True:
        digits = f"{random.randrange(1_000_000, 9_999_999)}"
        known = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) + (27 if lead else 0)
        if (last := -known % 11) < 10:
            return f"{lead}{digits}{last}"


def _misspelled(text: str, random: Random) -> str:
    chance = random.random()
    for upto, change in _CHANGES:
        if chance < upto:
            return change(text)
    return text


def _changes() -> Iterator[tuple[float, Callable[[str], str]]]:
    yield 0.03, str.upper
    yield 0.05, str.lower
    yield 0.07, lambda text: f" {text} "
    yield 0.08, lambda text: text.replace(" ", "  ").replace("@", " @ ")
    yield 0.09, lambda text: text.replace("+", "00")
    yield 0.095, lambda text: f"{text} / {text}"
    yield 0.10, lambda text: f"{text};"


_CHANGES = tuple(_changes())
