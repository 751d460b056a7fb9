"""Writes the container of old Office files (OLE, "compound file") with one stream, and BIFF records to go in it."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(name: str, content: bytes) -> bytes:
    """A compound file that holds `content` under `name`."""
    content = content.ljust(max(4096, -(-len(content) // _SECTOR) * _SECTOR), b"\0")
    count = len(content) // _SECTOR
    fats = -(-(count + 2) // 127)
    table = [_FAT] * fats + [_END] + [fats + 1 + n for n in range(1, count)] + [_END]
    table += [_FREE] * (fats * 128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, fats + 1, len(content)) + bytes(256)
    return header + struct.pack(f"<{len(table)}I", *table) + entries + content


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    made = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
    return made + bytes(36) + struct.pack("<IQ", start, size)


def biff(records: Iterable[tuple[int, bytes]]) -> bytes:
    """Records of a workbook: a globals part without a sheet's name, then one sheet of these records."""
    begin, end = (0x0809, struct.pack("<HH", 0x0600, 0x0005) + bytes(12)), (0x000A, b"")
    sheet = (0x0809, struct.pack("<HH", 0x0600, 0x0010) + bytes(12))
    every = [begin, end, sheet, *records, end]
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in every)
