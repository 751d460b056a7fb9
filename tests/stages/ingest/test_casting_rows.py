"""Batches cast to a definition: types, refusals, purposes."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from tillid.ports.source import Look, RawBatch
from tillid.stages.ingest.cast import Cast
from tillid.stages.ingest.collected_for import COLLECTED_FOR
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.errors import ColumnMissing, ValueNotOfType

COLUMNS = {
    "Kunde": {"name": "customer_no", "type": "text", "category": "user.unique_id", "identifier": "customer_no"},
    "Beløb": {"name": "amount", "type": "money", "category": "user.behavior.purchase_history"},
    "Antal": {"name": "quantity", "type": "integer", "category": "user.behavior.purchase_history"},
    "Tid": {"name": "occurred_at", "type": "timestamp", "category": "user.behavior"},
    "Svar": {
        "name": "answer",
        "type": "text",
        "category": "user.behavior",
        "values": {"ja": "given", "Nej ": "refused"},
    },
}
ORDERS = {"kind": "events", "files": "a.csv", "time": "occurred_at", "collected_for": ["orders"], "columns": COLUMNS}


def look(columns, **more):
    said = {"format": "csv", "encoding": "utf-8", "separator": ";", "quote": '"', "decimal": ",", "date_formats": {}}
    said |= {"header_row": 1, "sheet": None, "notes": (), "file": "a.csv", **more}
    return Look(columns=tuple(columns), **said)


def cast(definition, table, first_row=0, **looked):
    batch = pa.RecordBatch.from_pydict(table)
    source = SourceDefinition.from_mapping("orders", definition)
    return Cast(source, look(batch.schema.names, **looked), "UTC").cast(RawBatch(batch, first_row))


def good(**change):
    row = {"Kunde": "K1", "Beløb": "1.234,50", "Antal": "2", "Tid": "2026-01-05 10:00", "Svar": "JA "}
    return {key: [value] for key, value in {**row, **change}.items()}


def test_a_good_row_has_the_types_of_the_definition():
    result = cast(ORDERS, good())
    assert result.refused == ()
    assert result.rows.to_pylist() == [
        {
            "customer_no": "K1", "amount": Decimal("1234.50"), "quantity": 2, "occurred_at": datetime(2026, 1, 5, 10),
            "answer": "given", COLLECTED_FOR: "orders",
        }
    ]  # fmt: skip


def test_every_batch_has_one_schema():
    source = SourceDefinition.from_mapping("orders", ORDERS)
    cast_ = Cast(source, look(COLUMNS), "UTC")
    texts = RawBatch(pa.RecordBatch.from_pydict(good()), 0)
    nulls = RawBatch(pa.RecordBatch.from_pydict({name: pa.nulls(1) for name in COLUMNS} | {"Tid": ["2026-01-05"]}), 1)
    empty = RawBatch(texts.table.slice(0, 0), 2)
    assert {cast_.cast(batch).rows.schema for batch in (texts, nulls, empty)} == {cast_.schema}
    assert cast_.cast(nulls).rows.num_rows == 1


@pytest.mark.parametrize(
    ("header", "value", "value_class", "reason"),
    [
        ("Beløb", "tolv kroner", "text of 11 characters", "not a number with at most 2 decimals"),
        ("Beløb", "1,234", "number-like text of 5 characters", "not a number with at most 2 decimals"),
        ("Antal", "2,5", "number-like text of 3 characters", "not a whole number"),
        ("Tid", "31-13-2026", "date-like text of 10 characters", "not a time as ISO 8601"),
        ("Tid", "", "", "empty, and every row needs one here"),
        ("Tid", "  ", "", "empty, and every row needs one here"),
        ("Svar", "måske", "text of 5 characters", "not one of the values that the definition lists"),
    ],
)
def test_a_bad_value_refuses_its_row_and_is_never_shown(header, value, value_class, reason):
    table = {key: [*values, *good(**{header: value})[key], *values] for key, values in good().items()}
    result = cast(ORDERS, table, first_row=300)
    assert result.rows.num_rows == 2
    (refused,) = result.refused
    assert (refused.row, refused.column, refused.value_class) == (301, header, value_class)
    assert refused.reason.startswith(reason)
    assert json.loads(refused.raw)[header] == value
    if value.strip():
        assert value not in refused.reason + refused.value_class + repr(refused)


def test_a_row_is_refused_once_for_its_first_bad_column():
    result = cast(ORDERS, good(Beløb="x", Antal="y", Tid=""))
    assert [(row.row, row.column) for row in result.refused] == [(0, "Beløb")]


def test_empty_values_are_nulls_unless_they_are_required():
    assert cast(ORDERS, good(Beløb="", Svar=" ")).rows.to_pylist()[0]["amount"] is None
    columns = {**COLUMNS, "Antal": {**COLUMNS["Antal"], "required": True}}
    (refused,) = cast({**ORDERS, "columns": columns}, good(Antal="")).refused
    assert (refused.column, refused.reason) == ("Antal", "empty, and every row needs one here")


def test_not_a_number_is_nothing():
    assert cast(ORDERS, good(Beløb=float("nan"))).rows.to_pylist()[0]["amount"] is None


def test_columns_of_the_right_types_are_not_copied():
    table = pa.RecordBatch.from_pydict(
        {
            "Kunde": pa.array(["K1"]), "Beløb": pa.array([Decimal("1.00")], pa.decimal128(18, 2)),
            "Antal": pa.array([2]), "Tid": pa.array([datetime(2026, 1, 5)], pa.timestamp("us")), "Svar": pa.array(["ja"]),
        }
    )  # fmt: skip
    source = SourceDefinition.from_mapping("orders", ORDERS)
    rows = Cast(source, look(COLUMNS), "UTC").cast(RawBatch(table, 0)).rows
    for header, name in (("Kunde", "customer_no"), ("Beløb", "amount"), ("Antal", "quantity"), ("Tid", "occurred_at")):
        assert [b and b.address for b in rows.column(name).buffers()] == [
            b and b.address for b in table.column(header).buffers()
        ]


def test_dictionaries_and_large_text_are_text():
    table = good() | {"Kunde": pa.array(["K1"]).dictionary_encode(), "Svar": pa.array(["nej"], pa.large_string())}
    row = cast(ORDERS, table).rows.to_pylist()[0]
    assert (row["customer_no"], row["answer"]) == ("K1", "refused")


def test_a_missing_column_names_file_column_and_the_nearest():
    table = good()
    table["Belob"] = table.pop("Beløb")
    with pytest.raises(
        ColumnMissing, match=r"^a\.csv: column 'Beløb' not in the file. Did you mean 'Belob'\?"
    ) as caught:
        cast(ORDERS, table)
    assert caught.value.missing == ("Beløb",)
    assert "Kunde" in str(caught.value)


def test_json_may_leave_out_what_no_row_needs():
    table = good()
    del table["Svar"]
    assert cast(ORDERS, table, format="ndjson").rows.to_pylist()[0]["answer"] is None
    del table["Tid"]
    with pytest.raises(ColumnMissing, match="'Tid'"):
        cast(ORDERS, table, format="ndjson")
    assert cast(ORDERS, table, format="ndjson", columns_complete=False).rows.num_rows == 0


def test_stored_values_must_be_of_the_type():
    columns = {**COLUMNS, "Antal": {**COLUMNS["Antal"], "values": {"en": 1, "to": "mange"}}}
    with pytest.raises(ValueNotOfType, match="'Antal': `values` must store values of type integer"):
        cast({**ORDERS, "columns": columns}, good())
    columns["Antal"]["values"] = {"en": 1, "to": 2}
    assert cast({**ORDERS, "columns": columns}, good(Antal="TO")).rows.to_pylist()[0]["quantity"] == 2


def test_rows_are_collected_for_what_their_fields_grant():
    definition = {
        **ORDERS,
        "collected_for": ["orders", "linking"],
        "collected_for_if": {"web": "ok.web", "ads": "ok.ads"},
    }
    names = good().keys()
    table = {name: good()[name] * 4 for name in names}
    table["ok.web"] = [True, False, None, True]
    table["ok.ads"] = ["true", "yes", "no", "rubbish"]
    found = cast(definition, table).rows.column(COLLECTED_FOR).to_pylist()
    assert found == ["ads|linking|orders|web", "ads|linking|orders", "linking|orders", "linking|orders|web"]
    del table["ok.ads"]
    assert cast(definition, table, format="ndjson").rows.column(COLLECTED_FOR).to_pylist()[1] == "linking|orders"


def test_consents_need_state_time_and_somebody():
    definition = {
        "kind": "consents", "files": "a.csv", "purpose": "news",
        "columns": {
            "mail": {"name": "email", "type": "text", "category": "user.contact.email", "identifier": "email"},
            "tlf": {"name": "phone", "type": "text", "category": "user.contact.phone_number", "identifier": "phone"},
            "svar": {"name": "state", "type": "text", "category": "user.privacy_preferences"},
            "tid": {"name": "at", "type": "timestamp", "category": "user.privacy_preferences"},
        },
    }  # fmt: skip
    table = {
        "mail": ["a@x.example", "", "b@x.example", "c@x.example", ""],
        "tlf": ["", "", "", "", "12345678"],
        "svar": ["Given", "given", "måske", "refused", "withdrawn"],
        "tid": ["2026-01-01", "2026-01-01", "2026-01-01", "", "2026-01-01"],
    }
    result = cast(definition, table)
    assert result.rows.column("state").to_pylist() == ["given", None, "refused", "withdrawn"]
    assert [(row.row, row.column, row.reason[:22]) for row in result.refused] == [(1, "", "no identifier, so nobo")]
    # What is no yes counts, whatever of it can't be read.
    assert [(row.row, row.column, row.reason[:22]) for row in result.counted_as_no] == [
        (2, "svar", "not one of the values "),
        (3, "tid", "empty, and every row n"),
    ]
    table["svar"], table["tid"] = ["given"] * 5, ["2026-01-01", "2026-01-01", "soon", "", "2026-01-01"]
    assert [row.row for row in cast(definition, table).refused] == [1, 2, 3]
