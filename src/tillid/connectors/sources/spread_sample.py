"""Rows from all over a large file, where they can be had without reading it through."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from tillid.ports.source import Look

_PIECES = 16
_PIECE_BYTES = 1 << 16
_GROUP_ROWS = 2_000
_LARGE = 4 * _PIECES * _PIECE_BYTES
_ONE_BYTE = ("utf-8", "iso-8859-1", "iso8859-1", "cp1252", "ascii")
_PACKED = (b"\x1f\x8b", b"PK", b"BZ", b"\xfd7", b"(\xb5")


def spread_sample(path: Path, look: Look) -> pa.Table | None:
    """Rows at even distances in the file at `path`; None where it is small, packed or can't be entered midway.

    Text is cut at line ends. A row whose value holds a line end may be lost by that: this is for looking at, not
    for taking in.
    """
    if look.format == "parquet":
        return _of_groups(path, look)
    if look.format not in ("csv", "tsv") or (look.encoding or "").lower() not in _ONE_BYTE:
        return None
    size = path.stat().st_size
    with path.open("rb") as content:
        if size < _LARGE or content.read(2).startswith(_PACKED):
            return None
        pieces = [_lines_at(content, size * piece // _PIECES) for piece in range(1, _PIECES)]
    return _parsed(b"".join(pieces), look)


def _lines_at(content: io.BufferedReader, start: int) -> bytes:
    content.seek(start)
    piece = content.read(_PIECE_BYTES)
    return piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1]


def _parsed(lines: bytes, look: Look) -> pa.Table | None:
    text = lines.decode(look.encoding or "utf-8", errors="replace").encode()
    if not text:
        return None
    try:
        return arrow_csv.read_csv(
            io.BytesIO(text),
            read_options=arrow_csv.ReadOptions(column_names=look.columns),
            parse_options=arrow_csv.ParseOptions(
                delimiter=look.separator or ",", quote_char=look.quote or '"', invalid_row_handler=lambda _: "skip"
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(look.columns, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _of_groups(path: Path, look: Look) -> pa.Table | None:
    with pq.ParquetFile(path) as file:
        groups = file.num_row_groups
        if groups < 2 or tuple(file.schema_arrow.names) != look.columns:
            return None
        chosen = sorted({groups * piece // _PIECES for piece in range(1, _PIECES)})
        found = [next(file.iter_batches(_GROUP_ROWS, row_groups=[group]), None) for group in chosen]
        return pa.Table.from_batches([batch for batch in found if batch is not None], file.schema_arrow)
