"""Places: cities against the postcodes of their records, in one batch with several countries."""

from __future__ import annotations

from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.stages.ingest.columns import PARTS_OF_WASH
from tillid.stages.wash import ColumnWash, WashKind, wash_batch
from tillid.stages.wash.address import PARTS
from tillid.stages.wash.errors import ColumnNotInBatch, RawColumnTaken
from tillid.stages.wash.name_parts import NameParts
from tillid.stages.wash.place_list import place_list
from tillid.stages.wash.place_pairs import fitted_cities, fitted_city

RULES = [
    ColumnWash("zip", WashKind.POSTCODE, "land"),
    ColumnWash("city", WashKind.CITY, "land", (("expected", "expected_city"),), "zip"),
]
CASES = [
    # country, postcode, city: postcode, city, verdict, reason, expected
    ("DK", "1165", "København K", "1165", "København K", "valid", None, None),
    ("DK", "1165", "Københvn K", "1165", "København K", "corrected", "city_by_postcode", None),
    ("DK", "2100", "København", "2100", "København Ø", "corrected", "city_by_postcode", None),
    ("DK", "2100", "Kbh", "2100", "København Ø", "corrected", "city_by_postcode", None),
    ("DK", "2100", "København K", "2100", "København K", "suspect", "city_not_of_postcode", "København Ø"),
    ("DK", "8000", "Odense C", "8000", "Odense C", "suspect", "city_not_of_postcode", "Aarhus C"),
    ("DK", "8000", "Arhus", "8000", "Aarhus C", "corrected", "city_by_postcode", None),
    ("DK", "8000", "Århus C", "8000", "Aarhus C", "corrected", "respelled", None),
    ("DK", "2800", "Kongens Lyngby", "2800", "Kongens Lyngby", "valid", None, None),
    ("DK", "", "8000 Aarhus C", "8000", "Aarhus C", "corrected", "respelled", None),
    ("DK", "9999", "Aarhus C", None, "Aarhus C", "valid", None, None),
    ("DK", "4000", "Roskile", "4000", "Roskilde", "corrected", "city_by_postcode", None),
    ("DK", "8680", "Ryy", "8680", "Ryy", "suspect", "city_not_of_postcode", "Ry"),
    ("NO", "150", "oslo", "0150", "Oslo", "corrected", "respelled", None),
    ("NO", "4630", "Kristiansand", "4630", "Kristiansand S", "corrected", "city_by_postcode", None),
    ("NO", "0150", "Bergen", "0150", "Bergen", "suspect", "city_not_of_postcode", "Oslo"),
    ("NO", "7010", "Trondhiem", "7010", "Trondheim", "corrected", "city_by_postcode", None),
    ("NL", "2517AB", "'s-Gravenhage", "2517 AB", "'s-Gravenhage", "valid", None, None),
    ("NL", "2517AB", "Den Haag", "2517 AB", "Den Haag", "valid", None, None),
    ("NL", "1012 AB", "Amsterdm", "1012 AB", "Amsterdam", "corrected", "city_by_postcode", None),
    ("NL", "1012 AB", "Rotterdam", "1012 AB", "Rotterdam", "suspect", "city_not_of_postcode", "Amsterdam"),
    ("NL", "1102 AB", "Amsterdam Zuidoost", "1102 AB", "Amsterdam-Zuidoost", "corrected", "respelled", None),
    ("NL", None, "1012 AB Amsterdam", "1012 AB", "Amsterdam", "corrected", "respelled", None),
    ("BE", "1000", "Brussels", "1000", "Bruxelles", "corrected", "respelled", None),
    ("BE", "1050", "Elsene", "1050", "Elsene", "valid", None, None),
    ("BE", "1050", "Brussel", "1050", "Brussel", "valid", None, None),
    ("BE", "9030", "Gent", "9030", "Gent", "valid", None, None),
    ("BE", "4000", "Luik", "4000", "Liège", "corrected", "respelled", None),
    ("BE", "2000", "Liège", "2000", "Liège", "suspect", "city_not_of_postcode", "Antwerpen"),
    ("SE", "111 22", "Stockholm", "111 22", "Stockholm", "valid", None, None),
]


def batch_of(cases):
    columns = [pa.array([case[at] for case in cases], pa.string()) for at in range(3)]
    return pa.record_batch(columns, names=["land", "zip", "city"])


def test_cities_are_held_against_the_postcodes_of_their_records():
    washed = wash_batch(batch_of(CASES), RULES, "DK")
    found = list(
        zip(
            *(washed.rows.column(name).to_pylist() for name in ("zip", "city")),
            washed.found["city"].verdicts.to_pylist(),
            washed.found["city"].reasons.to_pylist(),
            washed.rows.column("expected_city").to_pylist(),
            strict=True,
        )
    )
    assert found == [case[3:] for case in CASES]
    from_city = [case[1] in ("", None) for case in CASES]
    assert [reason == "postcode_from_city" for reason in washed.found["zip"].reasons.to_pylist()] == from_city


def test_records_washed_again_stay():
    once = wash_batch(batch_of(CASES), RULES, "DK").rows
    again = wash_batch(once.select(["land", "zip", "city"]), RULES, "DK").rows
    assert again.column("zip").equals(once.column("zip"))
    assert again.column("city").equals(once.column("city"))


@pytest.mark.parametrize("country", ["DK", "NO", "NL", "BE"])
def test_every_pair_of_the_lists_fits(country):
    listed = place_list(country)
    pairs = [(code, city) for code in sorted(listed.cities_of) for city in listed.all_of(code)]
    postcodes, cities = (pa.array(column) for column in zip(*pairs, strict=True))
    fitted = fitted_cities(postcodes, cities, country)
    assert fitted.values.equals(cities)
    assert fitted.reasons.null_count == len(pairs)
    assert all(fitted_city(code, city, country) == (city, None) for code, city in pairs[::50])


@given(st.data(), st.sampled_from(["DK", "NO", "NL", "BE"]))
def test_one_letter_dropped_or_doubled_is_put_right_or_doubted(data, country):
    listed = place_list(country)
    code = data.draw(st.sampled_from(sorted(listed.cities_of)))
    city = data.draw(st.sampled_from(listed.cities_of[code]))
    at = data.draw(st.integers(1, max(1, len(city) - 4)))
    typed = data.draw(st.sampled_from([city[:at] + city[at + 1 :], city[:at] + city[at] + city[at:]]))
    value, reason = fitted_city(code, typed, country)
    assert value in listed.all_of(code) or (value == typed and reason == "city_not_of_postcode")


def test_a_city_goes_without_a_postcode_column():
    rule = ColumnWash("city", WashKind.CITY, "land")
    washed = wash_batch(batch_of([("DK", "8000", "odense c")]), [rule], "DK")
    assert washed.found["city"].reasons.to_pylist() == ["respelled"]


def test_a_plain_postcode_column_can_be_held_against():
    rule = ColumnWash("city", WashKind.CITY, "land", (), "zip")
    washed = wash_batch(batch_of([("DK", "8000", "Odense C")]), [rule], "DK")
    assert washed.found["city"].reasons.to_pylist() == ["city_not_of_postcode"]
    assert washed.rows.schema.names == ["land", "zip", "city", "city_raw"]


def test_what_is_refused():
    batch = batch_of([("DK", "8000", "Aarhus C")])
    with pytest.raises(ColumnNotInBatch, match="'postnr'"):
        wash_batch(batch, [ColumnWash("city", WashKind.CITY, None, (), "postnr")], "DK")
    with pytest.raises(RawColumnTaken, match="'zip'"):
        wash_batch(batch, [ColumnWash("city", WashKind.CITY, None, (("expected", "zip"),))], "DK")


def test_definitions_and_wash_know_the_same_parts():
    assert PARTS_OF_WASH["address"] == PARTS
    assert PARTS_OF_WASH["name"] == tuple(field.name for field in fields(NameParts))
