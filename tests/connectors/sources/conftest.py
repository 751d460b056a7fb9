"""A folder with files, read through as a source reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tillid.connectors.sources.files import FileSource
from tillid.ports.source import Look, ReadAs, UnreadableRow


class WholeFile:
    """One file, read to its end."""

    def __init__(self, folder: Path, name: str, **said: Any) -> None:
        only = said.pop("only", None)
        self.source = FileSource(folder, [name], ReadAs(**said), only)
        (self.file,) = self.source.files()
        self.look: Look = self.source.look(self.file)
        self.rows: list[dict[str, Any]] = []
        self.unreadable: list[UnreadableRow] = []
        self.notes: list[str] = []
        for batch in self.source.read(self.file):
            assert batch.first_row == len(self.rows)
            self.rows += batch.table.to_pylist()
            self.unreadable += batch.unreadable
            self.notes += batch.notes

    def lines(self) -> list[int]:
        return self.source.line_of(self.file, range(len(self.rows)))


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., WholeFile]:
    """Writes bytes (or text as UTF-8) to a file of a name and reads it back."""

    def write_and_read(name: str, content: bytes | str | None = None, **said: Any) -> WholeFile:
        if content is not None:
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return WholeFile(tmp_path, name, **said)

    return write_and_read
