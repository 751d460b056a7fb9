"""Files in folders as a source: finds them, tells their format, and hands each to the reader of its format."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tillid.connectors.sources.archive import open_archive
from tillid.connectors.sources.archive_file import ArchiveFile
from tillid.connectors.sources.binary_formats import START_BYTES, find_binary_format
from tillid.connectors.sources.delimited import DelimitedFile
from tillid.connectors.sources.errors import FileEmpty, FileMissing, FileNotATable, SheetMissing
from tillid.connectors.sources.file_by_file import FileByFile
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.json_lines import JsonFile
from tillid.connectors.sources.looks_like import looks_like
from tillid.connectors.sources.parquet_file import ParquetFile
from tillid.connectors.sources.request import FileReader, Request
from tillid.connectors.sources.trends_file import TRENDS, TrendsFile
from tillid.ports.source import ReadAs, SourceFile

_FORMAT_OF_SUFFIX = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".ods", ".ots"), "excel"),
    **dict.fromkeys((".sav", ".zsav", ".por"), "spss"),
    **dict.fromkeys((".sas7bdat", ".xpt"), "sas"),
    ".dta": "stata",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
_SAID_BY_BYTES = frozenset({"excel", "parquet", "spss", "sas", "stata", "arrow"})
_ARROW_STARTS = (b"ARRO", b"\xff\xff\xff\xff")


class FileSource(FileByFile):
    """The files of one source: those that match any of `patterns` (globs, relative to `project`).

    `read_as` holds what the definition says about reading them; `only` these columns are read, which keeps
    what nobody asked for out of memory; None reads all. A `Source`.
    """

    def __init__(
        self,
        project: Path,
        patterns: Sequence[str],
        read_as: ReadAs | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self._project = project
        self._patterns = tuple(patterns)
        self._said = read_as or ReadAs()
        self._only = None if only is None else frozenset(only)

    def files(self) -> tuple[SourceFile, ...]:
        """The files there are now, by path; every one is read through for its digest. Errors: FileMissing."""
        found: set[str] = set()
        for pattern in self._patterns:
            matches = [match for match in self._matches(pattern) if (self._project / match).is_file()]
            if not matches:
                raise FileMissing(pattern, self._beside(pattern))
            found.update(Path(os.path.normpath(match)).as_posix() for match in matches)
        return tuple(self._described(path) for path in sorted(found))

    def waiting(self) -> tuple[SourceFile, ...]:
        """None: who puts a file into a folder of this machine moves it there when it is whole."""
        return ()

    def tables(self, file: SourceFile) -> tuple[str, ...]:
        """The names of the file's tables, as `sheet` takes them. Errors as for `look`."""
        return self._reader_of(file).tables()

    def table(self, file: SourceFile, name: str) -> FileSource:
        """The same files, of which the table of that name is read. Errors: SheetMissing."""
        reader = self._reader_of(file)
        if name not in reader.tables():
            raise SheetMissing(file.path, name, reader.tables())
        made = FileSource(self._project, self._patterns, replace(self._said, sheet=name), self._only)
        if isinstance(reader, ArchiveFile):
            # What is in an archive is found once.
            made._reader = file, reader.of(name)
        return made

    def _matches(self, pattern: str) -> list[str]:
        return glob.glob(pattern, root_dir=self._project, recursive=True)

    def _beside(self, pattern: str) -> list[str]:
        folder = Path(pattern).parent
        there = (self._project / folder).iterdir() if (self._project / folder).is_dir() else ()
        return [(folder / path.name).as_posix() for path in there if path.is_file()]

    def _described(self, path: str) -> SourceFile:
        with (self._project / path).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            state = os.fstat(content.fileno())
        modified_at = datetime.fromtimestamp(state.st_mtime, UTC).replace(tzinfo=None)
        return SourceFile(path, state.st_size, modified_at, digest)

    def _reader_of(self, file: SourceFile) -> FileReader:
        if self._reader is None or self._reader[0] != file:
            self._reader = file, made_reader(self._project / file.path, file.path, self._said, self._only)
        return self._reader[1]


def made_reader(path: Path, name: str, said: ReadAs, only: Collection[str] | None) -> FileReader:
    """The reader of the file at `path`, or of what is in it where it is an archive; `name` stands in errors."""
    request = Request(path, name, said.format or "", said, None if only is None else frozenset(only))
    archive = open_archive(path, name)
    return _reader_of(request) if archive is None else ArchiveFile(request, archive, _reader_of)


def open_content(content: Openable) -> FileReader:
    """The reader of a file that is in no folder."""
    return _reader_of(Request(content, content.name, "", ReadAs()))


def _reader_of(request: Request) -> FileReader:
    format_ = request.format or find_format(request.path, request.name)
    request = replace(request, format=format_)
    # What these formats are read with takes long to load, and most projects have none of them.
    match format_:
        case "excel" | "html":
            from tillid.connectors.sources.workbook import WorkbookFile  # noqa: PLC0415

            return WorkbookFile(request)
        case "spss" | "sas" | "stata":
            from tillid.connectors.sources.statistics_file import StatisticsFile  # noqa: PLC0415

            return StatisticsFile(request)
        case "arrow":
            from tillid.connectors.sources.arrow_file import ArrowFile  # noqa: PLC0415

            return ArrowFile(request)
        case "parquet":
            return ParquetFile(request)
        case "json" | "ndjson":
            return JsonFile(request)
        case _:
            return TrendsFile(request) if format_ == TRENDS else DelimitedFile(request)


def find_format(path: Path | Openable, name: str) -> str:
    """The format of a file, by how it starts or by its name.

    Errors: FileEmpty, FileMissing, FileTorn, FileNotATable.
    """
    with FileBytes(path, name) as source:
        start = source.read(START_BYTES).lstrip()
    if not start:
        raise FileEmpty(name)
    by_bytes = find_binary_format(start, path, name)
    if by_bytes is not None:
        return by_bytes
    if start.startswith(_ARROW_STARTS):
        return "arrow"
    other = looks_like(start)
    if other:
        raise FileNotATable(name, other)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    named = [_FORMAT_OF_SUFFIX[suffix] for suffix in suffixes[-2:] if suffix in _FORMAT_OF_SUFFIX]
    if named and named[-1] in _SAID_BY_BYTES:
        return _text_under_another_name(start, named[-1])
    return named[-1] if named else "json" if start[:1] in (b"{", b"[") else "csv"


def _text_under_another_name(start: bytes, format_: str) -> str:
    """The format of a file that does not begin as its name says: exports call text and pages .xls."""
    is_text = b"\x00" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "csv" if is_text and format_ == "excel" else format_
