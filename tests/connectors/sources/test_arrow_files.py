"""Arrow and Feather files: types, nesting, damage."""

from __future__ import annotations

import datetime as d
import io

import pyarrow as pa
import pytest
from pyarrow import feather

from tillid.connectors.sources.errors import FileTorn

TABLE = pa.table({
    "id": pa.array(["a", "b"]).dictionary_encode(),
    "at": pa.array([d.datetime(2025, 1, 1), None], pa.timestamp("us", "Europe/Copenhagen")),
    "c": pa.array([{"x": 1, "y": [1]}, {"x": 2, "y": None}]),
})  # fmt: skip


def written(kind):
    target = io.BytesIO()
    if kind == "feather":
        feather.write_feather(TABLE, target)
        return target.getvalue()
    with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(target, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["feather", "file", "stream"])
def test_columns_come_with_their_types(read, kind):
    whole = read("a.arrow", written(kind))
    assert whole.look.columns == ("id", "at", "c.x", "c.y")
    assert [(row["id"], row["c.x"], row["c.y"]) for row in whole.rows] == [("a", 1, "[1]"), ("b", 2, None)]
    assert whole.lines() == [1, 2]


def test_only_what_is_asked_for_and_damage(read):
    assert read("a.feather", written("feather"), only=["c.x"]).rows == [{"c.x": 1}, {"c.x": 2}]
    with pytest.raises(FileTorn, match="the Arrow file is cut off or damaged"):
        read("b.arrow", written("file")[:-40])
