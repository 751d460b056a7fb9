"""Measures the sheets of a binary workbook (.xls, .xlsb) by its records: how far their cells reach, and errors."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

import olefile

from tillid.connectors.sources.containers import unpacked
from tillid.connectors.sources.errors import FileProtected
from tillid.connectors.sources.sheet_sizes import SheetSize

_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_FORMULA, _BOOLERR, _MULRK, _MULBLANK = 0x0006, 0x0205, 0x00BD, 0x00BE
# NUMBER, LABEL, BOOLERR, FORMULA, RSTRING, LABELSST, RK, MULRK; without the blank ones, which are not kept.
_CELLS = frozenset({0x0203, 0x0204, _BOOLERR, _FORMULA, 0x00D6, 0x00FD, 0x027E, _MULRK, 0x0003, 0x0004, 0x0005})
_XLSB_ROW, _XLSB_ERROR, _XLSB_FORMULA_ERROR = 0, 3, 11
_LONGEST_RECORD = 1 << 25
_XLSB_CELLS = frozenset(range(2, 12)) | {62}


def sizes_of_xls(content: bytes, name: str) -> list[SheetSize]:
    """The sizes of the sheets of an .xls, in the order of the file. Errors: FileProtected, LimitExceeded."""
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        streams = {parts[0].lower(): parts for parts in container.listdir() if len(parts) == 1}
        stream = streams.get("workbook") or streams.get("book")
        book = container.openstream(stream).read() if stream else b""
    sizes: list[SheetSize] = []
    depth = 0
    for kind, body in _xls_records(book):
        if kind == _FILEPASS:
            raise FileProtected(name)
        if kind == _BOF:
            depth += 1
            is_sheet = len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == 0x0010
            if depth == 1 and is_sheet:
                sizes.append(SheetSize())
        elif kind == _EOF:
            depth = max(0, depth - 1)
        elif depth == 1 and sizes and kind in _CELLS and len(body) >= 6:
            _add_xls_cell(sizes[-1], kind, body)
            sizes[-1].check(name)
    return sizes


def _add_xls_cell(size: SheetSize, kind: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
    size.rows = max(size.rows, row + 1)
    size.columns = max(size.columns, column + 1, last + 1)
    is_error = kind == _BOOLERR and len(body) >= 8 and body[7] == 1
    is_failed = kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2
    size.errors += is_error or is_failed


def _xls_records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(book)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + min(length, 8224)]
        at += 4 + length


def sizes_of_xlsb(container: zipfile.ZipFile, name: str) -> list[SheetSize]:
    """The sizes of the sheets of an .xlsb, in the order of their parts. Errors: LimitExceeded."""
    sizes: list[SheetSize] = []
    for part in container.namelist():
        lower = part.lower().replace("\\", "/")
        if "worksheets/" not in lower or not lower.endswith(".bin") or "binaryindex" in lower:
            continue
        size, row = SheetSize(), 0
        for kind, body in _xlsb_records(unpacked(container, part)):
            if kind == _XLSB_ROW and len(body) >= 4:
                row = struct.unpack_from("<I", body)[0]
            elif kind in _XLSB_CELLS and len(body) >= 4:
                size.rows = max(size.rows, row + 1)
                size.columns = max(size.columns, struct.unpack_from("<I", body)[0] + 1)
                size.errors += kind in (_XLSB_ERROR, _XLSB_FORMULA_ERROR)
                size.check(name)
        sizes.append(size)
    return sizes


def _xlsb_records(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    held = b""
    for chunk in chunks:
        held += chunk
        at = 0
        while (record := _xlsb_record(held, at)) is not None:
            kind, body, at = record
            yield kind, body
        held = held[at:]
        if len(held) > _LONGEST_RECORD:
            return  # no record of a cell is so long: what follows is not read as one


def _xlsb_record(held: bytes, at: int) -> tuple[int, bytes, int] | None:
    """The record at a place: its kind, its first bytes, where the next begins; None where it is not all there."""
    if at + 6 > len(held):
        return None
    kind = held[at]
    at += 1
    if kind & 0x80:
        kind = (kind & 0x7F) | (held[at] & 0x7F) << 7
        at += 1
    length = shift = 0
    while True:
        byte = held[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80 or shift > 21:
            break
        if at >= len(held):
            return None
    if at + length > len(held):
        return None
    return kind, held[at : at + 8], at + length
