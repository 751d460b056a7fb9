"""tillid suggest: opens a file and has the definition of a source drafted from its first rows."""

from __future__ import annotations

import os
from glob import escape
from pathlib import Path

import pyarrow as pa

from tillid.pipeline.check import admit
from tillid.pipeline.project.errors import ProjectHasMistakes
from tillid.pipeline.project.load import load_project
from tillid.pipeline.wiring import open_file
from tillid.stages.ingest.suggest import Draft
from tillid.stages.ingest.suggest import suggest as draft


def suggest(project_folder: Path, actor: str, file: Path | str) -> Draft:
    """Draft the definition of a source from `file`, its path as the actor writes it.

    The project's other definitions may be unfinished: they are, while it is being set up, and the shell has
    made an empty file already where the draft is to go. Raises a `SourceError` for a file that can't be
    read, `ProjectHasMistakes` when tillid.yml can't be used, and `ActorUnknown`.
    """
    project, findings = load_project(project_folder)
    if project is None:
        raise ProjectHasMistakes(findings)
    admit(project, actor, "suggest")
    folder = project.folder.absolute()
    whole = Path(os.path.normpath(Path.cwd() / file))
    path = (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()
    reader = open_file(project, escape(path))
    found = reader.files()[0]
    look = reader.look(found)
    nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
    sample = next((batch.table for batch in reader.read(found)), nothing)
    return draft(whole.name.partition(".")[0], path, look, sample)
