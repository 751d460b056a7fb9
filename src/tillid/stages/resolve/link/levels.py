"""One comparison of many pairs of records: on which level each pair agrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Levels: TypeAlias = npt.NDArray[np.int8]
"""One comparison level a pair; 0 where one side says nothing."""

Rows: TypeAlias = npt.NDArray[np.int64]
"""Numbers of records, one a pair."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of many pairs.

    `levels` is one level a pair; `weights` is what each level is taken to weigh before anything is learned, as log2 of
    m over u, so that weaker levels never outweigh stronger ones; `is_own` says that another person seldom agrees by
    being near (a family shares its street, but not its birth dates). `is_of_many` says that people of one country or
    town agree more often than others of the list (names and places).
    """

    name: str
    levels: Levels
    weights: tuple[float, ...]
    is_own: bool
    is_of_many: bool = False
