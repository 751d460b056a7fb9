"""How right drafts are, against keys made by hand; the figures of each collection are printed with ``-s``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from suggest_keys import KEYS, Score, keys, scored

from tillid.stages.ingest.definitions import SourceKind
from tillid.terms.categories import is_category

SHARED = os.environ.get("TILLID_SHARED", "")
ENOUGH = 0.9
COLLECTIONS = ("shared", "companies", "second", "third", "fourth", "fifth")
# An IMEI is taken for an identifier of a device, which the key leaves out.
IDENTIFIES_MORE = {"teleforbrug"}
# An abbreviation of a dentist's next call, which is taken for one of income; a name that a congregation gives.
LAW_MISSED = {"patienter": ("Næste indk.",), "inscrits_centre": ("Nom de Dharma",)}
# The number of a customer's account reads as that of any account; a player's alias is taken for a login.
IDENTIFIES_OTHERWISE = {"forsikringer_el", "membres_jeu"}


@pytest.mark.parametrize("key", [key for name in COLLECTIONS for key in keys(name)], ids=lambda path: path.stem)
def test_a_key_says_what_there_is(key):
    said = yaml.safe_load(key.read_text(encoding="utf-8"))
    assert {SourceKind(kind) for kind in said["kind"].split("|")}
    for wanted in said["columns"].values():
        assert all(is_category(category) for category in wanted.split(" ")[0].split("|")), wanted


@pytest.mark.parametrize("key", keys("companies") + keys("second"), ids=lambda path: path.stem)
def test_files_as_companies_have_them(key):
    score = scored(key, key.with_suffix(".csv"))
    print(score)
    assert score.categories >= ENOUGH * score.columns, score.wrong
    assert score.identifiers == (key.stem not in IDENTIFIES_MORE)
    assert score.kind


@pytest.mark.parametrize(("folder", "share"), [("third", 0.98), ("fourth", 0.96), ("fifth", 0.96)])
def test_files_whose_keys_came_before_the_words(folder: str, share: float) -> None:
    scores = [scored(key) for key in keys(folder)]
    print("", *scores, sep="\n")
    wrong = [(score.name, score.wrong) for score in scores]
    assert sum(score.categories for score in scores) >= share * sum(score.columns for score in scores), wrong
    assert sum(score.types for score in scores) >= share * sum(score.typed for score in scores)
    assert {score.name for score in scores if not score.identifiers} <= IDENTIFIES_OTHERWISE
    assert [score.name for score in scores if not score.kind] == []
    assert [(score.name, score.texts_missed) for score in scores if score.texts_missed] == []
    assert [(score.name, score.law_without_need) for score in scores if score.law_without_need] == []
    assert all(score.law_missed == LAW_MISSED.get(score.name, ()) for score in scores), wrong


@pytest.mark.parametrize("data", sorted((KEYS / "made_up").glob("*.csv")), ids=lambda path: path.stem)
def test_made_up_rows_below_the_headers_of_public_data(data):
    score = scored(KEYS / "shared" / f"{data.stem}.yml", data)
    print(score)
    assert score.categories >= ENOUGH * score.columns, score.wrong
    assert score.identifiers
    assert score.kind


@pytest.mark.prove
@pytest.mark.skipif(not SHARED, reason="TILLID_SHARED names no folder with the public data")
def test_public_data_whole():
    scores: list[Score] = []
    for key in keys("shared"):
        file = Path(SHARED) / "data" / yaml.safe_load(key.read_text(encoding="utf-8"))["file"]
        if key.stem != "free_domains":  # a list of texts: no reader finds columns in it
            scores.append(scored(key, file))
    print("", *scores, sep="\n")
    assert [(s.name, s.wrong) for s in scores if s.categories < ENOUGH * s.columns] == []
    assert [s.name for s in scores if not s.identifiers or not s.kind] == []
