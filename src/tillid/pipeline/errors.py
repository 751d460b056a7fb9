"""What can go wrong between the stages."""

from __future__ import annotations

from tillid.terms.errors import TillidError


class NotDefined(TillidError):
    """A segment, activation or source that the project does not define."""


class NotBuilt(TillidError):
    """Something that no run has worked out yet."""


class PersonUnknown(TillidError):
    """No person has this identifier."""


class JudgementEmpty(TillidError):
    """A judgement on two identifiers that says nothing, or nothing new."""


class FileChanged(TillidError):
    """A file of an append source changed after it was read."""


class FileNameHoldsId(TillidError):
    """A file whose name holds a national identity number."""


class SourceShrank(TillidError):
    """A table or resource no longer has rows that were read from it and would have to be read anew."""


class EmptySnapshot(TillidError):
    """A snapshot without rows, which would close every record."""


class FolderNotEmpty(TillidError):
    """A project is to begin in a folder that holds something already."""


class OriginUnknown(TillidError):
    """A source can't be drafted from what was named."""
