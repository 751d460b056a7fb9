"""Files on another machine as a source: finds them, fetches those that are read, one at a time, and hands them on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tillid.connectors.sources.errors import FileMissing, LimitExceeded, SourceUnreachable
from tillid.connectors.sources.file_by_file import FileByFile
from tillid.connectors.sources.file_bytes import CHUNK
from tillid.connectors.sources.files import made_reader
from tillid.connectors.sources.remote.private_copies import PrivateCopies
from tillid.connectors.sources.remote.storage import RemoteState, Storage, asked
from tillid.connectors.sources.request import FileReader
from tillid.ports.errors import FileUnsettled
from tillid.ports.source import ReadAs, SourceFile, Tell

MOST_FETCHED = 1 << 36
"""Files of more bytes than this are refused before anything of them is fetched."""
SETTLED_AFTER = timedelta(seconds=30)
"""A file that changed less than this ago may be on its way to the server still."""
_UNDER_WAY = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".upload", ".uploading")
_FREE_LEFT = 100 << 20


@dataclass(frozen=True, slots=True)
class RemoteRequest:
    """Which files are read (globs), how, of which columns (None: all), and under which folder copies lie meanwhile."""

    patterns: tuple[str, ...]
    state: Path
    read_as: ReadAs
    only: Collection[str] | None = None


class RemoteFiles(FileByFile):
    """The files of `storage` that match. A `Source`, in which a file's digest is made of what the server tells of it.

    So which are new or changed is known without fetching any. `clock` gives the time in UTC; `tell` is told how
    far a download is.
    """

    def __init__(
        self,
        storage: Storage,
        request: RemoteRequest,
        clock: Callable[[], datetime],
        tell: Tell,
    ) -> None:
        super().__init__()
        self._storage, self._request, self._clock, self._tell = storage, request, clock, tell
        self._found: dict[str, tuple[str, RemoteState]] = {}
        self._waiting: tuple[SourceFile, ...] = ()
        self._copies: PrivateCopies | None = None

    def files(self) -> tuple[SourceFile, ...]:
        """The files there are now, without those under way. Errors: FileMissing, PullError."""
        storage = self._storage
        self._found = {}
        for pattern in self._request.patterns:
            name = f"{storage.name}/{pattern}"
            matches = asked(storage, name, partial(storage.matches, pattern))
            if not matches:
                there = asked(storage, name, partial(storage.beside, pattern))
                raise FileMissing(name, [f"{storage.name}/{path}" for path in there])
            for path, state in matches.items():
                self._found[f"{storage.name}/{path}"] = path, state
        now = self._clock()
        every = {
            SourceFile(name, state.size, state.modified_at, state.digest): self._is_under_way(path, state, now)
            for name, (path, state) in sorted(self._found.items())
        }
        self._waiting = tuple(file for file, waits in every.items() if waits)
        return tuple(file for file, waits in every.items() if not waits)

    def waiting(self) -> tuple[SourceFile, ...]:
        """The files that the last call of `files` left out, as they are on their way to the server."""
        return self._waiting

    def close(self) -> None:
        """Take the copy away, and let the connection go."""
        super().close()
        if self._copies is not None:
            self._copies.close()
            self._copies = None
        self._storage.drop()

    def _is_under_way(self, path: str, state: RemoteState, now: datetime) -> bool:
        if PurePosixPath(path).suffix.lower() in _UNDER_WAY:
            return True
        # A server's clock may be ahead by a little; a time far ahead says nothing.
        return self._storage.settles and -timedelta(days=1) < now - state.modified_at < SETTLED_AFTER

    def _reader_of(self, file: SourceFile) -> FileReader:
        if self._reader is None or self._reader[0] != file:
            # The former copy goes before the next one comes.
            self._reader = self._cursor = None
            said = self._request
            self._reader = file, made_reader(self._fetched(file), file.path, said.read_as, said.only)
        return self._reader[1]

    def _fetched(self, file: SourceFile) -> Path:
        path, state = self._found[file.path]
        if self._copies is None:
            self._copies = PrivateCopies(self._request.state)
        self._copies.clear()
        _refuse_large(file, self._request.state)
        copy, content = self._copies.new(PurePosixPath(path).name)
        with content:
            fetch(self._storage, Wanted(file.path, path, state), content, self._tell)
        self._tell("")
        return copy


@dataclass(frozen=True, slots=True)
class Wanted:
    """A remote file: what errors call it, its path there, and which content of it is wanted."""

    name: str
    path: str
    state: RemoteState


def fetch(storage: Storage, wanted: Wanted, into: BinaryIO, tell: Tell) -> None:
    """Write the file's bytes, going on where a connection was lost.

    Errors: FileUnsettled where the file is another before, while or after it is read; SourceError.
    """
    asked(storage, wanted.name, partial(_go_on, storage, wanted, into, tell))


def _go_on(storage: Storage, wanted: Wanted, into: BinaryIO, tell: Tell) -> None:
    size = wanted.state.size
    if storage.state(wanted.path) != wanted.state:
        raise _changed(wanted.name)
    with storage.open(wanted.path, wanted.state, into.tell()) as content:
        while part := content.read(CHUNK):
            into.write(part)
            tell(f"{wanted.name}: {into.tell() >> 20:,} of {size >> 20:,} MiB")
            if into.tell() > size:
                raise _changed(wanted.name)
    if storage.state(wanted.path) != wanted.state:
        raise _changed(wanted.name)
    if into.tell() < size:
        raise SourceUnreachable(wanted.name, "the connection was lost while the file came", hint="Run again.")


def _changed(name: str) -> FileUnsettled:
    return FileUnsettled(
        f"{name}: the file was changed while it was read",
        hint="Nothing of this run is kept. Run again when whoever writes it is done.",
    )


def _refuse_large(file: SourceFile, state: Path) -> None:
    if file.size > MOST_FETCHED:
        raise LimitExceeded(file.path, f"the file has more than {MOST_FETCHED >> 30} GiB, which is not fetched")
    free = shutil.disk_usage(state).free
    if file.size + _FREE_LEFT > free:
        hint = "Free some: the file lies there while it is read."
        raise LimitExceeded(
            file.path, f"the file has {file.size >> 20:,} MiB, and the disk {free >> 20:,} MiB free", hint=hint
        )
