"""Whole files through source and cast: what is wrong far down is named with its line and column."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tillid.connectors.sources.files import FileSource
from tillid.stages.ingest.cast import Cast
from tillid.stages.ingest.definitions import SourceDefinition

COLUMNS = {
    "Nr": {"name": "customer_no", "type": "text", "category": "user.unique_id", "identifier": "customer_no"},
    "Beløb": {"name": "amount", "type": "money", "category": "user.behavior.purchase_history"},
    "Tid": {"name": "at", "type": "timestamp", "category": "user.behavior"},
}


def ingest(folder: Path, name: str) -> tuple[pa.Table, list[tuple[int, str]]]:
    """All rows, and line and column of the refused ones."""
    mapping = {"kind": "events", "files": name, "time": "at", "collected_for": ["orders"], "columns": COLUMNS}
    definition = SourceDefinition.from_mapping("orders", mapping)
    source = FileSource(folder, definition.files, definition.read_as, definition.headers)
    (file,) = source.files()
    cast = Cast(definition, source.look(file), "Europe/Copenhagen")
    taken: list[pa.RecordBatch] = []
    refused: list[tuple[int, str]] = []
    for batch in source.read(file):
        done = cast.cast(batch)
        taken.append(done.rows)
        lines = source.line_of(file, [row.row for row in done.refused])
        refused += [(line, row.column) for line, row in zip(lines, done.refused, strict=True)]
        refused += [(row.line, "") for row in batch.unreadable]
    return pa.Table.from_batches(taken, cast.schema), refused


def test_a_wrong_type_in_row_300_001_is_named_with_line_and_column(tmp_path):
    lines = (
        ["Nr;Beløb;Tid"]
        + ["7;1,50;24-12-2025 10:00"] * 300_000
        + ["7;mange;24-12-2025 10:00", "8;2,00;24-12-2025 10:00"]
    )
    (tmp_path / "a.csv").write_bytes("\n".join(lines).encode("iso-8859-1"))
    taken, refused = ingest(tmp_path, "a.csv")
    assert refused == [(300_002, "Beløb")]
    assert taken.num_rows == 300_001
    assert taken.column("customer_no")[-1].as_py() == "8"


def test_nothing_is_lost_of_a_file_with_every_fault(tmp_path):
    lines = [
        "Nr;Beløb;Tid",
        "1;1,50;24-12-2025",
        '2;"2\n0";24-12-2025',
        "3;x",
        "4;4,00;",
        "5;5,00;31-02-2025",
        "6;6,00;2025-12-24",
    ]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("\r\n".join(lines).encode("cp1252")))
    taken, refused = ingest(tmp_path, "a.csv.gz")
    assert taken.column("customer_no").to_pylist() == ["1", "6"]
    assert sorted(refused) == [(3, "Beløb"), (5, "Beløb"), (6, "Tid"), (7, "Tid")]


def test_one_source_gives_the_same_rows_from_every_format(tmp_path):
    (tmp_path / "a.csv").write_text("Nr;Beløb;Tid\n12346;1.234,50;24-12-2025 10:30\n")
    (tmp_path / "a.tsv").write_text("Nr\tBeløb\tTid\n12346\t1,234.50\t2025-12-24T09:30:00Z\n")
    (tmp_path / "a.ndjson").write_text('{"Nr":12346,"Beløb":1234.5,"Tid":"2025-12-24T10:30:00+01:00"}\n')
    (tmp_path / "a.json").write_text('[{"Nr":"12346","Beløb":"1234.50","Tid":"2025-12-24 10:30"}]')
    moment = pa.array(["2025-12-24 10:30"]).cast(pa.timestamp("ns"))
    pq.write_table(pa.table({"Nr": [12346.0], "Beløb": [1234.5], "Tid": moment}), tmp_path / "a.parquet")
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nr", "Beløb", "Tid"])
        sheet.write_row(1, 0, [12346, 1234.5, 46015.4375])
    found = {name: ingest(tmp_path, name) for name in ("a.csv", "a.tsv", "a.ndjson", "a.json", "a.parquet", "a.xlsx")}
    (row,) = found["a.csv"][0].to_pylist()
    assert str(row["at"]) == "2025-12-24 09:30:00"
    assert all((taken.to_pylist(), refused) == ([row], []) for taken, refused in found.values())
