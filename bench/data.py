"""Made-up customers, order lines and consents with real shapes, written as Parquet a piece at a time.

Everything comes from one seed, so the same numbers of events and people give the same files but for their days:
the three years of orders end today. Nobody in them exists.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SEED = 20110612
CHUNK = 250_000
MONTHS = 36
SEASON = (0.8, 0.75, 0.9, 0.95, 1.0, 0.95, 0.85, 0.9, 1.0, 1.1, 1.5, 1.9)
"""How much is sold in January to December, against an even year."""
NOTICES = ("newsletter-1", "newsletter-2", "newsletter-3")
"""Versions of the newsletter's text; the project counts a consent under the last two alone."""
GROUPS = (
    *("toys", "kitchen", "garden", "books", "candles", "textiles"),
    *("lamps", "stationery", "baskets", "clocks", "cards", "food"),
)
COUNTRIES = ("DK", "NO", "NL", "BE")
_COUNTRY_SHARES = (0.55, 0.2, 0.15, 0.1)
_DOMAINS = ("example.com", "example.net", "post.example.org", "mail.example.com", "brev.example.net")
# Both lists are of letters that an address may have; together they spell enough names to look like people.
_HEADS = ("an", "bo", "cla", "di", "el", "fre", "gu", "ha", "ida", "jo", "kir", "lo", "ma", "ni", "ole", "per")
_TAILS = ("na", "ris", "ra", "ne", "mer", "da", "lie", "no", "sen", "vig", "lund", "berg", "dal", "holm", "by", "strup")
_NO_PERSON, _SAME_EMAIL, _SAME_PHONE, _UNKNOWN_TO_CRM = 0.05, 0.03, 0.01, 0.005
_SWITCHBOARD, _COMPANY_EVERY = 25, 20_000
_INVOICES_PER_LINE = 0.4


@dataclass(frozen=True, slots=True)
class Size:
    """How many order lines and how many customers."""

    events: int
    people: int

    def __str__(self) -> str:
        return f"{short(self.events)} events, {short(self.people)} people"


def short(number: int) -> str:
    """A round number as people write it.

    >>> short(10_000_000), short(100_000), short(1_234)
    ('10M', '100k', '1234')
    """
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit and number % unit == 0:
            return f"{number // unit}{name}"
    return str(number)


def last_day() -> date:
    """The day on which the data ends: today, in UTC."""
    return datetime.now(UTC).date()


def write_data(size: Size, folder: Path, told: Callable[[str], None] = lambda _: None) -> None:
    """Write `people.parquet`, `orders-NN.parquet` (one a quarter) and `consents.parquet` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.combine(last_day(), datetime.min.time())
    told("people")
    _write(folder / "people.parquet", _people(size.people, today))
    told("consents")
    _write(folder / "consents.parquet", _consents(size.people, today))
    told("orders")
    for quarter, pieces in enumerate(_quarters(size, today)):
        _write(folder / f"orders-{quarter + 1:02}.parquet", pieces)


def _write(path: Path, pieces: Iterator[pa.RecordBatch]) -> None:
    first = next(pieces)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for piece in pieces:
            writer.write_batch(piece)


def _people(count: int, today: datetime) -> Iterator[pa.RecordBatch]:
    random = np.random.default_rng([SEED, 1])
    places = _places()
    for start in range(0, count, CHUNK):
        who = np.arange(start, min(start + CHUNK, count))
        country = random.choice(len(COUNTRIES), len(who), p=_COUNTRY_SHARES)
        postcode, city = _addresses(random, country, places)
        shared = _shared(random, who, _SAME_EMAIL)
        called = _switched(_shared(random, who, _SAME_PHONE))
        yield pa.record_batch(
            {
                "customer_no": customer_numbers(who),
                "email": _unkempt(random, emails(shared)),
                "phone": _phones(random, called, country),
                "postcode": postcode,
                "city": city,
                "country": pa.array(COUNTRIES).take(pa.array(country)),
                "birth_year": pa.array(random.integers(1930, 2008, len(who)), mask=random.random(len(who)) < 0.2),
                "updated_at": pa.array(_ticks(random, today, len(who))).cast(pa.timestamp("us")),
            }
        )


def customer_numbers(who: Numbers) -> pa.Array:
    """The numbers of customers by position, as text of a letter and eight digits."""
    return pc.binary_join_element_wise("K", pc.utf8_lpad(pa.array(who).cast(pa.string()), 8, "0"), "")


def emails(who: Numbers) -> pa.Array:
    """The addresses of customers by position, each of its own."""
    heads, tails, domains = pa.array(_HEADS), pa.array(_TAILS), pa.array(_DOMAINS)
    mixed = (who * 2_654_435_761) % 2**32
    first = pc.binary_join_element_wise(heads.take(mixed % 16), tails.take(mixed // 16 % 16), "")
    last = pc.binary_join_element_wise(heads.take(mixed // 256 % 16), tails.take(mixed // 4096 % 16), "")
    number = pa.array(who).cast(pa.string())
    local = pc.binary_join_element_wise(first, ".", last, number, "")
    return pc.binary_join_element_wise(local, domains.take(mixed // 65_536 % len(_DOMAINS)), "@")


def _shared(random: np.random.Generator, who: Numbers, share: float) -> Numbers:
    """Each customer's own position, or, for some, that of a customer shortly before: one person or one family."""
    other = np.maximum(who - random.integers(1, 50, len(who)), 0)
    return np.where(random.random(len(who)) < share, other, who)


def _switched(who: Numbers) -> Numbers:
    """The same, save that some are colleagues, who all give the switchboard's number."""
    place = who % _COMPANY_EVERY
    return np.where(place < _SWITCHBOARD, who - place, who)


def _unkempt(random: np.random.Generator, texts: pa.Array) -> pa.Array:
    """Addresses as people type them: some in capitals, some with blanks, some left out or made unusable."""
    chance = pa.array(random.random(len(texts)))
    typed = pc.if_else(pc.less(chance, 0.10), pc.utf8_upper(texts), texts)
    typed = pc.if_else(pc.less(chance, 0.05), pc.utf8_capitalize(texts), typed)
    typed = pc.if_else(pc.greater(chance, 0.95), pc.binary_join_element_wise(" ", typed, "  ", ""), typed)
    typed = pc.if_else(pc.greater(chance, 0.975), pa.scalar(None, pa.string()), typed)
    return pc.if_else(pc.greater(chance, 0.995), "ukendt", typed)


def _phones(random: np.random.Generator, who: Numbers, country: Numbers) -> pa.Array:
    """Mobile numbers in the shapes of each country, with and without its code."""
    # The factors have no divisor in common with the ranges, so two customers never get one number by chance.
    digits = {
        "DK": 20_000_000 + who * 7_654_321 % 59_999_999,
        "NO": 90_000_000 + who * 654_321 % 9_999_991,
        "NL": 610_000_000 + who * 7_654_321 % 49_999_991,
        "BE": 470_000_000 + who * 654_321 % 9_999_991,
    }
    codes, trunks = {"DK": "45", "NO": "47", "NL": "31", "BE": "32"}, {"DK": "", "NO": "", "NL": "0", "BE": "0"}
    shape = pa.array(random.random(len(who)))
    written = pa.nulls(len(who), pa.string())
    for position, name in enumerate(COUNTRIES):
        bare = pa.array(digits[name]).cast(pa.string())
        pairs = pc.replace_substring_regex(bare, r"(\d\d)(\d\d)(\d\d)(\d+)$", r"\1 \2 \3 \4")
        here = pc.binary_join_element_wise(trunks[name], pairs, "")
        here = pc.if_else(pc.less(shape, 0.5), pc.binary_join_element_wise(trunks[name], bare, ""), here)
        abroad = pc.binary_join_element_wise(f"+{codes[name]} ", pairs, "")
        here = pc.if_else(pc.less(shape, 0.25), abroad, here)
        here = pc.if_else(pc.less(shape, 0.10), pc.binary_join_element_wise(f"00{codes[name]}", bare, ""), here)
        written = pc.if_else(pa.array(country == position), here, written)
    written = pc.if_else(pc.greater(shape, 0.9), pa.scalar(None, pa.string()), written)
    return pc.if_else(pc.greater(shape, 0.99), "-", written)


def _places() -> dict[str, tuple[pa.Array, pa.Array]]:
    packed = files("tillid.stages.wash").joinpath("data/postcodes.csv.gz").read_bytes()
    rows = list(csv.DictReader(gzip.decompress(packed).decode().splitlines()))
    found = {}
    for country in COUNTRIES:
        own = [row for row in rows if row["country"] == country]
        found[country] = pa.array([row["postcode"] for row in own]), pa.array([row["city"] for row in own])
    return found


def _addresses(
    random: np.random.Generator, country: Numbers, places: dict[str, tuple[pa.Array, pa.Array]]
) -> tuple[pa.Array, pa.Array]:
    """Postcodes and their cities; some with the country before them, the Dutch with letters."""
    chance = random.random(len(country))
    postcode = city = pa.nulls(len(country), pa.string())
    for position, name in enumerate(COUNTRIES):
        postcodes, cities = places[name]
        # Squared, so that some places have many customers.
        which = pa.array((chance**2 * len(postcodes)).astype(np.int64))
        written = postcodes.take(which)
        if name == "NL":
            letters = pa.array(["AB", "KC", "XN", "ZE"]).take(pa.array(random.integers(0, 4, len(country))))
            between = pa.array(["", " "]).take(pa.array(random.integers(0, 2, len(country))))
            written = pc.binary_join_element_wise(written, between, letters, "")
        prefixed = pc.binary_join_element_wise(f"{name}-", written, "")
        written = pc.if_else(pa.array(random.random(len(country)) < 0.02), prefixed, written)
        here = pa.array(country == position)
        postcode, city = pc.if_else(here, written, postcode), pc.if_else(here, cities.take(which), city)
    return postcode, city


def _consents(people: int, today: datetime) -> Iterator[pa.RecordBatch]:
    """What was said, oldest first: newsletters asked for and given up, and objections to being analysed."""
    random = np.random.default_rng([SEED, 2])
    # The last of them are readers of the newsletter who never were customers.
    asked = np.flatnonzero(random.random(people + people // 50) < 0.4)
    gave_up = np.flatnonzero(random.random(len(asked)) < 0.15)
    again = gave_up[random.random(len(gave_up)) < 0.2]
    objected = np.flatnonzero(random.random(people) < 0.005)
    end = np.int64(np.datetime64(today, "us").astype(np.int64))
    first = _ticks(random, today, len(asked))
    second, third = (first + (end - first) // n for n in (3, 2))
    who = np.concatenate([asked, asked[gave_up], asked[again], objected])
    at = np.concatenate([first, second[gave_up], third[again], _ticks(random, today, len(objected))])
    lengths = [len(group) for group in (asked, gave_up, again, objected)]
    state = np.repeat(np.array(["given", "withdrawn", "given", "objected"]), lengths)
    order = np.argsort(at)
    count = len(order)
    said = pa.table(
        {
            "email": _some_in_capitals(random, emails(who[order])),
            "purpose": pa.array(np.where(state[order] == "objected", "customer_analytics", "newsletter")),
            "state": pa.array(state[order]),
            "at": pa.array(at[order]).cast(pa.timestamp("us")),
            "notice": pa.array(NOTICES).take(pa.array(random.choice(len(NOTICES), count, p=(0.02, 0.48, 0.5)))),
            "evidence": pa.array([f"form {n}" for n in range(count)], mask=random.random(count) < 0.01),
        }
    )
    yield from said.combine_chunks().to_batches(CHUNK)


def _some_in_capitals(random: np.random.Generator, texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(random.random(len(texts)) < 0.1), pc.utf8_upper(texts), texts)


def _ticks(random: np.random.Generator, today: datetime, count: int) -> Numbers:
    """Moments in the three years before today, in microseconds since 1970."""
    return random.integers(_month(today, -MONTHS).astype(np.int64), np.datetime64(today, "us").astype(np.int64), count)


def _month(today: datetime, months: int) -> np.datetime64:
    """The first moment of the month that many months away."""
    return (np.datetime64(today, "M") + np.timedelta64(months, "M")).astype("datetime64[us]")


def _quarters(size: Size, today: datetime) -> Iterator[Iterator[pa.RecordBatch]]:
    starts = [_month(today, n) for n in range(-MONTHS, 1)]
    weights = np.array([SEASON[int(start.astype("datetime64[M]").astype(int)) % 12] for start in starts[:-1]])
    borders = np.rint(np.concatenate([[0], np.cumsum(weights / weights.sum())]) * size.events).astype(int)
    shop = _Shop(size.people)
    for quarter in range(0, MONTHS, 3):
        yield (
            piece
            for month in range(quarter, quarter + 3)
            for piece in shop.month(starts[month], starts[month + 1], int(borders[month + 1] - borders[month]))
        )


class _Shop:
    """Sells: order lines of invoices, of customers of whom some buy far more often than most."""

    def __init__(self, people: int) -> None:
        self._random = np.random.default_rng([SEED, 3])
        known = people + int(people * _UNKNOWN_TO_CRM)
        self._until = np.cumsum(self._random.lognormal(0.0, 1.2, known))
        self._price = self._random.lognormal(4.5, 0.6, len(GROUPS))
        self._groups = self._random.dirichlet(np.full(len(GROUPS), 2.0))
        self._invoice = 0

    def month(self, start: np.datetime64, end: np.datetime64, count: int) -> Iterator[pa.RecordBatch]:
        """The lines of one month in the order of their time."""
        span = end.astype(np.int64) - start.astype(np.int64)
        pieces = max(1, -(-count // CHUNK))
        borders = np.linspace(0, count, pieces + 1).astype(int)
        for piece in range(pieces):
            lines = int(borders[piece + 1] - borders[piece])
            begin, finish = (start.astype(np.int64) + span * n // pieces for n in (piece, piece + 1))
            if lines:
                yield self._lines(begin, finish, lines)

    def _lines(self, begin: np.int64, end: np.int64, count: int) -> pa.RecordBatch:
        random = self._random
        begins = random.random(count) < _INVOICES_PER_LINE
        begins[0] = True
        of = np.cumsum(begins) - 1
        invoices = int(of[-1]) + 1
        who = np.searchsorted(self._until, random.random(invoices) * self._until[-1])
        unnamed = random.random(invoices) < _NO_PERSON
        at = np.sort(random.integers(begin, end, invoices)) // 1_000_000 * 1_000_000
        returned = random.random(invoices) < 0.03
        group = random.choice(len(GROUPS), count, p=self._groups)
        quantity = random.geometric(0.35, count) * np.where(returned, -1, 1)[of]
        price = self._price[group] * random.lognormal(0.0, 0.5, count)
        cents = np.maximum(np.rint(price * 100), 100).astype(np.int64) * quantity
        number = pa.array(np.arange(self._invoice, self._invoice + invoices)).cast(pa.string())
        self._invoice += invoices
        customers = pc.if_else(pa.array(unnamed), pa.scalar(None, pa.string()), customer_numbers(who))
        line_of = pa.array(of)
        return pa.record_batch(
            {
                "customer_no": customers.take(line_of),
                "invoice": pc.binary_join_element_wise("F", number, "").take(line_of),
                "occurred_at": pa.array(at).cast(pa.timestamp("us")).take(line_of),
                "product_group": pa.array(GROUPS).take(pa.array(group)),
                "quantity": pa.array(quantity, pa.int32()),
                "amount": _money(cents),
            }
        )


def _money(cents: Numbers) -> pa.Array:
    """Cents as decimals of 128 bits: the number itself, then what its sign fills up."""
    halves = np.stack([cents, cents >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(halves.tobytes())])
