"""What can be wrong with a lead wash as a whole.

TillidError
└── LeadsError
    ├── NothingToReach     no column of the leads is an e-mail address, a phone number or an address
    ├── NotASegment        the target is no segment, or one that leads can't be held against
    └── ListNotUsable      a suppression list has no column that people can be found by
"""

from __future__ import annotations

from tillid.terms.errors import TillidError


class LeadsError(TillidError):
    """The root of what a lead wash refuses."""


class NothingToReach(LeadsError):
    """Leads that nobody can be reached by."""


class NotASegment(LeadsError):
    """A target that leads can't be held against."""


class ListNotUsable(LeadsError):
    """A suppression list without anything to find people by."""
