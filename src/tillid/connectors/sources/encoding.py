"""Finds which encoding a file's bytes are, and turns any of them into UTF-8 as a stream."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path

from tillid.connectors.sources.errors import FileNotText
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes

UNDECODABLE = "\ufdd0"
"""Stands where bytes could not be decoded: a code point that no text may hold."""

_MARK = UNDECODABLE.encode()
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LATIN = frozenset({"iso8859-1", "cp1252"})
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_LINE_END = re.compile(rb"\r\n|\r|\n")

codecs.register_error("tillid.undecodable", lambda error: (UNDECODABLE, getattr(error, "end", 0)))


def find_encoding(path: Path, name: str) -> str:
    """The encoding of a text file: utf-8, utf-16, utf-16-le, utf-16-be, iso-8859-1 or cp1252.

    It reads up to the first byte outside ASCII, so a name on the last line counts. Errors: FileNotText.
    """
    with FileBytes(path, name) as source:
        chunk = source.read(CHUNK)
        for bom, encoding in _BOMS:
            if chunk.startswith(bom):
                return encoding
        if chunk.count(0) > len(chunk) // 10:
            return _without_bom(chunk, name)
        while chunk and chunk.isascii():
            chunk = source.read(CHUNK)
    return _by_high_bytes(chunk)


def _without_bom(chunk: bytes, name: str) -> str:
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if chunk[start::2].count(0) > len(chunk) // 3 and chunk[1 - start :: 2].count(0) == 0:
            return encoding
    raise FileNotText(name)


def _by_high_bytes(chunk: bytes) -> str:
    chunk, _ = _whole_characters(chunk)
    try:
        chunk.decode()
    except UnicodeDecodeError:
        together = len(_MULTIBYTE.findall(chunk))
        alone = len(_HIGH.findall(_MULTIBYTE.sub(b"", chunk)))
        if together <= alone:
            return "cp1252" if _C1.search(chunk) else "iso-8859-1"
    return "utf-8"


def _whole_characters(chunk: bytes) -> tuple[bytes, bytes]:
    """Cuts off a UTF-8 sequence that the chunk's end has torn."""
    for back in range(1, min(4, len(chunk) + 1)):
        byte = chunk[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (chunk[:-back], chunk[-back:]) if needed > back else (chunk, b"")
        if byte < 0x80:
            break
    return chunk, b""


class Utf8Stream(io.RawIOBase):
    """A text file as a stream of UTF-8 bytes without its first `skip_lines` lines.

    ISO-8859-1 is read as its superset windows-1252, as browsers do. Bytes that cannot be decoded become
    `UNDECODABLE`, and `is_marked` is then true. `quotes` counts the quote marks seen.
    """

    def __init__(self, source: FileBytes, encoding: str, *, skip_lines: int = 0, quote: str = "") -> None:
        canonical = codecs.lookup(encoding).name
        self._is_utf8 = canonical in {"utf-8", "utf-8-sig"}
        latin = "cp1252" if canonical in _LATIN else encoding
        self._decoder = codecs.getincrementaldecoder(latin)(errors="tillid.undecodable")
        self._source = source
        self._skip_lines = skip_lines
        self._quote = quote.encode()
        self._rest = b""
        self._ready = memoryview(b"")
        self._is_begun = self._is_done = False
        self.is_marked = False
        self.quotes = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """Fill `buffer` with as many bytes as are ready; 0 at the end."""
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready and not self._is_done:
            self._ready = memoryview(self._next())
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        """Close the file below."""
        if not self.closed:
            self._source.close()
        super().close()

    def _next(self) -> bytes:
        chunk = self._utf8_chunk()
        if not self._is_begun:
            self._is_begun = True
            chunk = self._after_skipped(chunk.removeprefix(codecs.BOM_UTF8))
        if self._quote:
            self.quotes += chunk.count(self._quote)
        if not self.is_marked:
            self.is_marked = _MARK in chunk
        return chunk

    def _utf8_chunk(self) -> bytes:
        raw = self._source.read(CHUNK)
        self._is_done = not raw
        if not self._is_utf8:
            return self._decoder.decode(raw, final=self._is_done).encode()
        chunk, self._rest = (self._rest, b"") if self._is_done else _whole_characters(self._rest + raw)
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return chunk.decode(errors="tillid.undecodable").encode()
        return chunk

    def _after_skipped(self, chunk: bytes) -> bytes:
        while self._skip_lines:
            end = _LINE_END.search(chunk)
            # A carriage return at the very end may be half of a line end.
            if (end is None or end.end() == len(chunk)) and not self._is_done:
                chunk += self._utf8_chunk()
                continue
            chunk = chunk[end.end() :] if end else b""
            self._skip_lines -= 1
        return chunk


def sample_text(path: Path, name: str, encoding: str, size: int) -> tuple[str, bool]:
    """The first `size` bytes (as UTF-8) of a text file, and whether that is all of it."""
    with FileBytes(path, name) as source:
        stream = io.BufferedReader(Utf8Stream(source, encoding), CHUNK)
        start = stream.read(size)
        is_all = not stream.read(1)
    return _whole_characters(start)[0].decode(), is_all
