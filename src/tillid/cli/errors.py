"""What can go wrong at the analyst's door itself.

TillidError
├── NobodyAsks       the system has no name for its user
├── TextUnreadable   a file of SQL that is not text
├── BenchUnknown     no bench of this name
└── BenchesNotHere   the benches are in the checkout alone
"""

from __future__ import annotations

from tillid.terms.errors import TillidError


class NobodyAsks(TillidError):
    """The system has no name for its user, and none was given."""


class TextUnreadable(TillidError):
    """A file of SQL that can't be read as UTF-8 text."""


class BenchUnknown(TillidError):
    """No bench of this name."""


class BenchesNotHere(TillidError):
    """The benches are in a checkout of Tillid, and this is none."""
