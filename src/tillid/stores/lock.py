"""One verb at a time: a lock on the store that a dying process lets go of."""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from tillid.ports.errors import StoreHeld


class StoreLock:
    """Holds `.tillid/store.lock` until released or until the process dies.

    `held_by` says which verb of whom, as "run of ole". Raises `StoreHeld`, which names who has it.
    """

    def __init__(self, path: Path, held_by: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Not truncated on opening: until the lock is ours, the text is another's.
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            said = os.pread(self._file, 4096, 0)
            os.close(self._file)
            raise StoreHeld(f"The store is held by {_holder(said)}", hint="Wait until it is done, or end it.") from None
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        text = json.dumps({"by": held_by, "pid": os.getpid(), "since": since}, ensure_ascii=False)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def release(self) -> None:
        """Let go; harmless when done before."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None


def _holder(said: bytes) -> str:
    try:
        holder = json.loads(said)
        return f"{holder['by']} (process {holder['pid']}) since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        # The holder has the lock but has not written its name yet.
        return "another process"
