"""Linking made-up people without labels: who is found, who stays apart, and that the order of arrival says nothing."""

from __future__ import annotations

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from tillid.stages.resolve.link.linked import Linked, link
from tillid.stages.resolve.link.roles import Role, Roles
from tillid.testing.made_up import made_up_people
from tillid.testing.respelled import respelled

COLUMNS = ("first_name", "last_name", "email", "phone", "street", "postcode", "city")
ROLES = Roles({Role(name): (name,) for name in COLUMNS})


def _people(count: int, twice: int) -> tuple[pa.Table, np.ndarray]:
    """`count` people, the first `twice` of them a second time, misspelled and with every third value lost."""
    rng = Random(3)
    people = made_up_people(count, seed=8, countries={"DK": 60, "NO": 20, "NL": 20})
    again = [respelled(person, rng) for person in people[:twice]]
    rows = [{name: getattr(person, name) for name in COLUMNS} for person in people + again]
    for row in rows[count:]:
        for name in ("email", "phone", "street"):
            if rng.random() < 1 / 3:
                row[name] = None
    return pa.Table.from_pylist(rows), np.array([*range(count), *range(twice)])


@pytest.fixture(scope="module")
def made() -> tuple[pa.Table, np.ndarray, Linked]:
    table, truth = _people(1500, 400)
    return table, truth, link(table, ROLES)


def _f1(truth: np.ndarray, clusters: np.ndarray) -> float:
    def pairs(labels: np.ndarray) -> int:
        sizes = np.unique(labels, return_counts=True)[1]
        return int((sizes * (sizes - 1) // 2).sum())

    both = pairs(truth * len(truth) + clusters)
    return 2 * both / (pairs(truth) + pairs(clusters))


def test_people_who_come_twice_are_found(made):
    _, truth, linked = made
    # Each of them, and few others: many share a name and a town, and one in three gave no address.
    assert _f1(truth, linked.clusters) >= 0.95


def test_probabilities_tell_matches_from_others(made):
    _, truth, linked = made
    is_match = truth[linked.left] == truth[linked.right]
    assert linked.probabilities[is_match].mean() > 0.95
    assert linked.probabilities[~is_match].mean() < 0.02


def test_weights_add_up_to_the_log_odds(made):
    _, _, linked = made
    told = linked.model.bias + sum(linked.model.weights[c.name][c.levels] for c in linked.comparisons)
    assert np.allclose(told, linked.log_odds)


def test_a_pair_is_compared_once_and_the_first_record_stands_first(made):
    _, _, linked = made
    assert (linked.left < linked.right).all()
    assert len(set(zip(linked.left.tolist(), linked.right.tolist(), strict=True))) == len(linked.left)


def test_the_order_of_arrival_changes_nothing(made):
    table, _, linked = made
    shuffled = np.random.default_rng(5).permutation(table.num_rows)
    again = link(table.take(pa.array(shuffled)), ROLES)
    back = np.empty_like(shuffled)
    back[shuffled] = np.arange(len(shuffled))
    here, there = linked.clusters, again.clusters[back]
    # The same partition under other labels: as many clusters as there are pairs of labels.
    assert len(np.unique(here)) == len(np.unique(there)) == len({*zip(here.tolist(), there.tolist(), strict=True)})
    assert sorted(linked.log_odds.round(6)) == sorted(again.log_odds.round(6))


def test_strangers_with_nothing_in_common_are_not_compared():
    table = pa.table({"name": ["Ida Holm", "Bo Dahl", None, ""], "mail": ["ida@mail.example", None, None, None]})
    linked = link(table, Roles({Role.FULL_NAME: ("name",), Role.EMAIL: ("mail",)}))
    assert linked.clusters.tolist() == [0, 1, 2, 3]
    assert not len(linked.left)


def test_a_table_without_rows_has_no_clusters():
    table = pa.table({"name": pa.array([], pa.string())})
    assert link(table, Roles({Role.FULL_NAME: ("name",)})).clusters.tolist() == []


def test_one_address_on_many_records_glues_no_strangers():
    people = made_up_people(600, seed=4)
    rows = [{"name": f"{p.first_name} {p.last_name}", "mail": "info@firma.example", "city": p.city} for p in people]
    rows += [{"name": "", "mail": "", "city": None}] * 50
    roles = Roles({Role.FULL_NAME: ("name",), Role.EMAIL: ("mail",), Role.CITY: ("city",)})
    clusters = link(pa.Table.from_pylist(rows), roles).clusters
    sizes = np.unique(clusters, return_counts=True)[1]
    assert sizes.max() <= 3
    assert (clusters[600:] == np.arange(600, 650)).all()


def test_names_in_other_spellings_swapped_or_shortened_are_one_person():
    told = [("Søren Ågaard", "Soeren Aagaard"), ("Jens Peter Holm", "Holm Jens"), ("Kirsten Bruun", "K. Bruun")]
    people = made_up_people(800, seed=6, countries={"DK": 1})
    rows = [{"name": f"{p.first_name} {p.last_name}", "city": p.city, "mail": p.email} for p in people]
    for one, other in told:
        mail = f"{one[:3].lower()}@post.example"
        rows += [{"name": one, "city": "Ribe", "mail": mail}, {"name": other, "city": "Ribe", "mail": mail}]
    roles = Roles({Role.FULL_NAME: ("name",), Role.EMAIL: ("mail",), Role.CITY: ("city",)})
    clusters = link(pa.Table.from_pylist(rows), roles).clusters[800:]
    assert (clusters[0::2] == clusters[1::2]).all()
    assert len(set(clusters.tolist())) == len(told)


@pytest.mark.parametrize("left_out", [(), ("email", "phone"), ("phone", "street", "postcode")])
def test_a_list_in_which_nobody_comes_twice_stays_as_it_is(left_out):
    # People of four countries, whose names and towns go together.
    people = made_up_people(2000, seed=4)
    told = [name for name in COLUMNS if name not in left_out]
    rows = list({tuple(getattr(person, name) for name in told) for person in people})
    table = pa.Table.from_pylist([dict(zip(told, row, strict=True)) for row in rows])
    clusters = link(table, Roles({Role(name): (name,) for name in told})).clusters
    assert len(np.unique(clusters)) >= 0.999 * len(rows)
