"""What can be wrong when lists are to be linked.

TillidError
└── ListsError
    ├── RoleNotSaid          what was said of a column is not ROLE=COLUMN, or names a list that is not there
    ├── RoleUnknown          no such role
    ├── NoSuchColumn         a list has no column of that name
    ├── ColumnBarred         a column tells what no list may be linked by
    ├── NothingToCompare     no column, or none that both lists have, tells who a record is
    ├── ListEmpty            a list has no rows
    ├── TruthEmpty           no record has a value in the column that is to tell the truth
    └── WouldOverwrite       a list that is read would be overwritten
"""

from __future__ import annotations

from tillid.terms.errors import TillidError


class ListsError(TillidError):
    """The root of what linking lists refuses."""


class RoleNotSaid(ListsError):
    """What was said of a column can't be understood."""


class RoleUnknown(ListsError):
    """A role that columns can't have."""


class NoSuchColumn(ListsError):
    """A column that a list has not got."""


class ColumnBarred(ListsError):
    """A column of a special category, or of identity numbers, which need a ground in law that a lone list has not."""


class NothingToCompare(ListsError):
    """Lists in which nothing tells who a record is."""


class ListEmpty(ListsError):
    """A list without rows."""


class TruthEmpty(ListsError):
    """A column that is to tell which records are one, and says nothing."""


class WouldOverwrite(ListsError):
    """What is written would take the place of what is read."""
