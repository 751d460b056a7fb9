"""One governed query, one answer: whichever engine runs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from tillid.governance.governed import GovernedQuery
from tillid.governance.sql_text import govern_sql
from tillid.ports.errors import TableMismatch
from tillid.stores.duckdb import DuckDbStore
from tillid.testing.store_samples import BEST, REGISTER, SALES, MemoryAudit, ask, build, sales

pytest.importorskip("pyspark")
from tillid.stores.spark import SparkStore

pytestmark = pytest.mark.spark

NEW_YEAR = datetime(2024, 1, 1, 12)
ROWS = [
    (1, "10.25", datetime(2024, 2, 29, 23, 59, 59, 999999), "Ærlig Ål ", 2.5, True, 7),
    (2, "-10.25", datetime(2025, 12, 29, 0, 0, 0, 1), "abc", -2.5, False, -7),
    (3, "0.00", datetime(2023, 1, 1), "", 0.0, None, 0),
    (4, "3.33", datetime(2026, 6, 15, 12, 30), "STRAẞE a%b_c", 1e9, True, 3),
    (5, "3.33", datetime(1969, 7, 20, 20, 17, 40), "e-mail@x.example", 1 / 3, False, 3),
    (6, None, None, None, None, None, None),
    (7, "1.00", datetime(2024, 12, 30, 1, 2, 3, 456000), "10", math.nan, True, 1),
]

Query = Callable[[ir.Table], ir.Value]

NUMBERS: dict[str, Query] = {
    "plus": lambda t: t.amount + t.pieces,
    "times": lambda t: t.amount * t.amount,
    "by_zero": lambda t: t.amount / t.pieces,
    "zero_by_zero": lambda t: t.score / t.score,
    "whole": lambda t: t.pieces // 2,
    "whole_by_zero": lambda t: t.pieces // t.pieces,
    "rest": lambda t: t.pieces % 3,
    "rest_by_zero": lambda t: t.sale % t.pieces,
    "power": lambda t: t.pieces**2,
    "rounded": lambda t: (t.pieces / 2).round(),
    "rounded_1": lambda t: t.amount.round(1),
    "up": lambda t: t.amount.ceil(),
    "down": lambda t: (t.pieces / 2).floor(),
    "size": lambda t: t.amount.abs(),
    "sign": lambda t: t.amount.sign(),
    "root": lambda t: t.pieces.abs().sqrt(),
    "ln": lambda t: t.pieces.ln(),
    "log2": lambda t: t.pieces.log2(),
    "log10": lambda t: t.pieces.log10(),
    "log3": lambda t: t.pieces.log(3),
    "exp": lambda t: t.pieces.exp(),
    "greatest": lambda t: ibis.greatest(t.pieces, t.sale),
    "least": lambda t: ibis.least(t.pieces, t.sale),
    "nullif": lambda t: t.pieces.nullif(3),
    "is_nan": lambda t: t.score.isnan(),
    "is_inf": lambda t: (1 / t.score).isinf(),
    "is_null": lambda t: t.score.isnull(),
    "not_null": lambda t: t.score.notnull(),
    "nan_above": lambda t: t.score > 1.0,
    "nan_equal": lambda t: t.score == t.score,
    "half_up": lambda t: (t.pieces + 0.5).cast("int64"),
    "cents_off": lambda t: (t.amount * 10).cast("int64"),
    "as_decimal": lambda t: (t.pieces + 0.125).cast("decimal(18,2)"),
    "as_float": lambda t: t.amount.cast("float64"),
    "as_text": lambda t: t.amount.cast("string"),
    "as_boolean": lambda t: t.pieces.cast("boolean"),
    "is_in": lambda t: t.pieces.isin([3, 7]),
    "is_not_in": lambda t: t.pieces.notin([3, 7]),
    "either": lambda t: t.fine ^ (t.pieces > 0),
    "both": lambda t: t.fine & (t.pieces > 0),
    "any_of": lambda t: t.fine | (t.pieces > 0),
    "cases": lambda t: ibis.cases((t.pieces > 2, "big"), (t.pieces < 0, "below"), else_="small"),
}
TEXTS: dict[str, Query] = {
    "lower": lambda t: t.text.lower(),
    "upper": lambda t: t.text.upper(),
    "stripped": lambda t: t.text.strip(),
    "length": lambda t: t.text.length(),
    "part": lambda t: t.text.substr(1, 3),
    "right": lambda t: t.text.right(2),
    "contains": lambda t: t.text.contains("a"),
    "starts": lambda t: t.text.startswith("a"),
    "ends": lambda t: t.text.endswith("ample"),
    "replaced": lambda t: t.text.replace("a", "æ"),
    "like": lambda t: t.text.like("a_c"),
    "like_escaped": lambda t: t.text.like(r"%a\%b%"),
    "ilike": lambda t: t.text.ilike("ær%"),
    "padded": lambda t: t.text.lpad(5, "*") + t.text.rpad(5, "*"),
    "found": lambda t: t.text.find("a"),
    "pattern": lambda t: t.text.re_search(r"^\d+$"),
    "pattern_out": lambda t: t.text.re_replace("[a-c]", "z"),
    "pattern_part": lambda t: t.text.re_extract("([a-z])([a-z])", 2),
    "as_number": lambda t: t.text.try_cast("int64"),
    "literal": lambda t: ibis.literal("a'\\b\n\"æ" + chr(96)),
}
TIMES: dict[str, Query] = {
    **{f"cut_{unit}": lambda t, unit=unit: t["at"].truncate(unit) for unit in ("Y", "Q", "M", "W", "D", "h", "m")},
    **{f"cut_day_{unit}": lambda t, unit=unit: t.day.truncate(unit) for unit in ("Y", "Q", "M", "W")},
    **{
        f"since_{unit}": lambda t, unit=unit: t["at"].delta(NEW_YEAR, unit=unit)
        for unit in ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
    },
    "days": lambda t: t.day.delta(date(2024, 1, 1), unit="day"),
    "weeks": lambda t: ibis.literal(date(2024, 1, 1)).delta(t.day, unit="week"),
    "year": lambda t: t["at"].year(),
    "iso_year": lambda t: t["at"].iso_year(),
    "quarter": lambda t: t["at"].quarter(),
    "week": lambda t: t["at"].week_of_year(),
    "day_of_year": lambda t: t["at"].day_of_year(),
    "weekday": lambda t: t["at"].day_of_week.index(),
    "weekday_name": lambda t: t["at"].day_of_week.full_name(),
    "hour": lambda t: t["at"].hour(),
    "second": lambda t: t["at"].second(),
    "epoch": lambda t: t["at"].epoch_seconds(),
    "a_month_on": lambda t: t["at"] + ibis.interval(months=1),
    "a_month_back": lambda t: t["at"] - ibis.interval(months=1),
    "a_year_on": lambda t: t.day + ibis.interval(years=1),
    "so_many_days_on": lambda t: t["at"] + t.pieces.as_interval("D"),
    "written": lambda t: t["at"].strftime("%Y-%m-%d %H:%M:%S"),
    "made": lambda t: ibis.date(t.pieces.abs() + 2000, ibis.literal(2), ibis.literal(3)),
    "as_day": lambda t: t["at"].cast("date"),
    "as_time": lambda t: t.day.cast("timestamp(6)"),
    "for_ever": lambda t: t["at"] < ibis.literal(datetime(9999, 12, 31, 23, 59, 59, 999999)),
}
OVER_ROWS: dict[str, Query] = {
    "number": lambda t: ibis.row_number().over(order_by=t.sale),
    "rank": lambda t: ibis.rank().over(order_by=t.amount),
    "dense_rank": lambda t: ibis.dense_rank().over(order_by=ibis.desc(t.amount)),
    "share": lambda t: ibis.percent_rank().over(order_by=t.pieces),
    "fourths": lambda t: ibis.ntile(4).over(order_by=t.sale),
    "before": lambda t: t.text.lag().over(order_by=t.sale),
    "first": lambda t: t.text.first().over(order_by=ibis.desc(t["at"])),
    "last": lambda t: t.text.last().over(order_by=t["at"]),
    "so_far": lambda t: t.amount.sum().over(order_by=t.sale, rows=(None, 0)),
    "about": lambda t: t.amount.mean().over(order_by=t.sale, rows=(-1, 1)),
    "alike": lambda t: t.pieces.sum().over(group_by=t.fine),
}
OF_ALL: dict[str, Query] = {
    "rows": lambda t: t.count(),
    "rows_where": lambda t: t.count(where=t.fine),
    "distinct": lambda t: t.text.nunique(),
    "distinct_rows": lambda t: t.nunique(),
    "sum": lambda t: t.amount.sum(),
    "sum_whole": lambda t: t.pieces.sum(),
    "sum_of_none": lambda t: t.amount.sum(where=t.pieces > 100),
    "mean": lambda t: t.amount.mean(),
    "mean_where": lambda t: t.amount.mean(where=t.pieces > 0),
    "mean_whole": lambda t: t.pieces.mean(),
    "ratio": lambda t: t.amount.sum() / t.pieces.sum(),
    "ratio_to_none": lambda t: t.amount.sum() / t.count(where=t.pieces > 100),
    "share": lambda t: t.count(where=t.fine) / t.count(),
    "min": lambda t: t.score.min(),
    "max": lambda t: t.score.max(),
    "max_text": lambda t: t.text.max(),
    "first": lambda t: t.text.first(order_by=t["at"]),
    "first_falling": lambda t: t.text.first(order_by=ibis.desc(t["at"])),
    "last": lambda t: t.text.last(order_by=t["at"]),
    "last_or_none": lambda t: t.text.last(order_by=[t["at"], t.sale], include_null=True),
    "at_min": lambda t: t.text.argmin(t["at"]),
    "at_max": lambda t: t.text.argmax(t["at"], where=t.fine),
    "any": lambda t: t.fine.any(),
    "all": lambda t: t.fine.all(),
    "mode": lambda t: t.amount.mode(),
    "median": lambda t: t.amount.median(),
    "quantile": lambda t: t.pieces.quantile(0.3),
    "deviation": lambda t: t.pieces.std(),
    "variance": lambda t: t.pieces.var(how="pop"),
    "correlation": lambda t: t.pieces.corr(t.sale),
}


def _values(expressions: dict[str, Query]) -> GovernedQuery:
    return ask("sales", lambda t: t.select("sale", **{n: f(t) for n, f in expressions.items()}).order_by("sale"))


QUERIES: dict[str, Callable[[], GovernedQuery]] = {
    "numbers": lambda: _values(NUMBERS),
    "texts": lambda: _values(TEXTS),
    "times": lambda: _values(TIMES),
    "over rows": lambda: _values(OVER_ROWS),
    "of all": lambda: ask("sales", lambda t: t.agg(**{name: made(t) for name, made in OF_ALL.items()})),
    "of each": lambda: ask(
        "sales", lambda t: t.group_by("fine").agg(n=t.count(), sum=t.amount.sum()).order_by("n", "sum")
    ),
    "sql": lambda: govern_sql(
        "select fine, count(*) as n, sum(amount) as total, avg(amount) as mean, sum(pieces) / count(*) as each, "
        "sum(amount) / sum(case when pieces > 100 then 1 end) as none, min(text) as least, "
        "count(distinct text) as texts, max(date_trunc('month', at)) as latest "
        "from sales group by fine order by n desc, total",
        REGISTER.permit(REGISTER.actor("ole"), "news"),
    ),
}

Stores = tuple[DuckDbStore, SparkStore]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The same rows in both."""
    names = ("sale", "amount", "at", "text", "score", "fine", "pieces")
    rows = [dict(zip(names, row, strict=True)) for row in ROWS]
    for row in rows:
        row["amount"] = None if row["amount"] is None else Decimal(row["amount"])
        row["day"] = None if row["at"] is None else row["at"].date()
    both = (
        DuckDbStore(tmp_path_factory.mktemp("duckdb"), MemoryAudit(), held_by="test of ole"),
        SparkStore(tmp_path_factory.mktemp("spark"), MemoryAudit(), held_by="test of ole"),
    )
    for store in both:
        going = build(store)
        going.append(SALES, sales(*rows))
        going.commit({})
    yield both
    for store in both:
        store.close()


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9)
    return one == other


@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_give_the_same_rows(stores: Stores, name: str) -> None:
    one, other = (store.fetch(QUERIES[name]()) for store in stores)
    assert one.column_names == other.column_names
    assert one.num_rows == other.num_rows > 0
    for column in one.column_names:
        pairs = list(zip(one[column].to_pylist(), other[column].to_pylist(), strict=True))
        assert all(_is_same(*pair) for pair in pairs), f"{column}: {pairs}"
        if not pa.types.is_decimal(one[column].type):
            assert one[column].type == other[column].type, column


def test_what_has_no_answer_is_empty(stores: Stores) -> None:
    for store in stores:
        rows = store.fetch(_values(NUMBERS)).to_pylist()
        assert [rows[2][name] for name in ("by_zero", "zero_by_zero", "rest_by_zero", "ln", "log10")] == [None] * 5
        assert rows[1]["ln"] is None
        assert store.fetch(QUERIES["of all"]()).to_pylist()[0]["ratio_to_none"] is None


def test_a_rounding_is_refused_by_both(stores: Stores) -> None:
    for store in stores:
        going = build(store)
        with pytest.raises(TableMismatch, match=r"best\.amount"):
            going.write(BEST, ask("sales", lambda t: t.mutate(amount=t.amount * t.amount))).result()
        going.abandon()
