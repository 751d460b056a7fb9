"""Dates: any day in any notation of four countries, and what makes a birth date doubtful or of no use."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.wash.dates import date_grade, wash_dates
from tillid.stages.wash.ordinary_dates import DateHabits, order_of, ordinary_dates
from tillid.stages.wash.reasons import Reason

TODAY = date(2026, 6, 1)
MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
NOTATIONS = [
    "{d:02}-{m:02}-{y}",
    "{d}.{m}.{y}",
    "{d:02}.{m:02}.{y} 14:30:00",
    "{y}-{m:02}-{d:02}",
    "{y}{m:02}{d:02}",
    "{d:02}{m:02}{y}",
    "{y}/{m:02}/{d:02}",
    "{d}/{m}-{y}",
    "{y}-{m:02}-{d:02}T23:59:59.999+02:00",
]
days = st.dates(date(1917, 1, 1), TODAY)


@given(days, st.sampled_from(NOTATIONS))
def test_every_day_is_read_in_every_notation(day, notation):
    text = notation.format(d=day.day, m=day.month, y=day.year)
    assert date_grade(text, DateHabits(TODAY))[0] == day.isoformat()


@given(
    days,
    st.sampled_from(sorted(MONTHS)),
    st.sampled_from(["{d}. {m} {y}", "{d} {m} {y}", "den {d}. {m} {y}", "{d}-{m}-{y}"]),
)
def test_every_month_is_read_in_every_language(day, language, notation):
    text = notation.format(d=day.day, m=MONTHS[language].split()[day.month - 1], y=day.year)
    for written in (text, text.upper()):
        assert date_grade(written, DateHabits(TODAY))[0] == day.isoformat()


@given(st.dates(date(1928, 1, 1), date(2099, 12, 31)))
def test_serial_numbers_of_sheets_are_days(day):
    serial = (day - date(1899, 12, 30)).days
    assert date_grade(f"{serial}", DateHabits(TODAY))[0] == day.isoformat()
    assert date_grade(f"{serial}.75", DateHabits(TODAY))[0] == day.isoformat()


@given(days)
def test_slashes_are_doubtful_exactly_where_two_days_can_be_meant(day):
    text = f"{day.day:02}/{day.month:02}/{day.year}"
    doubtful = day.day <= 12 and day.day != day.month
    value, reason = date_grade(text, DateHabits(TODAY))
    assert value == day.isoformat()
    assert (reason is Reason.DATE_AMBIGUOUS) == doubtful
    assert date_grade(text, DateHabits(TODAY, "dmy"))[1] is not Reason.DATE_AMBIGUOUS
    turned = f"{day.month:02}/{day.day:02}/{day.year}"
    assert date_grade(turned, DateHabits(TODAY, "mdy"))[0] == day.isoformat()


@given(st.dates(date(1926, 6, 2), TODAY))
def test_a_birth_year_of_two_digits_is_never_in_the_future(day):
    value, _ = date_grade(f"{day:%d-%m-%y}", DateHabits(TODAY, is_birth=True))
    assert value == day.isoformat()


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("2026-06-02", None, Reason.BORN_IN_FUTURE),
        ("2026-06-01", "2026-06-01", None),
        ("1916-01-01", "1916-01-01", None),
        ("1915-12-31", None, Reason.TOO_OLD),
        ("1900-01-01", "1900-01-01", Reason.DATE_DEFAULT),
        ("1985", None, Reason.DATE_INCOMPLETE),
        ("05-1985", None, Reason.DATE_INCOMPLETE),
    ],
)
def test_birth_dates(text, value, reason):
    assert date_grade(text, DateHabits(TODAY, is_birth=True)) == (value, reason)


@given(
    st.text(max_size=70) | st.from_regex(r"\A[0-9./ -]{1,12}\Z"),
    st.booleans(),
    st.sampled_from(["", "dmy", "mdy", "ymd"]),
)
def test_no_text_makes_it_raise_and_a_washed_day_stays(text, is_birth, order):
    habits = DateHabits(TODAY, order, is_birth)
    value, reason = date_grade(text, habits)
    if value is not None:
        again = date_grade(value, habits)
        assert again == (value, reason if reason is Reason.DATE_DEFAULT else None)


def test_the_order_is_that_of_the_format():
    assert [order_of(text) for text in ("%d/%m/%Y", "%m/%d/%y %H:%M", "%Y%m%d", None)] == ["dmy", "mdy", "ymd", ""]


datelike = st.builds(
    "{0}{1}{2}{1}{3}".format,
    st.integers(0, 2_101) | st.integers(0, 40),
    st.sampled_from("-/. "),
    st.integers(0, 35),
    st.integers(0, 2_101) | st.integers(0, 99).map("{:02}".format),
)
habits = st.builds(
    DateHabits, st.just(TODAY), st.sampled_from(["", "dmy", "mdy", "ymd", "dmY"]), is_birth=st.booleans()
)


@given(st.lists(datelike | days.map(str) | st.text("0123456789-./", max_size=12), max_size=8), habits)
def test_dates_read_by_the_column_are_those_read_by_themselves(texts, said):
    washed = wash_dates(pa.array(texts, pa.string()), said)
    assert list(zip(washed.values.to_pylist(), washed.reasons.to_pylist(), strict=True)) == [
        date_grade(text, said) for text in texts
    ]


def test_most_dates_are_read_by_the_column():
    texts = [f"{day.day}.{day.month}.{day.year}" for day in (date(1950, 1, 2), date(2001, 12, 31), date(1999, 2, 28))]
    assert ordinary_dates(pa.array(texts), DateHabits(TODAY)).to_pylist() == ["1950-01-02", "2001-12-31", "1999-02-28"]
