"""tillid suggest: opens a file and has the definition of a source drafted from its first rows."""

from __future__ import annotations

import os
from contextlib import closing
from glob import escape
from pathlib import Path

import pyarrow as pa

from tillid.pipeline.check import admit
from tillid.pipeline.errors import NotDefined
from tillid.pipeline.project.errors import ProjectHasMistakes
from tillid.pipeline.project.load import load_project
from tillid.pipeline.project.project import Project
from tillid.pipeline.wiring import open_file, open_table
from tillid.stages.ingest.suggest import DATABASE, Draft
from tillid.stages.ingest.suggest import suggest as draft
from tillid.terms.errors import nearest


def suggest(project_folder: Path, actor: str, file: Path) -> Draft:
    """Draft the definition of a source from `file`: a path as the actor writes it, or database:CONNECTION/TABLE.

    The project's other definitions may be unfinished: they are, while it is being set up, and the shell has
    made an empty file already where the draft is to go. Raises a `SourceError` for a file that can't be
    read, `ProjectHasMistakes` when tillid.yml can't be used, and `ActorUnknown`.
    """
    project, findings = load_project(project_folder)
    if project is None:
        raise ProjectHasMistakes(findings)
    admit(project, actor, "suggest")
    if str(file).startswith(DATABASE):
        return _from_table(project, str(file))
    folder = project.folder.absolute()
    whole = Path(os.path.normpath(Path.cwd() / file))
    path = (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()
    reader = open_file(project, escape(path))
    found = reader.files()[0]
    look = reader.look(found)
    nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
    sample = next((batch.table for batch in reader.read(found)), nothing)
    return draft(whole.name.partition(".")[0], path, look, sample)


def _from_table(project: Project, named: str) -> Draft:
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
    return draft(table.rpartition(".")[2].strip('"'), named, look, sample)
