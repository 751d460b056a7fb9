"""Statistics files: codes and labels, declared missing values, spans that pass midnight, damage."""

from __future__ import annotations

import datetime as d

import polars
import pyreadstat
import pytest

from tillid.connectors.sources.errors import FileTorn


@pytest.fixture
def survey(tmp_path):
    frame = polars.DataFrame(
        {
            "kon": [1.0, 2.0, 9.0],
            "tid": [90_000.0, 61.0, 0.0],
            "dag": [d.date(2025, 1, 2)] * 3,
            "navn": ["Åse", "Bo", ""],
        }
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        column_labels={"kon": "Køn"},
        variable_value_labels={"kon": {1: "kvinde", 2: "mand"}},
        missing_ranges={"kon": [9]},
        variable_format={"tid": "TIME8"},
    )
    return tmp_path / "a.sav"


def test_values_are_codes_with_labels_beside_them(read, survey):
    whole = read("a.sav")
    assert [row["kon"] for row in whole.rows] == [1, 2, None]
    assert whole.look.format == "spss"
    assert whole.look.labels["kon"] == "Køn"
    assert whole.look.value_labels["kon"] == {"1": "kvinde", "2": "mand"}
    assert "values that the file declares missing are read as empty in: kon" in whole.look.notes
    assert whole.lines() == [1, 2, 3]


def test_labels_are_read_where_they_are_asked_for(read, survey):
    assert [row["kon"] for row in read("a.sav", values="labels").rows] == ["kvinde", "mand", None]


def test_a_span_does_not_wrap_at_midnight(read, survey):
    whole = read("a.sav")
    assert [row["tid"] for row in whole.rows] == ["25:00:00", "00:01:01", "00:00:00"]
    assert whole.rows[0]["dag"] == d.date(2025, 1, 2)


def test_only_the_columns_asked_for_are_read(read, survey):
    assert read("a.sav", only=["navn"]).rows == [{"navn": "Åse"}, {"navn": "Bo"}, {"navn": None}]


def test_a_torn_file_is_one_clear_error(read, survey):
    with pytest.raises(FileTorn):
        read("b.sav", survey.read_bytes()[:200])
