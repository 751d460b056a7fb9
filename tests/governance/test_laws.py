"""Laws of the one rule, over made-up shops, queries and vocabularies."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import ibis
from hypothesis import given, settings
from hypothesis import strategies as st
from made_shop import NOW, PURPOSES, STEWARD, Shop, load, make_shop
from random_trees import RandomTrees
from running import compiled

from tillid.governance.columns_usable import is_usable
from tillid.governance.errors import CategoryNotVisible, ColumnOutsidePurpose, Refused
from tillid.governance.govern import govern
from tillid.governance.mapping import MAPPING, until_column
from tillid.governance.register import Register
from tillid.terms.actor import Actor, Role
from tillid.terms.categories import ALL_CATEGORIES
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose, SpecialCategoryBasis
from tillid.terms.table import PERSON_ID, Column, Table

categories = st.frozensets(st.sampled_from(sorted(ALL_CATEGORIES)), max_size=4)
seeds = st.integers(0, 10_000)
purpose_keys = st.sampled_from([p.key for p in PURPOSES])
few = settings(max_examples=25, deadline=None)


@st.composite
def purposes(draw: st.DrawFn) -> Purpose:
    return Purpose(
        "p",
        "analytics",
        LegalBasis.CONSENT,
        draw(categories),
        Duration.parse("1 year"),
        special_category_basis=draw(st.sampled_from([None, SpecialCategoryBasis.EXPLICIT_CONSENT])),
    )


def result(shop: Shop, seed: int, purpose: str) -> Counter[tuple[object, ...]]:
    permit = shop.permit(purpose)
    relation, _ = RandomTrees(seed, permit, keeps_people=True).tree(3)
    with load(shop) as connection:
        return Counter(connection.execute(compiled(govern(relation.ibis(shop.table), permit))).fetchall())


def without(shop: Shop, person: int, purpose: str) -> Shop:
    gone = {until_column(purpose): None}
    return shop.with_mapping([row | gone if row[PERSON_ID] == person else row for row in shop.rows[MAPPING]])


@few
@given(seeds, purpose_keys, st.integers(1, 12))
def test_withdrawing_adds_no_row(seed: int, purpose: str, person: int) -> None:
    shop = make_shop(seed % 7)
    assert result(without(shop, person, purpose), seed, purpose) <= result(shop, seed, purpose)


@few
@given(seeds, purpose_keys, st.integers(1, 12))
def test_restricting_adds_no_row(seed: int, purpose: str, person: int) -> None:
    shop = make_shop(seed % 7)
    rows = [row | {"restricted": True} if row[PERSON_ID] == person else row for row in shop.rows[MAPPING]]
    assert result(shop.with_mapping(rows), seed, purpose) <= result(shop, seed, purpose)


@few
@given(seeds, purpose_keys, st.integers(1, 12))
def test_who_withdraws_is_in_no_result_and_nobody_comes_in(seed: int, purpose: str, person: int) -> None:
    """Also where persons are chosen for what they did not do, or by what they add up to."""
    shop = make_shop(seed % 7)
    orders, members, people = (shop.table(name) for name in ("orders", "members", "people"))
    queries = [
        members.anti_join(orders, PERSON_ID).select(PERSON_ID),
        members.left_join(orders, PERSON_ID).filter(lambda t: t.amount.isnull()).select(PERSON_ID),
        orders.group_by(PERSON_ID).agg(spent=orders.amount.sum()).filter(lambda t: t.spent < 500).select(PERSON_ID),
        people.select(PERSON_ID).distinct(),
        members.filter(members.person_id.notin(orders.person_id)).select(PERSON_ID),
    ]
    query = queries[seed % len(queries)]

    def found(in_shop: Shop) -> set[object]:
        with load(in_shop) as connection:
            return {p for (p,) in connection.execute(compiled(govern(query, in_shop.permit(purpose)))).fetchall()}

    before, after = found(shop), found(without(shop, person, purpose))
    assert person not in after
    assert after <= before


@few
@given(seeds, purpose_keys)
def test_results_are_a_subset_of_the_permitted(seed: int, purpose: str) -> None:
    shop = make_shop(seed % 7)
    everyone = shop.with_mapping(
        [
            row | {"restricted": False} | {until_column(p.key): NOW.replace(year=2099) for p in PURPOSES}
            for row in shop.rows[MAPPING]
        ]
    )
    got = result(shop, seed, purpose)
    assert got <= result(everyone, seed, purpose)
    nobody = shop.with_mapping([row | {until_column(p.key): None for p in PURPOSES} for row in shop.rows[MAPPING]])
    permit = nobody.permit(purpose)
    with load(nobody) as connection:
        for name in ("orders", "people", "members", "variables"):
            counted = connection.execute(compiled(govern(nobody.table(name).count(), permit))).fetchone()
            assert counted == (0,)


@given(st.lists(categories, min_size=1, max_size=4), purposes())
def test_a_derived_column_is_usable_for_no_more_than_each_input(inputs: list[frozenset[str]], purpose: Purpose) -> None:
    columns = [Column(f"c{i}", "int64", each) for i, each in enumerate(inputs) if each]
    if not columns:
        return
    derived = Column("d", "int64", frozenset().union(*(column.categories for column in columns)))
    if is_usable(derived, purpose):
        assert all(is_usable(column, purpose) for column in columns)


@given(categories, categories, purposes())
def test_another_category_never_makes_a_column_more_usable(
    had: frozenset[str], more: frozenset[str], purpose: Purpose
) -> None:
    if had and is_usable(Column("c", "int64", had | more), purpose):
        assert is_usable(Column("c", "int64", had), purpose)


@given(categories, categories, purposes())
def test_a_purpose_that_covers_more_loses_no_column(
    column: frozenset[str], more: frozenset[str], purpose: Purpose
) -> None:
    if is_usable(Column("c", "int64", column), purpose):
        assert is_usable(Column("c", "int64", column), replace(purpose, categories=purpose.categories | more))


@given(categories, categories, categories, purposes(), st.booleans())
def test_a_narrower_role_never_sees_more(
    column: frozenset[str], sees: frozenset[str], more: frozenset[str], purpose: Purpose, uses: bool
) -> None:
    table = Table("t", (Column("c", "int64", column),))
    narrow = Actor("narrow", (Role("n", frozenset({"p"}), sees),))
    wide = Actor("wide", (Role("w", frozenset({"p", "q"}), sees | more), Role("x", frozenset({"q"}), None)))
    register = Register(
        purposes=[purpose, replace(purpose, key="q")],
        actors=[narrow, wide, STEWARD],
        tables=[table],
        purpose_sets={},
        clock=lambda: NOW,
    )

    def passes(actor: Actor) -> bool:
        query = make_query(table)
        try:
            govern(query if uses else query.order_by("c"), register.permit(actor, "p"))
        except (CategoryNotVisible, ColumnOutsidePurpose):
            return False
        return True

    assert not passes(narrow) or passes(wide)
    assert not passes(wide) or passes(STEWARD)


def make_query(table: Table):
    return ibis.table(table.logical(), name=table.name)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_query_that_one_purpose_refuses_is_refused_for_it_beside_another(seed: int) -> None:
    """Purposes that share a permit intersect: a column must be covered by each."""
    rng = random.Random(seed)
    both = [
        PURPOSES[0],
        replace(PURPOSES[0], key="twin", categories=frozenset(rng.sample(sorted(PURPOSES[0].categories), 2))),
    ]
    table = Table(
        "t", tuple(Column(f"c{i}", "int64", frozenset({c})) for i, c in enumerate(sorted(PURPOSES[0].categories)))
    )
    register = Register(purposes=both, actors=[STEWARD], tables=[table], purpose_sets={}, clock=lambda: NOW)
    for column in table.columns:
        query = make_query(table).select(column.name)
        alone = [_passes(register, query, (p.key,)) for p in both]
        assert _passes(register, query, ("news", "twin")) == all(alone)


def _passes(register: Register, query, keys: tuple[str, ...]) -> bool:
    try:
        govern(query, register.permit(STEWARD, *keys))
    except Refused:
        return False
    return True
