"""Errors of reading a project folder."""

from __future__ import annotations

from collections.abc import Sequence

from tillid.pipeline.project.findings import Finding
from tillid.terms.errors import TillidError

SHOWN_AT_MOST = 50


class ProjectHasMistakes(TillidError):
    """The definitions cannot be used; `findings` holds every mistake, by file and line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        count = len(findings)
        shown = [str(finding) for finding in findings[:SHOWN_AT_MOST]]
        more = [f"… and {count - SHOWN_AT_MOST} more"] if count > SHOWN_AT_MOST else []
        start = f"the project has {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n  ".join([f"{start}:", *shown, *more]))
        self.findings = tuple(findings)


class ProjectNotFound(TillidError):
    """No folder with a tillid.yml, here or above."""
