"""The bytes of a file, unpacked where it is compressed; damage and endless unpacking become one clear error."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Protocol

import pyarrow as pa

from tillid.connectors.sources.containers import DAMAGED
from tillid.connectors.sources.errors import FileMissing, FileTorn, LimitExceeded
from tillid.connectors.sources.limits import LIMITS

CHUNK = 1 << 20


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


class FileBytes:
    """A file opened for reading; `name` is its path in the project, for errors. `packed` says how it is packed."""

    def __init__(self, path: Path | Openable, name: str) -> None:
        self.name = name
        self.packed = ""
        self._is_on_disk = isinstance(path, Path)
        try:
            plain = path.open("rb")
        except FileNotFoundError:
            raise FileMissing(name, ()) from None
        with self._torn_as_one_error("the archive"):
            start = plain.read(6)
            plain.seek(0)
        self._plain: BinaryIO = plain  # type: ignore[assignment]
        self._source: IO[bytes] | gzip.GzipFile = plain
        self._count = 0
        for magic, (packed, unpacker) in _UNPACKERS.items():
            if start.startswith(magic) and not (magic == b"BZh" and start[4:6] != b"1A"):
                self.packed = packed
                with self._torn_as_one_error(f"the {packed} file"):
                    self._source = unpacker(self._plain)

    @property
    def is_gzip(self) -> bool:
        """Whether it is gzip."""
        return self.packed == "gzip"

    def read(self, size: int = -1) -> bytes:
        """The next bytes: as many as asked for unless the file ends. Errors: FileTorn, LimitExceeded."""
        with self._torn_as_one_error(f"the {self.packed or 'packed'} file"):
            return b"".join(self._unpacked(size)) if self.packed else self._source.read(size)

    @contextmanager
    def _torn_as_one_error(self, what: str) -> Iterator[None]:
        try:
            yield
        except DAMAGED as error:
            # A disk that fails is no damage of the file. In an archive, a wrong place to go to looks like one.
            is_of_disk = not self.packed or (isinstance(error, OSError) and error.errno is not None)
            if self._is_on_disk and is_of_disk:
                raise
            raise FileTorn(self.name, what) from None

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
        if self._count <= LIMITS.ratio_matters_from:
            return
        if self._count > LIMITS.stream_bytes or self._count > LIMITS.stream_ratio * max(1, self._plain.tell()):
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
