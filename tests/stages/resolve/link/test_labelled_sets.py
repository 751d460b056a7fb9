"""How well labelled sets are linked with one configuration and no labels seen; figures are printed with ``-s``."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from tillid.stages.resolve.link.evaluate import Evaluation, evaluated
from tillid.stages.resolve.link.linked import link
from tillid.stages.resolve.link.roles import Role, Roles

SHARED = os.environ.get("TILLID_SHARED", "")
IDENTITY = Path(SHARED) / "data" / "identity"
pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(not SHARED, reason="needs labelled sets: set TILLID_SHARED to a folder with data/identity"),
]

FEBRL = {
    Role.FIRST_NAME: ("given_name",), Role.LAST_NAME: ("surname",), Role.BIRTH_DATE: ("date_of_birth",),
    Role.HOUSE: ("street_number",), Role.STREET: ("address_1",), Role.CITY: ("suburb",), Role.POSTCODE: ("postcode",),
    Role.TEXT: ("address_2", "state"),
}  # fmt: skip
HISTORICAL = {
    Role.FULL_NAME: ("full_name",), Role.FIRST_NAME: ("first_name",), Role.LAST_NAME: ("surname",),
    Role.BIRTH_DATE: ("dob",), Role.CITY: ("birth_place",), Role.POSTCODE: ("postcode_fake",), Role.SEX: ("gender",),
    Role.TEXT: ("occupation",),
}  # fmt: skip
FAKE = {
    Role.FIRST_NAME: ("first_name",), Role.LAST_NAME: ("surname",), Role.BIRTH_DATE: ("dob",), Role.CITY: ("city",),
    Role.EMAIL: ("email",),
}  # fmt: skip


def _csv(name: str) -> pa.Table:
    table = pa_csv.read_csv(IDENTITY / name, convert_options=pa_csv.ConvertOptions(strings_can_be_null=True))
    names = [column.strip() for column in table.column_names]
    return pa.table([pc.utf8_trim_whitespace(column.cast(pa.string())) for column in table.columns], names=names)


def _found(table: pa.Table, columns: dict[Role, tuple[str, ...]], truth: pa.ChunkedArray) -> Evaluation:
    linked = link(table, Roles(columns))
    whole = truth.combine_chunks()
    told = evaluated(whole, linked.clusters, linked.left, linked.right, linked.probabilities)
    print("\n", told.as_dict())
    return told


def _of_febrl(*names: str) -> Evaluation:
    table = pa.concat_tables([_csv(name) for name in names])
    return _found(table, FEBRL, pc.replace_substring_regex(table["rec_id"], "-(org|dup).*", ""))


def _is_calibrated(found: Evaluation) -> bool:
    return found.calibration_error <= 0.04 and found.calibration_error_grey <= 0.15


def test_febrl_4():
    found = _of_febrl("dataset4a.csv.gz", "dataset4b.csv.gz")
    assert found.pairs.f1 >= 0.999
    assert _is_calibrated(found)


def test_febrl_3():
    found = _of_febrl("dataset3.csv.gz")
    assert found.pairs.f1 >= 0.998
    assert _is_calibrated(found)


def test_fake_people():
    table = _csv("fake_1000.csv.gz")
    found = _found(table, FAKE, table["cluster"])
    assert found.pairs.f1 >= 0.96
    assert found.clusters_exact.f1 >= 0.88
    assert _is_calibrated(found)


def test_historical_people():
    table = pq.read_table(IDENTITY / "historical_figures_50k.parquet")
    found = _found(table, HISTORICAL, table["cluster"])
    assert found.pairs.f1 >= 0.92
    assert found.clusters_exact.f1 >= 0.50
    assert found.blocking_recall >= 0.93
    assert found.candidates_per_record <= 30
    assert _is_calibrated(found)
