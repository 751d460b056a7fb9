"""How a verb was asked: by whom, in which project, and whether to answer in JSON."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tillid.cli.errors import NobodyAsks
from tillid.cli.progress import progress_on_stderr

if TYPE_CHECKING:
    from tillid.pipeline.progress import Progress
    from tillid.pipeline.workspace import Workspace


@dataclass(slots=True)
class Asked:
    """What the options that every verb takes say; `verb` is its name, as `explain person`."""

    actor: str | None = None
    project: Path | None = None
    as_json: bool = False
    verb: str = ""
    _found: Path | None = None

    @property
    def name(self) -> str:
        """Who asks: the name given with --as, or the system's user."""
        if self.actor is not None:
            return self.actor
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            raise NobodyAsks("The system does not know who you are", hint="Say who asks: --as NAME.") from None

    @property
    def folder(self) -> Path:
        """The project's folder. Raises `ProjectNotFound`."""
        if self._found is None:
            from tillid.pipeline.project.load import find_project

            self._found = find_project(Path.cwd()) if self.project is None else _is_project(self.project)
        return self._found

    def folder_if_any(self) -> Path | None:
        """The project's folder, or None where there is none."""
        with suppress(Exception):
            return self.folder
        return None

    @contextmanager
    def workspace(self, **what: object) -> Iterator[Workspace]:
        """The project opened for who asks; a refusal inside is written to the audit log together with `what`."""
        from tillid.pipeline.workspace import Workspace

        with Workspace.open(self.folder, self.name, verb=self.verb, asking=what) as opened:
            yield opened

    def progress(self) -> Progress:
        """What a long verb tells of how far it is."""
        return progress_on_stderr(quiet=self.as_json)


def _is_project(folder: Path) -> Path:
    from tillid.pipeline.project.errors import ProjectNotFound
    from tillid.pipeline.project.load import PROJECT_FILE

    if (folder / PROJECT_FILE).is_file():
        return folder.absolute()
    raise ProjectNotFound(f"No {PROJECT_FILE} in {folder}", hint="Make a project there with `tillid init`.")
