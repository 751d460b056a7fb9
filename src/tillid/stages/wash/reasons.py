"""Why a value got its verdict: one word a reason, each of which has one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa

from tillid.stages.wash.definitions import Verdict


class Reason(StrEnum):
    """What washing found in a value; a value that is fine as it came has none."""

    # any kind
    RESPELLED = "respelled"
    """The same value in another spelling: case, blanks, punctuation, notation."""
    NOT_UNDERSTOOD = "not_understood"
    """Nothing of this kind can be made of it."""

    # e-mail
    # phone
    # names
    # companies
    # places
    # dates


VERDICT_OF: Mapping[Reason, Verdict] = MappingProxyType(
    {
        Reason.RESPELLED: Verdict.CORRECTED,
        Reason.NOT_UNDERSTOOD: Verdict.INVALID,
    }
)


@dataclass(frozen=True, slots=True)
class Graded:
    """Washed values and, for each, the most serious reason found.

    `values` are strings, null where there is nothing to use. `reasons` are strings (values of `Reason`), null
    where there is nothing to say: the value is fine as it came, was only respelled, or there was none. Both are
    as long as what was washed.
    """

    values: pa.Array
    reasons: pa.Array
