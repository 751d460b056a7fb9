"""Reading definitions: what each reader takes and how it refuses."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import pytest

from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    NameUnknown,
    at_field,
    kind_of,
    read_choice,
    read_count,
    read_list,
    read_mapping,
    read_name,
    read_text,
    read_texts,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


READ: dict[str, Callable[[dict[str, object]], object]] = {
    "text": lambda given: read_text(given, "key", ("top",)),
    "name": lambda given: read_name(given, "key", ("top",)),
    "choice": lambda given: read_choice(given, "key", ("top",), Colour),
    "list": lambda given: read_list(given, "key", ("top",)),
    "texts": lambda given: read_texts(given, "key", ("top",)),
    "count": lambda given: read_count(given, "key", ("top",)),
}


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        ("text", "a", "a"),
        ("text", None, None),
        ("name", "a", "a"),
        ("choice", "red", Colour.RED),
        ("choice", None, None),
        ("list", [1], [1]),
        ("texts", ["a", "b"], ("a", "b")),
        ("texts", None, ()),
        ("count", 0, 0),
        ("count", None, None),
    ],
)
def test_what_fits_is_read(reader, value, expected):
    assert READ[reader]({"key": value}) == expected


@pytest.mark.parametrize(
    ("reader", "value", "field"),
    [
        ("text", 5, ("top", "key")),
        ("text", " ", ("top", "key")),
        ("name", None, ("top", "key")),
        ("choice", "rde", ("top", "key")),
        ("choice", ["red"], ("top", "key")),
        ("list", [], ("top", "key")),
        ("list", None, ("top", "key")),
        ("texts", ["a", 1], ("top", "key", 1)),
        ("count", -1, ("top", "key")),
        ("count", True, ("top", "key")),
        ("count", 1.0, ("top", "key")),
    ],
)
def test_what_does_not_fit_is_refused_at_its_key(reader, value, field):
    with pytest.raises(FieldInvalid) as caught:
        READ[reader]({"key": value})
    assert caught.value.field == field


def test_a_mapping_has_known_keys_only_and_the_required_ones():
    assert read_mapping({"a": 1}, (), allowed=("a", "b"), required=("a",)) == {"a": 1}
    with pytest.raises(NameUnknown, match="Did you mean 'label'") as caught:
        read_mapping({"lable": 1}, ("top",), allowed=("label", "unit"))
    assert caught.value.field == ("top", "lable")
    with pytest.raises(FieldMissing, match="'a'"):
        read_mapping({"a": None}, (), allowed=("a",), required=("a",))
    with pytest.raises(FieldInvalid, match="a list"):
        read_mapping([], (), allowed=())


def test_the_innermost_definition_is_kept():
    with (
        pytest.raises(FieldInvalid) as caught,
        at_field("outer", definition="outer"),
        at_field("x", 1, definition="in"),
    ):
        raise FieldInvalid("wrong", field=("y",))
    assert (caught.value.field, caught.value.definition) == (("outer", "x", 1, "y"), "in")


@pytest.mark.parametrize(("value", "kind"), [(None, "nothing"), (1.5, "a number"), ({}, "a mapping"), ((), "a list")])
def test_a_value_is_called_by_its_kind(value, kind):
    assert kind_of(value) == kind
