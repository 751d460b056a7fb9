"""Any text in any separator that is written as CSV is read back, row by row, with the right lines."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tillid.connectors.sources.files import FileSource
from tillid.ports.source import ReadAs

# No code point that UTF-8 can't carry, nor the one that stands for undecodable bytes, nor those that are left out.
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\ufdd0\0\ufeff"), max_size=12) | st.text(
    '";,\r\n\t ab', max_size=8
)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=12))
SEPARATORS = st.sampled_from([";", ",", "\t", "|"])


@given(rows=TABLES, separator=SEPARATORS, line_end=st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=150, deadline=None)
def test_written_is_read(rows, separator, line_end):
    width = len(rows[0]) if rows else 2
    headers = [f"h{n}" for n in range(width)]
    text = io.StringIO(newline="")
    # Unless it ends lines with both, the writer leaves a lone carriage return bare.
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerows([headers, *rows])
    expected_lines = _starts(text.getvalue(), separator)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.csv").write_bytes(text.getvalue().encode())
        source = FileSource(Path(folder), ["a.csv"], ReadAs(separator=separator, header_row=1, encoding="utf-8"))
        (file,) = source.files()
        batches = list(source.read(file))
        read = [[row[header] for header in headers] for batch in batches for row in batch.table.to_pylist()]
        assert read == rows
        assert not [row for batch in batches for row in batch.unreadable]
        assert source.line_of(file, range(len(rows))) == expected_lines


def _starts(text: str, separator: str) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    starts, last = [], 0
    for _ in reader:
        starts.append(last + 1)
        last = reader.line_num
    return starts[1:]


@given(rows=st.lists(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4), min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_every_row_is_either_read_or_handed_over(rows):
    body = [";".join(cells) for cells in rows]
    kept = [line for line in body if line]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.csv").write_text("\n".join(["x;y", *body]))
        source = FileSource(Path(folder), ["a.csv"], ReadAs(separator=";", header_row=1))
        (file,) = source.files()
        assume(source.look(file).columns == ("x", "y"))  # rows that are all wider make further columns
        batches = list(source.read(file))
        read = [";".join(row.values()) for batch in batches for row in batch.table.to_pylist()]
        lost = [row for batch in batches for row in batch.unreadable]
        assert read == [";".join(line.split(";")[:2]) for line in kept if _can_be_read(line)]
        assert [row.raw for row in lost] == [line for line in kept if not _can_be_read(line)]
        assert [row.line for row in lost] == [n for n, line in enumerate(body, 2) if line and not _can_be_read(line)]


def _can_be_read(line: str) -> bool:
    cells = line.split(";")
    return len(cells) >= 2 and not any(cells[2:]) and cells != ["x", "y"]
