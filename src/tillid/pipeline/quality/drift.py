"""What deserves a look in the loads of a source: shares that changed, shapes that came or went, volume, freshness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import median

from tillid.pipeline.quality.figures import ColumnFigures, LoadFigures
from tillid.pipeline.quality.showing import Showing
from tillid.pipeline.report.pages import percent
from tillid.pipeline.report.small_cells import THRESHOLD
from tillid.stages.ingest.definitions import Load, SourceDefinition
from tillid.stages.wash import Verdict

CHANGE = 0.05
"""A share has changed when it differs by five percentage points or more, and by more than chance makes of it."""
BY_CHANCE = 3.0
"""Standard errors of the difference of two shares, which chance hardly ever makes."""
ROWS = 100
"""Fewer rows are compared with nothing."""
MUCH = 0.2
"""A share of invalid or doubtful values, or of refused rows, that is told even where nothing changed."""
NEW_SHAPE = 0.1
FELL, ROSE = 0.7, 1.5
LATE, FEWEST_GAPS = 2, 3
_LEAST = 1e-4

Share = Callable[[LoadFigures], tuple[int, int]]
"""Rows of a sort, and the rows that they are a share of."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: in which column ("" for the source), what, since which load (its time), what to do."""

    column: str
    kind: str
    said: str
    since: str
    do: str
    weight: float

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {"column": self.column, "kind": self.kind, "said": self.said, "since": self.since, "do": self.do}


_DO = {
    "invalid": "Look at the examples of invalid values, and ask who delivers the file what changed.",
    "suspect": "Look at the reasons: a guess or a test value is best put right where it is typed.",
    "empty": "Ask who delivers the file whether the column is still filled, under the same header.",
    "refused": "See report.html for file, line and column of the refused rows.",
}
_IN_WORDS = {"invalid": "invalid", "suspect": "doubtful", "empty": "empty", "refused": "of the rows refused"}


def may_tell_shares(load: LoadFigures, showing: Showing) -> bool:
    """Whether a whole per cent of a load's rows gives no count away that is not told."""
    return showing is Showing.ALL or load.rows >= 100 * THRESHOLD


def share_of(column: str, kind: str) -> Share:
    """The share that a kind of remark is about."""
    if kind == "refused":
        return lambda load: (load.refused, load.read)
    if kind == "empty":
        return lambda load: (load.rows - load.columns[column].filled, load.rows)
    return lambda load: (load.columns[column].verdicts.get(kind, 0), load.columns[column].filled)


def differ(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two shares differ by `CHANGE` or more and by more than chance.

    >>> differ((310, 1000), (40, 1000)), differ((18, 100), (10, 100)), differ((44, 1000), (40, 1000))
    (True, False, False)
    """
    if min(one[1], other[1]) < ROWS:
        return False
    change = abs(one[0] / one[1] - other[0] / other[1])
    pooled = (one[0] + other[0]) / (one[1] + other[1])
    error = sqrt(pooled * (1 - pooled) * (1 / one[1] + 1 / other[1]))
    return change >= CHANGE and change > BY_CHANCE * error


def stability(one: Mapping[str, int], other: Mapping[str, int]) -> float | None:
    """The population stability index of two distributions; None where one has fewer than `ROWS` rows.

    >>> stability({"valid": 960, "invalid": 40}, {"valid": 690, "invalid": 310})
    0.642
    """
    wholes = sum(one.values()), sum(other.values())
    if min(wholes) < ROWS:
        return None
    index = 0.0
    for name in {*one, *other}:
        before, now = (max(of.get(name, 0) / whole, _LEAST) for of, whole in zip((one, other), wholes, strict=True))
        index += (now - before) * log(now / before)
    return round(index, 3)


def changed(loads: Sequence[LoadFigures], share: Share) -> tuple[LoadFigures, LoadFigures] | None:
    """The load since which a share is as it is now, and the one before it, in which it was another."""
    since, now = loads[-1], share(loads[-1])
    for before in reversed(loads[:-1]):
        if share(before)[1] < ROWS:
            continue
        if differ(share(before), now):
            return since, before
        since = before
    return None


def remarks(
    source: SourceDefinition, loads: Sequence[LoadFigures], showings: Mapping[str, Showing], now: datetime
) -> list[Remark]:
    """What deserves a look, the worst first. `loads` are of one source, the oldest first."""
    last = loads[-1]
    found = [_share(loads, "", "refused"), _volume(source, loads), _late(loads, now)]
    for name, showing in showings.items():
        known = [load for load in loads if name in load.columns and may_tell_shares(load, showing)]
        if last not in known:
            continue
        found.append(_share(known, name, "empty"))
        if showing is not Showing.FILLED:
            found += [_share(known, name, "invalid"), _share(known, name, "suspect")]
        if showing is Showing.ALL and len(known) > 1:
            found += _shapes(name, known[-2].columns[name], known[-1])
    return sorted((one for one in found if one is not None), key=lambda one: (-one.weight, one.column, one.kind))


def _share(loads: Sequence[LoadFigures], column: str, kind: str) -> Remark | None:
    share = share_of(column, kind)
    part, whole = share(loads[-1])
    change = changed(loads, share)
    was = None if change is None else share(change[1])
    if was is not None and change is not None and part / whole > was[0] / was[1]:
        said = f"{percent(part, whole)} {_IN_WORDS[kind]}, was {percent(*was)}"
        return Remark(column, kind, said, change[0].file_time, _DO[kind], 1 + part / whole - was[0] / was[1])
    if kind != "empty" and part >= THRESHOLD and part >= MUCH * whole:
        since = loads[0] if change is None else change[0]
        return Remark(
            column, kind, f"{percent(part, whole)} {_IN_WORDS[kind]}", since.file_time, _DO[kind], part / whole
        )
    return None


def _shapes(column: str, before: ColumnFigures, load: LoadFigures) -> list[Remark]:
    now = load.columns[column]
    if min(before.looked_at, now.looked_at) < ROWS:
        return []
    found = []
    for one, other, kind, words in (
        (now, before, "shape_new", "which no frequent value looked like before"),
        (before, now, "shape_gone", "which hardly any value looks like now"),
    ):
        known = {shape.shape for shape in other.shapes}
        for shape in one.shapes:
            if shape.shape not in known and shape.rows >= NEW_SHAPE * one.looked_at:
                tense = "look" if one is now else "looked"
                said = f"{percent(shape.rows, one.looked_at)} {tense} like {shape.shape}, {words}"
                do = "Ask who delivers the file whether the way of writing it changed."
                found.append(Remark(column, kind, said, load.file_time, do, 0.5 + shape.rows / one.looked_at / 2))
    return found


def _volume(source: SourceDefinition, loads: Sequence[LoadFigures]) -> Remark | None:
    last, before = loads[-1], [load.read for load in loads[:-1] if not load.is_anew]
    if source.load is Load.SNAPSHOT:
        usual: float = before[-1] if before else 0
    else:
        usual = median(before) if len(before) >= FEWEST_GAPS and not last.is_anew else 0
    if usual < ROWS or FELL <= last.read / usual <= ROSE:
        return None
    said = f"{last.read:,} rows, was {usual:,.0f}"
    do = "See whether a file is cut short, is missing, or holds rows twice."
    return Remark("", "volume", said, last.file_time, do, 1 + abs(1 - last.read / usual))


def usual_gap(loads: Sequence[LoadFigures]) -> timedelta | None:
    """How long it usually is from a newest file to the next; None before there were a few."""
    times = sorted({datetime.fromisoformat(load.file_time) for load in loads})
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    return timedelta(seconds=median(gaps)) if len(gaps) >= FEWEST_GAPS else None


def _late(loads: Sequence[LoadFigures], now: datetime) -> Remark | None:
    gap, newest = usual_gap(loads), datetime.fromisoformat(loads[-1].file_time)
    if gap is None or now - newest <= LATE * gap:
        return None
    said = f"no new file for {_days(now - newest)}, usually one every {_days(gap)}"
    return Remark(
        "", "late", said, loads[-1].file_time, "Ask who delivers it, or see whether the export still runs.", 1
    )


def _days(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    number, unit = (round(hours / 24), "day") if hours >= 36 else (round(hours), "hour")
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def usable(load: LoadFigures, names: Sequence[str]) -> tuple[int, int]:
    """The usable (valid or corrected) values of the washed columns of `names` in a load, and all that are filled."""
    columns = [load.columns[name] for name in names if name in load.columns and load.columns[name].verdicts]
    good = sum(c.verdict(Verdict.VALID) + c.verdict(Verdict.CORRECTED) for c in columns)
    return good, sum(column.filled for column in columns)
