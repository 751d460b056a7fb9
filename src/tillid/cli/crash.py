"""What is left of a mistake of Tillid's own: where it happened, without any value."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb

from tillid import __version__

LOG = ".tillid/crash.log"


def write_crash(folder: Path | None, verb: str, error: BaseException) -> Path | None:
    """Add where `error` came from to the project's crash log; the log's path, or None where none was written."""
    if folder is None:
        return None
    path = folder / LOG
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    text = "".join([f"--- {at}, tillid {__version__}, {verb}\n", *_lines(error), "\n"])
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text)
    except OSError:
        return None
    return path


def _lines(error: BaseException) -> Iterator[str]:
    """The frames and the kind of each error in the chain, the first cause first; a message may hold values."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
        yield "which led to:\n"
    yield from format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
