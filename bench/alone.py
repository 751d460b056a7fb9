"""One side of a bench in a process of its own: how long it took, and the most memory that it had in use."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from bench.errors import SideFailed
from tillid.terms.errors import TillidError


def measured(side: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """What the side tells of its work, with `seconds`, `processor_seconds` and `peak_mib` where it does not itself.

    The side is a module's function, or a partial of one. An error of its own is raised here.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_alone, args=(side, sender))
    process.start()
    sender.close()
    try:
        told: dict[str, Any] | TillidError = receiver.recv()
    except EOFError:
        raise SideFailed("A side of the bench did not come to its end") from None
    process.join()
    if isinstance(told, TillidError):
        raise told
    return told


def _alone(side: Callable[[], Mapping[str, Any]], sender: Any) -> None:
    started, processor = monotonic(), process_time()
    try:
        told = side()
    except TillidError as error:
        sender.send(error)
        return
    seconds, used = monotonic() - started, process_time() - processor
    figures = {"seconds": round(seconds, 2), "processor_seconds": round(used, 2), "peak_mib": peak() // 2**20}
    sender.send({**figures, **told})


def peak() -> int:
    """The most memory that the process ever had in use, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
