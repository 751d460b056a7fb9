"""What an engine may use follows the control group, version 1 and 2, and the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tillid.stores.memory import default_limit


@pytest.mark.parametrize(
    ("group", "file", "text"),
    [
        ("0::/app", "app/memory.max", "1000000"),
        ("0::/app/part", "app/memory.max", "1000000\n"),
        ("4:memory:/app", "memory/app/memory.limit_in_bytes", "1000000"),
        ("4:memory:/elsewhere", "memory/memory.limit_in_bytes", "1000000"),
        ("0::/", "memory.max", "1000000"),
    ],
)
def test_follows_the_control_group(tmp_path: Path, group: str, file: str, text: str) -> None:
    groups = tmp_path / "cgroup"
    groups.write_text(f"8:pids:/\n{group}\n")
    limit = tmp_path / "fs" / file
    limit.parent.mkdir(parents=True)
    limit.write_text(text)
    assert default_limit(tmp_path / "fs", groups) == 700_000


def test_without_a_limit_it_is_the_machine(tmp_path: Path) -> None:
    groups = tmp_path / "cgroup"
    groups.write_text("0::/\n")
    (tmp_path / "memory.max").write_text("max\n")
    there = default_limit(tmp_path, groups)
    assert there > 100_000_000
    assert default_limit(tmp_path, tmp_path / "none") == there
