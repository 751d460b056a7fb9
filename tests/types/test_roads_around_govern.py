"""A query without a permit, a permit by hand, a forged governed query: mypy refuses each where it is written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"


def lines_refused(file: Path) -> set[int]:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "pyproject.toml",
        "--no-error-summary",
        "--no-pretty",
        "--show-error-codes",
        str(file),
    ]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not said.stderr, said.stderr
    errors = re.findall(rf"^{re.escape(str(file.relative_to(ROOT)))}:(\d+): error", said.stdout, re.MULTILINE)
    strange = [line for line in said.stdout.splitlines() if ": error" in line and file.name not in line]
    assert not strange, strange
    return {int(number) for number in errors}


def test_mypy_refuses_every_marked_line_and_no_other() -> None:
    file = FIXTURES / "must_fail.py"
    marked = {n for n, line in enumerate(file.read_text().splitlines(), 1) if line.endswith("# error")}
    assert len(marked) > 30
    assert lines_refused(file) == marked


def test_mypy_lets_the_one_road_pass() -> None:
    assert lines_refused(FIXTURES / "must_pass.py") == set()
