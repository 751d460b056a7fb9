"""Which roles are guessed for made-up lists in seven languages; every other list was never tuned for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.link.guess_roles import barred, guessed, guesses
from tillid.stages.resolve.link.roles import Role

ROWS = 60
FIRST = "Ida Bo Per Eva Jan Nina Lars Mette Karin Ole Piet Anneke Luc Marie Hans Greta Sven Astrid Tom Jane".split()
LAST = "Holm Dahl Lund Krog Visser Bakker Dubois Lambert Weber Vogel Berg Strand Ek Lind Smith Brown Friis Kær".split()
STREETS = "Vestergade Algade Kirkeveien Storgata Kerkstraat Dorpsweg Bergstrasse Elm Street Parkvej".split()
CITIES = "Odense Aarhus Bergen Malmö Utrecht Gent Liège Köln Leeds Oslo".split()
FORMS = ("ApS", "AS", "BV", "GmbH", "AB", "Ltd")


@dataclass(frozen=True)
class HeaderSet:
    """One made-up list: its language, and what each header is."""

    language: str
    columns: dict[str, str]

    @property
    def wanted(self) -> dict[str, Role | None]:
        """Header → role, None where it is to be left out; headers of which nothing is asked are not in it."""
        told = {header: what for header, what in self.columns.items() if what != "-"}
        return {header: None if what.startswith("-") else Role(what) for header, what in told.items()}


def _sets() -> list[HeaderSet]:
    lines = Path(__file__).with_name("header_sets.txt").read_text(encoding="utf-8").splitlines()
    made = []
    for line in lines:
        if not line.startswith("#"):
            language, _, columns = line.partition(" | ")
            pairs = [column.rpartition("=") for column in columns.split(" ; ")]
            made.append(HeaderSet(language, {header: what for header, _, what in pairs}))
    return made


SETS = _sets()
TUNED, HELD_OUT = SETS[::2], SETS[1::2]


def _day(rng: Random) -> str:
    return f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


MAKE: dict[str, Callable[[Random, int], object]] = {
    "first_name": lambda rng, _: rng.choice(FIRST),
    "last_name": lambda rng, _: rng.choice(LAST),
    "full_name": lambda rng, _: f"{rng.choice(FIRST)} {rng.choice(LAST)}",
    "birth_date": lambda rng, _: _day(rng),
    "email": lambda rng, n: f"{rng.choice(FIRST).lower()}{n % 50}@mail.example",
    "phone": lambda rng, n: f"20 10 {n % 50:02} {rng.randint(10, 99)}",
    "street": lambda rng, _: f"{rng.choice(STREETS)} {rng.randint(1, 99)}",
    "house": lambda rng, _: str(rng.randint(1, 99)),
    "postcode": lambda rng, _: str(rng.randint(1000, 9990)),
    "city": lambda rng, _: rng.choice(CITIES),
    "company": lambda rng, _: f"{rng.choice(LAST)} {rng.choice(CITIES)} {rng.choice(FORMS)}",
    "company_number": lambda rng, _: str(rng.randint(10_000_000, 99_999_999)),
    "sex": lambda rng, _: rng.choice("MK"),
    "other_id": lambda rng, _: f"K{rng.randint(100, 140)}",
    "text": lambda rng, _: f"{rng.choice(STREETS)} {rng.choice(CITIES)}",
    "-": lambda rng, n: str(n),
    "-day": lambda rng, _: f"2025-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
    "-amount": lambda rng, _: str(rng.randint(1, 900)),
    "-note": lambda rng, _: f"ringer igen om {rng.randint(2, 9)} dage",
    "-flag": lambda rng, _: rng.choice(["ja", "nej"]),
    "-unique": lambda _, n: str(n + 1),
    "-truth": lambda _, n: f"E{n // 2}",
    "-national": lambda rng, n: f"0101{70 + n % 20}-{rng.randint(1000, 3999)}",
    "-name": lambda rng, _: f"{rng.choice(FIRST)} {rng.choice(LAST)}",
    "-code": lambda rng, _: f"{rng.randint(10, 99)}.{rng.randint(100, 999)}",
    "-url": lambda rng, n: f"https://www.firma{n}.example",
    "-title": lambda rng, _: rng.choice(["Herr", "Frau"]),
}


def made_table(one: HeaderSet) -> pa.Table:
    """Sixty made-up rows under these headers."""
    rng = Random(5)
    return pa.table({h: [MAKE[what](rng, n) for n in range(ROWS)] for h, what in one.columns.items()})


def wrong(one: HeaderSet) -> list[tuple[str, str, str]]:
    """Headers that are guessed wrongly, with the role that was wanted and the one that was guessed."""
    columns = guessed(made_table(one)).columns
    told = {header: role for role, headers in columns.items() for header in headers}
    return [(h, str(role), str(told.get(h))) for h, role in one.wanted.items() if told.get(h) is not role]


def share_of_right(sets: list[HeaderSet]) -> float:
    every = sum(len(one.wanted) for one in sets)
    return 1 - sum(len(wrong(one)) for one in sets) / every


@pytest.mark.parametrize("one", TUNED, ids=lambda one: f"{one.language} {next(iter(one.columns))}")
def test_roles_of_a_list_are_guessed(one: HeaderSet):
    assert wrong(one) == []


def test_roles_of_lists_that_were_kept_apart_are_guessed_mostly():
    assert len(TUNED) == len(HELD_OUT) == 24
    assert share_of_right(HELD_OUT) >= 0.95


def test_headers_without_any_meaning_are_known_by_what_stands_below_them():
    rng = Random(1)
    table = {
        "a": [f"kunde{n}@mail.example" for n in range(ROWS)],
        "b": [f"+45 20 10 00 {n:02}" for n in range(ROWS)],
        "c": [f"{rng.choice(LAST)} {rng.choice(FORMS)}" for _ in range(ROWS)],
        "d": [f"{n}" for n in range(ROWS)],
    }
    assert guessed(pa.table(table)).columns == {Role.EMAIL: ("a",), Role.PHONE: ("b",), Role.COMPANY: ("c",)}


def test_a_header_that_its_values_belie_says_nothing():
    table = pa.table({"E-mail": ["ja", "nej"], "Postnr": ["ja", "nej"], "Født": ["ja", "nej"], "Navn": ["Ida", "Bo"]})
    assert guessed(table).columns == {Role.FULL_NAME: ("Navn",)}


def test_a_name_beside_a_first_name_is_the_whole_name_where_it_begins_with_it():
    first, last = ["Ida", "Bo", "Eva"], ["Holm", "Dahl", "Krog"]
    whole = [f"{a} {b}" for a, b in zip(first, last, strict=True)]
    assert guessed(pa.table({"prénom": first, "nom": last})).columns[Role.LAST_NAME] == ("nom",)
    assert guessed(pa.table({"prénom": first, "nom": whole})).columns[Role.FULL_NAME] == ("nom",)


def test_names_are_joined_in_the_order_in_which_they_are_said():
    table = pa.table({h: ["Ida", "Bo"] for h in ("Achternaam", "Tussenvoegsel", "Mellemnavn", "Fornavn")})
    columns = guessed(table).columns
    assert columns[Role.LAST_NAME] == ("Tussenvoegsel", "Achternaam")
    assert columns[Role.FIRST_NAME] == ("Fornavn", "Mellemnavn")


def test_customer_numbers_count_where_they_repeat_and_do_not_count_the_rows():
    def of(numbers: list[str]) -> bool:
        return Role.OTHER_ID in guessed(pa.table({"Kundenr": numbers})).columns

    assert of(["K7", "K7", "K9"])
    assert not of(["K7", "K8", "K9"])
    assert not of(["1", "2", "2", "3"])


@pytest.mark.parametrize("header", ["cluster", "true_id", "Entity ID", "is_duplicate", "match"])
def test_the_answer_is_never_taken_for_evidence(header: str):
    assert guessed(pa.table({header: ["a", "a", "b"], "Navn": ["Ida", "Ida", "Bo"]})).columns == {
        Role.FULL_NAME: ("Navn",)
    }


@pytest.mark.parametrize("header", ["CPR-nr", "soc_sec_id", "Religion", "Diagnose", "Fagforening", "Pasnummer"])
def test_what_the_law_protects_is_left_out(header: str):
    values = pa.array(["a", "a", "b"])
    assert barred(header, values)
    (guess,) = guesses(pa.table({header: values}))
    assert guess.role is None
    assert "it tells of" in guess.why


def test_numbers_of_the_state_are_known_under_any_header():
    numbers = [f"0101{70 + n}-{1000 + n}" for n in range(20)] * 2
    assert guessed(pa.table({"Kundenr": numbers})).columns == {}


@given(
    st.dictionaries(
        st.text(max_size=20), st.lists(st.none() | st.text(max_size=30), min_size=3, max_size=3), min_size=1, max_size=6
    )
)
def test_any_table_gets_its_roles(columns: dict[str, list[str | None]]):
    table = pa.table({header: pa.array(values, pa.string()) for header, values in columns.items()})
    told = guesses(table)
    assert sorted(guess.header for guess in told) == sorted(columns)
    assert all(guess.why for guess in told)
    headers = [header for of_role in guessed(table).columns.values() for header in of_role]
    assert len(headers) == len(set(headers))
