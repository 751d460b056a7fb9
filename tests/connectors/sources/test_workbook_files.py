"""Excel workbooks: sheets, headers, cells of their own types, damage."""

from __future__ import annotations

import datetime as d

import pytest
import xlsxwriter

from tillid.connectors.sources.errors import FileEmpty, FileTorn, SheetMissing


@pytest.fixture
def workbook(tmp_path):
    """Writes a workbook of sheets: name → rows of cells."""

    def write(name, sheets):
        with xlsxwriter.Workbook(str(tmp_path / name)) as book:
            formats = {d.date: "dd-mm-yyyy", d.datetime: "dd-mm-yyyy hh:mm", d.time: "hh:mm"}
            dated = {kind: book.add_format({"num_format": shape}) for kind, shape in formats.items()}
            for sheet_name, rows in sheets.items():
                sheet = book.add_worksheet(sheet_name)
                for y, row in enumerate(rows):
                    for x, cell in enumerate(row):
                        if type(cell) in dated:
                            sheet.write_datetime(y, x, cell, dated[type(cell)])
                        elif cell is not None:
                            sheet.write(y, x, cell)

    return write


def test_cells_keep_their_types_and_rows_their_numbers(read, workbook):
    workbook(
        "a.xlsx",
        {
            "Ark1": [
                ["Nr", "Født", "Sidst", "Aktiv"],
                [12346, d.date(2025, 12, 24), d.datetime(2026, 1, 5, 10, 30), True],
                [],
                [7],
            ]
        },
    )
    whole = read("a.xlsx")
    assert whole.rows[0] == {
        "Nr": 12346.0,
        "Født": d.date(2025, 12, 24),
        "Sidst": d.datetime(2026, 1, 5, 10, 30),
        "Aktiv": True,
    }
    assert whole.rows[1] == {"Nr": 7.0, "Født": None, "Sidst": None, "Aktiv": None}
    assert whole.lines() == [2, 4]
    assert (whole.look.sheet, whole.look.format) == ("Ark1", "excel")


def test_a_column_of_mixed_cells_becomes_text_as_a_person_would_write_it(read, workbook):
    workbook("a.xlsx", {"A": [["Nr", "x"], [12346, "a"], ["A7", "b"], [1.5, "c"]]})
    assert [row["Nr"] for row in read("a.xlsx").rows] == ["12346", "A7", "1.5"]


def test_headers_below_a_title_and_to_the_right_are_found(read, workbook):
    workbook("a.xlsx", {"A": [[None, "Kundeklub, maj"], [], [None, "Nr", "Navn", "By"], [None, "1", "Ida", "Vejle"]]})
    whole = read("a.xlsx")
    assert whole.look.header_row == 3
    assert whole.rows == [{"Nr": "1", "Navn": "Ida", "By": "Vejle"}]
    assert whole.lines() == [4]


def test_the_first_sheet_with_cells_is_read_unless_another_is_named(read, workbook):
    workbook("a.xlsx", {"Tom": [], "B": [["b", "c"], ["x", "y"]], "C": [["c", "d"], ["z", "w"]]})
    assert read("a.xlsx").look.sheet == "B"
    assert read("a.xlsx", sheet="C").rows == [{"c": "z", "d": "w"}]
    with pytest.raises(SheetMissing, match=r"there is no sheet 'Cc'. Did you mean 'C'\?"):
        read("a.xlsx", sheet="Cc")


def test_only_the_columns_asked_for_are_read(read, workbook):
    workbook("a.xlsx", {"A": [["a", "b"], ["x", "y"]]})
    assert read("a.xlsx", only=["b"]).rows == [{"b": "y"}]


def test_a_torn_or_empty_workbook_is_one_clear_error(read, workbook, tmp_path):
    workbook("a.xlsx", {"A": [["a", "b"], ["x", "y"]]})
    whole = (tmp_path / "a.xlsx").read_bytes()
    with pytest.raises(FileTorn, match=r"^b\.xlsx: the workbook is cut off or damaged"):
        read("b.xlsx", whole[: len(whole) // 2])
    with pytest.raises(FileEmpty):
        read("c.xlsx", b"")
    workbook("d.xlsx", {"A": []})
    with pytest.raises(FileEmpty):
        read("d.xlsx")


def test_a_header_that_occurs_twice_is_numbered(read, workbook):
    workbook("a.xlsx", {"A": [["a", "a"], ["x", "y"]]})
    assert read("a.xlsx").rows == [{"a": "x", "a (2)": "y"}]
