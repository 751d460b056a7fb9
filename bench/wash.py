"""`tillid bench wash`: people washed in columns by Tillid, against the same libraries called value by value."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, process_time
from typing import Any

import phonenumbers
import pyarrow as pa
import pyarrow.parquet as pq
from email_validator import EmailNotValidError, validate_email

from bench.errors import SideFailed
from bench.made import room
from tillid.pipeline.progress import Progress
from tillid.ports.source import BATCH_ROWS
from tillid.stages.wash import ColumnWash, WashKind, wash_batch
from tillid.testing.made_up import MadeUpPerson, made_up_people, plain_letters

PEOPLE = 1_000_000
BY_HAND_SHARE = 10
"""By hand is measured on one row in so many: it would take too long on all."""
BOUNDS = {"rows_per_second_to_by_hand": 5.0, "peak_to_3_gib": 1.0}

COUNTRY = "country"
COLUMNS = {
    "name": WashKind.NAME,
    "first_name": WashKind.FIRST_NAME,
    "last_name": WashKind.LAST_NAME,
    "email": WashKind.EMAIL,
    "work_email": WashKind.EMAIL,
    "phone": WashKind.PHONE,
    "mobile": WashKind.PHONE,
    "company": WashKind.COMPANY,
    "company_number": WashKind.COMPANY_NUMBER,
    "postcode": WashKind.POSTCODE,
    "city": WashKind.CITY,
    "birth_city": WashKind.CITY,
}
_FORMS = {
    "DK": ("ApS", "a/s", "I/S"),
    "NO": ("AS", "as", "ASA"),
    "NL": ("BV", "B.V.", "vof"),
    "BE": ("SRL", "bvba", "NV"),
}


def run(
    progress: Progress, people: int = PEOPLE, rounds: int = 1, events: int | None = None, folder: Path | None = None
) -> dict[str, Any]:
    """Wash twelve columns of this many people; the median of the rounds counts.

    One value in about ten is misspelled in one of the ways that files have. Each side runs in a process of its
    own, whose time from the first batch to the last and whose peak of memory count. Rows per second are those of
    processor time, so that what else the machine does counts for neither side.
    """
    del events
    with room(folder) as here:
        path = here / f"people-{people}.parquet"
        with progress.stage(f"Making {people:,} people"):
            # In a process of its own too: what it takes would count as the peak of those that come after it.
            _measured(partial(_write, people=people), path)
        sides: dict[str, dict[str, float]] = {}
        for side in (_washed, _by_hand):
            with progress.stage(f"{side.__name__.strip('_')}"):
                sides[side.__name__.strip("_")] = _middle([_measured(side, path) for _ in range(rounds)])
    return {
        "name": "wash",
        "figures": {"people": people, "columns": len(COLUMNS), **sides, "bounds": BOUNDS},
        "ratios": {
            "rows_per_second_to_by_hand": round(
                sides["washed"]["rows_per_second"] / sides["by_hand"]["rows_per_second"], 2
            ),
            "peak_to_3_gib": round(sides["washed"]["peak_mib"] / 3072, 3),
        },
    }


def _measured(side: Callable[[Path], int], path: Path) -> dict[str, float]:
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_alone, args=(side, path, sender))
    process.start()
    sender.close()
    try:
        figures: dict[str, float] = receiver.recv()
    except EOFError:
        raise SideFailed("A side of the bench did not come to its end") from None
    process.join()
    return figures


def _alone(side: Callable[[Path], int], path: Path, sender: Any) -> None:
    started, processor = monotonic(), process_time()
    rows = side(path)
    seconds, used = monotonic() - started, process_time() - processor
    sender.send(
        {
            "rows": rows,
            "seconds": round(seconds, 2),
            "processor_seconds": round(used, 2),
            "rows_per_second": round(rows / used),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )


def _washed(path: Path) -> int:
    rules = [ColumnWash(column, kind, COUNTRY) for column, kind in COLUMNS.items()]
    rows = 0
    for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS):
        rows += wash_batch(batch, rules, "DK").rows.num_rows
    return rows


def _by_hand(path: Path) -> int:
    """Value by value: e-mail-validator, phonenumbers, and for the rest trimming and casing alone."""
    rows = 0
    whole = pq.ParquetFile(path)
    wanted = max(1, whole.metadata.num_rows // BY_HAND_SHARE)
    for batch in whole.iter_batches(BATCH_ROWS):
        for row in batch.slice(0, wanted - rows).to_pylist():
            for column, kind in COLUMNS.items():
                _value_by_hand(kind, row[column], row[COUNTRY])
            rows += 1
        if rows >= wanted:
            break
    return rows


def _value_by_hand(kind: WashKind, text: str, country: str) -> str | None:
    match kind:
        case WashKind.EMAIL:
            try:
                return str(validate_email(text.strip(), check_deliverability=False).normalized.lower())
            except EmailNotValidError:
                return None
        case WashKind.PHONE:
            try:
                number = phonenumbers.parse(text, country)
            except phonenumbers.NumberParseException:
                return None
            known = phonenumbers.is_valid_number(number)
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if known else None
    return " ".join(text.split()).title()


def _middle(each: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(figures[name] for figures in each) for name in each[0]}


def _write(path: Path, people: int) -> int:
    random = Random(4)
    schema = pa.schema([*((column, pa.string()) for column in COLUMNS), (COUNTRY, pa.string())])
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
        "email": person.email,
        "work_email": f"{mailbox}{random.randrange(10_000)}@{_domain(random)}",
        "phone": person.phone,
        "mobile": person.phone.removeprefix("+"),
        "company": f"{company} {random.choice(_FORMS[person.country])}",
        "company_number": _number(person.country, random),
        "postcode": person.postcode,
        "city": person.city,
        "birth_city": person.city,
    }
    return {column: _misspelled(text, random) for column, text in values.items()} | {COUNTRY: person.country}


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
