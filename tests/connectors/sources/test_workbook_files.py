"""Workbooks: tables, headers, cells of their own types, bounds, damage."""

from __future__ import annotations

import datetime as d
import zipfile

import pytest
import xlsxwriter

from tillid.connectors.sources.errors import FileEmpty, FileTorn, LimitExceeded, SheetMissing


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


def test_a_header_that_recurs_is_numbered_with_a_note(read, workbook):
    workbook("a.xlsx", {"A": [["a", "a"], ["x", "y"]]})
    whole = read("a.xlsx")
    assert whole.rows == [{"a": "x", "a (2)": "y"}]
    assert "a header that recurs has a number: a (2)" in whole.look.notes


def test_tables_below_and_beside_one_another_are_told_apart_by_their_headers(read, workbook):
    rows = [["Nr", "Beløb", None, "By", "Antal"], [1, 2.5, None, "Vejle", 3], [2, 4, None, "Bergen", 9], [3, 1], []]
    workbook("a.xlsx", {"A": [*rows, ["Butik", "Oprettet"], ["Nord", d.date(2025, 1, 2)], ["Syd", d.date(2025, 1, 3)]]})
    first = read("a.xlsx")
    assert first.source._reader_of(first.file).tables() == ("A", "A#2", "A#3")
    assert first.rows == [{"Nr": 1, "Beløb": 2.5}, {"Nr": 2, "Beløb": 4}, {"Nr": 3, "Beløb": 1}]
    assert read("a.xlsx", sheet="A#2").rows == [{"By": "Vejle", "Antal": 3}, {"By": "Bergen", "Antal": 9}]
    assert [row["Butik"] for row in read("a.xlsx", sheet="A#3").rows] == ["Nord", "Syd"]


def test_a_blank_row_within_a_table_parts_nothing(read, workbook):
    workbook("a.xlsx", {"A": [["Nr", "Navn", "Alder"], [1, "Ida", 31], [], [2, "Bo", 44], ["", "Kim", ""]]})
    assert [row["Navn"] for row in read("a.xlsx").rows] == ["Ida", "Bo", "Kim"]


def test_words_around_a_table_are_left_out_with_a_note(read, workbook):
    body = [["Nr", "Navn", "By", "Alder"], [1, "Ida", "Vejle", 31], [2, "Bo", "Bergen", 44]]
    workbook("a.xlsx", {"A": [["Kunder"], ["Udtræk"], [], *body, [], ["Kilde: butikken"]]})
    whole = read("a.xlsx")
    assert [row["Nr"] for row in whole.rows] == [1, 2]
    assert any("above the table" in note for note in whole.look.notes)
    assert any("below the table" in note for note in whole.look.notes)


def test_a_lone_number_below_a_table_is_a_row_of_it(read, workbook):
    workbook("a.xlsx", {"A": [["Nr", "Navn", "By", "Alder"], [1, "Ida", "Vejle", 31], [], [2]]})
    assert [row["Nr"] for row in read("a.xlsx").rows] == [1, 2]


def test_headers_of_two_rows_are_joined(read, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Nr")
        sheet.merge_range(0, 1, 0, 2, "Beløb")
        sheet.write_row(1, 1, ["Netto", "Moms"])
        sheet.write_row(2, 0, [1, 80, 20])
    whole = read("a.xlsx")
    assert whole.look.columns == ("Nr", "Beløb / Netto", "Beløb / Moms")
    assert whole.rows == [{"Nr": 1, "Beløb / Netto": 80, "Beløb / Moms": 20}]


def test_a_sheet_that_begins_with_data_has_columns_by_place(read, workbook):
    workbook("a.xlsx", {"A": [[1, "Ida"], [2, "Bo"]]})
    whole = read("a.xlsx")
    assert whole.rows == [{"#1": 1, "#2": "Ida"}, {"#1": 2, "#2": "Bo"}]
    assert whole.look.header_row == 0


def test_times_and_spans_are_text_and_dates_with_moments_are_moments(read, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Tid", "Varighed", "Set"])
        for row, set_ in enumerate((46023, 46023.5), 1):
            sheet.write_number(row, 0, 0.5, book.add_format({"num_format": "hh:mm"}))
            sheet.write_number(row, 1, 1.25, book.add_format({"num_format": "[h]:mm"}))
            sheet.write_number(row, 2, set_, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    rows = read("a.xlsx").rows
    assert rows[0] == {"Tid": "12:00:00", "Varighed": "30:00:00", "Set": d.datetime(2026, 1, 1)}
    assert rows[1]["Set"] == d.datetime(2026, 1, 1, 12)


def test_formula_errors_are_empty_and_counted(read, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nr", "Pris"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_number(2, 0, 2)
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    whole = read("a.xlsx")
    assert whole.rows[1] == {"Nr": 2, "Pris": None}
    assert "1 cells of the sheet are formula errors and read as empty" in whole.look.notes


def test_one_cell_in_the_far_corner_is_refused_before_it_takes_memory(read, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "z")
    with pytest.raises(LimitExceeded, match="row 1048576 and column 16384"):
        read("a.xlsx")


def test_a_tightly_packed_container_is_refused(read, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", "<workbook/>")
        container.writestr("xl/worksheets/sheet1.xml", b" " * (100 << 20))
    with pytest.raises(LimitExceeded, match="packed"):
        read("a.xlsx")


def test_pages_and_text_under_the_name_of_a_workbook_are_read(read):
    page = "<html><table><tr><th>Nr<th>Beløb</tr><tr><td>1<td>12,50</tr></table></html>"
    whole = read("a.xls", page)
    assert (whole.look.format, whole.look.decimal, whole.rows) == ("html", ",", [{"Nr": "1", "Beløb": "12,50"}])
    assert read("b.xls", "Nr\tNavn\n1\tIda\n").rows == [{"Nr": "1", "Navn": "Ida"}]
    xml = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
        '<Row><Cell><Data ss:Type="String">Nr</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    assert read("c.xls", xml).rows == [{"Nr": 7}]


def test_xml_entities_are_refused(read):
    xml = (
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table/></Worksheet></Workbook>'
    )
    with pytest.raises(LimitExceeded, match="entities"):
        read("a.xls", xml)
