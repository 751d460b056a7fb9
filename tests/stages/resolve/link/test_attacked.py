"""Lists that are made to break linking: it comes to its end, and joins no strangers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from tillid.stages.resolve.link.linked import link
from tillid.stages.resolve.link.roles import Role, Roles
from tillid.testing.made_up import made_up_people

COLUMNS = ("first_name", "last_name", "email", "phone", "street", "postcode", "city")


def _clusters(rows: Sequence[dict[str, str | None]]) -> np.ndarray:
    table = pa.Table.from_pylist(list(rows))
    return link(table, Roles({Role(name): (name,) for name in table.column_names})).clusters


def _people(count: int, **all_have: str | None) -> list[dict[str, str | None]]:
    return [{name: getattr(p, name) for name in COLUMNS} | all_have for p in made_up_people(count, seed=9)]


def _joined(clusters: np.ndarray) -> int:
    """How many records are with others."""
    return int((np.unique(clusters, return_counts=True)[1] - 1).sum())


@pytest.mark.parametrize(
    "all_have",
    [
        {"email": "info@firma.example"},
        {"phone": "70101010"},
        {"street": "Postboks 1", "postcode": "1000", "city": "København K"},
        {"email": "", "phone": "-"},
        {"email": "n/a", "phone": "0", "street": "ukendt"},
    ],
    ids=["one mailbox", "a switchboard", "one address", "nothing", "placeholders"],
)
def test_what_all_share_joins_nobody(all_have):
    # A few have one name, and share a house besides.
    assert _joined(_clusters(_people(3000, **all_have))) <= 10


def test_one_mailbox_on_ten_thousand_records():
    people = _people(10_000)
    for person in people:
        person["email"] = "info@firma.example"
    # Two who come twice are found all the same.
    again = [dict(person) for person in people[:2]]
    clusters = _clusters([*people, *again])
    assert clusters[-2:].tolist() == [0, 1]
    assert _joined(clusters) <= 12


def test_a_chain_of_near_duplicates_is_not_one_person():
    letters = "abcdefghijklmnopqrstuvwxyz"
    rng = np.random.default_rng(3)
    name = list("konstantinopoulos")
    rows = []
    for _ in range(1000):
        name[int(rng.integers(len(name)))] = letters[int(rng.integers(len(letters)))]
        rows.append({"first_name": "Anna", "last_name": "".join(name), "city": "Odense"})
    sizes = np.unique(_clusters(rows), return_counts=True)[1]
    assert sizes.max() < 60


def test_empty_records_are_nobody():
    rows: list[dict[str, str | None]] = [dict.fromkeys(COLUMNS) for _ in range(500)]
    rows += [dict.fromkeys(COLUMNS, "") for _ in range(500)] + [dict.fromkeys(COLUMNS, "  ") for _ in range(500)]
    assert _joined(_clusters([*rows, *_people(500)])) == 0


LOOK_ALIKES = {
    "full width": str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)}),
    "combining": str.maketrans({"e": "e\u0301", "o": "o\u0308"}),
    "zero width": str.maketrans({"n": "n\u200b", "r": "\u200dr"}),
    "cyrillic": str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440", "c": "\u0441"}),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_letters_that_look_alike_join_no_strangers(name):
    people = _people(1500)
    strange = [
        {column: value and value.translate(LOOK_ALIKES[name]) for column, value in person.items()} for person in people
    ]
    clusters = _clusters([*people, *strange])
    others = clusters % 1500 != np.arange(3000) % 1500
    # A record is alone or with its own twin.
    assert others.sum() <= 6
