"""One side of the bench in a process of its own: Tillid's run, or the SQL written by hand, from a cold store."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic

import tillid
from bench.alone import peak
from bench.data import last_day
from bench.errors import SideFailed
from bench.made import ACTOR
from tillid.pipeline.progress import Silent, Step

BY_HAND = Path(__file__).parent / "handwritten.sql"
HAND_STORE = "handwritten.duckdb"
_AFTER_THE_GENERATION = ("Activating", "Writing the report")


class Side(StrEnum):
    """Who does the work."""

    TILLID = "tillid"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one side took: from the start of its process until load, variables and segments are done.

    Tillid then delivers and writes its report, which is `report_seconds` more. Processor time and memory are
    of the whole process.
    """

    seconds: float
    report_seconds: float
    processor_seconds: float
    peak_bytes: int
    store_bytes: int

    def as_dict(self) -> dict[str, float]:
        """As plain figures."""
        return {
            "seconds": round(self.seconds, 2),
            "report_seconds": round(self.report_seconds, 2),
            "processor_seconds": round(self.processor_seconds, 2),
            "peak_mib": round(self.peak_bytes / 2**20),
            "store_mib": round(self.store_bytes / 2**20),
        }


def measured(side: Side, project: Path) -> Measured:
    """Let one side work on the project's files, and measure it."""
    store = store_of(side, project)
    if side is Side.TILLID:
        shutil.rmtree(store.parent, ignore_errors=True)
    store.unlink(missing_ok=True)
    # What the side before left to be written must not fall on this one.
    os.sync()
    paths = [str(Path(__file__).parents[1]), str(Path(tillid.__file__).parents[1])]
    code = f"import sys; sys.path[:0] = {paths!r}; from bench.side import main; main()"
    began = monotonic()
    done = subprocess.run([sys.executable, "-c", code, side, str(project)], capture_output=True, text=True, check=False)
    seconds = monotonic() - began
    if done.returncode:
        raise SideFailed(f"The side {side} failed: {done.stderr.strip()[-2000:]}")
    told = json.loads(done.stdout)
    after = float(told["after"])
    return Measured(
        seconds=seconds - after,
        report_seconds=after,
        processor_seconds=float(told["processor_seconds"]),
        peak_bytes=int(told["peak_bytes"]),
        store_bytes=store.stat().st_size,
    )


def store_of(side: Side, project: Path) -> Path:
    """The file that holds what a side worked out."""
    return project / (".tillid/store.duckdb" if side is Side.TILLID else HAND_STORE)


def main() -> None:
    """Be the side that the command line names, and tell on stdout what it took."""
    side, project = Side(sys.argv[1]), Path(sys.argv[2])
    after = _tillid(project) if side is Side.TILLID else _by_hand(project)
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"after": after, "processor_seconds": used.ru_utime + used.ru_stime, "peak_bytes": peak()}
    print(json.dumps(told))


def _tillid(project: Path) -> float:
    # Loaded by this side alone: the start of Tillid is part of what it takes.
    from tillid.cli.main import collect_seldom  # noqa: PLC0415
    from tillid.pipeline.run import run  # noqa: PLC0415
    from tillid.pipeline.workspace import Workspace  # noqa: PLC0415

    collect_seldom()
    timed = _Timed()
    with Workspace.open(project, ACTOR, verb="run") as workspace:
        run(workspace, timed)
    return timed.after


class _Timed:
    """A progress that keeps how long the stages after the generation took."""

    def __init__(self) -> None:
        self.after = 0.0

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Step]:
        began = monotonic()
        with Silent().stage(name, total) as step:
            yield step
        if name in _AFTER_THE_GENERATION:
            self.after += monotonic() - began


def _by_hand(project: Path) -> float:
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(project / HAND_STORE)) as connection:
        connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
        connection.execute("set variable data = $1", [str(project / "data")])
        connection.execute("set variable as_of = $1::timestamp", [str(last_day())])
        connection.execute(BY_HAND.read_text())
    return 0.0
