"""Numbers as people and machines write them, against a slow reading in plain Python."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.ingest.to_boolean import boolean_of
from tillid.stages.ingest.to_number import decimal_of, integer_of
from tillid.stages.ingest.to_text import text_of

MONEY = pa.decimal128(18, 2)


def money(values, decimal=",", type_=MONEY, rounds=False):
    return decimal_of(pa.array(values), type_, decimal, rounds=rounds).to_pylist()


def test_danish_money():
    texts = ["1.234,50", "1234,5", "1 234,50", "1\u00a0234,50", "-0,75", "+5", "5,", ",5", "0,100", "1.234.567"]
    expected = ["1234.50", "1234.50", "1234.50", "1234.50", "-0.75", "5.00", "5.00", "0.50", "0.10", "1234567.00"]
    assert money(texts) == [Decimal(text) for text in expected]


@pytest.mark.parametrize(
    "text",
    [
        "12.5",
        "1.2345",
        "1,234",
        "12,345,67",
        "abc",
        "e3",
        "1e",
        "1,2345E1",
        "1.234E2",
        "1e16",
        "1e9999",
        "",
        "0x10",
        "99999999999999999",
        "1,2,3",
        "٣",
    ],
)
def test_what_is_no_danish_money_is_refused(text):
    assert money([text, "1,00"]) == [None, Decimal("1.00")]
    assert money([text]) == [None]


def test_scientific_notation_is_read_exactly():
    assert money(["1e5", "1,5E-01", "-9,5e+1", "100E-2", "0E999", ",5e1", "9,83E-05"]) == [
        *map(Decimal, ["100000.00", "0.15", "-95.00", "1.00", "0.00", "5.00"]),
        None,
    ]
    assert money(["9.83E-05", "1e-300", "12"], ".", pa.decimal128(18, 6), rounds=True) == [
        Decimal("0.000098"), Decimal("0.000000"), Decimal("12.000000"),
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.decimals(-(10**9), 10**9, places=4), st.integers(-130, 130)), max_size=20),
    st.sampled_from([",", "."]),
    st.booleans(),
)
def test_scientific_notation_agrees_with_a_slow_reading(numbers, mark, rounds):
    texts = [f"{mantissa:f}E{power:+03d}".replace(".", mark) for mantissa, power in numbers]
    type_ = pa.decimal128(20, 5)
    expected = []
    for mantissa, power in numbers:
        value = mantissa.scaleb(power) if mantissa else Decimal(0)
        fits = abs(value) < Decimal(10) ** 15
        rounded = value.quantize(Decimal("0.00001"), ROUND_HALF_UP) if fits else None
        expected.append(rounded if rounded is not None and (rounds or rounded == value) else None)
    assert money(pa.array(texts, pa.string()), mark, type_, rounds) == expected


def test_english_money():
    assert money(["1,234.50", "12.5", "1.234", "1'000.10"], ".") == [
        Decimal("1234.50"),
        Decimal("12.50"),
        None,
        Decimal("1000.10"),
    ]


def test_a_plain_decimal_rounds_surplus_digits_and_a_promised_one_refuses_them():
    assert money(["1,0000005", "-1,0000005", "1,00000049"], type_=pa.decimal128(18, 6), rounds=True) == [
        Decimal("1.000001"), Decimal("-1.000001"), Decimal("1.000000"),
    ]  # fmt: skip
    assert money(["1,00005", "1,0005", "1,00050"], type_=pa.decimal128(12, 4)) == [
        None,
        Decimal("1.0005"),
        Decimal("1.0005"),
    ]
    assert money(["9" * 37, "9" * 38, "9" * 39], type_=pa.decimal128(38, 0)) == [
        Decimal("9" * 37),
        Decimal("9" * 38),
        None,
    ]


@pytest.mark.parametrize("digits", range(17, 60))
def test_too_many_digits_are_refused_and_never_wrap_around(digits):
    assert money(["1" * digits]) == [None]
    assert money(["0" * digits + "1,00", "7"]) == [Decimal("1.00"), Decimal("7.00")]
    assert integer_of(pa.array(["3" * (digits + 3)]), ",").to_pylist() == [None]


def test_money_from_numbers():
    assert money([2.675, 0.1, -0.005, 1e20, float("inf"), None]) == [
        Decimal("2.68"),
        Decimal("0.10"),
        Decimal("-0.01"),
        None,
        None,
        None,
    ]
    assert money([5, 10**17]) == [Decimal("5.00"), None]
    assert money([Decimal("1.10"), Decimal("1.00")]) == [Decimal("1.10"), Decimal("1.00")]
    assert money([Decimal("1.101"), Decimal("1.100")]) == [None, Decimal("1.10")]
    assert money([Decimal("99.999"), Decimal("1.100")], type_=pa.decimal128(4, 2), rounds=True) == [
        None,
        Decimal("1.10"),
    ]
    assert money([True]) == [None]


def test_whole_numbers():
    texts = ["1.234", "7", "+5", "-12", "0x10", "1,5", "1.00", "9223372036854775807", "9223372036854775808", "9" * 50]
    assert integer_of(pa.array(texts), ",").to_pylist() == [1234, 7, 5, -12, None, None, None, 2**63 - 1, None, None]
    assert integer_of(pa.array([1.0, 1.5, 1e19, float("nan")]), ",").to_pylist() == [1, None, None, None]
    assert integer_of(pa.array([Decimal("2.00"), Decimal("2.50")]), ",").to_pylist() == [2, None]
    assert integer_of(pa.array([2**64 - 1, 3], pa.uint64()), ",").to_pylist() == [None, 3]
    assert integer_of(pa.array([1, 2], pa.int8()), ",").type == pa.int64()


def _slow_money(text: str, mark: str) -> Decimal | None:
    group = "." if mark == "," else ","
    shape = (
        rf"[+-]?(?:\d{{1,3}}(?:[{group}' \u00a0\u202f]\d{{3}})+|\d+)(?:{re.escape(mark)}\d*)?|[+-]?{re.escape(mark)}\d+"
    )
    if not re.fullmatch(shape, text, re.ASCII):
        return None
    value = Decimal(re.sub(rf"[{group}' \u00a0\u202f]", "", text).replace(mark, "."))
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded if rounded == value and abs(value) < 10**16 else None


@given(st.lists(st.text("0123456789.,+- '", max_size=9), max_size=20), st.sampled_from([",", "."]))
def test_money_agrees_with_a_slow_reading(texts, mark):
    stripped = [text.strip() for text in texts]
    assert money(pa.array(texts, pa.string()), mark) == [_slow_money(text, mark) for text in stripped]


@given(st.lists(st.integers(-(10**15), 10**15)), st.sampled_from([",", "."]))
def test_grouped_money_is_read_back(cents, mark):
    group = "." if mark == "," else ","
    texts = [f"{Decimal(n) / 100:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group) for n in cents]
    assert money(pa.array(texts, pa.string()), mark) == [Decimal(n) / 100 for n in cents]


def test_a_value_is_read_the_same_whatever_stands_beside_it():
    alone = [money([text])[0] for text in ("1e3", "+5", "5,", "0x1", "1.000")]
    assert money(["1e3", "+5", "5,", "0x1", "1.000"]) == alone


def test_truths():
    words = ["Ja", "NEJ", "yes", "no", "True", "false", "1", "0", "sand", "falsk", "oui", "non", " nee ", "måske", "2"]
    expected = [True, False, True, False, True, False, True, False, True, False, True, False, False, None, None]
    assert boolean_of(pa.array(words)).to_pylist() == expected
    assert boolean_of(pa.array([1, 0, 2])).to_pylist() == [True, False, None]
    assert boolean_of(pa.array([1.0, 0.5])).to_pylist() == [True, None]
    assert boolean_of(pa.array([True, None])).to_pylist() == [True, None]


def test_numbers_as_text_are_written_as_people_write_them():
    assert text_of(pa.array([12346.0, 0.5, -3.0, 1e300])).to_pylist() == ["12346", "0.5", "-3", "1e+300"]
    assert text_of(pa.array([7, None])).to_pylist() == ["7", None]
    assert text_of(pa.array([True])).to_pylist() == ["true"]
    assert text_of(pa.array([Decimal("1.50")])).to_pylist() == ["1.50"]


def test_moments_as_text_are_iso_and_bytes_are_no_text():
    whole, part = datetime(2026, 1, 5, 10), datetime(2026, 1, 5, 10, 0, 0, 250000)
    assert text_of(pa.array([whole, part], pa.timestamp("ms"))).to_pylist() == [
        "2026-01-05 10:00:00",
        "2026-01-05 10:00:00.250000",
    ]
    assert text_of(pa.array([whole.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"))).to_pylist() == [
        "2026-01-05 10:00:00Z"
    ]
    assert text_of(pa.array([date(2026, 1, 5)])).to_pylist() == ["2026-01-05"]
    assert text_of(pa.array([b"x"])).to_pylist() == [None]
