"""Days and moments in text and otherwise, against Python's own datetime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.ingest.to_time import date_of, timestamp_of

ZONE = "Europe/Copenhagen"


def moments(values, format_=None, zone=ZONE, **more):
    return timestamp_of(pa.array(values) if isinstance(values, list) else values, zone, format_, **more).to_pylist()


def days(values, format_=None, zone=ZONE, **more):
    return date_of(pa.array(values) if isinstance(values, list) else values, zone, format_, **more).to_pylist()


def test_local_times_become_utc():
    assert moments(["2026-01-05 10:00", "2026-07-05T10:00:30.25"]) == [
        datetime(2026, 1, 5, 9),
        datetime(2026, 7, 5, 8, 0, 30, 250000),
    ]
    assert moments(["05-01-2026 10:00"], "%d-%m-%Y %H:%M") == [datetime(2026, 1, 5, 9)]
    assert moments(["2026-01-05"], zone="UTC") == [datetime(2026, 1, 5)]


def test_times_with_a_zone_are_what_they_say():
    texts = ["2026-01-05T10:00:00Z", "2026-01-05T10:00:00+05:30", "2026-01-05T10:00:00.5-0200"]
    expected = [datetime(2026, 1, 5, 10), datetime(2026, 1, 5, 4, 30), datetime(2026, 1, 5, 12, 0, 0, 500000)]
    assert moments(texts) == expected
    assert moments([*texts, "2026-01-05 10:00"]) == [*expected, datetime(2026, 1, 5, 9)]


def test_an_hour_twice_in_autumn_is_the_earlier_and_one_left_out_in_spring_moves_on():
    assert moments(["2025-10-26 02:30", "2025-03-30 02:30"]) == [
        datetime(2025, 10, 26, 0, 30),
        datetime(2025, 3, 30, 1, 0),
    ]


def test_iso_is_read_beside_the_format_of_the_file():
    texts = ["24-12-2025", "2025-12-24", "24-12-2025 18:30", "2025-12-24T17:30Z", "24.12.2025"]
    expected = [
        datetime(2025, 12, 23, 23),
        datetime(2025, 12, 23, 23),
        datetime(2025, 12, 24, 17, 30),
        datetime(2025, 12, 24, 17, 30),
        None,
    ]
    assert moments(texts, "%d-%m-%Y") == expected


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("24/12/25", "%d/%m/%y", date(2025, 12, 24)),
        ("24/12/69", "%d/%m/%y", date(1969, 12, 24)),
        ("4.2.2026", "%d.%m.%Y", date(2026, 2, 4)),
        ("04.02.2026 kl. 10.15", "%d.%m.%Y kl. %H.%M", date(2026, 2, 4)),
        ("04.02.2026", "%d.%m.%Y %H:%M", date(2026, 2, 4)),
        ("20260204", "%Y%m%d", date(2026, 2, 4)),
        ("02/04/2026", "%m/%d/%Y", date(2026, 2, 4)),
        ("10:30 04-02-2026", "%H:%M %d-%m-%Y", date(2026, 2, 4)),
        ("29-02-2024", "%d-%m-%Y", date(2024, 2, 29)),
        ("29-02-2025", "%d-%m-%Y", None),
        ("29-02-1900", "%d-%m-%Y", None),
        ("29-02-2000", "%d-%m-%Y", date(2000, 2, 29)),
        ("31-04-2025", "%d-%m-%Y", None),
        ("00-01-2025", "%d-%m-%Y", None),
        ("01-13-2025", "%d-%m-%Y", None),
        ("24-12-2025 24:00", "%d-%m-%Y", None),
        ("24-12-2025 10:60", "%d-%m-%Y", None),
        ("24-12-2025x", "%d-%m-%Y", None),
        ("ø4-12-202", "%d-%m-%Y", None),
        ("24/12-2025", "%d-%m-%Y", None),
        ("0000-01-01", None, None),
        ("2025-02-30", None, None),
    ],
)
def test_formats(text, format_, expected):
    assert days([text], format_) == [expected]
    assert days([text, "2025-01-01", None], format_) == [expected, date(2025, 1, 1), None]


@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2037, 1, 1)), min_size=1, max_size=8),
    st.sampled_from(["%d-%m-%Y %H:%M:%S", "%Y/%m/%d %H.%M.%S", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S.%f"]),
    st.sampled_from([ZONE, "Europe/Brussels", "UTC"]),
)  # fmt: skip
def test_what_strftime_writes_is_read(written, format_, zone):
    written = [moment if "%f" in format_ else moment.replace(microsecond=0) for moment in written]
    # A time left out in spring has no moment of its own; it is tested above.
    written = [m for m in written if _roundtrip(m, zone) == m]
    texts = pa.array([moment.strftime(format_) for moment in written], pa.string())
    expected = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for moment in written]
    assert moments(texts, format_, zone) == expected
    assert days(texts, format_, zone) == [moment.date() for moment in written]


def _roundtrip(moment, zone):
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_moments_of_the_file_itself():
    naive = pa.array([datetime(2026, 7, 5, 10)], pa.timestamp("ns"))
    zoned = pa.array([datetime(2026, 7, 5, 23, 30)], pa.timestamp("ms", "UTC"))
    assert moments(naive) == [datetime(2026, 7, 5, 8)]
    assert moments(zoned) == [datetime(2026, 7, 5, 23, 30)]
    assert days(naive) == [date(2026, 7, 5)]
    assert days(zoned) == [date(2026, 7, 6)]
    assert moments([date(2026, 7, 5)]) == [datetime(2026, 7, 4, 22)]
    assert days(["2026-07-05T23:30:00Z"]) == [date(2026, 7, 6)]


def test_serial_days_are_read_in_sheets_alone():
    serial = (datetime(2026, 7, 5, 10, 30) - datetime(1899, 12, 30)) / timedelta(days=1)
    assert moments([serial, 0.0, 1e9], is_excel=True) == [datetime(2026, 7, 5, 8, 30), None, None]
    assert days([46208], is_excel=True) == [date(2026, 7, 5)]
    assert moments([serial]) == [None]
    assert days([20260705]) == [None]
    assert moments([True], is_excel=True) == [None]


def test_moments_outside_the_calendar_are_none():
    far = pa.array([300_000_000_000_000_000, 0], pa.int64()).cast(pa.timestamp("us"))
    assert moments(far, zone="UTC") == [None, datetime(1970, 1, 1)]
    assert moments(["0001-01-01", "9999-12-31"]) == [None, datetime(9999, 12, 30, 23)]
    assert moments(["0001-01-01"], zone="UTC") == [datetime(1, 1, 1)]
    assert days(["0001-01-01"]) == [date(1, 1, 1)]
