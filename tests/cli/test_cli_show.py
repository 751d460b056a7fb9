"""What a person sees: safe to print, complete, and readable."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from tillid.cli import show_rows
from tillid.cli.show import plain, show, tabled
from tillid.cli.show_plan import plan_shown
from tillid.cli.show_rows import rows_as_csv, rows_as_dict, rows_shown
from tillid.pipeline.plan import Plan, SourcePlan

ROWS = pa.table(
    [
        pa.array(["Ida", None, "a\x1b[2Jb"]),
        pa.array([Decimal("1.50"), Decimal("2000.00"), None], pa.decimal128(18, 2)),
        pa.array([datetime(2025, 12, 1, 8), None, None], pa.timestamp("us")),
        pa.array([1, 2, 3]),
    ],
    names=["name", "spent", "at", "name"],
)


def test_rows_keep_the_order_and_the_names_of_the_select() -> None:
    assert rows_as_dict(ROWS) == {
        "columns": ["name", "spent", "at", "name"],
        "rows": [
            ["Ida", Decimal("1.50"), datetime(2025, 12, 1, 8), 1],
            [None, Decimal("2000.00"), None, 2],
            ["a\x1b[2Jb", None, None, 3],
        ],
    }


def test_csv_is_read_back(capsys) -> None:
    rows_as_csv(ROWS)
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["name", "spent", "at", "name"]
    assert rows[:2] == [["Ida", "1.50", "2025-12-01T08:00:00", "1"], ["", "2000.00", "", "2"]]


def test_a_table_is_not_cut_where_there_is_no_terminal(capsys) -> None:
    long = "x" * 500
    rows_shown(pa.table({"text": [long]}))
    assert long in capsys.readouterr().out


def test_numbers_are_shown_as_they_are(capsys) -> None:
    rows_shown(ROWS)
    out = capsys.readouterr().out
    assert "2000.00" in out
    assert "\x1b[2J" not in out


def test_markup_in_a_value_is_text(capsys) -> None:
    show(tabled(("[bold]a",), [("[red]b[/red]",)]), "[i]c")
    out = capsys.readouterr().out
    assert "[bold]a" in out
    assert "[red]b[/red]" in out
    assert "[i]c" in out


def test_of_many_rows_the_first_are_shown(capsys, monkeypatch) -> None:
    monkeypatch.setattr(show_rows, "SHOWN_AT_MOST", 3)
    rows_shown(pa.table({"n": [f"row {n}" for n in range(1000)]}))
    out, err = capsys.readouterr()
    assert "row 2" in out
    assert "row 3" not in out
    assert "997 more rows" in err


def test_no_rows_are_a_header(capsys) -> None:
    rows_shown(pa.table({"n": pa.array([], pa.int64())}))
    assert "n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nb", "a·b"),
        ("a\u202eb", "a·b"),
        ("a\x9bb", "a·b"),
        (None, ""),
        (["a", 1], "a, 1"),
        ({"a": 1}, "a 1"),
        ("Ærø", "Ærø"),
    ],
)
def test_a_value_is_one_line_that_steers_nothing(value, shown) -> None:
    assert plain(value) == shown


def test_a_plan_shows_the_files_that_are_being_written(capfd: pytest.CaptureFixture[str]) -> None:
    def shown(waiting: tuple[str, ...]) -> str:
        source = SourcePlan(("a.csv",), (), (), (), ("a.csv",), waiting)
        plan_shown(Plan(3, {"orders": source}, (("news",),), (), (), ()))
        return capfd.readouterr().out

    assert "leave, being written  b.csv.part, c.csv" in shown(("b.csv.part", "c.csv"))
    assert "being written" not in shown(())
