"""tillid suggest: opens a file and has the definition of a source drafted from its first rows."""

from __future__ import annotations

import os
from glob import escape
from pathlib import Path

import pyarrow as pa

from tillid.pipeline.wiring import open_file
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.suggest import Draft
from tillid.stages.ingest.suggest import suggest as draft


def suggest(workspace: Workspace, file: Path) -> Draft:
    """Draft the definition of a source from `file`, its path as the actor writes it.

    Raises a `SourceError` for a file that can't be read.
    """
    folder = workspace.project.folder.absolute()
    whole = Path(os.path.normpath(Path.cwd() / file))
    path = (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()
    reader = open_file(workspace.project, escape(path))
    found = reader.files()[0]
    look = reader.look(found)
    nothing = pa.record_batch({header: pa.array([], pa.string()) for header in look.columns})
    sample = next((batch.table for batch in reader.read(found)), nothing)
    return draft(whole.name.partition(".")[0], path, look, sample)
