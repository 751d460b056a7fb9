"""Records and their versions: what changed since the last load, and from when to when each version held."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tillid.pipeline.intake.declare import AT, GONE, RECEIVED, ROW
from tillid.stages.profile.golden_record import RECORD_KEY, VALID_FROM, VALID_TO


def one_a_key(staged: ir.Table) -> ir.Table:
    """The staged rows with the last of those that share a record key at one time."""
    last = ibis.row_number().over(
        ibis.window(group_by=[staged[RECORD_KEY], staged[AT]], order_by=ibis.desc(staged[ROW]))
    )
    return staged.mutate(nth=last).filter(lambda t: t.nth == 0).drop("nth")


def latest(log: ir.Table) -> ir.Table:
    """The newest version of each record, closed ones included."""
    last = ibis.row_number().over(
        ibis.window(group_by=log[RECORD_KEY], order_by=[ibis.desc(log[AT]), ibis.desc(log[RECEIVED])])
    )
    return log.mutate(nth=last).filter(lambda t: t.nth == 0).drop("nth")


def changed(rows: ir.Table, newest: ir.Table, compared: Sequence[str]) -> ir.Table:
    """The rows that are new or differ from the newest version of their record in a compared column."""
    held = newest.select(**{"held_key": RECORD_KEY, "held_gone": GONE, **{f"held_{c}": c for c in compared}})
    both = rows.left_join(held, rows[RECORD_KEY] == held.held_key)
    same = both.held_key.notnull() & ~ibis.coalesce(both.held_gone, False)
    for column in compared:
        same = same & both[column].identical_to(both[f"held_{column}"])
    return both.filter(~same).select(*rows.columns)


def gone(newest: ir.Table, rows: ir.Table, at: ir.Value, received: int) -> ir.Table:
    """Closing versions of the records that are open in the log and not among `rows`."""
    open_ = newest.filter(~newest[GONE]).anti_join(rows.select(RECORD_KEY).distinct(), RECORD_KEY)
    # A record can't be closed before it was opened, whatever the file's own time says.
    return open_.mutate(
        **{AT: ibis.greatest(open_[AT], at), RECEIVED: ibis.literal(received, "int64"), GONE: ibis.literal(True)}
    )


def with_times(log: ir.Table) -> ir.Table:
    """Every version with valid_from and valid_to (NULL while it holds); the closing ones are spent on that."""
    following = log[AT].lead().over(ibis.window(group_by=log[RECORD_KEY], order_by=[log[AT], log[RECEIVED], log[GONE]]))
    timed = log.mutate(**{VALID_FROM: log[AT], VALID_TO: following})
    held = timed[VALID_TO].isnull() | (timed[VALID_TO] > timed[VALID_FROM])
    return timed.filter(~timed[GONE], held)
