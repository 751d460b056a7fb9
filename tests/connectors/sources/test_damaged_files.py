"""Files of every format, damaged at random places: each is read or refused with a reason, and none brings down."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import damaged_files
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter
from pyarrow import feather

TEXT = "Nr;Navn;Beløb;Dato\n" + "".join(f'{n};"Bo ""{n}""";{n},5;{n % 28 + 1:02d}-02-2024\n' for n in range(1, 60))
OBJECTS = [{"nr": n, "navn": "Søren", "adresse": {"by": "Århus"}, "tal": [1, 2]} for n in range(40)]
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Ark">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
ODS_ROW = (
    '<table:table-row table:number-rows-repeated="1"><table:table-cell office:value-type="float" office:value="{0}">'
    '<text:p>{0}</text:p></table:table-cell><table:table-cell office:value-type="string" '
    'table:number-columns-repeated="2"><text:p>Bo</text:p></table:table-cell></table:table-row>'
)


def _texts(folder: Path) -> None:
    for encoding in ("utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-32", "cp850"):
        (folder / f"{encoding}.csv").write_bytes(TEXT.encode(encoding))
    (folder / "a.json").write_text(json.dumps(OBJECTS, ensure_ascii=False), encoding="utf-8")
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in OBJECTS)
    (folder / "a.ndjson").write_text(lines, encoding="utf-8")
    (folder / "page.xls").write_text(f"<html><table>{'<tr><td>1</td><td>Bo</td></tr>' * 20}</table></html>")


def _packed(folder: Path) -> None:
    content = TEXT.encode()
    (folder / "a.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    (folder / "a.csv.xz").write_bytes(lzma.compress(content))
    (folder / "a.csv.zst").write_bytes(pa.compress(content, "zstd", asbytes=True))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("inner.csv", content)
    for name, kind in (("stored", 0), ("deflated", 8), ("bzip2", 12), ("lzma", 14)):
        with zipfile.ZipFile(folder / f"{name}.zip", "w", kind) as book:
            for member, part in (("a.csv", content), ("ø/b.json", json.dumps(OBJECTS)), ("c.zip", inner.getvalue())):
                book.writestr(member, part)
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz")):
        with tarfile.open(folder / name, mode) as book:
            for member in ("a.csv", "ø/b.csv"):
                entry = tarfile.TarInfo(member)
                entry.size = len(content)
                book.addfile(entry, io.BytesIO(content))


def _tables(folder: Path) -> None:
    table = pa.table({"nr": range(200), "navn": ["Søren"] * 200, "s": [{"a": 1, "l": [1, 2]}] * 200})
    pq.write_table(table, folder / "a.parquet")
    pq.write_table(table, folder / "b.parquet", compression="zstd")
    feather.write_feather(table, folder / "a.feather")
    with pa.ipc.new_stream(folder / "a.arrow", table.schema) as out:
        out.write_table(table)
    frame = pl.DataFrame({"nr": range(200), "navn": ["Søren"] * 200})
    pyreadstat.write_sav(frame, folder / "a.sav", variable_value_labels={"nr": {1.0: "en"}})
    pyreadstat.write_sav(frame, folder / "a.zsav", compress=True)
    pyreadstat.write_por(frame.select("nr"), folder / "a.por")
    pyreadstat.write_dta(frame, folder / "a.dta")
    pyreadstat.write_xport(frame, folder / "a.xpt")
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet("Ark")
        sheet.merge_range(0, 0, 0, 2, "Kunder")
        for row in range(1, 30):
            sheet.write_row(row, 0, [row, f"Bo {row}", row / 2])
    with zipfile.ZipFile(folder / "a.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", ODS.format("".join(ODS_ROW.format(n) for n in range(20))))


def _read_damaged(folder: Path, count: int) -> str:
    program = [sys.executable, damaged_files.__file__, str(folder), str(count)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(program, capture_output=True, text=True, timeout=600, check=False, env=environment)
    last = (done.stdout.splitlines() or [""])[-1]
    assert done.returncode == 0, f"{last}\n{done.stderr[-2000:]}"
    return last


@pytest.mark.parametrize("make", [_texts, _packed, _tables])
def test_damaged_files_are_read_or_refused(tmp_path: Path, make) -> None:
    make(tmp_path)
    read, refused = map(int, re.findall(r"\d+", _read_damaged(tmp_path, 40))[:2])
    assert read
    assert refused > 40


@pytest.mark.prove
def test_damaged_files_of_the_corpora_are_read_or_refused(tmp_path: Path) -> None:
    shared = os.environ.get("TILLID_SHARED")
    if not shared:
        pytest.skip("TILLID_SHARED is not set")
    work = tmp_path / "work"
    work.mkdir()
    for name in ("calamine_tests", "pyreadstat_test_data"):
        with tarfile.open(Path(shared) / "data" / "messy" / f"{name}.tar.xz") as packed:
            packed.extractall(tmp_path / name, filter="data")
        for path in (tmp_path / name).rglob("*"):
            if path.is_file() and path.stat().st_size < 60_000:
                shutil.copy(path, work / path.name)
    print(_read_damaged(work, 12))
