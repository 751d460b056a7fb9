"""Near matches: laws of the index, and pairs that are one person and pairs that are not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.stages.resolve.lookup import Lookup
from tillid.stages.resolve.near import DEFAULT_THRESHOLD, GIVEN, Index, compared
from tillid.stages.resolve.near.nicknames import is_nickname

HANS = {"name": "Hans Jørgen Højgård", "address": "Nørregade 12B, 3. tv", "postcode": "5000", "country": "DK"}


def rows(*people: dict[str, str]) -> pa.Table:
    given_ = {role: pa.array([person.get(role) for person in people], pa.string()) for role in GIVEN}
    return compared(given_, len(people))


def probability(one: dict[str, str], other: dict[str, str], of: int = 100_000) -> float:
    found = Index(rows(one)).matches(rows(other), of)
    return float(found.probability.max()) if len(found.probability) else 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Hans Hoejgaard"},
        {"name": "HANS JØRGEN HØJGÅRD"},
        {"name": "Hans Højgårrd"},
        {"name": "H. Højgård"},
        {"name": "Højgård Hans"},
        {"address": "Norregade 12 b 3 tv"},
        {"address": "Nørregd. 12B"},
        {"address": "Nørre Gade 12 B, 3.tv."},
        {"postcode": "5230", "birth_date": "1961-04-05"},
        {"address": "Storgata 1", "postcode": "5230", "birth_date": "1961-04-05"},
        {"name": "Hans Jensen", "birth_date": "1961-04-05", "email": "hans@post.example"},
    ],
)
def test_the_same_person_spelled_otherwise_is_found(change: dict[str, str]) -> None:
    known = {**HANS, "birth_date": "1961-04-05", "email": "hans@post.example"}
    assert probability(known, {**HANS, **change}) > DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Kirsten Højgård"},
        {"name": "Kirsten Højgård", "phone": "+4526000000"},
        {"name": "Peter Møller"},
        {"address": "Vestergade 40", "postcode": "8000"},
    ],
)
def test_another_person_is_not(change: dict[str, str]) -> None:
    assert probability({**HANS, "phone": "+4526000000"}, {**HANS, **change}) < DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    "change",
    [
        {"address": "Nørregade 14", "postcode": "8000", "birth_date": "1988-12-01"},
        {"birth_date": "1988-12-01", "name": "Henrik Højgård"},
    ],
)
def test_another_birth_date_is_another_person(change: dict[str, str]) -> None:
    assert probability({**HANS, "birth_date": "1961-04-05"}, {**HANS, **change}) < DEFAULT_THRESHOLD


def test_a_larger_list_asks_for_more() -> None:
    other = {**HANS, "address": "Vestergade 40"}
    sure = [probability(HANS, other, of) for of in (100_000, 1_000_000, 10_000_000)]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > sure[2]


def test_a_rare_name_tells_more_than_a_common_one() -> None:
    names = ["Jens Hansen"] * 400 + ["Ib Quistgaard"]
    crowd = rows(*({"name": name, "postcode": "5000", "address": "Nygade 1"} for name in names))
    index = Index(crowd)
    rare = index.matches(rows({"name": "Ib Quistgaard", "postcode": "5000"}), 100_000).probability.max()
    common = index.matches(rows({"name": "Jens Hansen", "postcode": "5000"}), 100_000).probability.max()
    assert rare > common


TEXT = st.one_of(
    st.none(), st.sampled_from(["", " ", "12", "é", "van den Berg", "🙂 x", "Nygade 7, st. th", "DK"]), st.text()
)
PERSON = st.fixed_dictionaries(dict.fromkeys(GIVEN, TEXT))


@settings(max_examples=150, deadline=None)
@given(st.lists(PERSON, max_size=6), st.lists(PERSON, max_size=6))
def test_no_text_makes_it_raise_and_order_changes_nothing(mine: list[dict], theirs: list[dict]) -> None:
    found = Index(rows(*mine)).matches(rows(*theirs), 1000)
    turned = Index(rows(*mine[::-1])).matches(rows(*theirs[::-1]), 1000)
    pairs = {(i, o): p for i, o, p in zip(found.indexed, found.others, found.probability, strict=True)}
    back = {
        (len(mine) - 1 - i, len(theirs) - 1 - o): p
        for i, o, p in zip(turned.indexed, turned.others, turned.probability, strict=True)
    }
    assert pairs.keys() == back.keys()
    assert all(abs(pairs[pair] - back[pair]) < 1e-9 for pair in pairs)
    assert all(0 <= p <= 1 for p in pairs.values())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.sampled_from("abc"))), st.lists(st.one_of(st.none(), st.sampled_from("abcd"))))
def test_a_lookup_gives_all_equal_pairs(mine: list[str | None], theirs: list[str | None]) -> None:
    left, right = Lookup(pa.array(mine, pa.string())).pairs(pa.array(theirs, pa.string()))
    pairs = sorted(zip(left.tolist(), right.tolist(), strict=True))
    assert pairs == sorted((i, o) for i, a in enumerate(mine) for o, b in enumerate(theirs) if a is not None and a == b)


def test_rows_within_are_paired_once() -> None:
    index = Index(rows(HANS, {**HANS, "name": "Hans Hoejgaard"}, {"name": "Ida Holm"}))
    found = index.matches_within(0.5)
    assert (found.indexed.tolist(), found.others.tolist()) == ([0], [1])
    assert np.all(found.probability > DEFAULT_THRESHOLD)


@pytest.mark.parametrize(
    ("one", "other", "country"),
    [("Bent", "Benny", "DK"), ("Liesbeth", "Elisabeth", "NL"), ("Jan", "Johannes", "NL"), ("Pål", "Paul", "NO")],
)
def test_a_nickname_counts_only_where_address_or_birth_date_agrees(one: str, other: str, country: str) -> None:
    person = {"name": f"{one} Højgård", "address": "Nørregade 12", "postcode": "5000", "country": country}
    renamed = {**person, "name": f"{other} Højgård"}
    assert probability(person, renamed) > DEFAULT_THRESHOLD
    assert probability(person, {**renamed, "address": "Vestergade 40"}) < DEFAULT_THRESHOLD
    born = {**person, "birth_date": "1961-04-05"}
    assert probability(born, {**renamed, "birth_date": "1931-04-25"}) < DEFAULT_THRESHOLD
    assert probability(born, {**renamed, "address": "Vestergade 40", "birth_date": "1961-04-05"}) > DEFAULT_THRESHOLD


def test_nicknames_are_of_a_country_and_go_both_ways() -> None:
    assert is_nickname("bent", "benny", "DK")
    assert is_nickname("benny", "bent", "DK")
    assert not is_nickname("bent", "benny", "BE")
    assert is_nickname("bent", "benny", "")
    assert not is_nickname("bent", "bent", "DK")
