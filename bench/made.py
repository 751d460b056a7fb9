"""A project folder with made-up data, made once and found again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import data
from bench.data import Size, last_day, short, write_data
from tillid.pipeline.progress import Progress

TEMPLATE = Path(__file__).parent / "project"
ACTOR = "bench"
_MARK = "made.txt"


@contextmanager
def room(folder: Path | None) -> Iterator[Path]:
    """The folder given, or one that is gone afterwards."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with TemporaryDirectory(prefix="tillid-bench-") as made:
        yield Path(made)


def made_project(size: Size, folder: Path, progress: Progress) -> Path:
    """The bench's project with data of this size in `folder`; the data is kept for as long as the day lasts."""
    project = folder / f"{short(size.events)}-{short(size.people)}"
    mark = f"{size} until {last_day()} by {sha256(Path(data.__file__).read_bytes()).hexdigest()}"
    found = project / _MARK
    if not (found.is_file() and found.read_text() == mark):
        shutil.rmtree(project, ignore_errors=True)
        with progress.stage(f"Making {size}", data.STEPS) as step:
            write_data(size, project / "data", lambda: step.advance(1))
        found.write_text(mark)
    _copy_template(project)
    return project


def _copy_template(project: Path) -> None:
    for path in TEMPLATE.rglob("*.yml"):
        target = project / path.relative_to(TEMPLATE)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text().replace("AS_OF", str(last_day())))
