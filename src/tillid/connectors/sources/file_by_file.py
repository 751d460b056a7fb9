"""What every source of files does once it has a reader of a file: look, read, and tell the lines of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from tillid.connectors.sources.line_cursor import LineCursor
from tillid.connectors.sources.request import FileReader
from tillid.ports.source import Look, RawBatch, SourceFile


class FileByFile(ABC):
    """Files that are read one after another: the reader of the last one, and where it is, are kept."""

    def __init__(self) -> None:
        self._reader: tuple[SourceFile, FileReader] | None = None
        self._cursor: tuple[SourceFile, LineCursor] | None = None

    @abstractmethod
    def _reader_of(self, file: SourceFile) -> FileReader:
        """What reads the file."""

    def look(self, file: SourceFile) -> Look:
        """How the file is read. Errors: a SourceError that says what is wrong with it."""
        return self._reader_of(file).look()

    def read(self, file: SourceFile) -> Iterator[RawBatch]:
        """The rows of the file."""
        return self._reader_of(file).batches()

    def line_of(self, file: SourceFile, rows: Sequence[int]) -> list[int]:
        """The line of each row."""
        if self._cursor is None or self._cursor[0] != file:
            self._cursor = file, LineCursor(self._reader_of(file).lines)
        return self._cursor[1].lines_of(rows)

    def close(self) -> None:
        """Let go of the file that was read last."""
        self._reader = self._cursor = None
