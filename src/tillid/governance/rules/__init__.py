"""The rules: one file each, named by what it asserts; RULES is their table of contents.

A rule looks at one use of one table: it refuses, lets pass, or gives a predicate that each row must meet.
"""

from __future__ import annotations

from tillid.governance.rules import (
    category_visible,
    column_covered,
    person_permitted,
    person_unrestricted,
    row_collected_for,
    table_for_purpose,
    within_retention,
)
from tillid.governance.rules.rule import Guard, Rule, TableUse

RULES: tuple[Rule, ...] = (
    table_for_purpose.table_for_purpose,
    column_covered.column_covered,
    category_visible.category_visible,
    person_permitted.person_permitted,
    person_unrestricted.person_unrestricted,
    row_collected_for.row_collected_for,
    within_retention.within_retention,
)

__all__ = ["RULES", "Guard", "Rule", "TableUse"]
