"""Every person with a value is in exactly one bin, and no bound is a person's value by design."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.governance.govern import check_operations
from tillid.pipeline.report.distributions import (
    bins_of,
    bins_query,
    extents,
    groups_of,
    groups_query,
    is_number,
    is_time,
    scale_of,
)

ENGINE = duckdb.connect()
SCHEMA = {"person_id": "int64", "n": "int64", "x": "float64", "m": "decimal(18, 2)", "w": "string", "t": "timestamp(6)", "b": "boolean"}  # fmt: skip
ARROW = pa.schema(
    [
        ("person_id", pa.int64()),
        ("n", pa.int64()),
        ("x", pa.float64()),
        ("m", pa.decimal128(18, 2)),
        ("w", pa.string()),
        ("t", pa.timestamp("us")),
        ("b", pa.bool_()),
    ]
)
VARIABLES = ibis.table(SCHEMA, name="variables")


def run(query: ir.Table, rows: list[dict[str, object]]) -> pa.Table:
    check_operations(query.op())
    ENGINE.register("variables", pa.Table.from_pylist(rows, ARROW))
    return ENGINE.sql(str(ibis.to_sql(query, dialect="duckdb"))).to_arrow_table()


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 9, True, (0, 1, 10)),
        (0, 0, True, (0, 1, 1)),
        (0, 2000, True, (0, 200, 11)),
        (0, 1, False, (0, 0.1, 11)),
        (12.5, 12.5, False, (0, 20, 1)),
        (0.0, 0.0, False, (0, 1, 1)),
        (-30, 45, False, (-30, 5, 16)),
        (3, 20, True, (2, 2, 10)),
    ],
)
def test_bounds_are_round(low: float, high: float, whole: bool, expected: tuple[float, float, int]) -> None:
    scale = scale_of(low, high, whole=whole)
    assert scale is not None
    assert (scale.first, scale.width, scale.bins) == expected


def test_no_values_no_scale() -> None:
    assert scale_of(None, None, whole=True) is None
    assert scale_of(float("nan"), 1.0, whole=False) is None


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.booleans())
def test_a_scale_holds_both_ends_in_few_bins(low: float, span: float, whole: bool) -> None:
    low, span = round(low, 6), round(span, 6)
    low, high = (float(round(low)), float(round(low) + round(span))) if whole else (low, low + span)
    scale = scale_of(low, high, whole=whole)
    assert scale is not None
    slack = scale.width * 1e-6 + abs(high) * 1e-9
    assert scale.bounds[0] <= low + slack
    assert high <= scale.bounds[-1] + slack
    assert 1 <= scale.bins <= 18
    assert list(scale.bounds) == sorted(scale.bounds)


numbers = st.one_of(st.none(), st.integers(-50, 5000))


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=40), st.sampled_from("nxm"))
def test_bins_hold_everyone_once(values: list[int | None], column: str) -> None:
    cast = {"n": int, "x": float, "m": Decimal}[column]
    rows = [{"person_id": n, column: None if v is None else cast(v)} for n, v in enumerate(values)]
    extent = run(extents(VARIABLES, ["n", "x", "m", "w"]), rows).to_pylist()[0]
    known = [value for value in values if value is not None]
    assert (extent["people"], extent[f"{column}__covered"], extent["w__covered"]) == (len(values), len(known), 0)
    scale = scale_of(extent[f"{column}__low"], extent[f"{column}__high"], whole=column == "n")
    if scale is None:
        assert not known
        return
    bins = bins_of(scale, run(bins_query(VARIABLES, column, scale), rows))
    for each in bins:
        low, high = (
            (float("-inf") if each.low is None else each.low),
            (float("inf") if each.high is None else each.high),
        )
        assert each.people == sum(low <= value < high for value in known)
    assert sum(each.people for each in bins) == len(known)


def test_words_truths_and_months_are_grouped() -> None:
    rows: list[dict[str, object]] = [
        {"person_id": n, "w": f"w{n % 40}", "b": n % 3 == 0, "t": datetime(2011, 1 + n % 12, 5)} for n in range(400)
    ]
    words = groups_of(run(groups_query(VARIABLES, "w"), rows), 400)
    assert (len(words), words[-1].value, words[-1].people) == (37, "all others", 40)
    truths = groups_of(run(groups_query(VARIABLES, "b"), rows), 400)
    assert [(group.value, group.people) for group in truths] == [("false", 266), ("true", 134)]
    months = groups_of(run(groups_query(VARIABLES, "t"), rows), 400, ordered=True)
    assert [group.value for group in months] == [f"2011-{month:02d}" for month in range(1, 13)]


def test_kinds() -> None:
    assert [kind for kind in SCHEMA.values() if is_number(kind)] == ["int64", "int64", "float64", "decimal(18, 2)"]
    assert [kind for kind in SCHEMA.values() if is_time(kind)] == ["timestamp(6)"]
