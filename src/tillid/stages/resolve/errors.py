"""What can go wrong when subjects are joined into persons."""

from __future__ import annotations

from collections.abc import Sequence

from tillid.terms.errors import TillidError


class LinkingDoesNotSettle(TillidError):
    """The search for connected subjects did not come to an end."""


class JudgedBothWays(TillidError):
    """Two records or identifiers are judged to be the same, directly or over others, and to be different.

    `over` has the pairs that are judged to be one and lead from one of the identifiers to the other.
    """

    def __init__(self, one: int, other: int, over: Sequence[tuple[int, int]] = ()) -> None:
        self.one, self.other, self.over = one, other, tuple(over)
        text = f"The records {one} and {other} are judged to be the same and to be different"
        if over:
            steps = ", ".join(f"{a} and {b}" for a, b in over)
            text = f"The identifiers {one} and {other} are judged apart, and one over {steps}"
        super().__init__(
            text,
            hint="Take back one of the judgements: that they belong together, directly or over others, or apart.",
        )
