"""What the house asks of an audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class AuditLog(Protocol):
    """Keeps every decision, allowed or refused, in order; an entry holds no personal value."""

    def append(self, kind: str, entry: Mapping[str, object]) -> None:
        """Add one entry durably; raises when it can't, so that nothing is read unrecorded."""
        ...

    def close(self) -> None:
        """Let go of it; harmless when done before. The next entry opens it again."""
        ...
