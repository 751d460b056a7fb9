"""tillid suggest: looks at rows of a file, a table or an address, and has the definition of a source drafted."""

from __future__ import annotations

import os
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pyarrow as pa

from tillid.pipeline.catalogue import declared_tables
from tillid.pipeline.check import admit
from tillid.pipeline.errors import NotDefined, OriginUnknown
from tillid.pipeline.project.connection_shapes import holds_secret
from tillid.pipeline.project.errors import ProjectHasMistakes
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import open_address, open_file, open_remote_file, open_table, sample_file
from tillid.ports.source import Look, SourceFile
from tillid.stages.ingest.draft_api import api_lines
from tillid.stages.ingest.draft_text import files_line, quoted
from tillid.stages.ingest.suggest import DATABASE, Draft
from tillid.stages.ingest.suggest import suggest as draft
from tillid.terms.errors import nearest

_HEAD_ROWS = 20_000
_REMOTE = re.compile(r"(?:sftp|s3):(?!//)([^/]+)/(.+)", re.DOTALL)
_KEYS = frozenset({"key", "sig", "signature", "auth", "authorization", "code", "jwt"})
"""Parameters that are called so hold a secret, besides those that have its name in theirs."""
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
    """Draft the definition of a source from `origin`: a file as the actor writes its path, database:CONNECTION/TABLE,
    sftp:CONNECTION/PATH, s3:CONNECTION/KEY, or the http or https address of a file or of an API's list.

    The project's other definitions may be unfinished: they are, while it is being set up, and the shell has
    made an empty file already where the draft is to go. Raises a `SourceError` for a file that can't be
    read or an address that does not answer, `OriginUnknown`, `ProjectHasMistakes` when tillid.yml can't be
    used, and `ActorUnknown`.
    """
    project, findings = load_project(project_folder)
    if project is None:
        raise ProjectHasMistakes(findings)
    admit(project, actor, "suggest")
    rows = _rows_of(project, str(origin))
    return draft(_free_name(project, rows.name), rows.files, rows.look, rows.sample, origin=rows.origin)


def _rows_of(project: Project, origin: str) -> _Rows:
    """The rows that `origin` stands for."""
    if origin.startswith(DATABASE):
        return _rows_of_table(project, origin)
    if remote := _REMOTE.fullmatch(origin):
        return _rows_of_remote_file(project, remote[1], remote[2])
    if (scheme := _URL.match(origin)) is None:
        return _rows_of_file(project, Path(origin))
    if scheme[1].lower() in ("http", "https"):
        return _rows_of_address(project, origin)
    # The address may hold a password, so nothing of it is repeated.
    raise OriginUnknown(
        f"A draft is not made from a {scheme[1].lower()} address, in which a password would stand open",
        hint="Declare where it is under `connections` of tillid.yml, and name database:CONNECTION/TABLE, "
        "sftp:CONNECTION/PATH or s3:CONNECTION/KEY.",
    )


def _rows_of_address(project: Project, url: str) -> _Rows:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        hint = "Write it as https://HOST/PATH, with a port where it needs one."
        raise OriginUnknown("What was named is no http address", hint=hint) from None
    named = parse_qsl(parts.query, keep_blank_values=True)
    if "@" in parts.netloc or any(key.lower() in _KEYS or holds_secret(key, value) for key, value in named):
        raise OriginUnknown(
            "The address holds a secret, which others could read on the command line",
            hint="Declare a connection in tillid.yml, whose secret is kept, and leave the secret out of the address.",
        )
    connection = next((name for name, api in project.apis.items() if _is_below(parts, urlsplit(api.url))), None)
    found = open_address(project, url, connection)
    name = found.name.partition(".")[0]
    if found.said is not None:
        home = f"connection: {connection}" if connection else f"url: {quoted(f'{parts.scheme}://{parts.netloc}')}"
        origin = api_lines(found.said, found.auth, home, found.unsure)
        return _Rows(name, url, found.look, found.rows, origin)
    file = f"data/{found.name}"
    origin = f"{files_line(file)}  # download it to there: what a source reads as a file is in a folder"
    return _Rows(name, file, found.look, found.rows, origin)


def _is_below(parts: SplitResult, home: SplitResult) -> bool:
    """Whether an address is one of the API whose addresses begin as `home`."""
    base = home.path.rstrip("/")
    same = (parts.scheme, parts.hostname, parts.port) == (home.scheme, home.hostname, home.port)
    return same and (parts.path == base or parts.path.startswith(f"{base}/"))


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
