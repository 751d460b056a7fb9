"""Rows that could not be read, with the lines of their files, kept where a steward can look at them."""

from __future__ import annotations

import pyarrow as pa

from tillid.pipeline.catalogue import REFUSED_ROWS
from tillid.ports.source import RawBatch, Source, SourceFile
from tillid.ports.store import Build
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.refusals import Refusal, RefusedRow

MOST_REFUSED = 100_000
"""Rows of one source that are kept where they can be looked at; more are only counted."""


def with_lines(reader: Source, file: SourceFile, rows: tuple[RefusedRow, ...]) -> list[Refusal]:
    """Rows of a file with the file's own line numbers."""
    lines = reader.line_of(file, [row.row for row in rows]) if rows else []
    return [
        Refusal(file.path, row.row, line, row.column, row.value_class, row.reason, row.raw)
        for row, line in zip(rows, lines, strict=True)
    ]


def refusals(reader: Source, file: SourceFile, raw: RawBatch, refused: tuple[RefusedRow, ...]) -> list[Refusal]:
    """The refused rows of a batch, those that could not be taken apart at the end."""
    torn = [Refusal(file.path, -1, row.line, "", "", row.reason, row.raw) for row in raw.unreadable]
    return [*with_lines(reader, file, refused), *torn]


def note(held: list[Refusal], refused: list[Refusal]) -> None:
    """Add rows to those that will be kept, as far as there is room."""
    held.extend(refused[: max(MOST_REFUSED - len(held), 0)])


def keep(build: Build, source: SourceDefinition, refused: list[Refusal]) -> None:
    """Keep the rows of a source."""
    if not refused:
        return
    rows = {
        "source": [source.name] * len(refused),
        "file": [r.file for r in refused],
        "line": pa.array([r.line for r in refused], pa.int64()),
        "column_name": pa.array([r.column for r in refused], pa.string()),
        "value_class": pa.array([r.value_class for r in refused], pa.string()),
        "reason": [r.reason for r in refused],
        "raw": pa.array([r.raw for r in refused], pa.string()),
        "generation": pa.array([build.number] * len(refused), pa.int64()),
    }
    build.append(REFUSED_ROWS, pa.table(rows).to_batches())
