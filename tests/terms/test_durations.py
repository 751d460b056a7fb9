"""Durations: how they are written and what lies that long before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.terms.durations import Duration, DurationUnit
from tillid.terms.fields import FieldInvalid

MOMENT = datetime(2024, 3, 31, 23, 59, 59, 999_999)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("30 days", MOMENT - timedelta(days=30)),
        ("1 day", MOMENT - timedelta(days=1)),
        ("2 weeks", MOMENT - timedelta(days=14)),
        ("1 month", MOMENT.replace(month=2, day=29)),
        ("13 months", MOMENT.replace(year=2023, month=2, day=28)),
        (" 12  MONTHS ", MOMENT.replace(year=2023)),
        ("3 months", MOMENT.replace(year=2023, month=12)),
        ("1 year", MOMENT.replace(year=2023)),
        ("200 years", MOMENT.replace(year=1824)),
    ],
)
def test_before(text, before):
    assert Duration.parse(text).before(MOMENT) == before


def test_a_leap_day_becomes_the_last_of_february():
    assert Duration.parse("1 year").before(datetime(2024, 2, 29)) == datetime(2023, 2, 28)


@pytest.mark.parametrize(
    "text",
    ["", "12", "months", "0 days", "-1 days", "1.5 years", "201 years", "73001 days", "1 hour", "١ day", 12, None],
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(FieldInvalid):
        Duration.parse(text)


@given(
    count=st.integers(1, 200),
    unit=st.sampled_from(DurationUnit),
    one=st.datetimes(datetime(1900, 1, 1)),
    other=st.datetimes(datetime(1900, 1, 1)),
)
def test_before_is_earlier_and_keeps_the_order(count, unit, one, other):
    duration = Duration(count, unit)
    assert Duration.parse(str(duration)) == duration
    assert duration.before(one) < one
    first, second = sorted([one, other])
    if unit in (DurationUnit.DAY, DurationUnit.WEEK):
        assert duration.before(first) <= duration.before(second)
    else:
        # Only clipped ends of months may meet, on one and the same day.
        assert duration.before(first).date() <= duration.before(second).date()
