"""A guess at what one column of a list is when records are compared."""

from __future__ import annotations

from dataclasses import dataclass

from tillid.stages.resolve.link.roles import Role


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """The role of a column, None where it is left out, and why.

    `about` is what its header names (`job_title`), empty where the values alone gave it away; `fit` says how much of
    the header that accounts for.
    """

    header: str
    role: Role | None
    about: str = ""
    fit: float = 0.0
    why: str = ""
