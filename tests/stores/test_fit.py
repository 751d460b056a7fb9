"""A type fits another when every value survives exactly or is refused."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from tillid.ports.errors import TableMismatch
from tillid.stores.fit import arrow_type, fits, same, type_of


@pytest.mark.parametrize(
    ("source", "target", "answer"),
    [
        ("string", "string", True),
        ("int32", "int64", True),
        ("int64", "int32", True),
        ("int32", "float64", True),
        ("int64", "float64", False),
        ("int32", "float32", False),
        ("int16", "float32", True),
        ("int64", "decimal(18,2)", True),
        ("int64", "string", False),
        ("decimal(38,2)", "decimal(18,2)", True),
        ("decimal(18,2)", "decimal(18,4)", True),
        ("decimal(18,3)", "decimal(18,2)", False),
        ("decimal(38,0)", "int64", True),
        ("decimal(18,2)", "int64", False),
        ("decimal(18,2)", "float64", False),
        ("float32", "float64", True),
        ("float64", "float32", False),
        ("float64", "decimal(18,2)", False),
        ("float64", "int64", False),
        ("boolean", "int64", False),
        ("timestamp(3)", "timestamp(6)", True),
        ("timestamp(9)", "timestamp(6)", False),
        ("timestamp('UTC')", "timestamp(6)", False),
        ("date", "timestamp(6)", True),
        ("timestamp(6)", "date", False),
        ("null", "decimal(18,2)", True),
        ("string", "array<string>", False),
    ],
)
def test_fits(source: str, target: str, answer: bool) -> None:
    assert fits(ibis.dtype(source), ibis.dtype(target)) is answer


@pytest.mark.parametrize(
    "name",
    [
        "string",
        "int64",
        "int32",
        "float64",
        "boolean",
        "date",
        "timestamp(6)",
        "decimal(18, 2)",
        "array<string>",
    ],
)
def test_types_travel_through_arrow(name: str) -> None:
    assert str(type_of(arrow_type(name))) == name


def test_other_forms_of_a_type_are_that_type() -> None:
    for kind in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        assert str(type_of(kind)) == "string"
    assert same("decimal(18,2)", "decimal(18, 2)")
    assert not same("decimal(18,2)", "decimal(18,3)")


@pytest.mark.parametrize("kind", [pa.duration("s"), pa.month_day_nano_interval()])
def test_a_type_that_is_not_kept_is_named(kind: pa.DataType) -> None:
    with pytest.raises(TableMismatch, match=r"duration|interval"):
        type_of(kind)


def test_a_declared_type_that_is_not_kept_is_named() -> None:
    with pytest.raises(TableMismatch, match="time"):
        arrow_type("time")
