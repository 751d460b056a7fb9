"""How old a suppression list may be: what the laws behind the national registers ask, and a month for any other.

Denmark: the latest quarterly issue of the Robinson list (markedsføringsloven § 10(4)). Norway: washed against
Reservasjonsregisteret before the first contact and within the month of the marketing (markedsføringsloven §§ 12-13).
Belgium: Ne m'appelez plus / Bel-me-niet-meer consulted before each campaign (WER VI.111-114); a day counts as that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class AgeRule(StrEnum):
    """Until when a list counts as current."""

    QUARTER = "issue of this quarter"
    MONTH = "fetched this calendar month"
    DAY = "fetched for the campaign, at most a day ago"
    THIRTY_DAYS = "at most 30 days old"


_REGISTERS = (
    (AgeRule.QUARTER, re.compile("robinson")),
    (AgeRule.MONTH, re.compile("reservasjon")),
    (AgeRule.DAY, re.compile(r"dncm|bel[-_ ]?me[-_ ]?niet|ne[-_ ]?m[-_ ]?appelez|do[-_ ]?not[-_ ]?call")),
)
_DATE_IN_NAME = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ListAge:
    """A suppression list's name and date, and by which rule it is current or too old.

    >>> age = ListAge.of("robinson-2026-09", date(2026, 9, 1))
    >>> age.rule.value, age.is_stale(date(2026, 9, 30)), age.is_stale(date(2026, 10, 1))
    ('issue of this quarter', False, True)
    """

    name: str
    dated: date
    rule: AgeRule

    @classmethod
    def of(cls, name: str, dated: date) -> ListAge:
        """The age of the list of this name: a national register is known by its name."""
        words = name.casefold()
        rule = next((rule for rule, register in _REGISTERS if register.search(words)), AgeRule.THIRTY_DAYS)
        return cls(name, dated, rule)

    def is_stale(self, today: date) -> bool:
        """Whether the list is too old to be relied on; one from the future is no list that is known."""
        if self.dated > today:
            return True
        match self.rule:
            case AgeRule.QUARTER:
                return (self.dated.year, (self.dated.month - 1) // 3) != (today.year, (today.month - 1) // 3)
            case AgeRule.MONTH:
                return (self.dated.year, self.dated.month) != (today.year, today.month)
            case AgeRule.DAY:
                return today - self.dated > timedelta(days=1)
            case AgeRule.THIRTY_DAYS:
                return today - self.dated > _LONGEST


def date_in_name(name: str) -> date | None:
    """The day, or the first of the month, that a file's name holds.

    >>> date_in_name("robinson_20261001.csv"), date_in_name("spærreliste 2026-05.csv"), date_in_name("list.csv")
    (datetime.date(2026, 10, 1), datetime.date(2026, 5, 1), None)
    """
    found = _DATE_IN_NAME.search(name)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None
