"""Delimited files as people and programs really write them: what is meant is read, and what was odd is said."""

from __future__ import annotations

import bz2
import gzip
import lzma

import pyarrow as pa
import pytest

from tillid.connectors.sources.errors import FileNotATable, FileTorn, LimitExceeded, QuoteUnclosed


def cells(whole):
    return [list(row.values()) for row in whole.rows]


ODD = {
    "a line that says the separator": ("sep=;\r\na;b\r\n1;x\r\n", ["a", "b"], [["1", "x"]]),
    "a line that says a rare separator": ("sep=^\na^b\n1^x,y\n", ["a", "b"], [["1", "x,y"]]),
    "carets": ("a^b^c\n1^2^x\n3^4^y\n", ["a", "b", "c"], [["1", "2", "x"], ["3", "4", "y"]]),
    "tildes": ("a~b\n1~x\n2~y\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "colons": ("id:name\n1:Ida\n2:Bo\n", ["id", "name"], [["1", "Ida"], ["2", "Bo"]]),
    "bars with blanks": ("a | b\n1 | x\n2 | y\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "two signs": ("a||b\n1||x|y\n2||y\n".replace("x|y", "x"), ["a", "b"], [["1", "x"], ["2", "y"]]),
    "comma and blank": ('id, name\n1, "x, y"\n2, z\n', ["id", "name"], [["1", "x, y"], ["2", "z"]]),
    "aligned by blanks": (
        "Navn     Antal  Pris\nBo          12   1,5\nIda          7  20,0\n",
        ["Navn", "Antal", "Pris"],
        [["Bo", "12", "1,5"], ["Ida", "7", "20,0"]],
    ),
    "quotes within quotes": ('a,b\n1,"he said "hi" there"\n', ["a", "b"], [["1", 'he said "hi" there']]),
    "backslash before quotes": ('a,b\n1,"he said \\"hi\\" there"\n2,"x"\n', ["a", "b"], [["1", 'he said "hi" there'], ["2", "x"]]),
    "a Windows path": ('a,b\n1,"C:\\dir\\"\n2,"x"\n', ["a", "b"], [["1", "C:\\dir\\"], ["2", "x"]]),
    "single quotes": ("a;b\n'1;2';'x'\n'3';'y'\n", ["a", "b"], [["1;2", "x"], ["3", "y"]]),
    "apostrophes": ("navn;by\nO'Neil;'s-Gravenhage\nd'Or;x\n", ["navn", "by"], [["O'Neil", "'s-Gravenhage"], ["d'Or", "x"]]),
    "inches beside quoted cells": ('a;b\n"5"" rør";1\n5" rør;2\n', ["a", "b"], [['5" rør', "1"], ['5" rør', "2"]]),
    "mixed line ends": ("a;b\r\n1;x\r2;y\n3;z\r\n", ["a", "b"], [["1", "x"], ["2", "y"], ["3", "z"]]),
    "zero bytes": ("a;b\n1\0;x\0\n2;y\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "byte order marks within": ("\ufeffa;b\n1;x\n\ufeff2;y\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "a byte order mark before a quote": ('\ufeff"a";"b"\n"1";"x"\n', ["a", "b"], [["1", "x"]]),
    "separators at the end of rows": ("a;b\n1;x;\n2;y;\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "separators at the end of all lines": ("a;b;;\n1;x;;\n2;y;;\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "short rows": ("a;b;c\n1;x\n2;y;z\n", ["a", "b", "c"], [["1", "x", ""], ["2", "y", "z"]]),
    "a preamble": ("Rapport\nDato: 1. maj\n\nNr;Navn\n1;Ida\n2;Bo\n", ["Nr", "Navn"], [["1", "Ida"], ["2", "Bo"]]),
    "a preamble filled up": ("Rapport 2024;;\n;;\nNr;Navn;By\n1;Ida;Vejle\n", ["Nr", "Navn", "By"], [["1", "Ida", "Vejle"]]),
    "no headers": ("1;Ida;2,5\n2;Bo;3,5\n", ["#1", "#2", "#3"], [["1", "Ida", "2,5"], ["2", "Bo", "3,5"]]),
    "years for headers": ("Land;2019;2020\nDK;1;2\nNO;3;4\n", ["Land", "2019", "2020"], [["DK", "1", "2"], ["NO", "3", "4"]]),
    "one column": ("navn\nIda\nBo\n", ["navn"], [["Ida"], ["Bo"]]),
    "one row without a line end": ("a;b\n1;x", ["a", "b"], [["1", "x"]]),
    "headers without a line end": ("a;b;c", ["a", "b", "c"], []),
    "comments": ("# made by x\na,b\n1,x\n# half, way, through\n2,y\n", ["a", "b"], [["1", "x"], ["2", "y"]]),
    "cells of JSON": ('id,value\n1,{"a": 1}\n2,{"b": 2}\n', ["id", "value"], [["1", '{"a": 1}'], ["2", '{"b": 2}']]),
    "blanks around quotes": ('a,b\n "1" , "x" \n "2","y"\n', ["a", "b"], [["1", "x"], ["2", "y"]]),
    "times": ("tid;x\n10:30:00;1\n11:45:10;2\n", ["tid", "x"], [["10:30:00", "1"], ["11:45:10", "2"]]),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_meant_is_read(read, case):
    text, columns, rows = ODD[case]
    whole = read("a.csv", text)
    assert (list(whole.look.columns), cells(whole), whole.unreadable) == (columns, rows, [])


def test_a_footer_is_handed_over(read):
    whole = read("a.csv", "nr;navn;pris\n1;Ida;2\n2;Bo;3\nI alt 2 rækker\n")
    assert len(whole.rows) == 2
    assert [row.line for row in whole.unreadable] == [4]


def test_headers_that_are_repeated_among_the_rows_are_handed_over(read):
    whole = read("a.csv", "nr;navn\n1;Ida\nnr;navn\n2;Bo\n")
    assert cells(whole) == [["1", "Ida"], ["2", "Bo"]]
    assert [(row.line, row.reason) for row in whole.unreadable] == [(3, "repeats the headers")]


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "utf-32", "utf-32-le", "utf-16", "utf-16-be", "cp1252"])
def test_danish_and_dutch_letters_of_any_age(read, encoding):
    text = "navn;by;note\nÅse Ærø;Sønderborg;blåbærgrød\nZoë;Curaçao;coördinatie\n"
    assert cells(read("a.csv", text.encode(encoding)))[0] == ["Åse Ærø", "Sønderborg", "blåbærgrød"]


def test_lines_of_another_encoding_are_read_as_what_they_are(read):
    lines = [b"navn;by\n", "Åse;Århus\n".encode() * 20, "Søren;Ærø\n".encode("cp1252") * 3]
    whole = read("a.csv", b"".join(lines))
    assert cells(whole)[-1] == ["Søren", "Ærø"]
    assert "3 lines in windows-1252 were read as such" in whole.notes
    reverse = read("b.csv", lines[0] + "Søren;Ærø\n".encode("cp1252") * 20 + "Åse;Århus\n".encode() * 2)
    assert cells(reverse)[-1] == ["Åse", "Århus"]
    assert "2 lines in utf-8 were read as such" in reverse.notes


def test_text_that_was_once_read_wrongly_is_kept_and_noted(read):
    whole = read("a.csv", "navn;by\nSÃ¸ren;Ã†rÃ¸\n")
    assert cells(whole) == [["SÃ¸ren", "Ã†rÃ¸"]]
    assert any("Ã¦ for æ" in note for note in whole.look.notes)


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda b: pa.compress(b, "zstd", asbytes=True)]
)
def test_compressed_files(read, pack):
    content = b"a;b\n" + b"1;x\n" * 1000
    assert len(read("a.csv.z", pack(content)).rows) == 1000
    with pytest.raises(FileTorn, match="is cut off or damaged"):
        read("b.csv.z", pack(content)[:-12])


def test_gzip_of_several_members(read):
    assert len(read("a.csv.gz", gzip.compress(b"a;b\n1;x\n") + gzip.compress(b"2;y\n")).rows) == 2


def test_a_bomb_is_refused_soon(read):
    with pytest.raises(LimitExceeded, match="unpacks to more than is read"):
        read("a.csv.xz", lzma.compress(b"a;b\n" + b"0;0\n" * 50_000_000, preset=0))


def test_ten_thousand_columns(read):
    header = ",".join(f"column {n}" for n in range(10_000))
    whole = read("a.csv", header + "\n" + (",".join("1" * 10_000) + "\n") * 3)
    assert (len(whole.look.columns), len(whole.rows)) == (10_000, 3)


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7\n%x", b"<!DOCTYPE html><table>", b"<?xml version='1.0'?><a/>", b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_table_is_told_by_what_it_looks_like(read, start):
    with pytest.raises(FileNotATable, match="looks like"):
        read("a.csv", start + b" " * 100)


def test_quotes_that_stand_oddly_far_down_change_nothing_above(read):
    clean = "".join(f'"{n}";"x ""y"" {n}"\n' for n in range(50_000))
    whole = read("a.csv", '"a";"b"\n' + clean + '"z";"say "hi" now"\n' + clean)
    assert len(whole.rows) == 100_001
    assert whole.rows[50_000] == {"a": "z", "b": 'say "hi" now'}
    assert whole.rows[-1] == {"a": "49999", "b": 'x "y" 49999'}


def test_a_file_of_odd_quotes_takes_no_more_time_than_rows(read):
    with pytest.raises(QuoteUnclosed):
        read("a.csv", "a;b\n" + "".join(f'"{n};"{n}\n' for n in range(50_000)))
