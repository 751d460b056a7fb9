"""Destinations and activations refuse what cannot be delivered, and say at which key."""

from __future__ import annotations

import pytest

from tillid.stages.activate.definitions import ActivationDefinition, DestinationDefinition, FileFormat
from tillid.terms.fields import FieldInvalid, FieldPath

FILE = {"kind": "file", "path": "out/list.csv"}
LIST = {"segment": "lapsed", "purpose": "news", "destination": "file", "columns": {"E-mail": "email"}}


def test_a_file_destination_is_csv_for_excel_unless_it_says_otherwise() -> None:
    made = DestinationDefinition.from_mapping("list", FILE)
    assert (made.format, made.separator, made.encoding, made.label) == (FileFormat.CSV, ";", "utf-8-sig", "list")
    assert DestinationDefinition.from_mapping("list", FILE | {"separator": "\t"}).separator == "\t"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"path": "../list.csv"}, ("path",)),
        ({"path": "/tmp/list.csv"}, ("path",)),
        ({"path": "out\\list.csv"}, ("path",)),
        ({"path": ".tillid/list.csv"}, ("path",)),
        ({"path": "./.tillid/list.csv"}, ("path",)),
        ({"path": "."}, ("path",)),
        ({"path": 7}, ("path",)),
        ({"kind": "letter"}, ("kind",)),
        ({"format": "xml"}, ("format",)),
        ({"separator": ";;"}, ("separator",)),
        ({"separator": '"'}, ("separator",)),
        ({"separator": 1}, ("separator",)),
        ({"decimal": "·"}, ("decimal",)),
        ({"decimal": ",", "separator": ","}, ("decimal",)),
        ({"encoding": "utf-9"}, ("encoding",)),
        ({"encoding": "hex"}, ("encoding",)),
        ({"encodng": "utf-8"}, ("encodng",)),
    ],
)
def test_a_destination_says_at_which_key_it_is_wrong(changed: dict[str, object], field: FieldPath) -> None:
    with pytest.raises(FieldInvalid) as caught:
        DestinationDefinition.from_mapping("list", FILE | changed)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"columns": {}}, ()),
        ({"columns": ["email"]}, ("columns",)),
        ({"columns": {"E-mail": 1}}, ("columns", "E-mail")),
        ({"segment": None}, ()),
        ({"purpose": 1}, ("purpose",)),
    ],
)
def test_an_activation_says_at_which_key_it_is_wrong(changed: dict[str, object], field: FieldPath) -> None:
    with pytest.raises(FieldInvalid) as caught:
        ActivationDefinition.from_mapping("news", LIST | changed)
    assert caught.value.field == field


def test_the_columns_of_an_activation_cannot_change() -> None:
    columns = {"E-mail": "email", "Navn": "name"}
    made = ActivationDefinition("news", "lapsed", "news", "file", columns)
    columns["Mobil"] = "phone"
    assert list(made.columns) == ["E-mail", "Navn"]
    with pytest.raises(TypeError):
        made.columns["Mobil"] = "phone"  # type: ignore[index]
