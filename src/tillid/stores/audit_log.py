"""The audit log: a file of lines, each chained to the one before, that only grows."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from tillid.ports.errors import StoreFull, StoreTorn

_START = "0" * 64
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where the log ends: the size up to its last whole line, that line's number and hash."""

    size: int = 0
    number: int = 0
    digest: str = _START


class FileAuditLog:
    """Appends entries to a file of JSON lines; several processes may do so at once.

    A line holds its number `seq`, the time `at` (UTC), `kind`, `entry`, the `former` line's hash and its own
    `hash` (SHA-256 over all before it). `append` returns when the line is on disk. Raises `StoreFull` when it
    can't be written and `StoreTorn` when the file's last line is not one of the log's.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._file: int | None = self._open()
        self._lock = Lock()
        self._tail = _Tail()

    def append(self, kind: str, entry: Mapping[str, object]) -> None:
        """Add one entry durably."""
        with self._lock:
            self._file = file = self._open() if self._file is None else self._file
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                tail = self._end(file)
                line, after = _line(tail, kind, entry)
                self._write(file, line, tail.size)
                self._tail = after
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; harmless when done before. The next entry opens it again."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _end(self, file: int) -> _Tail:
        size = os.fstat(file).st_size
        if size == self._tail.size:
            return self._tail
        start = max(0, size - _LONGEST)
        text = os.pread(file, size - start, start)
        whole = text.rfind(b"\n") + 1
        if whole < len(text):
            # The end of a line that a killed process never finished, and so never answered for.
            os.ftruncate(file, start + whole)
        if not whole:
            return _Tail()
        last = text[text.rfind(b"\n", 0, whole - 1) + 1 : whole - 1]
        try:
            fields = json.loads(last)
            return _Tail(start + whole, int(fields["seq"]), str(fields["hash"]))
        except (ValueError, KeyError, TypeError):
            raise StoreTorn(
                f"The last line of the audit log {self._path.name} can't be read", hint="Run: tillid doctor"
            ) from None

    def _write(self, file: int, line: bytes, size: int) -> None:
        try:
            written = os.write(file, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, "short write")
            os.fdatasync(file)
        except OSError as error:
            os.ftruncate(file, size)
            why = errno.errorcode.get(error.errno or 0, "unknown")
            raise StoreFull(
                f"The audit log can't be written ({why}), so nothing is read", hint="Free some space, then ask again."
            ) from None


def _line(tail: _Tail, kind: str, entry: Mapping[str, object]) -> tuple[bytes, _Tail]:
    at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    fields = {"seq": tail.number + 1, "at": at, "kind": kind, "entry": dict(entry), "former": tail.digest}
    digest = _digest(fields)
    line = (_text(fields | {"hash": digest}) + "\n").encode()
    return line, _Tail(tail.size + len(line), tail.number + 1, digest)


def _text(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _digest(fields: Mapping[str, object]) -> str:
    return sha256(_text(fields).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines hold, and what is wrong with the first that does not (`reason` is empty when all do)."""

    lines: int
    bad_line: int | None = None
    reason: str = ""


def verify(path: Path) -> Verdict:
    """Read the whole log and name the first line (from 1) that was changed, moved, added or lost.

    Lines taken off the end can't be told from the file alone: keep the last hash elsewhere.
    """
    former = _START
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            reason, former = _check_line(line, number, former)
            if reason:
                return Verdict(number - 1, number, reason)
    return Verdict(number)


def _check_line(line: bytes, number: int, former: str) -> tuple[str, str]:
    if not line.endswith(b"\n"):
        return "it has no end", former
    try:
        fields = json.loads(line)
        digest = fields.pop("hash")
        if fields["former"] != former or fields["seq"] != number:
            return "it does not follow the line before it", former
        # Written anew, so that a change that reads the same (a space, an escape) counts as one too.
        if digest != _digest(fields) or (_text(fields | {"hash": digest}) + "\n").encode() != line:
            return "it was changed", former
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it can't be read", former
    return "", str(digest)
