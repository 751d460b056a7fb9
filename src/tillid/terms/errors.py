"""The root of every error that Tillid raises on purpose.

TillidError
├── Refused                the one rule said no (governance/errors.py draws this branch)
├── ProjectHasMistakes     definitions that cannot be read (pipeline/project)
├── StoreError             the store is held, torn or unknown (ports/errors.py)
├── SourceError            a file that cannot be read (connectors/sources)
└── …                      one errors.py a room
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TillidError(Exception):
    """Something that the user can put right: one sentence on what is wrong, one on what to do.

    The text never holds a personal value.

    >>> str(TillidError("no such purpose: 'newsleter'", hint="Did you mean 'newsletter'?"))
    "no such purpose: 'newsleter'. Did you mean 'newsletter'?"
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        if not self.hint:
            return self.message
        stop = "" if self.message.endswith((".", "!", "?")) else "."
        return f"{self.message}{stop} {self.hint}"


def nearest(name: str, valid: Iterable[str], *, most: int = 12) -> str:
    """A hint that gives the nearest valid name, or the valid names where none is near.

    >>> nearest("newsleter", ["newsletter", "analytics"])
    "Did you mean 'newsletter'? Valid: analytics, newsletter."
    """
    names = sorted(set(valid))
    if not names:
        return "None is declared."
    close = get_close_matches(name, names, n=1)
    shown = ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Valid: {shown}."
