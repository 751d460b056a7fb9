"""Each bound of what is read refuses, and is said once; protected workbooks and bombs of each format are told."""

from __future__ import annotations

import dataclasses
import gzip
import io
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from compound_file import biff, compound_file

import tillid.connectors.sources
from tillid.connectors.sources.errors import FileProtected, FileTorn, LimitExceeded, QuoteUnclosed, SourceError
from tillid.connectors.sources.limits import LIMITS, Limits

TABLE = "<table><tr><td>{}</td></tr></table>"


def _zip(parts: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return made.getvalue()


def _xlsx(rows: int = 3, columns: int = 3) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, [f"text {row} {column}" for column in range(columns)])
    return made.getvalue()


def _held(content: bytes) -> bytes:
    return _zip({"inner.zip": _zip({"a.csv": content})})


REFUSED: dict[str, tuple[dict[str, float], str, Callable[[], bytes], type[SourceError]]] = {
    "workbook_bytes": ({"workbook_bytes": 1000}, "a.xlsx", _xlsx, LimitExceeded),
    "unpacked_bytes": ({"unpacked_bytes": 1000}, "a.xlsx", _xlsx, LimitExceeded),
    "part_bytes": ({"part_bytes": 500}, "a.xlsx", _xlsx, LimitExceeded),
    "strings_bytes": ({"strings_bytes": 100}, "a.xlsx", _xlsx, LimitExceeded),
    "ratio": ({"ratio": 2, "ratio_matters_from": 100}, "a.xlsx", lambda: _xlsx(50), LimitExceeded),
    "entries": ({"entries": 3}, "a.xlsx", _xlsx, LimitExceeded),
    "cells": ({"cells": 20}, "a.xlsx", lambda: _xlsx(7), LimitExceeded),
    "sheet_row_bytes": ({"sheet_row_bytes": 40}, "a.xlsx", _xlsx, LimitExceeded),
    "markup_bytes": ({"markup_bytes": 40}, "a.xls", f"<html>{TABLE * 2}".encode, LimitExceeded),
    "markup_tables": ({"markup_tables": 1}, "a.xls", f"<html>{TABLE * 2}".encode, LimitExceeded),
    "markup_nesting": (
        {"markup_nesting": 1}, "a.xls", lambda: b"<html>" + b"<table><tr><td>" * 4 + b"1", LimitExceeded,
    ),
    "markup_cells": (
        {"markup_cells": 3}, "a.xls", lambda: b"<html><table>" + b"<tr><td>1<td>2" * 4, LimitExceeded,
    ),
    "columns": (
        {"columns": 3}, "a.xls", lambda: b"<html><table><tr>" + b"<td>1" * 4, LimitExceeded,
    ),
    "stream_bytes": (
        {"stream_bytes": 1000, "ratio_matters_from": 10}, "a.csv.gz", lambda: gzip.compress(b"a;b\n" * 999), LimitExceeded,
    ),
    "stream_ratio": (
        {"stream_ratio": 2, "ratio_matters_from": 10}, "a.csv.gz", lambda: gzip.compress(b"a;b\n" * 999), LimitExceeded,
    ),
    "held_bytes": ({"held_bytes": 50}, "a.zip", lambda: _held(b"a;b\n1;2\n"), LimitExceeded),
    "members": ({"members": 1}, "a.zip", lambda: _zip({"a.csv": "a;b\n", "b.csv": "a;b\n"}), LimitExceeded),
    "nesting": ({"nesting": 1}, "a.zip", lambda: _held(b"a;b\n1;2\n"), LimitExceeded),
    "text_columns": ({"text_columns": 2}, "a.csv", lambda: b"a;b;c\n1;2;3\n", LimitExceeded),
    "item_characters": ({"item_characters": 9}, "a.json", lambda: b'[\n{"a": "' + b"x" * (3 << 20) + b'"}]', FileTorn),
    "cell_characters": (
        {"cell_characters": 50}, "a.csv", lambda: b'a;b;c\n1;2\n2;3;"x' + b"y\n" * 99 + b'z"\n', QuoteUnclosed,
    ),
}  # fmt: skip


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets other limits wherever they are looked at."""

    def set_limits(**changes: float) -> None:
        limits = dataclasses.replace(LIMITS, **changes)
        for name, module in list(sys.modules.items()):
            if name.startswith("tillid.connectors.sources.") and hasattr(module, "LIMITS"):
                monkeypatch.setattr(module, "LIMITS", limits)

    return set_limits


@pytest.mark.parametrize("limit", REFUSED)
def test_a_file_beyond_a_limit_is_refused(read, limited, limit):
    changes, name, make, error = REFUSED[limit]
    content = make()
    read(name, content)  # the limit alone refuses it
    limited(**changes)
    with pytest.raises(error):
        read(name, content)


def test_an_item_that_is_nested_too_deep_is_no_row(read, limited):
    limited(item_nesting=3)
    whole = read("a.json", '[{"a": [[1]]}, {"a": [[[[1]]]]}]')
    assert (len(whole.rows), [bad.reason for bad in whole.unreadable]) == (1, ["nested more than 3 deep"])


def test_tables_beyond_the_limit_stay_with_the_last(tmp_path, limited):
    def tables(count):
        with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
            sheet = book.add_worksheet()
            for place in range(count):
                sheet.write_column(0, place * 3, ["Navn", "Bo", "Ida"])
                sheet.write_column(0, place * 3 + 1, ["Antal", 1, 2])
        source = tillid.connectors.sources.files.FileSource(tmp_path, ["a.xlsx"])
        return len(source.tables(source.files()[0]))

    before = tables(4)
    limited(tables=2)
    assert tables(4) <= 2 < before


def test_every_limit_is_looked_at_somewhere():
    folder = Path(tillid.connectors.sources.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    unused = [field.name for field in dataclasses.fields(Limits) if f"LIMITS.{field.name}" not in source]
    tested = {*REFUSED, "item_nesting", "tables", "ratio_matters_from"}
    assert (unused, {field.name for field in dataclasses.fields(Limits)} - tested) == ([], set())


def _corner_xls() -> bytes:
    cells = [(0x0203, struct.pack("<HHHd", row, column, 0, 1.0)) for row, column in ((0, 0), (65535, 255))]
    return compound_file("Workbook", biff(cells))


def _corner_xlsb() -> bytes:
    row = b"\x00\x11" + struct.pack("<I", 1_048_575) + bytes(13)
    cell = b"\x05\x10" + struct.pack("<IId", 16_383, 0, 1.0)
    return _zip({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": row + cell})


def _tight_xlsb() -> bytes:
    return _zip({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": bytes(80 << 20)})


@pytest.mark.parametrize(("name", "make"), [("a.xls", _corner_xls), ("a.xlsb", _corner_xlsb), ("a.xlsb", _tight_xlsb)])
def test_bombs_of_binary_workbooks_are_refused(read, name, make):
    with pytest.raises(LimitExceeded):
        read(name, make())


def test_protected_workbooks_are_told(read):
    encrypted = biff([(0x002F, bytes(54))])
    manifest = '<manifest:manifest><manifest:encryption-data manifest:checksum="x"/></manifest:manifest>'
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {"mimetype": mimetype, "content.xml": b"\x07" * 99, "META-INF/manifest.xml": manifest}
    for name, content in (
        ("a.xls", compound_file("Workbook", encrypted)),
        ("a.xlsx", compound_file("EncryptedPackage", bytes(99))),
        ("a.ods", _zip(parts)),
    ):
        with pytest.raises(FileProtected):
            read(name, content)
