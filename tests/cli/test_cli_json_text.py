"""JSON keeps every digit."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.cli.json_text import to_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2**70, "1180591620717411303424"),
        (0.1, "0.1"),
        (float("nan"), "null"),
        (float("-inf"), "null"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("12345678901234567890123456789.123456789"), "12345678901234567890123456789.123456789"),
        (Decimal("NaN"), "null"),
        (datetime(2011, 12, 9, 12, 50), '"2011-12-09T12:50:00"'),
        (date(2011, 12, 9), '"2011-12-09"'),
        (time(8, 30), '"08:30:00"'),
        (timedelta(minutes=1), "60.0"),
        ('Ærø "x"\n', '"Ærø \\"x\\"\\n"'),
        (["a", [1, None]], '["a", [1, null]]'),
        (("a",), '["a"]'),
        ({1: {"b", "a"}}, '{"1": ["a", "b"]}'),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_values(value, text) -> None:
    assert to_json(value) == text
    json.loads(text)


def test_half_a_pair_of_surrogates_can_be_printed() -> None:
    to_json("a\udce5b").encode()


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(plain)
def test_what_is_written_is_read_back(value) -> None:
    assert json.loads(to_json(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimals_are_read_back_exactly(value) -> None:
    assert json.loads(to_json(value), parse_float=Decimal, parse_int=Decimal) == value
