"""A permit by hand and a forged governed query: refused when it runs, whatever a type checker was told."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import weakref
from dataclasses import FrozenInstanceError, replace
from datetime import datetime

import ibis
import pytest
from sqlglot import exp

from tillid.governance.errors import PermitForged, QueryForged
from tillid.governance.govern import govern
from tillid.governance.governed import GovernedQuery, check_governed
from tillid.governance.permit import Permit, check_genuine
from tillid.governance.register import Register
from tillid.governance.sql_text import govern_sql
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import Column, Table


@pytest.fixture
def permit() -> Permit:
    news = Purpose("news", "analytics", LegalBasis.CONTRACT, frozenset({"system"}), Duration.parse("1 year"))
    things = Table("things", (Column("price", "int64", frozenset({"system.operations"})),))
    register = Register(
        purposes=[news],
        actors=[Actor("ole", (Role("r", None, None),))],
        tables=[things],
        purpose_sets={},
        clock=lambda: datetime(2026, 1, 1),
    )
    return register.permit(register.actor("ole"), "news")


@pytest.fixture
def governed(permit: Permit) -> GovernedQuery:
    return govern(ibis.table({"price": "int64"}, name="things"), permit)


def test_the_constructors_refuse() -> None:
    with pytest.raises(PermitForged, match="by hand"):
        Permit("ole")  # type: ignore[arg-type]
    with pytest.raises(QueryForged, match="by hand"):
        GovernedQuery("select 1")  # type: ignore[arg-type]


def test_the_genuine_pass(permit: Permit, governed: GovernedQuery) -> None:
    check_genuine(permit)
    check_governed(governed)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps, lambda a: a.__reduce_ex__(4)])
def test_neither_can_be_copied(copied, permit: Permit, governed: GovernedQuery) -> None:
    with pytest.raises(PermitForged, match="copied"):
        copied(permit)
    with pytest.raises(QueryForged, match="copied"):
        copied(governed)


def test_neither_is_a_dataclass_that_can_be_replaced(permit: Permit, governed: GovernedQuery) -> None:
    for genuine in (permit, governed):
        with pytest.raises(TypeError):
            replace(genuine)  # type: ignore[type-var]
        if sys.version_info >= (3, 13):
            with pytest.raises(TypeError):
                copy.replace(genuine)


def test_neither_can_be_changed(permit: Permit, governed: GovernedQuery) -> None:
    for name in ("purposes", "actor", "_state", "new"):
        with pytest.raises(PermitForged, match="changed"):
            setattr(permit, name, ())
    for name in ("body", "places", "_state", "new"):
        with pytest.raises(QueryForged, match="changed"):
            setattr(governed, name, {})
    with pytest.raises(FrozenInstanceError):
        governed.decision.actor = "other"  # type: ignore[misc]
    for mapping in (governed.places, governed.fingerprints):
        with pytest.raises(TypeError):
            mapping["things"] = ""  # type: ignore[index]


def test_an_object_that_was_only_allocated_is_refused(permit: Permit, governed: GovernedQuery) -> None:
    hollow, empty = object.__new__(Permit), object.__new__(GovernedQuery)
    object.__setattr__(hollow, "_state", permit._state)
    object.__setattr__(empty, "_state", governed._state)
    with pytest.raises(PermitForged, match="register"):
        check_genuine(hollow)
    with pytest.raises(QueryForged, match="govern"):
        check_governed(empty)


def look_alikes(base: type, genuine: object) -> list[object]:
    same = {"__eq__": lambda *_: True, "__hash__": lambda _: hash(genuine)}
    twin = object.__new__(type("Twin", (base,), same))
    object.__setattr__(twin, "_state", genuine._state)  # type: ignore[attr-defined]
    alike = type("Alike", (), same | {"__class__": property(lambda _: base)})()
    assert isinstance(alike, base)
    return [twin, alike, None, "news", genuine._state, weakref.proxy(genuine)]  # type: ignore[attr-defined]


def test_a_subclass_and_a_look_alike_are_refused(permit: Permit, governed: GovernedQuery) -> None:
    for forged in look_alikes(Permit, permit):
        with pytest.raises(PermitForged):
            check_genuine(forged)  # type: ignore[arg-type]
    for forged in look_alikes(GovernedQuery, governed):
        with pytest.raises(QueryForged):
            check_governed(forged)  # type: ignore[arg-type]


def test_a_place_in_memory_is_not_a_pass(permit: Permit) -> None:
    register, actor, purpose = permit.register, permit.actor, permit.purposes[0].key
    for _ in range(200):
        passed = register.permit(actor, purpose)
        number = id(passed)
        del passed
        gc.collect(0)
        forged = object.__new__(Permit)
        with pytest.raises(PermitForged):
            check_genuine(forged)
        if id(forged) == number:
            break


def test_every_door_asks_for_a_genuine_permit(permit: Permit) -> None:
    hollow = object.__new__(Permit)
    object.__setattr__(hollow, "_state", permit._state)
    with pytest.raises(PermitForged):
        govern(ibis.table({"price": "int64"}, name="things"), hollow)
    with pytest.raises(PermitForged):
        govern_sql("select price from things", hollow)


def test_the_select_of_a_governed_query_cannot_be_changed_behind_its_back(permit: Permit) -> None:
    governed = govern_sql("select price from things", permit)
    before = governed.body.tree.sql("duckdb")
    for table in governed.body.tree.find_all(exp.Table):
        table.set("this", exp.to_identifier("secrets"))
    governed.body.tree.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    assert governed.body.tree.sql("duckdb") == before
    with pytest.raises(TypeError):
        governed.body.parts["__governed_things"] = ibis.table({"a": "int64"}, name="secrets")


def test_an_actor_made_by_hand_carries_no_rights(permit: Permit) -> None:
    register = permit.register
    mighty = Actor("ole", (Role("all", None, None),))
    assert register.permit(mighty, "news").actor is register.actor("ole")


def test_a_permit_shows_who_and_what_for(permit: Permit) -> None:
    assert repr(permit) == "<Permit ole for news>"
