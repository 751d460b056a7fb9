"""Parquet: types, structs by dotted paths, lists as JSON text, damage."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tillid.connectors.sources.errors import FileEmpty, FileTorn, FormatMismatch


def test_columns_keep_their_types(read, tmp_path):
    table = pa.table(
        {"n": pa.array([1, 2], pa.int32()), "t": ["a", None], "s": [{"x": {"y": 1}}, None], "l": [[1, 2], []]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    whole = read("a.parquet")
    assert whole.look.columns == ("n", "t", "s.x.y", "l")
    assert whole.rows == [{"n": 1, "t": "a", "s.x.y": 1, "l": "[1,2]"}, {"n": 2, "t": None, "s.x.y": None, "l": "[]"}]
    assert whole.lines() == [1, 2]


def test_only_the_columns_asked_for_are_read(read, tmp_path):
    pq.write_table(pa.table({"a": [1], "s": [{"x": 1, "y": 2}], "b": ["z"]}), tmp_path / "a.parquet")
    assert read("a.parquet", only=["s.y", "b"]).rows == [{"s.y": 2, "b": "z"}]
    assert len(read("a.parquet", only=["elsewhere"]).rows) == 1


def test_batches_are_bounded_and_numbered(read, tmp_path):
    pq.write_table(pa.table({"a": range(150_000)}), tmp_path / "a.parquet", row_group_size=100_000)
    whole = read("a.parquet")
    sizes = [batch.table.num_rows for batch in whole.source.read(whole.file)]
    assert sum(sizes) == 150_000
    assert max(sizes) <= 65_536
    assert [row["a"] for row in whole.rows[::50_000]] == [0, 50_000, 100_000]


def test_a_torn_file_is_one_clear_error(read, tmp_path):
    pq.write_table(pa.table({"a": range(1000)}), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    with pytest.raises(FileTorn, match=r"^b\.parquet: the Parquet file is cut off or damaged"):
        read("b.parquet", content[:-30])
    with pytest.raises(FileEmpty):
        read("c.parquet", b"")
    with pytest.raises(FormatMismatch, match="the file is not parquet"):
        read("d.parquet", b"a;b\n1;2\n")
    with pytest.raises(FormatMismatch, match="unpack it"):
        read("e.parquet.gz", gzip.compress(content), format="parquet")
    damaged = bytearray(content)
    damaged[20:200] = bytes(180)
    with pytest.raises(FileTorn):
        read("f.parquet", bytes(damaged))
