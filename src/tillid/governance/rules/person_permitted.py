"""The person may be processed for this purpose now."""

from __future__ import annotations

from functools import reduce

import ibis

from tillid.governance.errors import PermissionsNotKept
from tillid.governance.housekeeping import is_housekeeping
from tillid.governance.mapping import until_column
from tillid.governance.rules.rule import Guard, TableUse


def person_permitted(use: TableUse) -> Guard | None:
    """Keep rows of persons whose permission for a purpose of the permit lasts beyond now."""
    people = use.people
    if people is None:
        return None
    if all(is_housekeeping(purpose) for purpose in use.permit.purposes):
        return Guard("the platform's own duty, on internal tables alone")
    for purpose in use.permit.purposes:
        if until_column(purpose.key) not in people.columns:
            raise PermissionsNotKept(
                f"The table {use.table.name!r} holds persons, and no permission of theirs is kept for {purpose.key!r}",
                hint="Ask for a purpose of purposes.yml.",
            )
    now = ibis.literal(use.now, type="timestamp(6)")
    lasting = [people[until_column(purpose.key)] > now for purpose in use.permit.purposes]
    names = " or ".join(purpose.key for purpose in use.permit.purposes)
    return Guard(f"person permitted for {names}", people=reduce(lambda a, b: a | b, lasting))
