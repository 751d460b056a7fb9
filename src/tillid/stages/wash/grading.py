"""Grades many values at once: those that need thought are graded once for each distinct text, in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.wash.reasons import Graded, Reason

# A washed value, or None where there is nothing to use, and what is to be said of it.
Grade: TypeAlias = tuple[str | None, Reason | None]


def unremarked(values: pa.Array) -> Graded:
    """Values of which there is nothing to say."""
    return Graded(values, pa.nulls(len(values), pa.string()))


def graded_by_distinct(values: pa.Array, grade: Callable[[str], Grade]) -> Graded:
    """Grades each distinct string once and puts the results back in their places; null stays null.

    >>> graded = graded_by_distinct(pa.array(["a", None, "a"]), lambda text: (text.upper(), None))
    >>> graded.values.to_pylist(), graded.reasons.null_count
    (['A', None, 'A'], 3)
    """
    coded = values.dictionary_encode()
    grades = [(None, None) if text is None else grade(text) for text in coded.dictionary.to_pylist()]
    once = pa.array([value for value, _ in grades], pa.string())
    reasons = pa.array([reason for _, reason in grades], pa.string())
    return Graded(once.take(coded.indices), reasons.take(coded.indices))


def fast_or_graded(fast: Graded, values: pa.Array, grade: Callable[[str], Grade]) -> Graded:
    """The fast result where there is one, else each distinct value graded in Python; null stays null.

    The values of `fast` are null where the fast path does not vouch for the value.
    """
    open_ = pc.and_(fast.values.is_null(), values.is_valid())
    if not pc.any(open_, min_count=0).as_py():
        return fast
    slow = graded_by_distinct(values.filter(open_), grade)
    return Graded(
        pc.replace_with_mask(fast.values, open_, slow.values),
        pc.replace_with_mask(fast.reasons, open_, slow.reasons),
    )
