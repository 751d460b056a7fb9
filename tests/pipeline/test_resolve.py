"""Which subjects become one person: chains, stars, limits, worthless values, and nothing without leave to link."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_projects import CRM, CRM_HEAD, ORDERS, PURPOSES, Partition, SmallProject, csv
from union_find import Identifier, Pair, UnionFind, counting

from tillid.stages.resolve.components import ends_of, ends_without, every_link, shared_links
from tillid.stages.resolve.definitions import DEFAULT_LIMITS, LinkingDefinition


def expected(rows: Iterable[Mapping[str, str | None]]) -> Partition:
    """The partition by union-find: in each row the first identifier goes with each other one."""
    found = UnionFind()
    pairs: list[Pair] = []
    for row in rows:
        there = [(kind, value) for kind, value in row.items() if value]
        for identifier in there:
            found.top(identifier)
        pairs += [(there[0], other) for other in there[1:]]
    for one, other in counting(pairs):
        found.join(one, other)
    return found.sets()


def _project(folder: Path, rows: Iterable[Mapping[str, str | None]], **files: str) -> SmallProject:
    lines = [(row.get("customer_no"), row.get("email"), row.get("phone"), "") for row in rows]
    crm = CRM.replace("key: customer_no\n", "")
    return SmallProject(folder, {"sources/crm.yml": crm, "data/crm.csv": csv(CRM_HEAD, *lines), **files})


def _email(number: object) -> str:
    return f"p{number}@example.com"


def _phone(number: int) -> str:
    return f"+45{22330000 + number}"


def test_chains_stars_and_circles(tmp_path: Path) -> None:
    chain: list[dict[str, str | None]] = []
    for n in range(0, 1000, 2):
        chain += [{"customer_no": f"c{n}", "email": _email(n)}, {"customer_no": f"c{n}", "email": _email(n + 2)}]
    star = [{"customer_no": "hub", "phone": _phone(n)} for n in range(DEFAULT_LIMITS["phone"])]
    circle = [{"customer_no": f"r{n}", "email": _email(f"r{(n + d) % 7}")} for n in range(7) for d in (0, 1)]
    alone = [{"customer_no": "alone", "email": None, "phone": None}, {"email": "only@example.com"}]
    pair = [{"customer_no": "x", "email": "x@example.com", "phone": _phone(900)}]
    rows = chain + star + circle + alone + pair
    random.Random(7).shuffle(rows)
    project = _project(tmp_path, rows)
    _, derived = project.build()
    found = project.partition()
    assert found == expected(rows)
    assert derived.people == len(found)
    assert max(map(len, found)) == 1001  # 500 customers and 501 addresses, one after the other
    # The id of a person is the number of the identifier of theirs that was received first.
    numbers = {(row["kind"], row["value"]): row["subject_id"] for row in project.internal("subjects")}
    for identifier, person in project.persons().items():
        members = next(members for members in found if identifier in members)
        assert person == min(numbers[member] for member in members)


@pytest.mark.parametrize(("many", "joined"), [(5, True), (6, False), (24, False)])
def test_a_phone_on_many_customers_links_none(tmp_path: Path, many: int, joined: bool) -> None:
    assert DEFAULT_LIMITS["customer_no"] == 5
    rows = [{"customer_no": f"c{n}", "email": _email(n), "phone": "+4526700700"} for n in range(many)]
    expected_sets = expected(rows)
    assert (len(expected_sets) == 1) == joined
    found = []
    for order in (rows, rows[::-1]):
        folder = tmp_path / str(len(found))
        project = _project(folder, order)
        project.build()
        found.append(project.partition())
    assert found == [expected_sets, expected_sets]
    if not joined:
        # Each customer still has their own address; the phone is nobody's.
        assert frozenset({("phone", "+4526700700")}) in found[0]
        assert sum(len(person) == 2 for person in found[0]) == many


def test_values_that_identify_nobody_join_nobody(tmp_path: Path) -> None:
    worthless = ["test@example.com", "noreply@example.com", "anonymous@example.com", "TEST@example.com "]
    numbers = ["0000", "anonymous", "ukendt", "-", "n/a", "999999", "0"]
    phones = ["00000000", "+45 11111111", "0"]
    rows = [{"customer_no": f"a{n}", "email": mail} for n, mail in enumerate(worthless * 2)]
    rows += [{"customer_no": number, "email": _email(f"{n}-{t}")} for n, number in enumerate(numbers) for t in (0, 1)]
    rows += [{"customer_no": f"b{n}", "phone": phone} for n, phone in enumerate(phones * 2)]
    project = _project(tmp_path, rows)
    project.build()
    assert {len(person) for person in project.partition()} == {1}
    assert len(project.partition()) == 8 + 14 + 6
    values = {value for _, value in project.persons()}
    assert not values & {mail.strip().lower() for mail in worthless}
    assert not values & set(numbers)


def test_without_the_purpose_linking_nothing_is_joined(tmp_path: Path) -> None:
    rows = [{"customer_no": "1", "email": "a@example.com", "phone": _phone(1)}]
    start = PURPOSES.index("  linking:")
    without = PURPOSES[:start] + PURPOSES[PURPOSES.index("  analytics:") :]
    crm = CRM.replace(", linking", "").replace("key: customer_no\n", "")
    project = _project(tmp_path, rows, **{"purposes.yml": without, "sources/crm.yml": crm})
    project.build()
    assert {len(person) for person in project.partition()} == {1}
    assert len(project.partition()) == 3


def test_rows_not_collected_for_linking_join_nothing(tmp_path: Path) -> None:
    """Two sources say the same of two pairs; only what one of them says was collected for linking."""
    leave = CRM.replace("key: customer_no\n", "")
    no_leave = leave.replace("data/crm*.csv", "data/club.csv").replace(", linking", "")
    rows = [("1", "a@example.com", None, None)]
    project = SmallProject(
        tmp_path,
        {
            "sources/crm.yml": leave,
            "sources/club.yml": no_leave,
            "data/crm.csv": csv(CRM_HEAD, *rows),
            "data/club.csv": csv(CRM_HEAD, ("2", "b@example.com", None, None), ("1", "b@example.com", None, None)),
        },
    )
    project.build()
    joined = frozenset({("customer_no", "1"), ("email", "a@example.com")})
    assert project.partition() == {joined, frozenset({("customer_no", "2")}), frozenset({("email", "b@example.com")})}


def test_events_link_too_when_they_may(tmp_path: Path) -> None:
    with_mail = ORDERS + "  mail: {name: email, type: text, category: user.contact.email, identifier: email}\n"
    text = csv("no,at,item,amount,mail", ("7", "2025-12-01 10:00:00", "cup", 1, "g@example.com"))
    for n, purposes in enumerate(("[analytics]", "[analytics, linking]")):
        source = with_mail.replace("[analytics, news]", purposes)
        project = SmallProject(tmp_path / str(n), {"sources/orders.yml": source, "data/orders.csv": text})
        project.build()
        assert len(project.partition()) == 2 - n


# Which links count ---------------------------------------------------------------------------------------

KINDS = ("customer_no", "email", "phone")
LIMITS = {"customer_no": 2, "email": 3, "phone": 2}


@cache
def _edges_sql() -> tuple[str, str, str]:
    """The links that count; their ends; and these as they are found, from the ends of all links."""
    links = ibis.table(
        {"subject_a": "int64", "subject_b": "int64", "kind_a": "string", "kind_b": "string"}, name="links"
    )
    edges = every_link(links)
    ends = ends_of(edges)
    dropped = shared_links(links, ends, LinkingDefinition(limits=LIMITS))
    counting_ = edges.anti_join(dropped, ["a", "b"])
    return tuple(
        ibis.to_sql(t, dialect="duckdb") for t in (counting_, ends_of(counting_), ends_without(ends, edges, dropped))
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40), st.randoms(use_true_random=False))
def test_links_count_alike_in_any_order(
    engine: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]], chance: random.Random
) -> None:
    """Subject n is of kind n modulo 3; which links count is what the rule says, in any order and direction."""

    def identifier(subject: int) -> Identifier:
        return KINDS[subject % 3], str(subject)

    mixed = [
        pair[:: chance.choice((1, -1))] for pair in chance.sample([*pairs, *pairs[:5]], len(pairs) + len(pairs[:5]))
    ]
    columns = {"subject_a": [a for a, _ in mixed], "subject_b": [b for _, b in mixed]}
    arrays = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    kinds = {f"kind_{side}": pa.array([KINDS[s % 3] for s in columns[f"subject_{side}"]], pa.string()) for side in "ab"}
    engine.register("links", pa.table(arrays | kinds))
    edges, ends, as_found = _edges_sql()
    assert sorted(engine.execute(as_found).fetchall()) == sorted(engine.execute(ends).fetchall())
    rows = engine.execute(edges).fetchall()
    found = {(int(a), int(b)) for a, b in rows}
    assert len(rows) == len(found)
    wanted = counting(((identifier(a), identifier(b)) for a, b in pairs), LIMITS)
    assert {(identifier(a), identifier(b)) for a, b in found} == wanted
