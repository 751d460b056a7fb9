"""What a rule is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import ibis.expr.types as ir

from tillid.governance.permit import Permit
from tillid.terms.table import Column, Table


@dataclass(frozen=True, slots=True)
class TableUse:
    """One table of a query: its declaration, the columns used, and whose permit.

    `rows` is the table as the store keeps it; `people` the mapping joined to it, or None for a table that
    reaches no person. `now` is the moment of the decision.
    """

    table: Table
    columns: tuple[Column, ...]
    permit: Permit
    rows: ir.Table
    people: ir.Table | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Guard:
    """A rule's answer: the reason in words, and the predicate on `rows` or on `people` where there is one."""

    reason: str
    rows: ir.Value | None = None
    people: ir.Value | None = None


Rule = Callable[[TableUse], Guard | None]
"""Refuses by raising, answers with a guard, or with None where it has nothing to say on the table."""
