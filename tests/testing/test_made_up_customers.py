"""The made-up list of customers: the same again by its seed, shares as it promises, and nothing that tells who is who."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tillid.testing.made_up import is_reserved
from tillid.testing.made_up_customers import COLUMNS, DUPLICATES, made_up_customers

RECORDS = 20_000


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return made_up_customers(RECORDS, seed=5)


def test_a_seed_gives_one_list(table):
    assert made_up_customers(RECORDS, seed=5).equals(table)
    assert not made_up_customers(RECORDS, seed=6).equals(table)


def test_one_record_in_five_is_of_somebody_who_is_there(table):
    of = table["entity"].to_numpy()
    assert len(np.unique(of)) == RECORDS * (1 - DUPLICATES)
    times = np.bincount(of)
    assert times.min() == 1
    assert 3 <= times.max() <= 8


def test_the_order_says_nothing_of_who_is_who(table):
    # Neighbours are of one person as seldom as any two records.
    of = table["entity"].to_numpy()
    assert (of[1:] == of[:-1]).sum() <= 3


def test_common_names_are_common_and_most_are_rare(table):
    names = pc.value_counts(table["last_name"].drop_null()).flatten()
    counts = np.sort(names[1].to_numpy())[::-1]
    assert counts[0] / RECORDS > 0.04
    assert counts[:10].sum() / RECORDS > 0.2
    assert (counts <= 5).mean() > 0.3


def test_people_share_homes_and_few_share_a_mailbox(table):
    once = table.group_by("entity").aggregate([(name, "max") for name in COLUMNS])
    homes = pc.value_counts(pc.binary_join_element_wise(once["street_max"], once["postcode_max"], " ").drop_null())
    assert np.mean(homes.field("counts").to_numpy() > 1) > 0.2
    mailboxes = pc.value_counts(once["email_max"].drop_null())
    assert 0 < np.mean(mailboxes.field("counts").to_numpy() > 1) < 0.05


def test_duplicates_differ_from_what_they_are_of(table):
    rows = {}
    for row in table.to_pylist():
        rows.setdefault(row.pop("entity"), []).append(row)
    pairs = [of[:2] for of in rows.values() if len(of) > 1]
    same = {name: np.mean([a[name] == b[name] for a, b in pairs if a[name] and b[name]]) for name in COLUMNS}
    assert all(0.4 < share < 0.97 for share in same.values()), same
    assert np.mean([a == b for a, b in pairs]) < 0.1


def test_nobody_can_be_reached(table):
    emails = table["email"].drop_null().to_pylist()
    assert np.mean([is_reserved(email) for email in emails]) > 0.99


def test_values_are_missing_as_often_as_lists_lack_them(table):
    missing = {name: table[name].null_count / RECORDS for name in COLUMNS}
    assert missing["birth_date"] == pytest.approx(0.2, abs=0.02)
    assert missing["last_name"] < 0.02


@pytest.mark.parametrize("records", [0, 1, 2, 5])
def test_short_lists(records):
    assert made_up_customers(records).num_rows == records
