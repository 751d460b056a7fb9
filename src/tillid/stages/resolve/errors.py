"""What can go wrong when subjects are joined into persons."""

from __future__ import annotations

from tillid.terms.errors import TillidError


class LinkingDoesNotSettle(TillidError):
    """The search for connected subjects did not come to an end."""


class JudgedBothWays(TillidError):
    """Two records are judged to be the same, directly or over others, and to be different."""

    def __init__(self, one: int, other: int) -> None:
        self.one, self.other = one, other
        super().__init__(
            f"The records {one} and {other} are judged to be the same and to be different",
            hint="Take back one of the judgements: that they belong together, directly or over others, or apart.",
        )
