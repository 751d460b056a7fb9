"""Archives (.zip, .tar): what is in them, and its bytes, without writing anything to a disk."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from tillid.connectors.sources.containers import torn_as_one_error
from tillid.connectors.sources.errors import ArchiveRefused, FileTorn, LimitExceeded
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.limits import LIMITS

_ASIDE = ("__MACOSX/",)
_WHAT = "the archive"
_DAMAGED_HEADER = (EOFError, ValueError, OverflowError, KeyError, IndexError)
_ZIP = b"PK\x03\x04"
_WORKBOOK = frozenset({"[Content_Types].xml", "mimetype", "META-INF/manifest.xml"})


@dataclass(frozen=True)
class Member:
    """A file in an archive; `path` is its path there, after that of the archive within the archive, if any."""

    archive: ZipArchive | TarArchive
    inner: str
    path: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name

    @property
    def suffixes(self) -> list[str]:
        """The endings of its name."""
        return PurePosixPath(self.path).suffixes

    def open(self, mode: str = "rb") -> IO[bytes]:  # noqa: ARG002
        """Its bytes."""
        return self.archive.open(self.inner)


class ZipArchive:
    """A zip file; `above` is the path of the archive in an archive, with / at its end, `depth` how deep it is."""

    def __init__(self, path: Path | Openable, name: str, above: str = "", depth: int = 1) -> None:
        self._path = path
        self._name = name
        self._above = above
        self._depth = depth

    def members(self) -> Iterator[Member]:
        """Its files, those of archives in it too. Errors: ArchiveRefused, FileTorn, LimitExceeded."""
        with torn_as_one_error(self._name, _WHAT), self._opened() as book:
            entries = [entry for entry in book.infolist() if not entry.is_dir()]
        self._refuse_bombs(entries)
        for entry in entries:
            _refuse_name(self._name, entry.filename)
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise ArchiveRefused(self._name, "the archive holds a link, which could lead out of it")
            if entry.flag_bits & 1:
                raise ArchiveRefused(self._name, "the archive is encrypted", hint="Unpack it, and give what is in it.")
            if not _is_aside(entry.filename):
                member = Member(self, entry.filename, self._above + entry.filename)
                yield from _with_inner(member, self._name, self._depth)

    def is_workbook(self, *, unless_torn: bool = False) -> bool:
        """Whether it is an Excel or OpenDocument file; a torn one is taken for such where `unless_torn`."""
        try:
            with self._opened() as book:
                names = book.namelist()
                return bool(_WORKBOOK & set(names)) or any(name.startswith("xl/") for name in names)
        except FileTorn:
            if unless_torn:
                return True
            raise

    def open(self, inner: str) -> IO[bytes]:
        """The bytes of a member."""
        with torn_as_one_error(self._name, _WHAT), self._opened() as book:
            return book.open(inner)

    def _refuse_bombs(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > LIMITS.members:
            raise LimitExceeded(self._name, f"the archive holds more than {LIMITS.members:,} files")
        size = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        is_overlapping = isinstance(self._path, Path) and packed > self._path.stat().st_size
        is_tight = size > LIMITS.ratio_matters_from and any(
            entry.file_size > LIMITS.stream_ratio * max(1, entry.compress_size) for entry in entries
        )
        if size > LIMITS.stream_bytes or is_overlapping or is_tight:
            raise LimitExceeded(self._name, "the archive unpacks to more than is read")

    def _opened(self) -> zipfile.ZipFile:
        source: str | io.BytesIO = str(self._path) if isinstance(self._path, Path) else io.BytesIO(self._held)
        with torn_as_one_error(self._name, _WHAT):
            return zipfile.ZipFile(source)

    @cached_property
    def _held(self) -> bytes:
        with FileBytes(self._path, self._name) as source:
            content = source.read(LIMITS.held_bytes + 1)
        if len(content) > LIMITS.held_bytes:
            raise LimitExceeded(self._name, "an archive in the archive is larger than is read")
        return content


class TarArchive:
    """A tar file, compressed or not; it is gone through from its start for each member."""

    def __init__(self, path: Path | Openable, name: str) -> None:
        self._path = path
        self._name = name

    def members(self) -> Iterator[Member]:
        """Its files. Errors: ArchiveRefused, FileTorn, LimitExceeded."""
        found: list[Member] = []
        for _, entry in self._entries():
            _refuse_name(self._name, entry.name)
            if entry.issym() or entry.islnk():
                raise ArchiveRefused(self._name, "the archive holds a link, which could lead out of it")
            if len(found) == LIMITS.members:
                raise LimitExceeded(self._name, f"the archive holds more than {LIMITS.members:,} files")
            if entry.isfile() and not _is_aside(entry.name):
                found.append(Member(self, entry.name, entry.name))
        for member in found:
            yield from _with_inner(member, self._name, 1)

    def open(self, inner: str) -> IO[bytes]:
        """The bytes of a member, as far as memory for them allows. Errors: LimitExceeded."""
        for book, entry in self._entries():
            if entry.name == inner:
                if entry.size > LIMITS.held_bytes:
                    raise LimitExceeded(self._name, "a file in the archive is larger than is read", hint="Unpack it.")
                with torn_as_one_error(self._name, _WHAT):
                    content = book.extractfile(entry)
                    return io.BytesIO(content.read() if content else b"")
        raise FileTorn(self._name, _WHAT)

    def _entries(self) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
        with FileBytes(self._path, self._name) as source:
            try:
                with tarfile.open(fileobj=_Reads(source), mode="r|") as book:
                    for entry in book:
                        yield book, entry
            except (tarfile.TarError, *_DAMAGED_HEADER):
                raise FileTorn(self._name, _WHAT) from None


class _Reads(io.RawIOBase):
    """`FileBytes` as tarfile wants a stream."""

    def __init__(self, source: FileBytes) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)


def open_archive(path: Path | Openable, name: str) -> ZipArchive | TarArchive | None:
    """The archive that a file is; None for a workbook, which is a zip file too, and for any other file."""
    with FileBytes(path, name) as source:
        start = source.read(512)
        packed = source.packed
    if start.startswith((_ZIP, b"PK\x05\x06")) and not packed:
        archive = ZipArchive(path, name)
        is_workbook = archive.is_workbook(unless_torn=".zip" not in [suffix.lower() for suffix in path.suffixes])
        return None if is_workbook else archive
    return TarArchive(path, name) if start[257:262] == b"ustar" else None


def _with_inner(member: Member, name: str, depth: int) -> Iterator[Member]:
    """The member, or the files of the archive that it is."""
    with FileBytes(member, name) as source:
        start = source.read(4)
    if start != _ZIP:
        yield member
        return
    inner = ZipArchive(member, f"{name}/{member.path}", f"{member.path}/", depth + 1)
    if inner.is_workbook():
        yield member
        return
    if depth >= LIMITS.nesting:
        raise LimitExceeded(name, "the archive holds archives within archives within it", hint="Unpack it.")
    yield from inner.members()


def _refuse_name(archive: str, name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (parts[0][1:2] == ":"):
        raise ArchiveRefused(archive, "the archive names files outside itself")


def _is_aside(name: str) -> bool:
    return (
        name.startswith(_ASIDE)
        or PurePosixPath(name).name.startswith((".", "~$"))
        or name.lower().endswith(("thumbs.db",))
    )
