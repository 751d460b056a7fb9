"""Rows from all over a large file: whole rows of it, from its far end too, and nothing where that can't be had."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tillid.connectors.sources.spread_sample import spread_sample
from tillid.ports.source import Look

COLUMNS = ("no", "navn", "by")
ROWS = 200_000


def look(format_: str, encoding: str | None = "utf-8", columns: tuple[str, ...] = COLUMNS) -> Look:
    return Look(format_, encoding, ";", '"', ".", {}, 1, columns, None, ())


def row(no: int) -> str:
    return f"{no};Søren Ågård {no};Ærøskøbing"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_text_is_sampled_from_end_to_end_in_whole_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes("\n".join([";".join(COLUMNS), *map(row, range(ROWS)), ""]).encode(encoding))
    sample = spread_sample(path, look("csv", encoding))
    assert sample is not None
    numbers = [int(text) for text in sample.column("no").to_pylist()]
    assert [";".join(line) for line in zip(*map(list, sample.to_pydict().values()), strict=True)] == list(
        map(row, numbers)
    )
    assert numbers == sorted(set(numbers))
    assert min(numbers) < ROWS // 8
    assert max(numbers) > ROWS * 7 // 8
    assert len(numbers) < ROWS


def test_rows_of_another_width_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    lines = [row(no) if no % 3 else f"{no};too;many;cells" for no in range(ROWS)]
    path.write_text("\n".join([";".join(COLUMNS), *lines, ""]), encoding="utf-8")
    sample = spread_sample(path, look("csv"))
    assert sample is not None
    assert all(int(no) % 3 for no in sample.column("no").to_pylist())


@pytest.mark.parametrize("groups", [1, 3, 40])
def test_parquet_is_sampled_by_row_groups(tmp_path: Path, groups: int) -> None:
    path = tmp_path / "large.parquet"
    pq.write_table(pa.table({"no": list(range(groups * 10))}), path, row_group_size=10)
    sample = spread_sample(path, look("parquet", None, ("no",)))
    if groups == 1:
        assert sample is None
        return
    assert sample is not None
    starts = {no // 10 for no in sample.column("no").to_pylist()}
    assert max(starts) >= groups * 7 // 8
    assert 1 < len(starts) < 17


def test_parquet_with_other_columns_than_were_seen_is_not_sampled(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    pq.write_table(pa.table({"no": list(range(40))}), path, row_group_size=10)
    assert spread_sample(path, look("parquet", None, ("id",))) is None


def test_what_cannot_be_entered_midway_is_not_sampled(tmp_path: Path) -> None:
    text = "\n".join(map(row, range(ROWS))).encode()
    small, packed, plain = (tmp_path / name for name in ("small.csv", "packed.csv", "plain.csv"))
    small.write_bytes(text[:10_000])
    # Packed without being made smaller, so that its size alone would not keep it out.
    packed.write_bytes(gzip.compress(text, 0))
    plain.write_bytes(text)
    assert spread_sample(small, look("csv")) is None
    assert spread_sample(packed, look("csv")) is None
    assert spread_sample(plain, look("csv", "utf-16")) is None
    assert spread_sample(plain, look("excel")) is None
    assert spread_sample(plain, look("csv")) is not None
