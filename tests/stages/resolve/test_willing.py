"""Which links count by what was said of linking, against what the rule says in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillid.stages.resolve.tables import BARRED, EDGES, GIVEN
from tillid.stages.resolve.willing import unwilling

Pair = tuple[int, int]
SUBJECTS = st.integers(1, 7)
LINKS = st.sets(st.tuples(SUBJECTS, SUBJECTS).filter(lambda pair: pair[0] != pair[1]), max_size=12)
SOME = st.sets(SUBJECTS, max_size=4)


@cache
def _sql(*, needs_yes: bool) -> str:
    edges, barred, said = (ibis.table(t.logical(), name=t.name) for t in (EDGES, BARRED, GIVEN))
    return str(ibis.to_sql(unwilling(edges, barred, said if needs_yes else None, edges), dialect="duckdb"))


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def _dropped(
    engine: duckdb.DuckDBPyConnection, links: set[Pair], barred: set[int], said: set[int], *, needs_yes: bool
) -> set[Pair]:
    both = [*links, *((b, a) for a, b in links)]
    edges = {name: pa.array([pair[n] for pair in dict.fromkeys(both)], pa.int64()) for n, name in enumerate("ab")}
    engine.register(EDGES.name, pa.table(edges))
    for table, who in ((BARRED, barred), (GIVEN, said - barred)):
        engine.register(table.name, pa.table({"subject_id": pa.array(who, pa.int64())}))
    rows = engine.execute(_sql(needs_yes=needs_yes)).fetchall()
    assert len(rows) == len(set(rows))
    return {(int(a), int(b)) for a, b in rows}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINKS, SOME, SOME, st.booleans())
def test_a_link_counts_where_both_sides_permit_it(
    engine: duckdb.DuckDBPyConnection, links: set[Pair], barred: set[int], said: set[int], needs_yes: bool
) -> None:
    every = links | {(b, a) for a, b in links}
    yes = said - barred
    may = yes | {a for a, b in every if b in yes}
    counts = {pair for pair in every if not barred & set(pair) and (not needs_yes or may.issuperset(pair))}
    assert _dropped(engine, links, barred, said, needs_yes=needs_yes) == every - counts


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINKS, SOME, SOME, SOME, st.booleans())
def test_more_noes_never_make_a_link_and_their_order_is_nothing(
    engine: duckdb.DuckDBPyConnection,
    links: set[Pair],
    one: set[int],
    other: set[int],
    said: set[int],
    needs_yes: bool,
) -> None:
    def dropped(barred: set[int]) -> set[Pair]:
        return _dropped(engine, links, barred, said, needs_yes=needs_yes)

    assert dropped(one | other) >= dropped(one) | dropped(other)
    if not needs_yes:
        assert dropped(one | other) == dropped(one) | dropped(other)
