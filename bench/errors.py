"""What can go wrong in a bench itself."""

from __future__ import annotations

from tillid.terms.errors import TillidError


class SideFailed(TillidError):
    """One of the two sides did not come to its end."""


class AnswersDiffer(TillidError):
    """The two sides do not have the same rows, so their times say nothing."""


class PeerNotHere(TillidError):
    """What Tillid is measured against is not installed."""
