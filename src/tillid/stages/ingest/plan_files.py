"""Which files of a source are new, changed, unchanged or gone since they were last read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tillid.ports.source import SourceFile


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The files of one source by what became of them; `gone` holds paths, in order."""

    new: tuple[SourceFile, ...] = ()
    changed: tuple[SourceFile, ...] = ()
    unchanged: tuple[SourceFile, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def to_read(self) -> tuple[SourceFile, ...]:
        """New and changed files, by path."""
        return tuple(sorted((*self.new, *self.changed), key=lambda file: file.path))

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.new or self.changed or self.gone)


def plan_files(seen: Mapping[str, str], now: Sequence[SourceFile]) -> FilePlan:
    """Compare the files that there are `now` with those `seen` before (path → digest).

    A file that was renamed and not changed is gone under its old path and new under the new one.

    >>> from datetime import datetime
    >>> plan = plan_files({"a.csv": "1", "b.csv": "2"}, [SourceFile("b.csv", 9, datetime(2026, 1, 1), "3")])
    >>> [file.path for file in plan.changed], plan.gone
    (['b.csv'], ('a.csv',))
    """
    there = {file.path for file in now}
    return FilePlan(
        new=tuple(file for file in now if file.path not in seen),
        changed=tuple(file for file in now if file.path in seen and seen[file.path] != file.digest),
        unchanged=tuple(file for file in now if seen.get(file.path) == file.digest),
        gone=tuple(sorted(path for path in seen if path not in there)),
    )
