"""`tillid bench guards`: what the guards alone cost, governed queries against the same queries ungoverned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from bench.made import room
from tillid.governance.govern import govern
from tillid.governance.mapping import mapping_table
from tillid.governance.register import Register
from tillid.pipeline.progress import Progress
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import Column, Table
from tillid.terms.table import Path as TablePath

EVENTS, PEOPLE, ROUNDS = 10_000_000, 1_000_000, 5
BOUNDS = {"per_person": 1.3, "totals": 2.5, "govern_and_compile_ms": 30}
_BEHAVIOR = frozenset({"user.behavior"})
_PURPOSE = Purpose(
    "analytics", "analytics", LegalBasis.LEGITIMATE_INTERESTS, frozenset({"user"}), Duration.parse("10 years")
)
_ORDERS = Table(
    "orders",
    (
        Column("occurred_at", "timestamp(6)", _BEHAVIOR),
        Column("amount", "decimal(18, 2)", _BEHAVIOR),
        Column("product_group", "string", _BEHAVIOR),
    ),
    path=TablePath.SUBJECT,
    collected=True,
    retained_from="occurred_at",
)
_Query = Callable[[ir.Table], ir.Table]
PER_PERSON: dict[str, tuple[_Query, str]] = {
    "sum_and_count": (
        lambda t: t.group_by("person_id").agg(n=t.count(), spent=t.amount.sum()).agg(p=lambda g: g.count()),
        "select count(*) from (select person_id, count(*), sum(amount) from {people} group by 1)",
    ),
    "last_seen": (
        lambda t: t.group_by("person_id").agg(last=t.occurred_at.max()).agg(p=lambda g: g["last"].max()),
        "select max(l) from (select person_id, max(occurred_at) as l from {people} group by 1)",
    ),
}
TOTALS: dict[str, tuple[_Query, str]] = {
    "by_month": (
        lambda t: t.group_by(month=t.occurred_at.truncate("M")).agg(spent=t.amount.sum()),
        "select date_trunc('month', occurred_at), sum(amount) from governed.orders group by 1",
    ),
    "by_product_group": (
        lambda t: t.group_by("product_group").agg(n=t.count(), spent=t.amount.sum()),
        "select product_group, count(*), sum(amount) from governed.orders group by 1",
    ),
    "of_all": (
        lambda t: t.agg(n=t.count(), spent=t.amount.sum()),
        "select count(*), sum(amount) from governed.orders",
    ),
}
_JOINED = "governed.orders join governed.mapping using (subject_id)"


def run(
    progress: Progress,
    events: int | None = None,
    people: int | None = None,
    rounds: int = ROUNDS,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Time each query both ways in turn, with half and with all of the people permitted; the best counts."""
    register = Register(
        purposes=[_PURPOSE],
        actors=[Actor("bench", (Role("all", None, None),))],
        tables=[_ORDERS, mapping_table([_PURPOSE])],
        purpose_sets={1: frozenset({"analytics"}), 2: frozenset({"analytics", "linking"}), 3: frozenset()},
        clock=lambda: datetime(2026, 1, 1),
    )
    permit = register.permit(register.actor("bench"), "analytics")
    orders = ibis.table(_ORDERS.logical(), name="orders")
    figures: dict[str, Any] = {"events": events or EVENTS, "people": people or PEOPLE, "bounds": BOUNDS}
    compiling: list[float] = []
    with room(folder) as here, duckdb.connect(str(here / "guards.duckdb")) as store:
        for part, permitted in (("half", 2), ("all", 1)):
            with progress.stage(f"{part} of the people permitted"):
                _fill(store, figures["events"], figures["people"], permitted)
                for name, (query, text) in {**PER_PERSON, **TOTALS}.items():
                    began = perf_counter()
                    governed = str(ibis.to_sql(govern(query(orders), permit).body, dialect="duckdb"))
                    compiling.append(1000 * (perf_counter() - began))
                    figures[f"{name}_{part}"] = _timed(store, governed, text.format(people=_JOINED), rounds)
    figures["govern_and_compile_ms"] = round(median(compiling[1:]), 1)
    return {"name": "guards", "figures": figures, "ratios": _ratios(figures)}


def _fill(store: duckdb.DuckDBPyConnection, events: int, people: int, every: int) -> None:
    store.execute("create schema if not exists governed")
    store.execute(
        "create or replace table governed.orders as select (hash(i) % $people)::bigint + 1 as subject_id,"
        " (1 + i % 2)::integer as purpose_set,"
        " timestamp '2023-01-01' + to_seconds((hash(i * 7) % 90000000)::bigint) as occurred_at,"
        " ((hash(i * 3) % 100000) / 100)::decimal(18, 2) as amount,"
        " ['books', 'toys', 'tools', 'garden', 'food'][(hash(i * 11) % 5)::integer + 1] as product_group"
        " from range($events) t(i)",
        {"people": people, "events": events},
    )
    store.execute(
        "create or replace table governed.mapping as select i as subject_id,"
        " case when i % 5 = 0 then i - 1 else i end as person_id, false as restricted,"
        " case when i % $every = 0 then timestamp '9999-12-31' end as until__analytics"
        " from range(1, $people + 1) t(i)",
        {"every": every, "people": people},
    )
    store.execute("checkpoint")


def _timed(store: duckdb.DuckDBPyConnection, governed: str, plain: str, rounds: int) -> dict[str, float]:
    best = {"governed": float("inf"), "ungoverned": float("inf")}
    for _ in range(rounds + 1):
        for side, sql in (("governed", governed), ("ungoverned", plain)):
            began = perf_counter()
            store.execute(sql).fetchall()
            best[side] = min(best[side], perf_counter() - began)
    return {side: round(1000 * seconds, 2) for side, seconds in best.items()}


def _ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Governed to ungoverned, each query, and the greatest of each kind."""
    ratios = {
        name: round(times["governed"] / times["ungoverned"], 3)
        for name, times in figures.items()
        if isinstance(times, dict) and "governed" in times
    }
    for kind, queries in (("per_person", PER_PERSON), ("totals", TOTALS)):
        ratios[kind] = max(ratio for name, ratio in ratios.items() if name.rpartition("_")[0] in queries)
    return ratios
