"""Lists of keys and values, as GA4's export to BigQuery has them, become columns by their keys: JSON and Parquet alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tillid.connectors.sources.files import FileSource

_VALUE = pa.struct(
    [
        ("string_value", pa.string()),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("double_value", pa.float64()),
    ]
)
_SCHEMA = pa.schema(
    [
        ("event_name", pa.string()),
        ("event_timestamp", pa.int64()),
        ("event_params", pa.list_(pa.struct([("key", pa.string()), ("value", _VALUE)]))),
        ("items", pa.list_(pa.struct([("item_id", pa.string())]))),
    ]
)


def param(key: str, **value: Any) -> dict[str, Any]:
    return {"key": key, "value": {name: value.get(name) for name in _VALUE.names}}


EVENTS = [
    {"event_name": "page_view", "event_timestamp": 1767261600000000, "event_params": [], "items": []},
    {
        "event_name": "purchase",
        "event_timestamp": 1767261601000000,
        "event_params": [
            param("page_location", string_value="https://shop.example/tak"),
            param("ga_session_id", int_value=17),
            param("value", double_value=99.5),
        ],
        "items": [{"item_id": "H-1"}],
    },
]
ONLY = ["event_name", "event_params.page_location", "event_params.value", "event_params.never", "items"]


def read(folder: Path, name: str, only: list[str] | None) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    source = FileSource(folder, (name,), only=only)
    (file,) = source.files()
    columns = source.look(file).columns
    return columns, [row for batch in source.read(file) for row in batch.table.to_pylist()]


@pytest.fixture(params=["json", "parquet"])
def exported(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    name = f"events_20260101.{request.param}"
    if request.param == "json":
        (tmp_path / name).write_text("\n".join(json.dumps(event) for event in EVENTS), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(EVENTS, _SCHEMA), tmp_path / name)
    return tmp_path, name


def test_each_key_is_a_column(exported: tuple[Path, str]) -> None:
    columns, rows = read(*exported, None)
    assert {"event_params.page_location", "event_params.ga_session_id", "event_params.value"} <= set(columns)
    assert rows[1]["event_params.page_location"] == "https://shop.example/tak"
    assert (rows[1]["event_params.ga_session_id"], rows[1]["event_params.value"]) == (17, 99.5)
    assert rows[0].get("event_params.value") is None


def test_what_is_asked_for_is_there_even_where_no_row_has_it(exported: tuple[Path, str]) -> None:
    _, rows = read(*exported, ONLY)
    assert rows[1]["event_params.value"] == 99.5
    assert rows[1].get("event_params.never") is None
    assert "event_params.ga_session_id" not in rows[1]
    # Another list is JSON text, as ever.
    assert json.loads(rows[1]["items"]) == [{"item_id": "H-1"}]
