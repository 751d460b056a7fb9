"""Washing by hand-written cases: one file for each country and kind, with value, verdict and reason expected."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from tillid.stages.wash import VERDICT_OF, Reason, Verdict, WashKind, wash

FILES = sorted((Path(__file__).parent / "cases").glob("*.csv"))
# What the files of this table may be about; others hold their own.
KINDS = {str(kind) for kind in WashKind}


def cases(path):
    country, _, kind = path.stem.partition("_")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield country.upper(), kind, row["raw"], row["value"] or None, row["verdict"], row["reason"] or None


CASES = [case for path in FILES if path.stem.partition("_")[2] in KINDS for case in cases(path)]


@pytest.mark.parametrize(("country", "kind", "raw", "value", "verdict", "reason"), CASES)
def test_case(country, kind, raw, value, verdict, reason):
    washed = wash(WashKind(kind), pa.array([raw]), country)
    found = washed.values[0].as_py(), washed.verdicts[0].as_py(), washed.reasons[0].as_py()
    assert found == (value, verdict, reason)


@pytest.mark.parametrize(("country", "kind", "raw", "value", "verdict", "reason"), CASES)
def test_case_washed_again_stays(country, kind, raw, value, verdict, reason):
    again = wash(WashKind(kind), pa.array([value], pa.string()), country)
    assert again.values.to_pylist() == [value]
    assert again.verdicts[0].as_py() in ({"valid", "suspect"} if value else {"empty"})


def test_cases_agree_with_the_verdicts_of_their_reasons():
    for _, _, raw, value, verdict, reason in CASES:
        assert verdict in set(Verdict)
        assert (value is None) == (verdict in {"invalid", "empty"}), raw
        if reason is None:
            assert verdict in {"valid", "empty"}, raw
        else:
            given = VERDICT_OF[Reason(reason)]
            assert verdict == given or (given, verdict) == ("valid", "corrected"), raw


def test_there_are_enough_cases_and_none_twice():
    by_country = Counter(country for country, *_ in CASES)
    assert all(by_country[country] >= 60 for country in ("DK", "NO", "NL", "BE")), by_country
    assert len({case[:3] for case in CASES}) == len(CASES)
