"""Puts the kit (small made-up projects, and a look straight into their stores) within reach of all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "kit"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a skipped test is a failure: there, everything that a test needs is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and CI=true: that counts as a failure.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whole journeys as proofs: they are too long for every run, and `make prove` runs them."""
    for item in items:
        name = item.path.name
        if name == "test_same_project.py" or (name == "test_nordlys.py" and item.path.parent.name == "pipeline"):
            item.add_marker(pytest.mark.prove)
