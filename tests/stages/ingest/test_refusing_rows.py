"""Refusals say where and why, and never what stood there."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.ingest.refusals import Refusal, value_class


def test_a_refusal_tells_file_line_column_class_and_reason():
    refusal = Refusal("a.csv", 7, 9, "Beløb", "text of 3 characters", "not a number", '{"Beløb": "abc"}')
    assert str(refusal) == "a.csv, line 9, column Beløb: not a number (text of 3 characters)"
    assert str(Refusal("a.csv", -1, 9, "", "", "2 values where there are 3 columns", "x;y")) == (
        "a.csv, line 9: 2 values where there are 3 columns"
    )
    assert "abc" not in repr(refusal)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true or false"),
        (7, "number"),
        (date(2026, 1, 5), "date"),
        (datetime(2026, 1, 5, 10), "date and time"),
        ("1", "number-like text of 1 character"),
        (None, "nothing"),
    ],
)
def test_a_value_is_told_by_its_class(value, expected):
    assert value_class(value) == expected


@given(st.text(min_size=1))
def test_the_class_of_a_text_depends_on_its_shape_and_length_alone(text):
    words = {"number-like", "date-like", "text", "of", "character", "characters", str(len(text.strip()))}
    assert set(value_class(text).split()) <= words
