"""One project on DuckDB and on Spark: the same people, traits, variables, members, lists and answers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_projects import Partition, Rows, SmallProject, by_person
from whole_project import OUT, SEGMENTS, change_data, whole_project

from tillid.governance.housekeeping import DELIVERIES, PERMISSIONS
from tillid.pipeline import answers
from tillid.pipeline.activate import activate
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.intake.sources import SourceCount
from tillid.pipeline.progress import Silent
from tillid.pipeline.quality.told import quality
from tillid.pipeline.run import build_generation
from tillid.pipeline.workspace import Workspace
from tillid.stages.segment.tables import members_table_name

pytest.importorskip("pyspark")
pytestmark = pytest.mark.spark

TABLES = {
    "analytics": ("crm", "club", "orders", "web", "products", "people", "variables",
                  *(members_table_name(name) for name in SEGMENTS if name != "readers")),
    "news": ("orders", "people", "variables", members_table_name("readers"), members_table_name("lapsed")),
}  # fmt: skip
INTERNAL = {"consent_ledger": PERMISSIONS, "data_subjects": PERMISSIONS, "guesses": PERMISSIONS, "unread_consents": PERMISSIONS, "mapping": PERMISSIONS,
            "standing": PERMISSIONS, "deliveries": DELIVERIES}  # fmt: skip
QUESTIONS = {
    "what is bought": """
        select product_group, extract(year from at) as year, count(*) as n, count(distinct person_id) as persons,
               sum(quantity * price) as revenue, avg(weight) as weight, max(at) as last
        from orders left join products using (item) where quantity > 0 group by 1, 2""",
    "the last of each": """
        with ranked as (select person_id, item, row_number() over (partition by person_id order by at desc) as nth
                        from orders where person_id is not null)
        select p.name, lower(p.email) as email, r.item from ranked r join people p using (person_id) where nth = 1""",
    "who is good": """
        select p.postcode, count(*) as n, avg(v.basket) as basket, min(v.last_ordered) as least, sum(v.seconds) as seconds
        from variables v join segment__good g using (person_id) join people p using (person_id)
        where v.recency between 0 and 400 group by p.postcode""",
    "persons or nobody": "select person_id is null as nobody, upper(item) as item, count(*) as n from orders group by 1, 2",
}
VARIES = ("delivery_id",)
"""Made anew by every delivery."""


@dataclass
class State:
    """All that a project holds at a time, by what is asked."""

    persons: dict[tuple[str, str], int]
    counts: dict[str, SourceCount]
    segments: dict[str, Any]
    activations: dict[str, object]
    quality: dict[str, Any]
    rows: dict[str, Rows] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)

    @property
    def partition(self) -> Partition:
        """The persons as sets of identifiers, whatever their ids are called."""
        return frozenset(by_person(self.persons).values())


def _worked_out(project: SmallProject) -> State:
    """Run the project and ask for everything, each table under a purpose that may read it."""
    with project.opened("run") as workspace:
        taken, derived = build_generation(workspace, Silent())
        sent = activate(workspace, (), dry_run=False)
        counts, quality_told = taken.counts, quality(workspace)
        state = State(_persons(workspace), counts, dict(derived.segments), sent.as_dict(), quality_told)
        for purpose, tables in TABLES.items():
            for table in tables:
                state.rows[f"{table} for {purpose}"] = _rows(workspace, table, purpose)
        for table, purpose in INTERNAL.items():
            state.rows[table] = _rows(workspace, table, purpose)
        for name, text in QUESTIONS.items():
            state.rows[name] = answers.sql(workspace, text, "analytics").to_pylist()
    state.lists = {path: (project.folder / path).read_bytes() for path in OUT}
    return state


def _rows(workspace: Workspace, table: str, purpose: str) -> Rows:
    rows = workspace.ask(unbound(workspace.register.table(table)), workspace.permit(purpose)).to_pylist()
    return [{name: value for name, value in row.items() if name not in VARIES} for row in rows]


def _persons(workspace: Workspace) -> dict[tuple[str, str], int]:
    tables = (unbound(workspace.register.table(name)) for name in ("members", "subjects"))
    members, subjects = tables
    rows = workspace.ask(members.join(subjects, "subject_id"), workspace.permit(PERMISSIONS)).to_pylist()
    return {(row["kind"], row["value"]): row["person_id"] for row in rows if row["person_id"] is not None}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[State]]:
    """Engine → the state after the first run, and the one after a run over changed data."""
    found: dict[str, list[State]] = {}
    for store in ("duckdb", "spark"):
        project = whole_project(tmp_path_factory.mktemp(store), store=store)
        found[store] = [_worked_out(project)]
        change_data(project)
        found[store].append(_worked_out(project))
        _check_engine(project.folder, store)
    return found


def _check_engine(folder: Path, store: str) -> None:
    """The project's facts rest with the engine that it names, and with no other."""
    assert (folder / ".tillid" / "store.duckdb").exists() == (store == "duckdb")
    assert (folder / ".tillid" / "spark" / "current.json").exists() == (store == "spark")


both_runs = pytest.mark.parametrize("run", [0, 1], ids=["first", "after a change"])


@both_runs
def test_the_same_people(states: dict[str, list[State]], run: int) -> None:
    duckdb, spark = states["duckdb"][run], states["spark"][run]
    assert duckdb.partition == spark.partition
    # Identifiers are numbered in the order in which they came, so their persons have the same ids too.
    assert duckdb.persons == spark.persons
    assert max(map(len, duckdb.partition)) > 3


@both_runs
@pytest.mark.parametrize(
    "table", [*(f"{t} for {p}" for p, tables in TABLES.items() for t in tables), *INTERNAL, *QUESTIONS]
)
def test_the_same_rows(states: dict[str, list[State]], run: int, table: str) -> None:
    duckdb, spark = states["duckdb"][run].rows[table], states["spark"][run].rows[table]
    assert duckdb, "a table without rows is the same everywhere"
    assert len(duckdb) == len(spark)
    for one, other in zip(sorted(duckdb, key=_order), sorted(spark, key=_order), strict=True):
        assert one.keys() == other.keys()
        differ = {name: (one[name], other[name]) for name in one if not _same(one[name], other[name])}
        assert not differ


@both_runs
def test_the_same_counts_and_lists(states: dict[str, list[State]], run: int) -> None:
    duckdb, spark = states["duckdb"][run], states["spark"][run]
    assert duckdb.counts == spark.counts
    assert duckdb.segments == spark.segments
    assert duckdb.activations == spark.activations
    assert duckdb.lists == spark.lists
    assert all(len(text.splitlines()) > 2 for text in duckdb.lists.values())


@both_runs
def test_the_same_quality(states: dict[str, list[State]], run: int) -> None:
    duckdb, spark = (_lasting(states[store][run].quality) for store in ("duckdb", "spark"))
    assert duckdb == spark
    assert any(column["verdicts"] for source in duckdb["sources"] for column in source["columns"])


def test_the_change_tells(states: dict[str, list[State]]) -> None:
    first, second = states["duckdb"]
    assert first.partition != second.partition
    assert [table for table in first.rows if first.rows[table] == second.rows[table]] == []


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    """What is told of quality, without when the files were written."""
    return {**told, "sources": [{**source, "freshness": None} for source in told["sources"]]}


def _order(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Where a row stands among the others: by all that is exact, then by floats to seven digits."""
    exact = [(name, repr(value)) for name, value in row.items() if not isinstance(value, float)]
    return (*exact, *((name, f"{value:.7g}") for name, value in row.items() if isinstance(value, float)))


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    exact = isinstance(one, Decimal) == isinstance(other, Decimal)
    return exact and type(one) is type(other) and one == other
