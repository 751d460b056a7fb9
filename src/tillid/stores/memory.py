"""How much memory the machine, or the control group that the process is in, has."""

from __future__ import annotations

import os
from pathlib import Path

_SHARE = 0.7
_LIMIT_FILES = ("memory.max", "memory.limit_in_bytes")


def default_limit(root: Path = Path("/sys/fs/cgroup"), groups: Path = Path("/proc/self/cgroup")) -> int:
    """The bytes that an engine may use unless a setting says otherwise: 70 % of what there is."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(_SHARE * min([there, *_group_limits(root, groups)]))


def _group_limits(root: Path, groups: Path) -> list[int]:
    limits = []
    for folder in _group_folders(root, groups):
        for name in _LIMIT_FILES:
            try:
                text = (folder / name).read_text().strip()
            except OSError:
                continue
            if text.isdigit():
                limits.append(int(text))
    return limits


def _group_folders(root: Path, groups: Path) -> list[Path]:
    """The folders of the process' control groups, version 1 and 2, and of all groups above them."""
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return []
    folders = [root, root / "memory"]
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds in ("", "memory"):
            folder = root / kinds / path.lstrip("/")
            folders += [folder, *(above for above in folder.parents if above.is_relative_to(root))]
    return folders
