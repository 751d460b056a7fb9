"""Finds which encoding a file's bytes are, and turns any of them into UTF-8 as a stream."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from pathlib import Path

from tillid.connectors.sources.errors import FileNotText
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes, Openable
from tillid.connectors.sources.guess_encoding import guess_one_byte
from tillid.connectors.sources.quote_marks import QuoteMarks

UNDECODABLE = "\ufdd0"
"""Stands where bytes could not be decoded: a code point that no text may hold."""

_MARK = UNDECODABLE.encode()
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = frozenset({"iso8859-1", "cp1252"})
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_WINDOWS_LETTERS = re.compile(
    rb"[\x00-\x7f\x80\x85\x8a\x8c\x8e\x91-\x97\x9a\x9c\x9e\x9f\xa0\xa3\xa7\xab\xb0\xb4\xbb\xc0-\xfe]*"
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_MOJIBAKE = re.compile("Ã[\u0080-¿ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")

codecs.register_error("tillid.undecodable", lambda error: (UNDECODABLE, getattr(error, "end", 0)))


def find_encoding(path: Path | Openable, name: str) -> str:
    """The encoding of a text file: utf-8, -16 or -32, iso-8859-1, cp1252, cp850 (DOS), mac-roman and a few more.

    It reads up to the first byte outside ASCII, so a name on the last line counts. Errors: FileNotText.
    """
    with FileBytes(path, name) as source:
        chunk = source.read(CHUNK)
        for bom, encoding in _BOMS:
            if chunk.startswith(bom):
                return encoding
        wide = _wide_without_bom(chunk)
        if wide:
            return wide
        if chunk.count(0) > len(chunk) // 2 or len(_CONTROLS.findall(chunk[: 1 << 14])) > len(chunk[: 1 << 14]) // 20:
            raise FileNotText(name)
        while chunk and chunk.isascii():
            chunk = source.read(CHUNK)
    return _by_high_bytes(chunk)


def _wide_without_bom(chunk: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: most of its text is ASCII, so zeros stand at fixed places."""
    size = len(chunk) // 4 * 4
    if not size or chunk.count(0) <= len(chunk) // 10:
        return None
    zeros = [chunk[place:size:4].count(0) * 4 / size for place in range(4)]
    if zeros[1] > 0.9 and zeros[2] > 0.9:
        return "utf-32-le" if zeros[3] > 0.9 else "utf-32-be" if zeros[0] > 0.9 else None
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if chunk[start::2].count(0) > len(chunk) // 3 and chunk[1 - start :: 2].count(0) == 0:
            return encoding
    return None


def _by_high_bytes(chunk: bytes) -> str:
    chunk, _ = _whole_characters(chunk)
    try:
        chunk.decode()
    except UnicodeDecodeError:
        together = len(_MULTIBYTE.findall(chunk))
        alone = len(_HIGH.findall(_MULTIBYTE.sub(b"", chunk)))
        if together <= alone:
            return guess_one_byte(chunk)
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

    ISO-8859-1 is read as its superset windows-1252, as browsers do. Where the encoding was `found`, lines of
    the other of UTF-8 and windows-1252 are read as what they are. Bytes that cannot be decoded become
    `UNDECODABLE`, and `is_marked` is then true. Byte order marks and zero bytes within the text are left out.
    `marks` looks at the quote marks that go by; `seen` counts what was mended.
    """

    def __init__(
        self,
        source: FileBytes,
        encoding: str,
        *,
        skip_lines: int = 0,
        found: bool = False,
        marks: QuoteMarks | None = None,
    ) -> None:
        canonical = codecs.lookup(encoding).name
        self._is_utf8 = canonical in {"utf-8", "utf-8-sig"}
        latin = "cp1252" if canonical in _LATIN else encoding
        self._is_mixed = found and (self._is_utf8 or latin == "cp1252")
        self._decoder = codecs.getincrementaldecoder(latin)(errors="tillid.undecodable")
        self._source = source
        self._skip_lines = skip_lines
        self._marks = marks
        self._rest = b""
        self._ready = memoryview(b"")
        self._is_begun = self._is_done = False
        self.is_marked = False
        self.seen: Counter[str] = Counter()

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
        if self._marks:
            self._marks.pass_by(chunk)
        if not self.is_marked:
            self.is_marked = _MARK in chunk
        return chunk

    def _utf8_chunk(self) -> bytes:
        raw = self._source.read(CHUNK)
        self._is_done = not raw
        chunk = self._mixed(raw) if self._is_mixed else self._decoded(raw)
        for unwanted in (b"\0", codecs.BOM_UTF8):
            if unwanted in (chunk if self._is_begun else chunk[3:]):
                self.seen["zero bytes" if unwanted == b"\0" else "byte order marks"] += chunk.count(unwanted)
                chunk = chunk.replace(unwanted, b"")
        return chunk

    def _decoded(self, raw: bytes) -> bytes:
        if not self._is_utf8:
            return self._decoder.decode(raw, final=self._is_done).encode()
        chunk, self._rest = (self._rest, b"") if self._is_done else _whole_characters(self._rest + raw)
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return chunk.decode(errors="tillid.undecodable").encode()
        return chunk

    def _mixed(self, raw: bytes) -> bytes:
        """The next chunk, line by line where not all of it is of one encoding."""
        chunk, self._rest = self._rest + raw, b""
        if self._is_utf8:
            whole, rest = (chunk, b"") if self._is_done else _whole_characters(chunk)
            try:
                whole.decode()
            except UnicodeDecodeError:
                pass
            else:
                self._rest = rest
                return whole
        elif chunk.isascii():
            return chunk
        elif not _MULTIBYTE.search(chunk) and (self._is_done or chunk[-1] < 0x80):
            return chunk.decode("cp1252", "tillid.undecodable").encode()
        end = len(chunk) if self._is_done else max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        chunk, self._rest = (chunk[:end], chunk[end:]) if end else (chunk, b"")
        return b"".join(self._line(line) for line in _LINES.findall(chunk))

    def _line(self, line: bytes) -> bytes:
        if line.isascii():
            return line
        try:
            line.decode()
        except UnicodeDecodeError:
            if not self._is_utf8:
                return line.decode("cp1252", "tillid.undecodable").encode()
            if _WINDOWS_LETTERS.fullmatch(line):
                self.seen["lines in windows-1252"] += 1
                return line.decode("cp1252").encode()
            return line.decode(errors="tillid.undecodable").encode()
        if not self._is_utf8:
            self.seen["lines in utf-8"] += 1
        return line

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


def sample_text(path: Path | Openable, name: str, encoding: str, size: int, *, found: bool = False) -> tuple[str, bool]:
    """The first `size` bytes (as UTF-8) of a text file, and whether that is all of it."""
    with FileBytes(path, name) as source:
        stream = io.BufferedReader(Utf8Stream(source, encoding, found=found), CHUNK)
        start = stream.read(size)
        is_all = not stream.read(1)
    return _whole_characters(start)[0].decode(), is_all


def is_mojibake(text: str) -> bool:
    """Whether UTF-8 was once read as windows-1252 and written again.

    >>> is_mojibake("SÃ¸ren"), is_mojibake("Søren")
    (True, False)
    """
    return bool(_MOJIBAKE.search(text))


def what_was_seen(seen: Counter[str]) -> list[str]:
    """What was mended, as sentences.

    >>> what_was_seen(Counter({"zero bytes": 2}))
    ['2 zero bytes were left out']
    """
    verbs = {"zero bytes": "were left out", "byte order marks": "within the text were left out"}
    return [f"{count} {what} {verbs.get(what, 'were read as such')}" for what, count in seen.items()]
