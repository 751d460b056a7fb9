"""How well labelled lists are linked as they come, with roles that are guessed; figures are printed with ``-s``."""

from __future__ import annotations

import csv
import gzip
import os
import re
from pathlib import Path

import pytest

from tillid.pipeline.linking.link_lists import Asked, figures, link_lists
from tillid.pipeline.progress import Silent

SHARED = os.environ.get("TILLID_SHARED", "")
IDENTITY = Path(SHARED) / "data" / "identity"
pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(not SHARED, reason="needs labelled sets: set TILLID_SHARED to a folder with data/identity"),
]


def _unpacked(folder: Path, name: str) -> Path:
    """The list as a plain file; of FEBRL's with a last column that tells who is who."""
    with gzip.open(IDENTITY / f"{name}.csv.gz", "rt", newline="") as packed:
        header, *lines = [[cell.strip() for cell in line] for line in csv.reader(packed)]
    if header[0] == "rec_id":
        header = [*header, "who"]
        lines = [[*line, re.sub("-(org|dup).*", "", line[0])] for line in lines]
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as plain:
        csv.writer(plain).writerows([header, *lines])
    return path


def _linked(truth: str, *paths: Path) -> tuple[float, float]:
    done = link_lists(Asked(paths, truth=truth), Silent())
    print("\n", figures(done))
    assert done.evaluation is not None
    return done.evaluation.pairs.f1, done.evaluation.clusters_exact.f1


def test_two_lists_of_febrl(tmp_path):
    pairs, _ = _linked("who", _unpacked(tmp_path, "dataset4a"), _unpacked(tmp_path, "dataset4b"))
    assert pairs >= 0.999


def test_a_list_of_febrl(tmp_path):
    pairs, _ = _linked("who", _unpacked(tmp_path, "dataset3"))
    assert pairs >= 0.998


def test_fake_people(tmp_path):
    pairs, whole = _linked("cluster", _unpacked(tmp_path, "fake_1000"))
    assert pairs >= 0.96
    assert whole >= 0.88


def test_historical_people():
    pairs, whole = _linked("cluster", IDENTITY / "historical_figures_50k.parquet")
    assert pairs >= 0.92
    assert whole >= 0.50
