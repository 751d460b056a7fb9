"""Names in their parts, and the guesses that lists of names allow."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tillid.stages.ingest.columns import ColumnDefinition, ColumnType
from tillid.stages.wash import ColumnWash, WashKind, wash_batch
from tillid.stages.wash.name_lists import LISTED_COUNTRIES, Sex, likely_sex
from tillid.stages.wash.name_parts import NameParts, name_parts, sex_of_title
from tillid.terms.fields import FieldInvalid


@pytest.mark.parametrize(
    ("text", "country", "parts"),
    [
        ("Jens Holm", "DK", NameParts(first="Jens", last="Holm")),
        ("JENS PETER HOLM HANSEN", "DK", NameParts(first="Jens", middle="Peter Holm", last="Hansen")),
        ("Hr. Jens Holm", "DK", NameParts(title="Hr.", first="Jens", last="Holm")),
        ("Knud af Rosenborg", "DK", NameParts(first="Knud", particle="af", last="Rosenborg")),
        ("Holm", "DK", NameParts(last="Holm")),
        ("Søren Holm Jr.", "DK", NameParts(first="Søren", last="Holm", suffix="Jr.")),
        ("Holm ApS", "DK", NameParts(last="Holm ApS")),
        ("Kari og Ola Lund", "NO", NameParts(last="Kari og Ola Lund")),
        ("J.P. van der Berg", "NL", NameParts(first="J.P.", particle="van der", last="Berg")),
        ("Berg, J. van den", "NL", NameParts(first="J.", particle="van den", last="Berg")),
        ("van den Berg", "NL", NameParts(particle="van den", last="Berg")),
        ("Els de Boer-van Dijk", "NL", NameParts(first="Els", particle="de", last="Boer-van Dijk")),
        ("mw. drs. E. de Wit", "NL", NameParts(title="mw. drs.", first="E.", particle="de", last="Wit")),
        ("LUC VAN DEN BROECK", "BE", NameParts(first="Luc", particle="Van den", last="Broeck")),
        ("M. Jean Dubois", "BE", NameParts(title="M.", first="Jean", last="Dubois")),
        ("ukendt", "DK", NameParts()),
    ],
)
def test_parts(text, country, parts):
    assert name_parts(text, country) == parts


@pytest.mark.parametrize(
    ("title", "sex"),
    [("Hr.", Sex.MALE), ("FRU", Sex.FEMALE), ("mw. drs.", Sex.FEMALE), ("Dr.", Sex.UNKNOWN), ("", Sex.UNKNOWN)],
)
def test_sex_of_title(title, sex):
    assert sex_of_title(title) is sex


@pytest.mark.parametrize(
    ("names", "country", "sex"),
    [
        ("Jens", "DK", Sex.MALE),
        ("SØREN PETER", "DK", Sex.MALE),
        ("Anne-Marie", "DK", Sex.FEMALE),
        ("Kari", "NO", Sex.FEMALE),
        ("Ingrid", "SE", Sex.FEMALE),
        ("Kim", "BE", Sex.UNKNOWN),
        ("Xyz", "DK", Sex.UNKNOWN),
        ("", "DK", Sex.UNKNOWN),
    ],
)
def test_likely_sex(names, country, sex):
    assert likely_sex(names, country)[0] is sex


def test_a_name_is_only_as_sure_as_asked_for():
    sex, share = likely_sex("Kim", "DK")
    assert (sex, 0.95 < share < 1) == (Sex.MALE, True)
    assert likely_sex("Kim", "DK", sure_share=0.99) == (Sex.UNKNOWN, share)


def test_every_listed_country_has_names():
    assert all(likely_sex("Anna", country)[0] is Sex.FEMALE for country in LISTED_COUNTRIES)


def test_parts_of_names_become_columns():
    batch = pa.record_batch({"navn": ["Dhr. Jan van der Berg", "N/A", "BERG, VAN DEN, ANNA", None]})
    parts = tuple((part, f"{part}_of_name") for part in ("title", "first", "particle", "last"))
    washed = wash_batch(batch, [ColumnWash("navn", WashKind.NAME, parts=parts)], "NL").rows.to_pylist()
    assert [[row[name] for _, name in parts] for row in washed] == [
        ["Dhr.", "Jan", "van der", "Berg"],
        [None] * 4,
        [None, "Anna", "van den", "Berg"],
        [None] * 4,
    ]
    assert washed[0]["navn"] == "Jan van der Berg"


@pytest.mark.parametrize(
    ("category", "part", "expected"),
    [
        ("user.name", "first", "user.name.first"),
        ("user.name", "particle", "user.name.last"),
        ("user.name", "title", "user.name"),
        ("user.contact", "last", "user.contact"),
    ],
)
def test_a_part_of_a_name_has_the_narrower_category(category, part, expected):
    column = ColumnDefinition("Navn", "navn", ColumnType.TEXT, category, wash="name", parts={part: "part"})
    assert column.category_of_part(part) == expected


def test_a_given_name_has_no_parts():
    with pytest.raises(FieldInvalid, match="no parts"):
        ColumnDefinition("Navn", "navn", ColumnType.TEXT, "user.name.first", parts={"first": "f"})
