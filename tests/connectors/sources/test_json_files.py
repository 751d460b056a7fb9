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


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"data":[{"a":1},{"a":2}]}', [{"a": 1}, {"a": 2}]),
        ('{\n "count": 2,\n "data": [\n  {"a":1},\n  {"a":2}\n ],\n "next": null\n}', [{"a": 1}, {"a": 2}]),
        ('{"response":{"ok":true,"items":[{"a":1}]}}', [{"a": 1}]),
        ('[["a","b"],[1,"x"],[2]]', [{"a": 1, "b": "x"}, {"a": 2, "b": None}]),
        ("[[1,2],[3,4]]", [{"#1": 1, "#2": 2}, {"#1": 3, "#2": 4}]),
        ('{"a":1}{"a":2} {"a":3}', [{"a": 1}, {"a": 2}, {"a": 3}]),
        ('{\n"a":1\n}\n{\n"a":2\n}', [{"a": 1}, {"a": 2}]),
        ('{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
        ('\ufeff[{"a":1}]', [{"a": 1}]),
        ('{"a":1}', [{"a": 1}]),
    ],
)
def test_rows_wherever_they_lie(read, text, rows):
    assert read("a.json", text).rows == rows


def test_where_the_rows_were_found_is_said(read):
    assert (
        "the rows are the objects under response.items" in read("a.json", '{"response":{"items":[{"a":1}]}}').look.notes
    )


@pytest.mark.parametrize("text", ["1", '"x"', "null", "true", "[1,2]", '["a"]'])
def test_values_alone_are_no_table(read, text):
    with pytest.raises((FormatMismatch, FileTorn)):
        read("a.json", text)


def test_an_object_with_a_key_twice_is_noted(read):
    whole = read("a.json", '[{"a":1,"a":2}]')
    assert whole.rows == [{"a": 2}]
    assert "some objects have a key twice: the last one counts" in whole.look.notes


def test_numbers_beyond_all_measure(read):
    assert read("a.json", '[{"a":' + "9" * 30 + '},{"a":NaN}]').rows[0]["a"] == "9" * 30
    whole = read("b.ndjson", '{"a":' + "9" * 5000 + '}\n{"a":1}\n')
    assert (whole.rows, whole.unreadable[0].line) == ([{"a": 1}], 1)


def test_nesting_without_end_is_refused(read):
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    whole = read("a.ndjson", deep + '\n{"b":1}\n')
    assert (len(whole.rows), whole.unreadable[0].line) == (1, 1)
    with pytest.raises((FileTorn, FormatMismatch)):
        read("b.json", "[" * 100_000 + "]" * 100_000)
    nested = '{"a":' * 500 + "1" + "}" * 500
    assert "nested more than 200 deep" in read("c.ndjson", nested + '\n{"b":1}\n').unreadable[0].reason
