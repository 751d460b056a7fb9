"""tillid read: tables, types and notes of a file, and its tables as Parquet."""

from __future__ import annotations

import zipfile

import pyarrow.parquet as pq
import pytest

from tillid.pipeline.read_file import read_file

CSV = "Nr;Navn;Beløb;Dato\n1;Åse;1.234,50;24-12-2025\n2;Bo;;01-02-2026\nI alt;x;y;z;w\n"


def test_a_table_is_described_and_written(tmp_path):
    path = tmp_path / "crm.csv"
    path.write_bytes(CSV.encode("cp1252"))
    (table,) = read_file(path, out=tmp_path / "out").tables
    said = table.as_dict()
    assert (said["name"], said["rows"], said["encoding"], said["separator"], said["header_row"]) == (
        *("crm", 2, "iso-8859-1", ";", 1),
    )
    assert said["columns"] == [
        {"name": "Nr", "type": "integer"},
        {"name": "Navn", "type": "text"},
        {"name": "Beløb", "type": "decimal"},
        {"name": "Dato", "type": "date"},
    ]
    assert said["notes"] == ["1 row that can't be read is left out: line 4: 5 values where there are 4 columns"]
    written = pq.read_table(said["path"])
    assert written.column("Beløb").to_pylist()[1] is None
    assert str(written.column("Dato").to_pylist()[0]) == "2025-12-24"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["crm.parquet"]


def test_each_table_of_an_archive_is_written_under_a_safe_name(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as book:
        for name in ("a/x.csv", "a_x.csv", "b.csv", "-rf.csv"):
            book.writestr(name, f"a;b\n1;{name}\n")
    read = read_file(path, out=tmp_path / "out")
    assert [table.name for table in read.tables] == ["a/x.csv", "a_x.csv", "b.csv", "-rf.csv"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        *("a_x.csv (2).parquet", "a_x.csv.parquet", "b.csv.parquet", "rf.csv.parquet"),
    ]
    assert [pq.read_table(table.path).column("b").to_pylist() for table in read.tables] == [
        *(["a/x.csv"], ["a_x.csv"], ["b.csv"], ["-rf.csv"]),
    ]
    assert [table.name for table in read_file(path, "b.csv").tables] == ["b.csv"]
    assert "there is no sheet 'c.csv'" in (read_file(path, "c.csv").refused or "")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04torn", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    read = read_file(tmp_path / "a.csv", out=tmp_path / "out")
    assert read.as_dict()["tables"] == []
    assert read.refused.startswith("a.csv: ")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert read_file(tmp_path / "no.csv").refused
    assert read_file(tmp_path).refused


def test_nothing_half_written_stays(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    monkeypatch.setattr(pq.ParquetWriter, "write_table", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        read_file(tmp_path / "a.csv", out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_objects_that_bring_columns_late(tmp_path):
    lines = '{"a": 1}\n' * 20_000 + '{"a": 2.5, "b": "2025-01-01"}\n'
    (tmp_path / "a.ndjson").write_text(lines)
    (table,) = read_file(tmp_path / "a.ndjson", out=tmp_path).tables
    assert table.columns == (("a", "decimal"), ("b", "date"))
    assert pq.read_table(table.path).num_rows == 20_001


def test_an_empty_table_keeps_its_columns(tmp_path):
    (tmp_path / "a.csv").write_text("a;b\n")
    (table,) = read_file(tmp_path / "a.csv", out=tmp_path).tables
    assert pq.read_table(table.path).schema.names == ["a", "b"]
