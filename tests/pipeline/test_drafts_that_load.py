"""A draft, finished by saying what it was collected for, is a project that `check` accepts and `run` takes in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from suggest_keys import KEYS, keys
from suggested_projects import drafted_project

from tillid.pipeline.check import check

SHARED = os.environ.get("TILLID_SHARED", "")
LOADED = ("superoffice_personer", "pos_bonlinjer", "toestemmingen", "afmeldte_tlf", "varekatalog", "survey")
# Months of 13 and more: as dates they can't be kept.
BROKEN = {"historical_figures_50k": 2_904}
# No columns, and thousands of columns of which none tells of a person.
LEFT = ("free_domains", "gvl")


def taken_in(folder: Path, data: Path) -> tuple[int, int]:
    """Rows accepted and refused of the finished draft of `data`."""
    project = drafted_project(folder, data)
    assert check(folder, "ole").findings == ()
    (count,) = project.run().sources.values()
    return count.accepted, count.refused


@pytest.mark.parametrize("name", LOADED)
def test_a_finished_draft_takes_in_every_row(tmp_path, name):
    data = KEYS / "companies" / f"{name}.csv"
    encoding = "iso-8859-1" if name in ("superoffice_personer", "pos_bonlinjer", "varekatalog") else "utf-8"
    rows = len(data.read_text(encoding=encoding).splitlines()) - 1
    assert taken_in(tmp_path, data) == (rows, 0)


def test_people_nobody_can_be_told_among_are_each_one_of_their_own(tmp_path):
    project = drafted_project(tmp_path, KEYS / "made_up" / "uci_bank.csv")
    assert check(tmp_path, "ole").findings == ()
    assert project.run().people == 40


@pytest.mark.prove
@pytest.mark.skipif(not SHARED, reason="TILLID_SHARED names no folder with the public data")
@pytest.mark.parametrize("key", [key for key in keys("shared") if key.stem not in LEFT], ids=lambda path: path.stem)
def test_public_data_is_taken_in(tmp_path, key):
    file = Path(SHARED) / "data" / yaml.safe_load(key.read_text(encoding="utf-8"))["file"]
    accepted, refused = taken_in(tmp_path, file)
    assert accepted > 0
    assert refused == BROKEN.get(key.stem, 0)
