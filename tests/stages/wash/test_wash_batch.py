"""Washing a batch: the raw column beside the washed, the country of each record, and what is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tillid.stages.wash import ColumnWash, WashKind, wash, wash_batch
from tillid.stages.wash.errors import ColumnNotInBatch, ColumnNotText, CountriesNotAligned, RawColumnTaken


def test_raw_column_stands_right_after_the_washed_one():
    batch = pa.record_batch({"no": [1, 2], "email": ["IDA@example.com", "?"], "city": ["oslo", None]})
    rules = [ColumnWash("city", WashKind.CITY), ColumnWash("email", WashKind.EMAIL)]
    washed = wash_batch(batch, rules, "NO").rows
    assert washed.schema.names == ["no", "email", "email_raw", "city", "city_raw"]
    assert washed.to_pydict() == {
        "no": [1, 2],
        "email": ["ida@example.com", None],
        "email_raw": ["IDA@example.com", "?"],
        "city": ["Oslo", None],
        "city_raw": ["oslo", None],
    }


def test_each_record_is_washed_by_its_own_country():
    batch = pa.record_batch(
        {
            "phone": ["20123456", "91234567", "0612345678", "0475123456", "20123456", "20123456", "0701234567"],
            "land": ["dk", "Norge", "The Netherlands", "BE", None, "Atlantis", "Sverige"],
        }
    )
    washed = wash_batch(batch, [ColumnWash("phone", WashKind.PHONE, "land")], "DK").rows
    assert washed.column("phone").to_pylist() == [
        "+4520123456",
        "+4791234567",
        "+31612345678",
        "+32475123456",
        "+4520123456",
        "+4520123456",
        "+46701234567",
    ]
    assert washed.column("land").equals(batch.column("land"))


def test_numbers_are_read_as_they_were_meant():
    batch = pa.record_batch({"zip": pa.array([150.0, None]), "phone": pa.array([91234567, None])})
    rules = [ColumnWash("zip", WashKind.POSTCODE), ColumnWash("phone", WashKind.PHONE)]
    washed = wash_batch(batch, rules, "NO").rows
    assert washed.column("zip").to_pylist() == ["0150", None]
    assert washed.column("zip_raw").to_pylist() == ["150", None]
    assert washed.column("phone").to_pylist() == ["+4791234567", None]


@pytest.mark.parametrize(
    "values",
    [
        pa.chunked_array([["IDA", None], ["OLE"]]),
        pa.chunked_array([], pa.string()),
        pa.array(["IDA"]).dictionary_encode(),
        pa.array(["IDA"], pa.large_string()),
        pa.array(["IDA"], pa.string_view()),
        pa.array([None, None]),
        pa.array([], pa.string()),
        pa.array(["x", "IDA", "y"])[1:2],
    ],
    ids=["chunks", "no chunks", "dictionary", "large", "view", "null", "empty", "slice"],
)
def test_any_layout_of_text(values):
    washed = wash(WashKind.NAME, values, "DK")
    expected = [{"IDA": "Ida", "OLE": "Ole"}.get(value) for value in values.to_pylist()]
    assert washed.values.to_pylist() == expected
    assert len(washed.verdicts) == len(values)


def test_empty_batch_keeps_its_columns():
    batch = pa.record_batch({"email": pa.array([], pa.string())})
    washed = wash_batch(batch, [ColumnWash("email", WashKind.EMAIL)], "DK").rows
    assert washed.num_rows == 0
    assert washed.schema.names == ["email", "email_raw"]


def test_what_was_found_stands_beside_the_rows():
    batch = pa.record_batch({"email": ["IDA@example.com", "info@example.com", "?", None], "note": ["a", "b", "c", "d"]})
    found = wash_batch(batch, [ColumnWash("email", WashKind.EMAIL)], "DK").found
    assert list(found) == ["email"]
    assert found["email"].verdicts.to_pylist() == ["corrected", "suspect", "empty", "empty"]
    assert found["email"].reasons.to_pylist() == ["respelled", "email_role", None, None]


def test_names_that_swapped_places_are_doubted_in_both_columns():
    batch = pa.record_batch(
        {"first": ["Hansen", "JENSEN", "Jens", "Ukendt"], "last": ["Jens", "inger", "Hansen", "Ida"]}
    )
    rules = [ColumnWash("first", WashKind.FIRST_NAME), ColumnWash("last", WashKind.LAST_NAME)]
    washed = wash_batch(batch, rules, "DK")
    assert washed.rows.column("first").to_pylist() == ["Hansen", "Jensen", "Jens", None]
    assert washed.rows.column("last").to_pylist() == ["Jens", "Inger", "Hansen", "Ida"]
    for column in ("first", "last"):
        assert washed.found[column].reasons.to_pylist()[:2] == ["names_swapped"] * 2
        assert washed.found[column].verdicts.to_pylist()[:3] == ["suspect", "suspect", "valid"]
    assert washed.found["first"].verdicts.to_pylist()[3] == "empty"


def test_what_is_refused():
    batch = pa.record_batch({"email": ["a"], "email_raw": ["a"], "tags": [["a"]]})
    with pytest.raises(ColumnNotInBatch, match="'mail'"):
        wash_batch(batch, [ColumnWash("mail", WashKind.EMAIL)], "DK")
    with pytest.raises(ColumnNotInBatch, match="'land'"):
        wash_batch(batch, [ColumnWash("tags", WashKind.PHONE, "land")], "DK")
    with pytest.raises(RawColumnTaken, match="email_raw"):
        wash_batch(batch, [ColumnWash("email", WashKind.EMAIL)], "DK")
    with pytest.raises(RawColumnTaken):
        wash_batch(batch, [ColumnWash("tags", WashKind.NAME), ColumnWash("tags", WashKind.CITY)], "DK")
    with pytest.raises(ColumnNotText, match="list"):
        wash_batch(batch, [ColumnWash("tags", WashKind.NAME)], "DK")
    with pytest.raises(CountriesNotAligned):
        wash(WashKind.PHONE, pa.array(["1", "2"]), pa.array(["DK"]))
