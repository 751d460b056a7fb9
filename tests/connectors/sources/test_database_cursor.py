"""The window of a cursor loses no row and takes none twice, whatever comes in whatever order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.connectors.sources import database_cursor
from tillid.connectors.sources.database_cursor import Reached, Window
from tillid.connectors.sources.errors import CursorUnfit
from tillid.ports.pulled import Cursor

Table = list[tuple[int | None, str]]

rows = st.lists(st.tuples(st.none() | st.integers(0, 6), st.sampled_from("ab")), max_size=8)


def pulled(table: Table, since: Cursor | None, lag: int | None, chunk: int) -> tuple[Table, Cursor]:
    """The new rows of a table, as the database would hand it over, and the cursor after them."""
    window = Window("t", lag, None if since is None else Reached.read(since), False)
    asked = [row for row in table if window.start is None or row[0] is None or row[0] >= window.start]
    new: Table = []
    for first in range(0, len(asked), chunk):
        part = asked[first : first + chunk]
        new += [part[place] for place in window.fresh([at for at, _ in part], part)]
    return new, window.reached()


@given(st.lists(rows, min_size=1, max_size=5), st.integers(1, 4), st.sampled_from([None, 1, 2]), st.randoms())
def test_rows_that_come_at_or_after_the_newest_value_are_taken_once(
    loads: list[Table], chunk: int, lag: int | None, random: Any
) -> None:
    """Each load adds rows no further back than the lag; alike rows count as often as they are there."""
    table: Table = []
    taken: Counter[tuple[int | None, str]] = Counter()
    since: Cursor | None = None
    for added in loads:
        newest = max((at for at, _ in table if at is not None), default=0) - (lag or 0)
        table += [(at if at is None else max(at, newest), text) for at, text in added]
        random.shuffle(table)
        new, since = pulled(table, since, lag, chunk)
        taken += Counter(new)
        assert taken == Counter(table)
    again, _ = pulled(table, since, lag, chunk)
    assert again == []


VALUES = [
    7,
    Decimal("7.10"),
    0.5,
    "2025-11-03 09:30:00",
    b"\x00\xff",
    date(2025, 11, 3),
    datetime(2025, 11, 3, 9, 30, 0, 1),
]


@pytest.mark.parametrize("value", [*VALUES, datetime(2025, 11, 3, 9, 30, tzinfo=UTC)])
def test_a_cursor_is_read_as_it_was_written(value: object) -> None:
    window = Window("t", None, None, False)
    window.fresh([value], [("a",)])
    read = Reached.read(window.reached())
    assert (read.at, type(read.at)) == (value, type(value))
    assert Window("t", None, read, False).fresh([value, value], [("a",), ("b",)]) == [1]


def test_a_moment_is_the_same_row_in_whatever_zone_it_is_told() -> None:
    window = Window("t", None, None, False)
    here = datetime(2025, 11, 3, 9, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))
    window.fresh([here], [(here,)])
    there = here.astimezone(UTC)
    assert Window("t", None, Reached.read(window.reached()), False).fresh([there], [(there,)]) == []


def test_no_value_of_a_row_is_in_a_cursor() -> None:
    window = Window("t", None, None, False)
    window.fresh([7, 7], [("ida@example.com", 1), ("bo@example.com", 2)])
    cursor = window.reached()
    assert "example" not in cursor
    other = Window("t", None, None, False)
    other.fresh([7, 7], [("ida@example.com", 1), ("bo@example.com", 2)])
    assert not set(Reached.read(cursor).taken or ()) & set(Reached.read(other.reached()).taken or ()), "salted"


def test_too_many_rows_of_one_value_are_refused_where_nothing_tells_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_cursor, "MOST_NEAR", 3)
    many = [(number,) for number in range(4)]
    with pytest.raises(CursorUnfit, match="give the `key` of an event"):
        Window("t", None, None, False).fresh([7] * 4, many)
    window = Window("t", None, None, True)
    assert len(window.fresh([7] * 4, many)) == 4
    again = Window("t", None, Reached.read(window.reached()), True)
    assert len(again.fresh([7] * 4, many)) == 4, "the store tells"


@pytest.mark.parametrize(
    ("values", "lag", "said"),
    [
        ([1, "2025"], None, "not of one kind"),
        (["abc"], None, "which databases order differently"),
        ([[1]], None, "not of one kind"),
        ([True], None, "not of one kind"),
        ([7], timedelta(minutes=1), "must be a number"),
        ([datetime(2025, 1, 1)], 5, "must be a time"),
        (["2025-01-01"], timedelta(minutes=1), "Take `lag` out"),
    ],
)
def test_values_that_have_no_order_are_refused(values: list[Any], lag: timedelta | int | None, said: str) -> None:
    with pytest.raises(CursorUnfit, match=said):
        Window("t", lag, None, False).fresh(values, [(value,) for value in values])


def test_a_lag_of_days_goes_back_whole_days() -> None:
    window = Window("t", timedelta(hours=30), Reached(date(2025, 11, 3), "00", {}), False)
    assert window.start == date(2025, 11, 1)
