"""The decision that is kept with every governed query: what was asked, by whom, what for, and which rules spoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule decided on one table: the rule's name, the table, and the reason in words."""

    rule: str
    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who asked, for which purposes, under which register version, and what each rule decided.

    It names tables, columns and rules, never a value of a row.
    """

    actor: str
    purposes: tuple[str, ...]
    register_version: str
    decided_at: datetime
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    outcomes: tuple[Outcome, ...]

    def as_dict(self) -> dict[str, object]:
        """The decision as plain values, for the audit log."""
        return {
            "actor": self.actor,
            "purposes": list(self.purposes),
            "register": self.register_version,
            "at": self.decided_at.isoformat(timespec="microseconds"),
            "columns": {table: list(names) for table, names in self.columns},
            "rules": [{"rule": o.rule, "table": o.table, "reason": o.reason} for o in self.outcomes],
        }
