"""Texts of several rows of headers, several tables, and odd separators and quotes."""

from __future__ import annotations

import pytest

ROWS = [[str(n), f"Bo {n}", f"{n},5", f"{n:02d}-02-2024"] for n in range(1, 9)]
HEADERS = ["Nr", "Navn", "Pris", "Dato"]


def _text(rows, separator=";", end="\n"):
    return "".join(separator.join(row) + end for row in rows)


def _cells(whole):
    return [list(row.values()) for row in whole.rows]


def test_headers_of_two_rows_are_joined(read):
    whole = read("a.csv", _text([["Kunde", "Kunde", "Køb", "Køb"], HEADERS, *ROWS]))
    assert whole.look.columns == ("Kunde / Nr", "Kunde / Navn", "Køb / Pris", "Køb / Dato")
    assert (_cells(whole), whole.lines()) == (ROWS, list(range(3, 11)))
    assert "headers are joined from lines 1 to 2" in whole.look.notes


def test_a_row_of_units_belongs_to_the_headers(read):
    whole = read("a.csv", _text([HEADERS, ["nr.", "", "DKK", "dag"], *ROWS]))
    assert whole.look.columns == ("Nr / nr.", "Navn", "Pris / DKK", "Dato / dag")


@pytest.mark.parametrize("first", [["7", "ukendt", "ukendt", "ukendt"], ["", "Ida", "ukendt", "ukendt"]])
def test_a_first_row_of_data_is_no_further_header(read, first):
    assert _cells(read("a.csv", _text([HEADERS, first, *ROWS]))) == [first, *ROWS]


def test_a_header_row_that_is_said_stands_alone(read):
    whole = read("a.csv", _text([["Kunde", "Kunde", "Køb", "Køb"], HEADERS, *ROWS]), header_row=2)
    assert (whole.look.columns, _cells(whole)) == (tuple(HEADERS), ROWS)


@pytest.mark.parametrize("between", ["\n", ";;;\n", "\n\n"])
@pytest.mark.parametrize("width", [2, 4, 6])
def test_a_further_table_is_left_out_and_can_be_read(read, between, width):
    other = [["Vare"] + [f"M{n}" for n in range(1, width)], *([f"v{n}"] + [str(n)] * (width - 1) for n in range(5))]
    text = _text([HEADERS, *ROWS]) + between + _text(other)
    whole = read("a.csv", text)
    line = text[: text.index("Vare")].count("\n") + 1
    assert [row for row in _cells(whole) if any(row)] == ROWS
    assert any(f"another table begins on line {line}" in note for note in whole.look.notes)
    further = read("a.csv", None, header_row=line)
    assert [list(further.look.columns), *_cells(further)] == other


def test_headers_that_a_report_repeats_on_each_page_begin_no_table(read):
    whole = read("a.csv", _text([HEADERS, *ROWS]) + "\n" + _text([HEADERS, *ROWS]))
    assert _cells(whole) == [*ROWS, *ROWS]
    assert [bad.reason for bad in whole.unreadable] == ["repeats the headers"]


@pytest.mark.parametrize("footer", ["\nKilde: egne tal\n", "\nI alt;;36,0;\n", "\nKilde;egne tal\n"])
def test_a_footer_is_no_table(read, footer):
    whole = read("a.csv", _text([HEADERS, *ROWS]) + footer)
    assert not any("another table" in note for note in whole.look.notes)
    assert _cells(whole)[:8] == ROWS


def test_headers_that_lack_their_last_words_are_headers(read):
    whole = read("a.csv", _text([HEADERS[:3], *ROWS]))
    assert (whole.look.columns, _cells(whole)) == (("Nr", "Navn", "Pris", "#4"), ROWS)


@pytest.mark.parametrize("separator", ["^", "~", ":", "::", ";;", "||", "\t\t", "\\t", ", ", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_are_found_among_other_signs(read, separator, end):
    rows = [[n, f"a; b {n}", p.replace(",", "."), d] for n, _, p, d in ROWS]
    if separator in (";;", ", "):
        rows = [[n, "a" if separator == ", " else f"a, {n}", p, d] for n, _, p, d in rows]
    whole = read("a.csv", _text([HEADERS, *rows], separator, end))
    assert [list(whole.look.columns), *_cells(whole)] == [HEADERS, *rows]


@pytest.mark.parametrize(
    "values",
    [
        ["http://a.example/x", "http://b.example/y", "https://c.example"],
        ["10:20:30", "11:20:30", "12:00:00"],
        ["a+x@example.com", "b+y@example.com", "c+z@example.com"],
        ["+45 20 12 34 56", "+45 20 12 34 57", "+45 20 12 34 58"],
    ],
)
def test_one_column_is_not_taken_apart_by_a_sign_of_its_values(read, values):
    whole = read("a.csv", "Felt\n" + "\n".join(values) + "\n")
    assert (whole.look.columns, _cells(whole)) == (("Felt",), [[value] for value in values])


def test_a_plus_separates_where_every_line_has_as_many(read):
    rows = [["Bo's bar", "Ry", "2/1/03"], ["Idas", "Ribe", "3/1/03"]]
    assert _cells(read("a.csv", _text([["Sted", "By", "Dag"], *rows], "+ "))) == rows


def test_times_are_not_taken_apart(read):
    rows = [[f"Bo {n}", f"10:{n:02d}:15"] for n in range(10, 20)]
    assert _cells(read("a.csv", _text([["Navn", "Tid"], *rows]))) == rows


@pytest.mark.parametrize("inner", ['48" bord', "Bo''s, hat"])
def test_apostrophes_around_cells_are_quotes(read, inner):
    rows = [[f"'{n}, {inner}'", str(n)] for n in range(8)]
    whole = read("a.csv", _text([["'Vare'", "'Antal'"], *rows], ","))
    assert _cells(whole) == [[f"{n}, {inner}".replace("''", "'"), str(n)] for n in range(8)]


def test_a_quote_too_many_loses_its_own_row_alone(read):
    lines = [f'{n},"Bo, jr {n}","note, {n}"' for n in range(9)]
    lines[3] = '3,"Bo, jr 3",""note, 3"'
    whole = read("a.csv", "Nr,Navn,Note\n" + "\n".join(lines) + "\n")
    assert [row["Nr"] for row in whole.rows] in ([str(n) for n in range(9)], [str(n) for n in range(9) if n != 3])
    assert [bad.line for bad in whole.unreadable] in ([], [5])


def test_a_separator_that_lacks_beside_quotes_swallows_no_row(read):
    lines = [f'{n},Bo,"a, b, {n}",{n}' for n in range(9)]
    lines[3] = '3,Bo,"a, b, 3"3'
    whole = read("a.csv", "Nr,Navn,Note,Antal\n" + "\n".join(lines) + "\n")
    kept = [n for n in range(9) if n != 3]
    assert [row for row in _cells(whole) if row[0] != "3"] == [[str(n), "Bo", f"a, b, {n}", str(n)] for n in kept]


def test_headers_are_joined_above_a_further_table_too(read):
    text = _text([["Kunde", "Kunde", "Køb", "Køb"], HEADERS, *ROWS]) + "\n" + _text([HEADERS[::-1], *ROWS])
    whole = read("a.csv", text)
    assert (whole.look.columns[0], _cells(whole)) == ("Kunde / Nr", ROWS)


def test_a_single_row_below_shows_no_header(read):
    whole = read("a.csv", "id,1,2,3\nname,germany,france,spain\npopulation,83,66,47\n")
    assert whole.look.columns == ("id", "1", "2", "3")
