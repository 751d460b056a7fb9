"""Names in their parts, and the guesses that lists of names allow."""

from __future__ import annotations

import pytest

from tillid.stages.wash.name_lists import LISTED_COUNTRIES, Sex, likely_sex
from tillid.stages.wash.name_parts import NameParts, name_parts, sex_of_title


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
