"""Holds what the two sides worked out against each other, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from bench.errors import AnswersDiffer
from bench.made import ACTOR
from bench.side import Side, store_of
from tillid.governance.columns_usable import is_usable
from tillid.governance.housekeeping import PERMISSIONS
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.workspace import Workspace
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.stages.segment.tables import members_table_name

PURPOSES = {"customer_analytics": "for_analytics", "newsletter": "for_newsletter"}
"""Each purpose that people are looked at for, and the column by which the hand-written SQL filters for it."""


def rows_compared(project: Path) -> dict[str, int]:
    """Result → its number of rows, the same on both sides. Raises `AnswersDiffer`.

    Persons have other ids on each side, so a row is known by the least customer number of its person.
    """
    counts: dict[str, int] = {}
    with (
        duckdb.connect(str(store_of(Side.BY_HAND, project)), read_only=True) as by_hand,
        Workspace.open(project, ACTOR, verb="bench") as workspace,
    ):
        # The purpose sets of its generation are known once the store is open.
        workspace.store.generation()
        for name, rows, select in _results(workspace):
            other: pa.Table = by_hand.sql(select).to_arrow_table()
            if _differ(rows, other):
                raise AnswersDiffer(f"The two sides have other rows in {name}: {rows.num_rows} and {other.num_rows}")
            counts[name] = rows.num_rows
    return counts


def _results(workspace: Workspace) -> Iterator[tuple[str, pa.Table, str]]:
    """Each result: its name, Tillid's rows, and the statement that gives the other side's."""
    identifiers = workspace.ask(_identifiers(), workspace.permit(PERMISSIONS))
    select = "select kind, value, least_no from identifiers left join persons on subject = identifiers.person"
    yield "identifiers", identifiers, select
    for purpose, allowed in PURPOSES.items():
        permit = workspace.permit(purpose)
        for name, theirs in (("variables", "variables"), ("people", "traits")):
            table = workspace.register.table(name)
            columns = [c.name for c in table.columns if is_usable(c, permit.purposes[0])]
            rows = workspace.ask(_numbered(workspace, workspace.table(name), columns), permit)
            listed = ", ".join(f"{theirs}.{column}" for column in columns)
            select = f"select persons.least_no, {listed} from {theirs} join persons using (person)"
            yield f"{name} for {purpose}", rows, f"{select} where subject = person and {allowed}"
    for segment in workspace.project.segments.values():
        members = _numbered(workspace, workspace.table(members_table_name(segment.name)), [])
        select = f"select least_no from segment_{segment.name} join persons using (person)"
        yield (
            f"segment {segment.name}",
            workspace.ask(members, workspace.permit(segment.purpose)),
            (f"{select} where subject = person"),
        )


def _identifiers() -> ir.Table:
    """Every identifier with the least customer number of its person."""
    known = unbound(SUBJECTS).join(unbound(MEMBERS), "subject_id")
    numbers = known.filter(known.kind == "customer_no")
    least = numbers.group_by(of="person_id").agg(least_no=numbers["value"].min())
    each = known.filter(known.person_id.notnull()).left_join(least, known.person_id == least.of)
    return each.select("kind", "value", "least_no")


def _numbered(workspace: Workspace, rows: ir.Table, columns: list[str]) -> ir.Table:
    """The rows, each with the least customer number of its person."""
    sources = (workspace.table(name) for name in ("crm", "orders"))
    named = reduce(lambda a, b: a.union(b), (t.select("person_id", "customer_no").distinct() for t in sources))
    least = named.group_by(of="person_id").agg(least_no=named.customer_no.min())
    joined = rows.join(least, rows.person_id == least.of)
    return joined.select("least_no", *columns)


def _differ(ours: pa.Table, theirs: pa.Table) -> bool:
    with duckdb.connect() as scratch:
        scratch.register("ours", ours)
        scratch.register("theirs", theirs)
        odd = scratch.execute(
            "select count(*) from ((from ours except all from theirs) union all (from theirs except all from ours))"
        ).fetchone()
    return odd is None or bool(odd[0])
