"""Each level of each comparison that the engine makes has its words, and those of a pair say what is the case."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tillid.stages.resolve.link.linked import Linked, link
from tillid.stages.resolve.link.reasons import level_in_words, reasons
from tillid.stages.resolve.link.roles import Role, Roles

ONE = {
    "first_name": "Ida", "last_name": "Holm", "birth_date": "1985-04-03", "email": "ida@mail.example",
    "phone": "20100001", "street": "Vestergade", "house": "7", "postcode": "5000", "city": "Odense", "company": "Holm Byg",
    "company_number": "10000001", "sex": "F", "other_id": "K77", "text": "tandlæge",
}  # fmt: skip
ROLES = Roles({Role(name): (name,) for name in ONE})


def _linked(rows: list[dict[str, str | None]], roles: Roles = ROLES) -> Linked:
    return link(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in rows[0]])), roles)


def _said(linked: Linked, one: int, other: int) -> str:
    (pair,) = np.flatnonzero((linked.left == one) & (linked.right == other))
    return reasons(linked.comparisons, linked.model, np.array([pair]))[0]


@pytest.mark.parametrize(
    "names",
    [
        set(ONE),
        set(ONE) - {"house"},
        set(ONE) - {"postcode"},
        set(ONE) - {"city"},
        {"street", "email"},
        {"house", "phone"},
    ],
    ids=["all", "no house", "no postcode", "no city", "street", "house alone"],
)
def test_every_level_has_words(names: set[str]):
    one = {name: value for name, value in ONE.items() if name in names}
    linked = _linked([one, one], Roles({Role(name): (name,) for name in one}))
    assert linked.comparisons
    for comparison in linked.comparisons:
        words = [level_in_words(comparison.name, level) for level in range(len(comparison.weights))]
        assert words[0] == ""
        assert all(words[1:])
        with pytest.raises(IndexError):
            level_in_words(comparison.name, len(words))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("birth_date", "1985-04-08", "birth date one digit off"),
        ("birth_date", "1985-04-03", "same birth date"),
        ("first_name", "I", "first name as an initial"),
        ("last_name", "Holmm", "surname spelled otherwise"),
        ("email", "ida@post.example", "e-mail of another provider"),
        ("phone", "20100009", "telephone one digit off"),
        ("postcode", "5001", "postcode one digit off"),
        ("house", "9", "another house number"),
        ("text", "smed", "another text"),
        ("sex", "M", "another sex"),
    ],
)
def test_words_say_what_is_the_case(field: str, value: str, words: str):
    # Words of little weight are left out, so that all of what is said here is seen.
    kept = {name: ONE[name] for name in dict.fromkeys(("email", "company_number", "street", "postcode", field))}
    roles = Roles({Role(name): (name,) for name in kept})
    assert words in _said(_linked([kept, {**kept, field: value}], roles), 0, 1).split(", ")


def test_what_speaks_for_a_link_comes_first_and_what_speaks_against_it_is_not_lost():
    other = {**ONE, "birth_date": "1951-11-30", "phone": "30999999"}
    said = _said(_linked([ONE, other]), 0, 1).split(", ")
    assert set(said[-2:]) == {"another birth date", "another telephone"}
    assert said[0].startswith("same")
    assert len(said) <= 8  # an address is one of six, and may be told in two
