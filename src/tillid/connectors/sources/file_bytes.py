"""The bytes of a file, unpacked where it is compressed; damage and endless unpacking become one clear error."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Protocol

import pyarrow as pa

from tillid.connectors.sources.errors import FileMissing, FileTorn, LimitExceeded

CHUNK = 1 << 20
MOST_UNPACKED = 1 << 36
"""Compressed files are read to this many bytes."""
MOST_RATIO = 1100
"""A compressed file that unpacks to more times its size than this, beyond the first 64 MiB, is refused."""
_RATIO_COUNTS_FROM = 1 << 26


class Openable(Protocol):
    """What can be opened for reading: a path, or a member of an archive."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        ...

    @property
    def suffixes(self) -> list[str]:
        """The endings of its name."""
        ...

    def open(self, mode: str = ...) -> IO[bytes]:
        """Open it."""
        ...


def _zstd(plain: BinaryIO) -> BinaryIO:
    stream: BinaryIO = pa.CompressedInputStream(pa.PythonFile(plain, mode="r"), "zstd")
    return stream


_UNPACKERS: dict[bytes, tuple[str, Callable[[BinaryIO], IO[bytes] | gzip.GzipFile]]] = {
    b"\x1f\x8b": ("gzip", lambda plain: gzip.GzipFile(fileobj=plain)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\0": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("Zstandard", _zstd),
}
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, pa.ArrowInvalid, zipfile.BadZipFile)


class FileBytes:
    """A file opened for reading; `name` is its path in the project, for errors. `packed` says how it is packed."""

    def __init__(self, path: Path | Openable, name: str) -> None:
        self.name = name
        try:
            plain = path.open("rb")
        except FileNotFoundError:
            raise FileMissing(name, ()) from None
        try:
            start = plain.read(6)
            plain.seek(0)
        except _DAMAGED:
            raise FileTorn(name, "the archive") from None
        self.packed = ""
        self._plain: BinaryIO = plain  # type: ignore[assignment]
        self._source: IO[bytes] | gzip.GzipFile = plain
        self._count = 0
        for magic, (packed, unpacker) in _UNPACKERS.items():
            if start.startswith(magic) and not (magic == b"BZh" and start[4:6] != b"1A"):
                self.packed, self._source = packed, unpacker(self._plain)

    @property
    def is_gzip(self) -> bool:
        """Whether it is gzip."""
        return self.packed == "gzip"

    def read(self, size: int = -1) -> bytes:
        """The next bytes: as many as asked for unless the file ends. Errors: FileTorn, LimitExceeded."""
        try:
            if not self.packed:
                return self._source.read(size)
            return b"".join(self._unpacked(size))
        except _DAMAGED:
            raise FileTorn(self.name, f"the {self.packed or 'packed'} file") from None
        except OSError as error:
            if not self.packed or error.errno is not None:
                raise
            raise FileTorn(self.name, f"the {self.packed} file") from None

    def _unpacked(self, size: int) -> list[bytes]:
        parts: list[bytes] = []
        while size:
            part = self._source.read(CHUNK if size < 0 else min(size, CHUNK))
            if not part:
                break
            self._count += len(part)
            self._refuse_bomb()
            parts.append(part)
            size -= len(part) if size > 0 else 0
        return parts

    def _refuse_bomb(self) -> None:
        if self._count <= _RATIO_COUNTS_FROM:
            return
        if self._count > MOST_UNPACKED or self._count > MOST_RATIO * max(1, self._plain.tell()):
            raise LimitExceeded(self.name, f"the {self.packed} file unpacks to more than is read")

    def close(self) -> None:
        """Close the file."""
        self._source.close()
        self._plain.close()

    def __enter__(self) -> FileBytes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
