"""Copies of remote files while they are read: in a folder of the owner's own, gone when the reading is over."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

FETCHED = "fetched"
"""The folder in a project's state that copies lie in."""
_LONGEST_NAME = 100


class PrivateCopies:
    """A folder under `state` for one copy at a time; it goes with this object, or with the process.

    Readers need a file that they can open more than once and seek in, which is why a copy has a name. The
    folder is locked as long as its process lives, so `sweep` tells what a killed one left.
    """

    def __init__(self, state: Path) -> None:
        root = state / FETCHED
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, lock = _locked_folder(root)
        self._gone = weakref.finalize(self, _take_away, self._folder, lock)

    def new(self, name: str) -> tuple[Path, BinaryIO]:
        """An empty file that ends as `name` does, in the place of the former one."""
        self.clear()
        # A key of S3 may end in anything, such as "..", and be longer than a file's name can be.
        path = self._folder / f"copy {name[-_LONGEST_NAME:]}".replace("/", "_").replace("\0", "_")
        return path, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def clear(self) -> None:
        """Take the copy away."""
        for path in self._folder.iterdir():
            path.unlink()

    def close(self) -> None:
        """Take the folder away."""
        self._gone()


def sweep(state: Path) -> None:
    """Take away what killed processes left; what a living one reads stays."""
    for folder in (state / FETCHED).glob("*"):
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _locked_folder(root: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=root))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, lock
        # Another process swept it before it was locked.
        os.close(lock)


def _take_away(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
