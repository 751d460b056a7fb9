"""How values and records are compared: sounds, dates, names, places, keys and the levels of whole pairs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.resolve.link.comparisons import comparisons
from tillid.stages.resolve.link.prepared import prepared
from tillid.stages.resolve.link.roles import Role, Roles
from tillid.stages.resolve.link.similarity import (
    APART,
    CLOSE_YEARS,
    ONE_SLIP,
    SAME_YEAR,
    TWO_PARTS,
    date_likeness,
    name_likeness,
    place_likeness,
)
from tillid.stages.resolve.link.sounds import sounds
from tillid.stages.resolve.link.training import rising
from tillid.stages.resolve.link.values import Values, coded

ALIKE = [
    ("kristian", "christian"), ("filip", "philip"), ("meyer", "maier"), ("sofie", "sophie"), ("schmidt", "smit"),
    ("jensen", "jenssen"), ("wouter", "vouter"), ("katrine", "cathrine"), ("dijk", "dyk"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_are_said_alike_sound_alike(one, other):
    heard = sounds(pa.array([one, other])).to_pylist()
    assert heard[0] == heard[1]


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_every_word_sounds_like_something(word):
    assert sounds(pa.array([word]))[0].as_py()


DATES = [
    ("19850403", "19850304", ONE_SLIP), ("19850403", "19850404", ONE_SLIP), ("19850403", "19850430", ONE_SLIP),
    ("19850403", "19850417", TWO_PARTS), ("19850403", "19910403", TWO_PARTS), ("19850403", "19851129", SAME_YEAR),
    ("19850403", "19861129", CLOSE_YEARS), ("19850403", "19401129", APART), ("1985", "1986", ONE_SLIP),
    ("1985", "19850403", APART),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "wanted"), DATES)
def test_dates(one, other, wanted):
    dates = Values(pa.array([one, other]))
    there, back = (date_likeness(dates, *codes) for codes in _both_ways(1))
    assert there.tolist() == back.tolist() == [wanted]


def _both_ways(pairs: int) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The codes of pairs of values, that stand after one another, from both sides."""
    one, other = np.arange(0, 2 * pairs, 2), np.arange(1, 2 * pairs, 2)
    return (one, other), (other, one)


@given(
    st.lists(st.tuples(st.text("abij", min_size=1, max_size=6), st.text("abij", min_size=1, max_size=6)), min_size=1)
)
def test_likeness_is_the_same_from_both_sides_and_whole_only_of_equals(pairs):
    values = Values(pa.array([value for pair in pairs for value in pair]))
    for measure in (name_likeness, place_likeness):
        there, back = (measure(values, *codes) for codes in _both_ways(len(pairs)))
        assert np.allclose(there, back)
        assert ((there >= 0) & (there <= 1)).all()
    field = coded(values.arrow)
    told = field.values.measured(field.codes[::2], field.codes[1::2], name_likeness)
    assert (told == 1).tolist() == [a == b for a, b in pairs]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_what_rises_is_kept_and_the_rest_is_evened(values):
    told = rising(np.array(values), np.ones(len(values)))
    assert (np.diff(told) >= -1e-9).all()
    assert told.mean() == pytest.approx(np.mean(values), abs=1e-6)
    assert np.allclose(rising(np.sort(values), np.ones(len(values))), np.sort(values))


def _levels(one: dict[str, str | None], other: dict[str, str | None]) -> dict[str, tuple[int, float]]:
    """Comparison → the level of two records, and what it weighs before anything is learned."""
    table = pa.Table.from_pylist([one, other])
    records = prepared(table, Roles({Role(name): (name,) for name in one}))
    found = comparisons(records, np.array([0]), np.array([1]))
    return {c.name: (int(c.levels[0]), c.weights[c.levels[0]]) for c in found}


def test_missing_values_say_nothing():
    found = _levels({"full_name": "Bo Dahl", "email": None}, {"full_name": None, "email": "bo@mail.example"})
    assert {name: level for name, (level, _) in found.items()} == {
        "given": 0, "family": 0, "other names": 0, "email": 0,
    }  # fmt: skip


def test_swapped_names_weigh_as_names_in_their_places():
    straight = _levels({"first_name": "Anna", "last_name": "Holm"}, {"first_name": "Anna", "last_name": "Holm"})
    swapped = _levels({"first_name": "Anna", "last_name": "Holm"}, {"first_name": "Holm", "last_name": "Anna"})
    assert swapped == straight


@pytest.mark.parametrize(
    ("field", "nearer", "farther"),
    [
        ("email", "ida.holm@mail.example", "bo@post.example"),
        ("phone", "+45 26 00 00 12", "+45 31 55 88 99"),
        ("birth_date", "1985-03-04", "1962-11-30"),
        ("postcode", "2101", "8900"),
        ("city", "Kobenhavn", "Esbjerg"),
        ("street", "Nørregd. 3", "Skolevej 40"),
        ("company", "Holms Tømrer ApS", "Fjord Consult A/S"),
    ],
)
def test_what_is_nearer_weighs_more(field, nearer, farther):
    value = {
        "email": "ida.holn@mail.example", "phone": "+45 26 00 00 11", "birth_date": "1985-04-03", "postcode": "2100",
        "city": "København", "street": "Nørregade 3", "company": "Holm Tømrer A/S",
    }[field]  # fmt: skip
    weights = [
        sum(weight for _, weight in _levels({field: value}, {field: other}).values())
        for other in (value, nearer, farther)
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[2]
    assert weights[1] > 0 > weights[2]


EMAILS = [
    # What name and mailbox say twice says nothing more: other people of nearly one name, or with one initial.
    (("Marloes Jansen", "marloes.jansen@mail.example"), ("Marloes Janssen", "marloes.janssen@mail.example"), -1),
    (("Knut Pettersen", "kpettersen@mail.example"), ("Sigrid Pettersen", "spettersen@mail.example"), -1),
    (("Erik Holm", "erik.holm@mail.example"), ("Erik Holm", "erik.holm@post.example"), 0),
    # A mailbox with other figures, a slip of the pen, and one that tells of no name.
    (("Erik Holm", "erik.holm82@mail.example"), ("Erik Holm", "erik.holm82@post.example"), 1),
    (("Erik Holm", "erik.holm@mail.example"), ("Erik Holm", "eirk.hlom@mail.example"), 1),
    (("Erik Holm", "skovtrolden@mail.example"), ("Ida Bak", "skovtrolden@mail.exmaple"), 1),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "sign"), EMAILS)
def test_an_address_made_of_the_name_says_no_more_than_the_name(one, other, sign):
    rows = [{"full_name": name, "email": email} for name, email in (one, other)]
    _, weight = _levels(*rows)["email"]
    assert np.sign(weight) == sign


def test_one_name_found_elsewhere_is_counted_once():
    # Her given name is his family name: neither counts as a given and as a family name that agree.
    found = _levels({"first_name": "Jens", "last_name": "Holm"}, {"first_name": "Ida", "last_name": "Jens"})
    assert sum(weight > 0 for _, weight in found.values()) <= 1
