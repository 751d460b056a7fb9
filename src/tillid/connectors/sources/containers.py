"""Looks through a zip container before it is opened: how much is packed in it, and how tightly."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from tillid.connectors.sources.errors import FileTorn, LimitExceeded
from tillid.connectors.sources.limits import LIMITS, MIB

CHUNK = 1 << 20
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError, OverflowError, MemoryError),
)
"""What the modules that unpack raise for damage: nowhere do they say so of all of it."""


@contextmanager
def torn_as_one_error(name: str, what: str) -> Iterator[None]:
    """Turns what is raised for damage into FileTorn."""
    try:
        yield
    except DAMAGED:
        raise FileTorn(name, what) from None


def check_container(container: zipfile.ZipFile, name: str) -> None:
    """Refuse a container that would unpack to more than is good for the machine. Errors: LimitExceeded."""
    entries = container.infolist()
    if len(entries) > LIMITS.entries:
        raise LimitExceeded(name, f"it packs {len(entries)} parts, more than {LIMITS.entries}")
    total = sum(entry.file_size for entry in entries)
    if total > LIMITS.unpacked_bytes:
        raise _too_large(name, "it", total, LIMITS.unpacked_bytes)
    for entry in entries:
        if entry.file_size > LIMITS.part_bytes:
            raise _too_large(name, "a part of it", entry.file_size, LIMITS.part_bytes)
        if entry.filename.lower().endswith("sharedstrings.xml") and entry.file_size > LIMITS.strings_bytes:
            raise _too_large(name, "its text", entry.file_size, LIMITS.strings_bytes)
        tightness = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > LIMITS.ratio_matters_from and tightness > LIMITS.ratio:
            message = f"a part of it is packed {tightness:.0f} times, more tightly than any true workbook"
            raise LimitExceeded(name, message, hint="Save it anew, or export it as CSV.")


def unpacked(container: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The bytes of a part, in chunks."""
    with container.open(part) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _too_large(name: str, what: str, size: int, most: int) -> LimitExceeded:
    hint = "Export the table as CSV or Parquet, which are read in parts."
    return LimitExceeded(name, f"{what} unpacks to {size // MIB} MiB, more than {most // MIB}", hint=hint)
