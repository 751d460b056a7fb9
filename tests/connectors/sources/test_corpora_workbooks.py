"""Every workbook and statistics file of the public test collections is read, or refused for a clear reason.

An independent reader (openpyxl) says what the cells of .xlsx are; at least 95 of 100 must agree, row by row.
"""

from __future__ import annotations

import os
import resource
import tarfile
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tillid.connectors.sources.errors import SourceError
from tillid.connectors.sources.files import FileSource
from tillid.ports.source import ReadAs

pytestmark = pytest.mark.prove

_CORPORA = ("calamine_tests", "frictionless_data", "pyreadstat_test_data")
_WORKBOOKS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
_STATISTICS = (".sav", ".zsav", ".por", ".sas7bdat", ".xpt", ".dta")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    shared = os.environ.get("TILLID_SHARED")
    if not shared:
        pytest.skip("TILLID_SHARED is not set")
    folder = tmp_path_factory.mktemp("corpora")
    for name in _CORPORA:
        with tarfile.open(Path(shared) / "data" / "messy" / f"{name}.tar.xz") as packed:
            packed.extractall(folder / name, filter="data")
    return sorted(path for path in folder.rglob("*") if path.suffix in (*_WORKBOOKS, *_STATISTICS))


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, int | float):
        return round(float(value), 9)
    return value


def _tables(path: Path):
    source = FileSource(path.parent, [path.name])
    (file,) = source.files()
    names = source._reader_of(file).tables()
    for name in names if len(names) > 1 else (None,):
        one = FileSource(path.parent, [path.name], ReadAs(sheet=name))
        look = one.look(file)
        rows = [row for batch in one.read(file) for row in batch.table.to_pylist()]
        yield look, rows, one.line_of(file, range(len(rows)))


def test_every_file_is_read_or_refused_quickly_and_in_bounded_memory(files):
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for path in files:
        begun = time.perf_counter()
        try:
            tables = list(_tables(path))
            outcomes["read"] += 1
            print(f"{path.name:45} read    {len(tables)} tables, {sum(len(rows) for _, rows, _ in tables)} rows")
        except SourceError as error:
            outcomes[type(error).__name__] += 1
            print(f"{path.name:45} refused {error}")
        slowest = max(slowest, time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(dict(outcomes), f"slowest {slowest:.1f} s, peak {peak} MiB")
    assert slowest < 10
    assert peak < 1024
    assert outcomes["read"] > 100


def test_cells_of_xlsx_agree_with_an_independent_reader(files):
    agreed = read = 0
    for path in files:
        if path.suffix not in (".xlsx", ".xlsm"):
            continue
        try:
            tables = list(_tables(path))
            book = openpyxl.load_workbook(path, data_only=True)
        except (SourceError, LookupError, ValueError, TypeError, AttributeError, OSError):  # openpyxl gives up on some
            continue
        for look, rows, lines in tables:
            sheet = (look.sheet or "").rpartition("#")[0] if look.sheet not in book.sheetnames else look.sheet
            if sheet not in book.sheetnames:
                continue
            for row, line in zip(rows, lines, strict=True):
                said = Counter(_plain(cell.value) for cell in book[sheet][line])
                for value in row.values():
                    if value is None:
                        continue
                    read += 1
                    plain = _plain(value)
                    written = {plain, str(plain), *([float(plain)] if _is_number(plain) else [])}
                    hit = next((w for w in written if said[w]), None)
                    agreed += hit is not None
                    said[hit] -= hit is not None
    print(f"{agreed} of {read} cells agree")
    assert read > 1000
    assert agreed >= 0.95 * read


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
