"""What can go wrong when subjects are joined into persons."""

from __future__ import annotations

from tillid.terms.errors import TillidError


class LinkingDoesNotSettle(TillidError):
    """The search for connected subjects did not come to an end."""
