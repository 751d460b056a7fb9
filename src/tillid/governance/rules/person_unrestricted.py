"""The person is not restricted (GDPR Art. 18)."""

from __future__ import annotations

from tillid.governance.housekeeping import is_housekeeping
from tillid.governance.mapping import RESTRICTED
from tillid.governance.rules.rule import Guard, TableUse


def person_unrestricted(use: TableUse) -> Guard | None:
    """Keep rows of persons whose data are not restricted to storage."""
    if use.people is None or all(is_housekeeping(purpose) for purpose in use.permit.purposes):
        return None
    return Guard("person not restricted", people=~use.people[RESTRICTED])
