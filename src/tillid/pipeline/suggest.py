"""tillid suggest: looks at rows of a file, a table or an address, and has the definition of a source drafted."""

from __future__ import annotations

import os
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

import pyarrow as pa

from tillid.pipeline.catalogue import declared_tables
from tillid.pipeline.check import admit
from tillid.pipeline.errors import NotDefined, OriginUnknown
from tillid.pipeline.project.errors import ProjectHasMistakes
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import open_file, open_remote_file, open_table, sample_file
from tillid.ports.source import Look, SourceFile
from tillid.stages.ingest.draft_text import files_line, quoted
from tillid.stages.ingest.suggest import DATABASE, Draft
from tillid.stages.ingest.suggest import suggest as draft
from tillid.terms.errors import nearest

_HEAD_ROWS = 20_000
_REMOTE = re.compile(r"(?:sftp|s3):(?!//)([^/]+)/(.+)", re.DOTALL)
_URL = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows to draft from: what they are called, where they are, and how they are read.

    `origin` is the line of the draft that says where, where that is no file.
    """

    name: str
    files: str
    look: Look
    sample: pa.RecordBatch
    origin: str = ""


def suggest(project_folder: Path, actor: str, origin: str | Path) -> Draft:
    """Draft the definition of a source from `origin`: a file as the actor writes its path, or
    database:CONNECTION/TABLE, or sftp:CONNECTION/PATH, or s3:CONNECTION/KEY.

    The project's other definitions may be unfinished: they are, while it is being set up, and the shell has
    made an empty file already where the draft is to go. Raises a `SourceError` for a file that can't be
    read, `OriginUnknown`, `ProjectHasMistakes` when tillid.yml can't be used, and `ActorUnknown`.
    """
    project, findings = load_project(project_folder)
    if project is None:
        raise ProjectHasMistakes(findings)
    admit(project, actor, "suggest")
    rows = _rows_of(project, str(origin))
    return draft(_free_name(project, rows.name), rows.files, rows.look, rows.sample, origin=rows.origin)


def _rows_of(project: Project, origin: str) -> _Rows:
    """The rows that `origin` stands for; here other kinds of origin are to be added."""
    if origin.startswith(DATABASE):
        return _rows_of_table(project, origin)
    if remote := _REMOTE.fullmatch(origin):
        return _rows_of_remote_file(project, remote[1], remote[2])
    if scheme := _URL.match(origin):
        raise OriginUnknown(
            f"A draft is made from files on this machine; {scheme[1].lower()} addresses can't be looked at",
            hint="Download the file, and draft from that; or write sftp:CONNECTION/PATH, s3:CONNECTION/KEY.",
        )
    return _rows_of_file(project, Path(origin))


def _rows_of_remote_file(project: Project, connection: str, path: str) -> _Rows:
    if connection not in project.remotes:
        raise NotDefined(
            "Write sftp:CONNECTION/PATH or s3:CONNECTION/KEY, with a connection of tillid.yml",
            hint=nearest(connection, project.remotes),
        )
    with closing(open_remote_file(project, connection, path)) as reader:
        file = next(iter((*reader.files(), *reader.waiting())))
        look = reader.look(file)
        nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
        head = next((batch.table for batch in reader.read(file)), nothing)
    origin = f"from: {connection}\n{files_line(path)}"
    return _Rows(Path(path).name.partition(".")[0], path, look, head, origin)


def _rows_of_file(project: Project, file: Path) -> _Rows:
    folder = project.folder.absolute()
    whole = Path(os.path.normpath(Path.cwd() / file))
    path = (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()
    reader = open_file(project, escape(path))
    found = _unread(whole, path) if whole.is_file() else reader.files()[0]
    look = reader.look(found)
    nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
    head = next((batch.table for batch in reader.read(found)), nothing)
    rest = sample_file(whole, look) if head.num_rows else None
    return _Rows(whole.name.partition(".")[0], path, look, _together(head, rest))


def _unread(whole: Path, path: str) -> SourceFile:
    """The file without its digest, for which it would be read through."""
    state = whole.stat()
    return SourceFile(path, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC).replace(tzinfo=None), "")


def _together(head: pa.RecordBatch, rest: pa.Table | None) -> pa.RecordBatch:
    """The first rows and those from further on, where both are read alike."""
    if rest is None or not rest.num_rows or rest.schema.names != head.schema.names:
        return head
    first = pa.Table.from_batches([head.slice(0, _HEAD_ROWS)])
    both = pa.concat_tables([first, rest.cast(first.schema)]).combine_chunks()
    return both.to_batches()[0]


def _free_name(project: Project, name: str) -> str:
    """The name, or one beside it where a table of Tillid's own is called so."""
    return f"{name}_list" if name.lower() in {*declared_tables(project)} - {*project.sources} else name


def _rows_of_table(project: Project, named: str) -> _Rows:
    connection, _, table = named.removeprefix(DATABASE).partition("/")
    if connection not in project.connections or not table:
        raise NotDefined(
            "Write database:CONNECTION/TABLE, with a connection of tillid.yml",
            hint=nearest(connection, project.connections),
        )
    pulled = open_table(project, connection, table)
    look = pulled.look()
    with closing(pulled.pull(None)) as batches:
        sample = next(batches).rows.table
    origin = f"database: {{connection: {connection}, table: {quoted(table)}}}"
    return _Rows(table.rpartition(".")[2].strip('"'), named, look, sample, origin)
