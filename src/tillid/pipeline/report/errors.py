"""What can go wrong with the page: ReportNotWritten, a TillidError."""

from __future__ import annotations

from tillid.terms.errors import TillidError


class ReportNotWritten(TillidError):
    """The page could not be written; the former one is untouched."""
