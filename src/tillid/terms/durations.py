"""Spans of calendar time as people write them: `12 months`, `30 days`, `1 year`."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tillid.terms.fields import FieldInvalid, kind_of

_WRITTEN = re.compile(r"\s*([0-9]{1,6})\s+(day|week|month|year)s?\s*", re.IGNORECASE)
_LONGEST_YEARS = 200


class DurationUnit(StrEnum):
    """What a duration counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_PER_YEAR = {DurationUnit.DAY: 365, DurationUnit.WEEK: 52, DurationUnit.MONTH: 12, DurationUnit.YEAR: 1}


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of days, weeks, months or years, from 1 day to 200 years.

    >>> Duration.parse("12 months")
    Duration(count=12, unit=<DurationUnit.MONTH: 'month'>)
    >>> str(Duration.parse("1 year"))
    '1 year'
    """

    count: int
    unit: DurationUnit

    def __post_init__(self) -> None:
        if not 1 <= self.count <= _LONGEST_YEARS * _PER_YEAR[self.unit]:
            raise FieldInvalid(f"A duration must lie between 1 day and {_LONGEST_YEARS} years")

    @classmethod
    def parse(cls, text: object) -> Duration:
        """Read `N days|weeks|months|years`; anything else raises FieldInvalid."""
        written = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if written is None:
            shown = repr(text[:40]) if isinstance(text, str) else kind_of(text)
            raise FieldInvalid(
                f"A duration is needed here, not {shown}",
                hint="Write a number and days, weeks, months or years, such as 12 months.",
            )
        return cls(int(written[1]), DurationUnit(written[2].lower()))

    def before(self, moment: datetime) -> datetime:
        """The moment this long before `moment`, at the same time of day.

        A day that the month does not have becomes the month's last. Raises ValueError for a moment within
        200 years of the calendar's start.

        >>> Duration.parse("1 month").before(datetime(2024, 3, 31, 12))
        datetime.datetime(2024, 2, 29, 12, 0)
        """
        months, days = self.canonical
        if days:
            return moment - timedelta(days=days)
        year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
        day = min(moment.day, monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)

    @property
    def canonical(self) -> tuple[int, int]:
        """Its months and its days; equal for durations that always reach equally far back.

        >>> Duration.parse("1 year").canonical == Duration.parse("12 months").canonical
        True
        """
        if self.unit in (DurationUnit.DAY, DurationUnit.WEEK):
            return 0, self.count * (7 if self.unit is DurationUnit.WEEK else 1)
        return self.count * (12 if self.unit is DurationUnit.YEAR else 1), 0

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count != 1 else ''}"
