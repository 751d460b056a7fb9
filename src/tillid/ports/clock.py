"""What time it is: UTC, without a time zone, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A callable that gives the moment by which permission and retention are judged."""

    def __call__(self) -> datetime:
        """The moment now, in UTC without a time zone."""
        ...


def system_clock() -> datetime:
    """The machine's clock.

    >>> system_clock().tzinfo is None
    True
    """
    return datetime.now(UTC).replace(tzinfo=None)
