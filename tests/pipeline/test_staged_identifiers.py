"""Identifiers are staged once: what is read back of them is what identifies somebody, wherever it stands."""

from __future__ import annotations

from datetime import datetime

import duckdb
import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.pipeline.intake.declare import identifier_column, said_in, staged_table
from tillid.pipeline.intake.rows import Arrival, PurposeSets, prepare
from tillid.pipeline.intake.subjects import with_identifiers
from tillid.stages.ingest.collected_for import COLLECTED_FOR
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.resolve.worthless import is_worthless

SOURCE = SourceDefinition.from_mapping(
    "crm",
    {
        "kind": "people",
        "files": "f",
        "key": "no",
        "data_subject": "customer",
        "collected_for": ["p"],
        "columns": {
            "no": {"name": "no", "type": "text", "category": "user.unique_id", "identifier": "customer_no"},
            "mail": {"name": "mail", "type": "text", "category": "user.contact.email", "identifier": "email"},
            "till": {"name": "till", "type": "integer", "category": "user.unique_id", "identifier": "till_no"},
        },
    },
)
NUMBERS = st.sampled_from([None, "", " ", "K1", " K1 ", "0000", "ukendt", "K2", "k1"])
MAILS = st.sampled_from([None, "anne@example.com", " Anne@Example.com ", "test@example.com", "no mail", ""])
TILLS = st.sampled_from([None, 0, 17, 111111, -1])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NUMBERS, MAILS, TILLS), min_size=1, max_size=8))
def test_what_is_read_back_identifies_somebody(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    columns = dict(zip(("no", "mail", "till"), map(list, zip(*rows, strict=True)), strict=True))
    batch = pa.RecordBatch.from_pydict(
        {
            **{
                name: pa.array(values, pa.int64() if name == "till" else pa.string())
                for name, values in columns.items()
            },
            COLLECTED_FOR: pa.array(["p"] * len(rows)).dictionary_encode(),
        }
    )
    staged = prepare(batch, SOURCE, "DK", Arrival(1, datetime(2026, 1, 1))).staged(SOURCE, 0, PurposeSets())
    table = pa.Table.from_batches([staged])
    asked = with_identifiers(ibis.table(staged_table(SOURCE).physical(), name="staged"), said_in(SOURCE))
    with duckdb.connect() as connection:
        connection.register("staged", table)
        read = connection.sql(str(ibis.to_sql(asked, dialect="duckdb"))).to_arrow_table()
    for place, name in enumerate(("no", "mail", "till")):
        values = [None if v is None else str(v).strip() for v in table.column(name).to_pylist()]
        useless = is_worthless(pa.array(values, pa.string())).to_pylist()
        expected = [None if not v or bad else v for v, bad in zip(values, useless, strict=True)]
        assert read.column(identifier_column(place)).to_pylist() == expected
    first = table.column(identifier_column(0)).to_pylist()
    assert all(v is None for v, no in zip(first, columns["no"], strict=True) if no in ("K1", "K2", None))
