"""JSON and NDJSON: nested objects by dotted paths, rows that are no objects, files that were cut off."""

from __future__ import annotations

import gzip
import json

import pytest

from tillid.connectors.sources.errors import FileEmpty, FileTorn, FormatMismatch


def test_nested_objects_become_dotted_paths_and_lists_text(read):
    whole = read("a.ndjson", '{"id":7,"context":{"consent":{"analytics":true}},"items":[{"sku":"å"}]}\n{"id":8}\n')
    assert whole.look.columns == ("id", "context.consent.analytics", "items")
    assert whole.rows == [
        {"id": 7, "context.consent.analytics": True, "items": '[{"sku":"å"}]'},
        {"id": 8, "context.consent.analytics": None, "items": None},
    ]


def test_only_the_paths_asked_for_are_read(read):
    whole = read("a.ndjson", '{"a":{"b":1,"c":{"d":[1]}},"x":2}\n{"a":5}\n', only=["a.b", "a.c", "none.such"])
    assert whole.rows == [
        {"a.b": 1, "a.c": '{"d":[1]}', "none.such": None},
        {"a.b": None, "a.c": None, "none.such": None},
    ]


def test_values_of_several_types_become_text(read):
    assert [row["a"] for row in read("a.ndjson", '{"a":1}\n{"a":"x"}\n{"a":true}\n{"a":null}\n').rows] == [
        "1",
        "x",
        "true",
        None,
    ]
    assert [row["a"] for row in read("b.ndjson", '{"a":1}\n{"a":2.5}\n').rows] == [1.0, 2.5]
    assert read("c.ndjson", '{"a":123456789012345678901}\n').rows == [{"a": "123456789012345678901"}]


def test_a_line_that_is_no_object_is_handed_over_with_its_line(read):
    whole = read("a.ndjson", '{"a":1}\n\n{"a":\n[1]\n{"a":2}\n{"a":3')
    assert [row["a"] for row in whole.rows] == [1, 2]
    assert [(row.line, row.reason) for row in whole.unreadable] == [
        (3, "not valid JSON"),
        (4, "not a JSON object"),
        (6, "not valid JSON"),
    ]
    assert whole.lines() == [1, 5]


def test_bytes_that_are_no_text_refuse_their_line_alone(read):
    whole = read("a.ndjson", '{"a":"ø"}\n'.encode() + b'{"a":"\xff"}\n' + '{"a":"å"}\n'.encode())
    assert [row["a"] for row in whole.rows] == ["ø", "å"]
    assert [row.line for row in whole.unreadable] == [2]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_objects_is_read_item_by_item(read, indent):
    items = [{"a": n, "b": {"c": "x" * 50}} for n in range(20_000)]
    whole = read("a.json", json.dumps(items, indent=indent))
    assert [row["a"] for row in whole.rows] == list(range(20_000))
    assert whole.lines()[1] == (1 if indent is None else 8)


def test_objects_that_follow_one_another_are_rows(read):
    whole = read("a.json", '{\n "a": 1\n}\n{\n "a": 2\n}\n')
    assert [row["a"] for row in whole.rows] == [1, 2]
    assert whole.lines() == [1, 4]


def test_an_array_that_was_cut_off_is_one_clear_error(read):
    with pytest.raises(FileTorn, match=r"^a\.json: the JSON from line 2 on is cut off or damaged"):
        read("a.json", '[{"a":1},\n{"a":')


def test_an_empty_array_has_no_rows_and_an_empty_file_is_an_error(read):
    assert read("a.json", "[]").rows == []
    with pytest.raises(FileEmpty):
        read("b.ndjson", " \n")
    with pytest.raises(FormatMismatch):
        read("c.json", "a;b\n1;2\n")


def test_gzip_is_unpacked(read):
    assert read("a.ndjson.gz", gzip.compress(b'{"a":1}\n')).rows == [{"a": 1}]
