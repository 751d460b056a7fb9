"""The type of a column from all of its values: given only where nothing is lost."""

from __future__ import annotations

import datetime as d
from decimal import Decimal

import pyarrow as pa
import pytest

from tillid.ports.source import Look
from tillid.stages.ingest.types_that_fit import TypeOfColumn


def column_of(values, header="x", separator=";", decimal=",", format_=None, kind="csv"):
    formats = {header: format_} if format_ else {}
    look = Look(kind, "utf-8", separator, '"', decimal, formats, 1, (header,), None, ())
    column = TypeOfColumn(header, look)
    for value in values:  # a batch each: what one batch shows must hold for all
        column.see(pa.array([value], pa.string()))
    return column


TEXT = [
    ["007", "8"],
    ["+45", "12"],
    ["+4520123456"],
    ["1234567890123456789"],
    ["1", "x"],
    ["1,5", "n/a"],
    ["1.5", "1,5"],
    ["1.234"],
    ["1e5"],
    ["NaN"],
    ["ja"],
    ["NO"],
    ["ja", "måske"],
    ["true", "ja"],
    ["2025-01-01", "31-12-2025x"],
    ["2025-02-31"],
    ["2025-01-01T10:00:00Z", "2025-01-01T10:00:00"],
    ["10:30"],
    ["2025-01-01 10:00:00.123456789"],
    ["20 12 34 56"],
    ["12-34"],
    [" "],
    ["-"],
    ["0x10"],
]


@pytest.mark.parametrize("values", TEXT)
def test_what_a_type_would_lose_stays_text(values):
    column = column_of(values)
    assert column.type == "text"
    assert column.cast(pa.array(values)).to_pylist() == values


TYPED = [
    (["1", "-20", "0"], "integer", [1, -20, 0]),
    ([" 1 ", "2"], "integer", [1, 2]),
    (["1", "2,50", "-0,5"], "decimal", [Decimal("1.00"), Decimal("2.50"), Decimal("-0.50")]),
    (["6.92641", "43.59"], "decimal", [Decimal("6.92641"), Decimal("43.59000")]),
    (["1.234,50", "7"], "decimal", [Decimal("1234.50"), Decimal("7.00")]),
    (["1.234.567", "1.234"], "integer", [1234567, 1234]),
    (["1 234,5", "10\u00a0000,25"], "decimal", [Decimal("1234.50"), Decimal("10000.25")]),
    (["ja", "Nej"], "boolean", [True, False]),
    (["TRUE"], "boolean", [True]),
    (["2025-01-31", "2025-12-01"], "date", [d.date(2025, 1, 31), d.date(2025, 12, 1)]),
    (["2025-01-31 10:00", "2025-12-01"], "timestamp", [d.datetime(2025, 1, 31, 10), d.datetime(2025, 12, 1)]),
    (["123456789012345678"], "integer", [123456789012345678]),
]


@pytest.mark.parametrize(("values", "type_", "cast"), TYPED)
def test_what_fits_is_typed(values, type_, cast):
    column = column_of(values)
    assert column.type == type_
    assert column.cast(pa.array([*values, ""])).to_pylist() == [*cast, None]


def test_a_decimal_point_where_commas_separate():
    assert column_of(["12.568", "55.676"], separator=",", decimal=".").type == "decimal"
    assert column_of(["3,3", "1,7"], separator=",", decimal=".").type == "text"
    assert column_of(["1,234,567", "1,234"], separator=",", decimal=",").type == "integer"


def test_a_mark_that_could_be_either_is_said():
    assert column_of(["1.234", "5.678"]).is_number_ambiguous
    assert not column_of(["1.234", "x"]).is_number_ambiguous


def test_days_and_months_by_every_value():
    column = column_of(["01/02/2025", "03/04/2025"], format_="%d/%m/%Y")
    assert (column.type, column.is_day_or_month) == ("date", True)
    column = column_of(["01/02/2025", "03/14/2025"], format_="%d/%m/%Y")
    assert (column.type, column.date_format, column.is_day_or_month) == ("date", "%m/%d/%Y", False)
    assert column_of(["14/02/2025", "03/14/2025"], format_="%d/%m/%Y").type == "text"


def test_moments_with_a_zone_keep_one():
    column = column_of(["2025-01-01T10:00:00+01:00", "2025-06-01T10:00:00Z"])
    assert column.arrow_type == pa.timestamp("us", "UTC")
    assert column.cast(pa.array(["2025-01-01T10:00:00+01:00"])).to_pylist()[0].hour == 9


@pytest.mark.parametrize("header", ["Telefon", "Postnr", "CPR"])
def test_codes_of_people_are_text(header):
    assert column_of(["20123456", "1234"], header).type == "text"


def test_text_of_json_is_no_number_but_may_be_a_date():
    assert column_of(["1"], kind="json").type == "text"
    assert column_of(["2025-01-01"], kind="json").type == "date"


def test_kinds_that_differ_from_batch_to_batch():
    look = Look("json", "utf-8", None, None, ".", {}, 0, ("x",), None, ())
    column = TypeOfColumn("x", look)
    for values in (pa.array([1]), pa.nulls(2), pa.array([2.5])):
        column.see(values)
    assert (column.type, column.cast(pa.array([1])).to_pylist()) == ("decimal", [1.0])
    column.see(pa.array(["a"]))
    assert (column.type, column.cast(pa.array([1])).to_pylist()) == ("text", ["1"])
