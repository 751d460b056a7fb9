"""Answers and listings that can't be read in every part: which count as a no all the same, and which end nothing.

A yes must be readable from end to end. What is no yes, or can't be told from one, must not leave a former yes standing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.definitions import SourceDefinition, SourceKind

YES = "given"


@dataclass(frozen=True, slots=True)
class Noes:
    """Two masks over rows: those that count as a no, and those that are no yes and name no purpose to end."""

    counted: pa.Array
    of_no_purpose: pa.Array


def noes(definition: SourceDefinition, cast: Mapping[str, pa.Array], state_is_empty: pa.Array | None) -> Noes | None:
    """What rows of consents or suppressions come to, whatever of them is bad; None for rows of another kind.

    `cast` has the values by the columns' names, null where there is none or it could not be read. A row counts when
    somebody is meant, and for consents when its purpose is known and it is not a yes: an answer that can't be read is
    none. Where neither answer nor time is there (`state_is_empty`), nothing was said.
    """
    if definition.kind not in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS):
        return None
    somebody = reduce(pc.or_, (cast[column.name].is_valid() for column in definition.identifiers))
    never = pa.repeat(False, len(somebody))
    if definition.kind is SourceKind.SUPPRESSIONS:
        return Noes(somebody, never)
    if definition.state == YES:
        return Noes(never, never)
    is_no = somebody
    if "state" in cast:
        is_no = pc.and_(is_no, pc.fill_null(pc.not_equal(cast["state"], YES), True))
    if state_is_empty is not None:
        is_no = pc.and_not(is_no, pc.and_(state_is_empty, cast["at"].is_null()))
    is_named = cast["purpose"].is_valid() if "purpose" in cast else pa.repeat(True, len(somebody))
    return Noes(pc.and_(is_no, is_named), pc.and_not(is_no, is_named))
