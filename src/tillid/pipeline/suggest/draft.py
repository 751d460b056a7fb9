"""tillid suggest: the draft of a source definition, as a file to be finished by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

import pyarrow as pa

from tillid.pipeline.suggest.as_yaml import draft_text
from tillid.pipeline.suggest.column_types import is_unique, repeats, states_of, type_of
from tillid.pipeline.suggest.meanings import meaning_of, name_of
from tillid.pipeline.suggest.source_kind import DraftColumn, DraftSource, source_of
from tillid.pipeline.wiring import open_file
from tillid.pipeline.workspace import Workspace
from tillid.ports.source import Look
from tillid.terms.categories import is_special


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted definition: as a file's `text`, and as plain values."""

    file: str
    source: DraftSource
    look: Look
    text: str

    def as_dict(self) -> dict[str, object]:
        """As plain values; `unsettled` are the headers whose meaning nobody can tell from here."""
        return {
            "file": self.file,
            "kind": self.source.kind.value,
            "found": _found(self.look),
            "columns": {c.header: _column(c) for c in self.source.columns if c.category},
            "unsettled": [c.header for c in self.source.columns if not c.category],
            "text": self.text,
        }


def suggest(workspace: Workspace, file: Path) -> Draft:
    """Draft the definition of a source from the first rows of `file` (its path as the actor writes it).

    Of the file's values only words for yes and no are in the draft. Raises a `SourceError` for a file that
    can't be read.
    """
    project = workspace.project
    path = _within(project.folder, file)
    reader = open_file(project, escape(path))
    found = reader.files()[0]
    look = reader.look(found)
    rows = next((batch.table for batch in reader.read(found)), None)
    columns = [] if rows is None else _columns(rows, look, project.timezone)
    source = source_of(path, columns)
    text = draft_text(path, source, look, tuple(project.purposes))
    return Draft(path, source, look, text)


def _within(folder: Path, file: Path) -> str:
    """The path as a definition writes it: relative to the project where the file lies in it."""
    whole = Path(os.path.normpath(Path.cwd() / file))
    inside = whole.is_relative_to(folder.absolute())
    return (whole.relative_to(folder.absolute()) if inside else whole).as_posix()


def _columns(rows: pa.RecordBatch, look: Look, timezone: str) -> list[DraftColumn]:
    drafted: list[DraftColumn] = []
    for header, values in zip(rows.schema.names, rows.columns, strict=True):
        meaning = meaning_of(header)
        if meaning is not None and is_special(meaning.category):
            # Whether there is a ground for it at all is not for a draft to say.
            meaning = None
        drafted.append(
            DraftColumn(
                header=header,
                name=name_of(header) if meaning is None else meaning.name,
                type=type_of(header, values, meaning, look, timezone),
                category="" if meaning is None else meaning.category,
                identifier=None if meaning is None else meaning.identifier,
                is_unique=is_unique(values),
                repeats=repeats(values),
                states=states_of(values) if meaning is not None and meaning.name == "state" else {},
            )
        )
    return _named_apart(drafted)


def _named_apart(columns: Sequence[DraftColumn]) -> list[DraftColumn]:
    """The columns with a number behind every name that stands there already."""
    taken: set[str] = set()
    apart = []
    for column in columns:
        names = (column.name, *(f"{column.name[:57]}_{number}" for number in range(2, len(columns) + 2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        apart.append(replace(column, name=name))
    return apart


def _found(look: Look) -> Mapping[str, object]:
    names = ("format", "encoding", "separator", "quote", "decimal", "header_row", "sheet", "notes")
    return {name: getattr(look, name) for name in names} | {"date_formats": dict(look.date_formats)}


def _column(column: DraftColumn) -> Mapping[str, object]:
    drafted = {"name": column.name, "type": column.type.value, "category": column.category}
    more = {"identifier": column.identifier, "values": column.states}
    return drafted | {name: value for name, value in more.items() if value}
