"""A project made of one drafted source, finished as a person would: what it was collected for, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from small_projects import SmallProject

from tillid.pipeline.suggest import suggest
from tillid.terms.categories import ALL_CATEGORIES, GOVERNMENT_ID, SPECIAL_CATEGORIES, asks_for_a_law, covers

_FILLED = {
    "collected_for: []": "collected_for: [everything]",
    "purpose:   #": "purpose: everything  #",
}
_COVERED = sorted(
    key
    for key in ALL_CATEGORIES
    if key.count(".") <= 2 and not any(covers(key, s) for s in (*SPECIAL_CATEGORIES, GOVERNMENT_ID))
)
PURPOSES = f"""
purposes:
  everything: {{data_use: analytics, legal_basis: legitimate_interests, assessment: L1, retention: 200 years,
               categories: [{", ".join(key for key in _COVERED if not asks_for_a_law(key))}]}}
"""


def drafted_project(folder: Path, data: Path) -> SmallProject:
    """The project in `folder` whose only source is the finished draft of `data`."""
    project = SmallProject(folder, {"purposes.yml": PURPOSES})
    (folder / "data").mkdir()
    shutil.copy(data, folder / "data" / data.name)
    draft = suggest(folder, "ole", f"{folder}/data/{data.name}")
    text = draft.text
    for left, filled in _FILLED.items():
        text = text.replace(left, filled)
    project.put(f"sources/{draft.name}.yml", text)
    return project
