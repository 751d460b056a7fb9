"""The bytes of a file, unpacked when it is gzip; damage becomes one clear error."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from tillid.connectors.sources.errors import FileMissing, FileTorn

CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"


class FileBytes:
    """A file opened for reading; `name` is its path in the project, for errors."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            plain = path.open("rb")
        except FileNotFoundError:
            raise FileMissing(name, ()) from None
        self.is_gzip = plain.read(2) == _GZIP
        plain.seek(0)
        self._plain: BinaryIO = plain
        self._source: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=plain) if self.is_gzip else plain

    def read(self, size: int = -1) -> bytes:
        """The next bytes: as many as asked for unless the file ends. Errors: FileTorn."""
        try:
            return self._source.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise FileTorn(self.name, "the gzip file") from None

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
