"""The documentation's project: what the tutorial leaves behind, made once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "reference"))

from docs_pages import TUTORIAL, Step, play


@pytest.fixture(scope="session", autouse=True)
def _ole() -> Iterator[None]:
    """The system's user is ole, as in the tutorial."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("getpass.getuser", lambda: "ole")
        yield


@pytest.fixture(scope="session")
def tutorial(_ole: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[Step, str]]]:
    """The project that the tutorial ends with, and each of its steps with what it answered."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder / "bikes", list(play(TUTORIAL, folder))


@pytest.fixture
def shop(tutorial: tuple[Path, list[tuple[Step, str]]], tmp_path: Path) -> Path:
    """A copy of the tutorial's project."""
    return Path(shutil.copytree(tutorial[0], tmp_path / "bikes"))
