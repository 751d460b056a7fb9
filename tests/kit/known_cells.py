"""What is known of the cells of calamine's test files, as its own tests say: file → sheet → line → cells."""

from __future__ import annotations

from datetime import timedelta

from independent_cells import Cells

_LETTERS = {1: [1, "a"], 2: [2, "b"], 3: [3, "c"]}
_SIGNS = {n: [sign] for n, sign in enumerate(["&", "<", ">", "aaa ' aaa", '"', "☺", "֍", "àâéêèçöïî«»"], 1)}
_LONG = timedelta(hours=255, minutes=10, seconds=10)
_DATES: Cells = {"Sheet1": {1: ["2021-01-01", 15], 2: ["2021-01-02", 16], 3: [_LONG, 17]}}
_REPEATED = ["AB", "CD", "CD", "", "", "CD", "", "CD"]


def _repeated(first: int) -> dict[int, list[object]]:
    return {first + n: list(letters) for n, letters in enumerate(_REPEATED) if letters}


KNOWN_CELLS: dict[str, Cells] = {
    "issues.xlsx": {
        "issue2": _LETTERS, "issue5": {1: [0.5]}, "issue6": {1: [1], 2: [2], 3: ["ab"], 4: [False]}, "spc_chrs": _SIGNS,
    },
    "issues.xlsb": {"issue2": _LETTERS, "spc_chrs": _SIGNS},
    "issues.xls": {"issue2": _LETTERS},
    "issues.ods": {
        "issue2": _LETTERS, "issue5": {1: [0.5]}, "spc_chrs": _SIGNS,
        "datatypes": {1: [1], 2: [1.5], 3: ["ab"], 4: [False], 5: ["test"], 6: ["2016-10-20"]},
    },
    "issue3.xlsm": {"Sheet1": {1: [1, "a"]}},
    "issue9.xlsx": {"Feuil1": {1: ["test1"], 2: ["test2 other"], 3: ["test3 aaa"], 4: ["test4"]}},
    "covered.ods": {"sheet1": {1: ["a1"], 2: ["a2"], 3: ["a3"]}},
    "special_cells.ods": {"sheet1": {
        1: ["Split\nLine"], 2: ["Value  With spaces"], 3: ["Value   With 3 spaces"],
        4: [" Value   With spaces before and after "], 5: ["  Value   With 2 spaces before and after  "],
    }},
    "richtext_issue.ods": {"datatypes": {1: ["abc"]}},
    "issue_182.xlsb": {"formula_vals": {1: [3], 2: ["Ab"], 3: [False]}},
    "issue_186.xlsb": {"Sheet1": {1: [1.23], 2: [12.34], 3: [123.45], 4: [1234.56], 5: [12345.67]}},
    "rph.xlsx": {"Sheet1": {1: ["課きく　毛こ"]}},
    "date.xlsx": _DATES,
    "date.xlsb": _DATES,
    "date.xls": {"Sheet1": {1: ["2021-01-01"], 3: [_LONG]}},
    "date_1904.xls": {"Sheet1": {1: ["2021-01-01"], 3: [_LONG]}},
    "date_1904.xlsx": {"Sheet1": {1: ["2021-01-01"], 3: [_LONG]}},
    "date_1904.xlsb": {"Sheet1": {1: ["2021-01-01"], 3: [_LONG]}},
    "date_iso.xlsx": {"Sheet": {1: ["2021-01-01"], 2: ["2021-01-01 10:10:10"], 3: ["10:10:10"]}},
    "date.ods": {"Sheet1": {1: ["2021-01-01"], 2: ["2021-01-01 10:10:10"], 3: ["10:10:10"], 4: ["10:10:10.123456"]}},
    "issue221.xlsm": {"Sheet1": {1: ["Cell_A1", "Cell_B1"], 2: ["Cell_A2", "Cell_B2"]}},
    "number_rows_repeated.ods": {"Sheet1": _repeated(1)},
    "xls_formula.xls": {"Sheet1": {1: [10], 2: [20], 3: [110], 4: [65]}},
    "xls_ref_String.xls": {"Sheet1": {1: ["aa"], 2: ["bb"], 3: ["aa"], 4: ["bb"]}},
    "biff5_write.xls": {"SheetJS": {2: ["sheetjs"]}},
    "formula.issue.xlsx": {"Sheet1": {1: [23, 23], 13: [2], 14: ["US"]}},
    "empty_s_attribute.xlsx": {"Sheet1": {
        1: ["Name", "Value"], 2: ["John", 1], 3: ["Sophia", 2], 4: ["Peter", 3], 5: ["Sam", 4],
    }},
    "issue_261.xlsx": {"Some Sheet": {1: ["String Value 32"], 61: [939], 66: ["String Value 42", "String Value 8"]}},
    "temperature.xlsx": {"Sheet1": {1: ["label", "value"]}},
    "temperature-in-middle.xlsx": {"Sheet1": {4: ["label", "value"]}},
    "temperature-table.xlsx": {"Sheet1": {1: ["label", "value"], 2: ["celsius", 22.2222], 3: ["fahrenheit", 72]}},
}  # fmt: skip
