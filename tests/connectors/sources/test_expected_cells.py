"""What the cells of workbooks are, by readers of other make and by what is known of the files: 95 of 100 files agree.

A file agrees where each line of each sheet is read with the cells that it has, or the notes say that it is left out
above or below a table, or is one of headers that are joined.
"""

from __future__ import annotations

import csv
import os
import re
import tarfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from independent_cells import Cells, cells_of_ods, cells_of_xls, cells_of_xlsx
from known_cells import KNOWN_CELLS

from tillid.connectors.sources.cell_values import span_text
from tillid.connectors.sources.errors import FileEmpty, SourceError
from tillid.connectors.sources.files import FileSource
from tillid.ports.source import ReadAs

pytestmark = pytest.mark.prove

_LEFT_OUT = re.compile(r"(\d+) rows? (?:above|below) the table")
_JOINED = re.compile(r"headers are joined from rows (\d+) to (\d+)")
# Excel takes blanks off the ends of text that does not say it keeps them; openpyxl never does.
_OTHERS_FAULT = {"whitespace_trim.xlsx"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared = os.environ.get("TILLID_SHARED")
    if not shared:
        pytest.skip("TILLID_SHARED is not set")
    folder = tmp_path_factory.mktemp("corpora")
    for name in ("calamine_tests", "frictionless_data"):
        with tarfile.open(Path(shared) / "data" / "messy" / f"{name}.tar.xz") as packed:
            packed.extractall(folder / name, filter="data")
    return folder


@dataclass
class _Read:
    """What Tillid reads of a workbook: sheet → line → cells, and how many lines of a sheet it says to leave out."""

    lines: dict[str, dict[int, list[object]]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    headers: set[tuple[str, int]] = field(default_factory=set)
    joined: set[tuple[str, int]] = field(default_factory=set)


def _read(path: Path, sheets: list[str]) -> _Read:
    """Errors: SourceError."""
    source = FileSource(path.parent, [path.name])
    (file,) = source.files()
    source.look(file)
    read = _Read()
    for table in source.tables(file):
        one = source.table(file, table)
        look = one.look(file)
        sheet = table if table in sheets else table.rpartition("#")[0] or table
        lines = read.lines.setdefault(sheet, {})
        rows = [row for batch in one.read(file) for row in batch.table.to_pylist()]
        for row, line in zip(rows, one.line_of(file, range(len(rows))), strict=True):
            lines.setdefault(line, []).extend(value for value in row.values() if value is not None)
        headers = [re.sub(r" \(\d+\)$", "", header) for header in look.columns if not re.fullmatch(r"#\d+", header)]
        if look.header_row:
            lines.setdefault(look.header_row, []).extend(headers)
            read.headers.add((sheet, look.header_row))
        for note in look.notes:
            read.left_out[sheet] += sum(map(int, _LEFT_OUT.findall(note)))
            for first, last in _JOINED.findall(note):
                read.joined |= {(sheet, line) for line in range(int(first), int(last) + 1)}
    return read


def _plain(value: object) -> str:
    """A value as text: numbers to nine digits, moments without a time where it is midnight."""
    if isinstance(value, timedelta | time):
        text = (
            span_text(timedelta(seconds=round(value.total_seconds(), 3)))
            if isinstance(value, timedelta)
            else str(value)
        )
        return re.sub(r"\.(\d{3})\d*$", r".\1", text)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).replace("\r\n", "\n").replace("\0", "")
    try:
        return f"{float(text):.9g}" if text.strip() == text else text
    except ValueError:
        return re.sub(r"(\d\d:\d\d:\d\d\.\d{3})\d+$", r"\1", text.removesuffix(" 00:00:00"))


def _counted(cells: list[object]) -> Counter[str]:
    return Counter(_plain(cell) for cell in cells if cell is not None and str(cell).strip())


def _as_headers(cells: list[object]) -> set[str]:
    """Headers stand on one line, and one that is merged over columns is that of each."""
    return {" ".join(text.replace("_x000D_", "").split()) for text in _counted(cells)}


def _differences(read: _Read, said: Cells) -> list[str]:
    """What is read otherwise than it is said, line by line."""
    wrong = []
    for sheet, lines in read.lines.items():
        unread = []
        for line in sorted({*lines, *said.get(sheet, {})}):
            cells, found = said.get(sheet, {}).get(line, []), lines.get(line, [])
            if (sheet, line) in read.joined or _counted(found) == _counted(cells):
                continue
            if not found:
                unread.append(line)
            elif (sheet, line) not in read.headers or _as_headers(found) != _as_headers(cells):
                lacks, has = _counted(cells) - _counted(found), _counted(found) - _counted(cells)
                wrong.append(f"{sheet}:{line} lacks {dict(lacks)}, has {dict(has)}")
        if len(unread) > read.left_out[sheet]:
            wrong.append(f"{sheet}: lines {unread} are left out")
    return wrong


def _of_twin(path: Path) -> Cells:
    """The cells of the .xlsx that an .xlsb was saved as too, else what is known of it. Errors: LookupError."""
    twin = path.with_suffix(".xlsx")
    return cells_of_xlsx(twin) if twin.exists() else KNOWN_CELLS[path.name]


@pytest.mark.parametrize(
    ("endings", "other", "least"),
    [
        ((".xlsx", ".xlsm"), cells_of_xlsx, 70),
        ((".xls",), cells_of_xls, 30),
        ((".ods",), cells_of_ods, 14),
        ((".xlsb",), _of_twin, 6),
    ],
    ids=["xlsx", "xls", "ods", "xlsb"],
)
@pytest.mark.filterwarnings("ignore")
def test_files_agree_with_a_reader_of_other_make(
    folder: Path, endings: tuple[str, ...], other: Callable[[Path], Cells], least: int
) -> None:
    agreed = compared = 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix in endings and p.name not in _OTHERS_FAULT):
        try:
            said = other(path)
        except Exception as error:  # noqa: BLE001  the other reader gives up on some, in its own ways
            print(f"{path.name:40} not read by the other: {type(error).__name__} {error}")
            continue
        try:
            wrong = _differences(_read(path, list(said)), said)
        except FileEmpty:
            wrong = [f"{sheet}: taken for empty" for sheet, lines in said.items() if any(map(_counted, lines.values()))]
        except SourceError as error:
            print(f"{path.name:40} refused: {error.message}")
            continue
        if not any(said):
            print(f"{path.name:40} the other finds no sheet")
            continue
        compared += 1
        agreed += not wrong
        print(f"{path.name:40} {wrong[:3] or 'agrees'}")
    print(f"{agreed} of {compared} files {', '.join(endings)} agree")
    assert compared >= least
    assert agreed >= 0.95 * compared


def test_cells_are_those_that_are_known(folder: Path) -> None:
    agreed = known = 0
    for name, said in KNOWN_CELLS.items():
        path = next(folder.rglob(name))
        for sheet, lines in said.items():
            source = FileSource(path.parent, [name], ReadAs(sheet=sheet))
            read = _read_sheet(source)
            for line, cells in lines.items():
                # A header stands on one line.
                lacks = _counted(cells) - _counted([*read.get(line, []), *_on_lines(cells, read.get(line, []))])
                known += len(cells)
                agreed += len(cells) - lacks.total()
                if lacks:
                    print(f"{name} {sheet}:{line} lacks {dict(lacks)}, has {read.get(line)}")
    print(f"{agreed} of {known} known cells are read")
    assert known > 150
    assert agreed >= 0.95 * known


def _on_lines(cells: list[object], found: list[object]) -> list[object]:
    return [cell for cell in cells if isinstance(cell, str) and cell not in found and " ".join(cell.split()) in found]


def _read_sheet(source: FileSource) -> dict[int, list[object]]:
    (file,) = source.files()
    look = source.look(file)
    rows = [row for batch in source.read(file) for row in batch.table.to_pylist()]
    read: dict[int, list[object]] = {
        line: [value for value in row.values() if value is not None]
        for row, line in zip(rows, source.line_of(file, range(len(rows))), strict=True)
    }
    return read | ({look.header_row: list(look.columns)} if look.header_row else {})


_SAMPLES = ("sample.sav", "sample.zsav", "sample.dta", "sample.por", "sample.sas7bdat", "sample.xpt")
_IN_TEXT = {
    **{f"basic/{name}": "basic/sample.csv" for name in _SAMPLES},
    "ínternátionál/sample.sas7bdat": "basic/sample.csv",
    "basic/sample_bincompressed.sas7bdat": "basic/sample.csv",
    "basic/sample_missing.sav": "basic/sample_missing.csv",
    "basic/dates.sas7bdat": "basic/dates.csv",
    "missing_data/missing_test.sav": "missing_data/missing_sav_unformatted.csv",
    "missing_data/missing_test.dta": "missing_data/missing_unformatted.csv",
    "missing_data/missing_test.sas7bdat": "missing_data/missing_unformatted.csv",
    "missing_data/missing_char.sav": "missing_data/missing_char_unformatted.csv",
}


def test_statistics_files_hold_what_their_makers_wrote_beside_them_as_text(tmp_path: Path) -> None:
    shared = os.environ.get("TILLID_SHARED")
    if not shared:
        pytest.skip("TILLID_SHARED is not set")
    with tarfile.open(Path(shared) / "data" / "messy" / "pyreadstat_test_data.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    agreed = cells = 0
    for name, beside in _IN_TEXT.items():
        path = tmp_path / "test_data" / name
        source = FileSource(path.parent, [path.name])
        (file,) = source.files()
        read = [list(row.values()) for batch in source.read(file) for row in batch.table.to_pylist()]
        with (tmp_path / "test_data" / beside).open(encoding="utf-8-sig", newline="") as text:
            headers, *said = csv.reader(text)
        assert [header.lower() for header in source.look(file).columns] == [header.lower() for header in headers]
        assert len(read) == len(said)
        for row, expected in zip(read, said, strict=True):
            wrong = [(a, b) for a, b in zip(row, expected, strict=True) if _of_statistics(a) != _of_statistics(b)]
            cells += len(expected)
            agreed += len(expected) - len(wrong)
            if wrong:
                print(name, wrong)
    print(f"{agreed} of {cells} cells of statistics files agree")
    assert agreed >= 0.95 * cells


def _of_statistics(value: object) -> str:
    text = "" if value is None or value in ("NaN", "#NULL!") else _plain(value)
    text = re.sub(r"\.0+$", "", text.replace("T", " ")) if ":" in text else text
    return re.sub(r"^(\d):", r"0\1:", text).removesuffix(" 00:00:00")
