"""Records and their versions: what changed since the last load, and from when to when each version held.

Most records have one version alone. These are set apart, and only the others are laid out in order.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from tillid.pipeline.intake.declare import AT, GONE, RECEIVED
from tillid.stages.profile.golden_record import RECORD_KEY, VALID_FROM, VALID_TO


def repeated(rows: ir.Table, shared: Sequence[str] = (RECORD_KEY,)) -> ir.Table:
    """The values of `shared`, which are never empty, that several rows have."""
    return rows.group_by(*shared).agg(_times=rows.count()).filter(lambda t: t["_times"] > 1).drop("_times")


def one_a_key(staged: ir.Table, shared: Sequence[str], order: Sequence[str]) -> ir.Table:
    """The staged rows with the last, by `order`, of those that share the values of `shared`."""
    return _last(staged, shared, order)


def latest(log: ir.Table) -> ir.Table:
    """The newest version of each record, closed ones included."""
    return _last(log, [RECORD_KEY], [AT, RECEIVED])


def _last(rows: ir.Table, shared: Sequence[str], order: Sequence[str]) -> ir.Table:
    """The rows with the greatest `order` among those that share the values of `shared`, which are never empty."""
    alone, several = _apart(rows, shared)
    within = ibis.window(
        group_by=[several[name] for name in shared], order_by=[ibis.desc(several[name]) for name in order]
    )
    first = several.mutate(_nth=ibis.row_number().over(within)).filter(lambda t: t["_nth"] == 0).drop("_nth")
    return alone.union(first)


def _apart(rows: ir.Table, shared: Sequence[str]) -> tuple[ir.Table, ir.Table]:
    """The rows that share the values of `shared` with no other row, and those that do."""
    several = repeated(rows, shared)
    return rows.anti_join(several, shared), rows.semi_join(several, shared)


def changed(rows: ir.Table, newest: ir.Table, compared: Sequence[str], snapshot_at: ir.Value | None = None) -> ir.Table:
    """The rows that are new or differ from the newest version of their record in a compared column.

    `snapshot_at` is the time of the snapshot that they are, None where they are not one. What a snapshot says
    of a record holds from then on, so it is dated no earlier than what is held; nor is a record that is back.
    """
    # No column of a source begins with _.
    held = newest.select(
        **{"_key": RECORD_KEY, "_gone": GONE, "_at": AT, **{f"_held_{column}": column for column in compared}}
    )
    counted = rows.mutate(_times=rows.count().over(ibis.window(group_by=rows[RECORD_KEY])))
    both = counted.left_join(held, counted[RECORD_KEY] == held["_key"])
    alone, was_gone = both["_times"] == 1, ibis.coalesce(both["_gone"], False)
    # Of several versions at once even one that says what is held counts: it ends what came between.
    same = both["_key"].notnull() & ~was_gone & alone
    for column in compared:
        same = same & both[column].identical_to(both[f"_held_{column}"])
    if snapshot_at is not None:
        from_ = ibis.ifelse(was_gone, ibis.greatest(both[AT], snapshot_at), both[AT])
        lifted = ibis.ifelse(both["_at"].notnull() & alone, ibis.greatest(from_, both["_at"]), both[AT])
        return both.filter(~same).mutate(**{AT: lifted}).select(*rows.columns)
    return both.filter(~same).select(*rows.columns)


def gone(newest: ir.Table, rows: ir.Table, at: ir.Value, received: int) -> ir.Table:
    """Closing versions of the records that are open in the log and not among `rows`."""
    return _closed(newest.filter(~newest[GONE]).anti_join(rows.select(RECORD_KEY).distinct(), RECORD_KEY), at, received)


def deleted(newest: ir.Table, keys: ir.Table, at: ir.Value, received: int) -> ir.Table:
    """Closing versions of the records that are open in the log and among `keys`, which were marked as deleted."""
    return _closed(newest.filter(~newest[GONE]).semi_join(keys, RECORD_KEY), at, received)


def _closed(open_: ir.Table, at: ir.Value, received: int) -> ir.Table:
    # A record can't be closed before it was opened, whatever the file's own time says.
    return open_.mutate(
        **{AT: ibis.greatest(open_[AT], at), RECEIVED: ibis.literal(received, "int64"), GONE: ibis.literal(True)}
    )


def still_open(log: ir.Table) -> ir.Table:
    """The log of records of which each has one version, with valid_from and valid_to."""
    return log.mutate(**{VALID_FROM: log[AT], VALID_TO: ibis.null("timestamp(6)")})


def with_times(log: ir.Table) -> ir.Table:
    """Every version with valid_from and valid_to (NULL while it holds); the closing ones are spent on that."""
    alone, several = _apart(log, [RECORD_KEY])
    timed = still_open(alone).union(_followed(several))
    held = timed[VALID_TO].isnull() | (timed[VALID_TO] > timed[VALID_FROM])
    return timed.filter(~timed[GONE], held)


def first_end(log: ir.Table) -> ir.Table:
    """When the version that ended first did (`ended_at`), NULL where none has."""
    followed = _followed(_apart(log, [RECORD_KEY])[1])
    return followed.aggregate(ended_at=followed[VALID_TO].min())


def _followed(several: ir.Table) -> ir.Table:
    """The versions of records that have several, each ended by the next."""
    within = ibis.window(group_by=several[RECORD_KEY], order_by=[several[AT], several[RECEIVED], several[GONE]])
    return several.mutate(**{VALID_FROM: several[AT], VALID_TO: several[AT].lead().over(within)})
