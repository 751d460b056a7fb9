"""CSV and TSV as they come: encodings, separators, quotes, ragged rows, files that were cut off."""

from __future__ import annotations

import gzip

import pytest

from tillid.connectors.sources.errors import (
    FileEmpty,
    FileNotText,
    FileTorn,
    HeaderMissing,
    QuoteUnclosed,
)

DANISH = "Kundenr.;Navn;Beløb;Oprettet\n1;Åse Ærø;1.234,50;24-12-2025\n2;Bo;0,75;01-02-2026\n"


def test_the_layout_is_found_by_looking(read):
    look = read("crm.csv", DANISH.encode("iso-8859-1")).look
    assert (look.encoding, look.separator, look.quote, look.decimal) == ("iso-8859-1", ";", '"', ",")
    assert look.columns == ("Kundenr.", "Navn", "Beløb", "Oprettet")
    assert dict(look.date_formats) == {"Oprettet": "%d-%m-%Y"}
    assert (look.file, look.header_row, look.format) == ("crm.csv", 1, "csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp1252"])
def test_every_encoding_gives_the_same_rows(read, encoding):
    assert read("crm.csv", DANISH.encode(encoding)).rows[0]["Navn"] == "Åse Ærø"


def test_windows_characters_are_found_beside_danish_ones(read):
    whole = read("a.csv", "Navn;Pris\nÅse;5 €\n".encode("cp1252"))
    assert whole.look.encoding == "cp1252"
    assert whole.rows == [{"Navn": "Åse", "Pris": "5 €"}]


def test_a_letter_far_down_decides_on_the_encoding(read):
    text = "a;b\n" + "1;2\n" * 400_000 + "å;3\n"
    whole = read("a.csv", text.encode("iso-8859-1"))
    assert whole.rows[-1] == {"a": "å", "b": "3"}
    assert len(whole.rows) == 400_001


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(read, separator):
    text = separator.join(("a", "b", "c")) + "\n" + separator.join(("1", "x y", "z")) + "\n"
    assert read("a.csv", text).rows == [{"a": "1", "b": "x y", "c": "z"}]


def test_one_column_with_decimal_commas_is_one_column(read):
    assert read("a.csv", "amount\n1,5\n2,5\n").rows == [{"amount": "1,5"}, {"amount": "2,5"}]


def test_lines_above_the_headers_are_passed_over(read):
    whole = read("a.csv", "Kunder pr. 1. maj\n\nNr;Navn;By\n1;Ida;Vejle\n")
    assert (whole.look.header_row, whole.rows, whole.lines()) == (3, [{"Nr": "1", "Navn": "Ida", "By": "Vejle"}], [4])


def test_what_the_definition_says_comes_before_what_is_found(read):
    whole = read(
        "a.csv", "x\na|b;c\n'1;|2'|3;4\n".encode("cp850"), separator="|", quote="'", header_row=2, encoding="cp850"
    )
    assert whole.rows == [{"a": "1;|2", "b;c": "3;4"}]


def test_quoted_line_ends_stay_in_the_value_and_lines_are_counted_right(read):
    whole = read("a.csv", 'a;b\n1;"x\ny\r\nz"\n\n2;w\n')
    assert whole.rows == [{"a": "1", "b": "x\ny\r\nz"}, {"a": "2", "b": "w"}]
    assert whole.lines() == [2, 6]


def test_a_ragged_row_is_handed_over_with_its_line_and_loses_no_other(read):
    whole = read("a.csv", 'a;b\n1;2\n"q\nr";3;4\n5;6\n7\n')
    assert whole.rows == [{"a": "1", "b": "2"}, {"a": "5", "b": "6"}]
    assert [(row.line, row.reason) for row in whole.unreadable] == [
        (3, "3 values where there are 2 columns, over 2 lines"),
        (6, "1 values where there are 2 columns"),
    ]
    assert whole.unreadable[1].raw == "7"
    assert whole.lines() == [2, 5]


def test_bytes_that_are_no_text_refuse_their_row_alone(read):
    whole = read("a.csv", "a;b\nø;1\n".encode() + b"x\xff;2\n" + "å;3\n".encode())
    assert [row["a"] for row in whole.rows] == ["ø", "å"]
    assert [(row.line, row.reason) for row in whole.unreadable] == [(3, "holds bytes that are not utf-8")]
    assert whole.lines() == [2, 4]


def test_undecodable_bytes_count_only_in_columns_that_are_read(read):
    whole = read("a.csv", "a;b\nø;1\n".encode() + b"x\xff;2\n", only=["b"])
    assert whole.rows == [{"b": "1"}, {"b": "2"}]
    assert whole.lines() == [2, 3]


def test_many_bad_rows_among_many_good_ones_keep_their_lines(read):
    lines = ["a;b"] + [f"{n}" if n % 1000 == 0 else f"{n};x" for n in range(60_000)]
    whole = read("a.csv", "\n".join(lines) + "\n")
    assert [row.line for row in whole.unreadable] == [n + 2 for n in range(0, 60_000, 1000)]
    assert whole.source.line_of(whole.file, [0, 59_939, 5]) == [3, 60_001, 8]


def test_a_row_longer_than_a_block_of_the_fast_reader_loses_no_other(read):
    long = "y" * 9_000_000
    whole = read("a.csv", f"a,b\n1,2\n3\nx,{long}\n5,6\n7\n")
    assert [row["a"] for row in whole.rows] == ["1", "x", "5"]
    assert whole.rows[1]["b"] == long
    assert [row.line for row in whole.unreadable] == [3, 6]
    assert whole.lines() == [2, 4, 5]


def test_a_file_cut_within_a_row_refuses_that_row(read):
    whole = read("a.csv", "a;b;c\n1;2;3\n4;5")
    assert whole.rows == [{"a": "1", "b": "2", "c": "3"}]
    assert [row.line for row in whole.unreadable] == [3]


@pytest.mark.parametrize("tail", ['"x\n5;6\n7;8\n', '"', '"x\ny', '"a""'])
def test_a_quote_that_is_never_closed_is_named_with_its_line(read, tail):
    with pytest.raises(QuoteUnclosed, match=r"a\.csv: line 3: a quote is opened and never closed"):
        read("a.csv", "a;b\n1;2\n3;" + tail)


def test_a_quote_that_swallows_a_large_file_is_named_with_its_line(read):
    with pytest.raises(QuoteUnclosed, match="line 3"):
        read("a.csv", 'a;b\n1;2\n3;"' + "x;y\n" * 5_000_000)


def test_a_stray_quote_within_a_value_is_a_character(read):
    assert read("a.csv", 'a;b\n5" skærm;1\n2;3\n').rows == [{"a": '5" skærm', "b": "1"}, {"a": "2", "b": "3"}]


@pytest.mark.parametrize("content", ["", "\n\n", "  \n", "\ufeff"])
def test_an_empty_file_is_one_clear_error(read, content):
    with pytest.raises(FileEmpty, match=r"^a\.csv: the file is empty$"):
        read("a.csv", content)


def test_headers_alone_are_no_rows(read):
    assert read("a.csv", "a;b\n").rows == []


def test_a_header_that_recurs_is_numbered(read):
    assert read("a.csv", "a;b;a\n1;2;3\n").look.columns == ("a", "b", "a (2)")


def test_columns_without_a_header_are_called_by_their_place(read):
    assert read("a.csv", "a;;\n1;2;3\n").rows == [{"a": "1", "#2": "2", "#3": "3"}]


def test_a_header_row_beyond_the_file_is_an_error(read):
    with pytest.raises(HeaderMissing, match="no headers in row 9"):
        read("a.csv", "a;b\n1;2\n", header_row=9)


def test_a_picture_is_not_text(read):
    with pytest.raises(FileNotText):
        read("a.csv", b"\x89PNG\r\n" + b"\x00\x00\x00\x0d" * 50)


def test_gzip_is_unpacked_and_a_torn_one_is_an_error(read):
    packed = gzip.compress(DANISH.encode() * 50)
    assert read("a.csv.gz", gzip.compress(DANISH.encode())).rows[1]["Navn"] == "Bo"
    with pytest.raises(FileTorn, match="the gzip file is cut off or damaged"):
        read("b.csv.gz", packed[:-20])


def test_tsv_is_separated_by_tabs_whatever_else_is_in_it(read):
    assert read("a.tsv", "a\tb\n1;2\t3;4\n").rows == [{"a": "1;2", "b": "3;4"}]


def test_only_the_columns_asked_for_are_read(read):
    whole = read("a.csv", "a;b;c\n1;2;3\n", only=["c", "elsewhere"])
    assert whole.rows == [{"c": "3"}]
    assert whole.look.columns == ("a", "b", "c")


def test_days_and_months_that_could_be_swapped_are_noted(read):
    look = read("a.csv", "at;x\n01/02/2026;1\n03/04/2026;2\n").look
    assert look.date_formats["at"] == "%d/%m/%Y"
    assert len(look.notes) == 1
    assert "date_format settles it" in look.notes[0]
