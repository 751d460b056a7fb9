"""What people judged: which identifiers are one person and which are not; the newest of a pair counts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import ibis
import ibis.expr.types as ir

from tillid.stages.resolve.errors import JudgedBothWays
from tillid.stages.resolve.parting import Groups, Pair, chain


class Verdict(StrEnum):
    """What a judgement says of two identifiers; one that is withdrawn says nothing any more."""

    TOGETHER = "together"
    APART = "apart"
    WITHDRAWN = "withdrawn"


def standing_judgements(judgements: ir.Table) -> ir.Table:
    """The newest judgement of each pair, whichever way round it was named: a < b, verdict, generation.

    A generation is derived with one judgement at most, so no two are equally new.
    """
    each = judgements.select(
        "verdict",
        "generation",
        a=ibis.least(judgements.subject_a, judgements.subject_b),
        b=ibis.greatest(judgements.subject_a, judgements.subject_b),
    )
    newest = each.group_by("a", "b").agg(generation=each.generation.max())
    return each.semi_join(newest, ["a", "b", "generation"]).select("a", "b", "verdict", "generation")


def judged(judgements: ir.Table, verdict: Verdict) -> ir.Table:
    """The pairs (a < b) whose newest judgement is this."""
    newest = standing_judgements(judgements)
    return newest.filter(newest.verdict == str(verdict)).select("a", "b")


def check_consistent(together: Iterable[Pair], apart: Iterable[Pair]) -> None:
    """See that no two who are judged apart are judged to be one, directly or over others.

    Raises `JudgedBothWays`, which names the two and the judgements over which they are one.

    >>> check_consistent([(1, 2), (2, 3)], [(1, 4)])
    >>> try:
    ...     check_consistent([(1, 2), (2, 3)], [(1, 3)])
    ... except JudgedBothWays as error:
    ...     print(error.message)
    The identifiers 1 and 3 are judged apart, and one over 1 and 2, 2 and 3
    """
    joined = sorted(together)
    groups = Groups()
    for one, other in joined:
        groups.join(one, other)
    for one, other in sorted(apart):
        if groups.top(one) == groups.top(other):
            raise JudgedBothWays(one, other, over=_chain(joined, one, other))


def _chain(pairs: Iterable[Pair], one: int, other: int) -> tuple[Pair, ...]:
    """The fewest pairs that lead from one to the other."""
    near: dict[int, list[int]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return chain(near, one, other)
