"""What changed is told exactly, and what went to whom is recorded for each person."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.activate.compare import difference
from tillid.stages.activate.record import Delivery, delivery_rows
from tillid.stages.activate.tables import DELIVERIES, TABLES
from tillid.terms.categories import is_category
from tillid.terms.purpose import LegalBasis

SENT = Delivery("d1", "weekly", "news", LegalBasis.CONSENT, "file", datetime(2026, 3, 1), "ab12")
ids = st.lists(st.integers(1, 12))


def people(numbers: list[int] | set[int]) -> pa.Table:
    return pa.table({"person_id": pa.array(list(numbers), pa.int64())})


@given(ids, ids)
def test_difference_tells_the_three_groups_once_each(now: list[int], before: list[int]) -> None:
    found = difference(people(now), people(before))
    assert found.added.to_pylist() == sorted(set(now) - set(before))
    assert found.kept.to_pylist() == sorted(set(now) & set(before))
    assert found.removed.to_pylist() == sorted(set(before) - set(now))


@given(ids, ids, st.randoms())
def test_order_and_repetition_change_nothing_and_swapping_swaps(
    now: list[int], before: list[int], random: object
) -> None:
    shuffled = now * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    there, back = difference(people(now), people(before)), difference(people(before), people(shuffled))
    assert (there.added, there.kept, there.removed) == (back.removed, back.kept, back.added)


@given(st.lists(ids, min_size=1, max_size=4))
def test_applying_every_difference_gives_the_last_list(lists: list[list[int]]) -> None:
    held: set[int] = set()
    for now in lists:
        found = difference(people(now), people(held))
        held = (held | set(found.added.to_pylist())) - set(found.removed.to_pylist())
    assert held == set(lists[-1])


@given(ids, ids)
def test_every_person_of_either_list_has_one_row_that_fits_the_table(now: list[int], before: list[int]) -> None:
    rows = delivery_rows(SENT, difference(people(now), people(before)))
    assert list(zip(rows.column_names, map(str, rows.schema.types), strict=True)) == [
        (name, {"timestamp(6)": "timestamp[us]"}.get(type_, type_)) for name, type_ in DELIVERIES.physical().items()
    ]
    assert sorted(rows["subject_id"].to_pylist()) == sorted({*now, *before})
    assert set(rows["evidence"].to_pylist()) <= {"consent"}


def test_rows_carry_the_evidence_of_each_person() -> None:
    proof = pa.table({"person_id": [3, 1], "evidence": ["withdrawn 2026-02-01", "notice 2026, form 8"]})
    rows = delivery_rows(SENT, difference(people([1, 2]), people([2, 3])), proof).to_pylist()
    told = {row["subject_id"]: (row["change"], row["evidence"]) for row in rows}
    assert told == {
        1: ("added", "consent: notice 2026, form 8"),
        2: ("kept", "consent"),
        3: ("removed", "consent: withdrawn 2026-02-01"),
    }
    assert {(row["delivery_id"], row["sent_at"], row["register_version"]) for row in rows} == {
        ("d1", datetime(2026, 3, 1), "ab12")
    }


def test_every_column_has_categories_that_exist() -> None:
    for table in TABLES:
        for column in table.columns:
            assert column.categories or column.key
            assert all(is_category(category) for category in column.categories)
