"""Two lists as one: names, streets and companies are brought to what both have, and birth dates to one notation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillid.pipeline.linking.lists import read_list
from tillid.pipeline.linking.notations import Habits, in_one_notation, telephones
from tillid.pipeline.linking.pooled import Pool, pooled
from tillid.pipeline.linking.roles_asked import assigned, read_maps
from tillid.pipeline.progress import Silent
from tillid.stages.resolve.link.roles import Role

TODAY = date(2026, 6, 1)


def _days(*texts: str | None) -> list[str | None]:
    return in_one_notation(Role.BIRTH_DATE, pa.array(texts, pa.string()), Habits(TODAY)).to_pylist()


def _pool(folder: Path, *texts: str, maps: tuple[str, ...] = ()) -> Pool:
    lists = []
    for side, text in zip(("left", "right"), texts, strict=False):
        path = folder / f"{side}.csv"
        path.write_text(text, encoding="utf-8")
        lists.append(read_list(path, side, Silent()))
    return pooled(assigned(lists, read_maps(maps)), TODAY)


def _values(pool: Pool, role: Role) -> list[list[str | None]]:
    return [pool.table[name].to_pylist() for name in pool.roles.columns.get(role, ())]


def test_parts_of_names_are_joined_where_the_other_list_has_whole_ones(tmp_path):
    pool = _pool(tmp_path, "Fornavn;Efternavn\nIda;Holm\n", "Navn;Mail\nBo Dahl;bo@mail.example\n")
    assert set(pool.roles.columns) == {Role.FULL_NAME, Role.EMAIL}
    assert _values(pool, Role.FULL_NAME) == [["Ida", "Bo Dahl"], ["Holm", None]]


def test_whole_names_beside_their_parts_are_enough_where_the_other_list_has_no_parts(tmp_path):
    pool = _pool(tmp_path, "full_name;first_name;surname\nIda Holm;Ida;Holm\n", "Navn;By\nBo Dahl;Odense\n")
    assert _values(pool, Role.FULL_NAME) == [["Ida Holm", "Bo Dahl"]]
    assert Role.FIRST_NAME not in pool.roles.columns


def test_house_numbers_go_to_the_street_where_the_other_list_has_them_there(tmp_path):
    left = "Navn;Vej;Husnr\nIda Holm;Algade;3\n"
    pool = _pool(tmp_path, left, "Navn;Adresse\nBo Dahl;Algade 5\n")
    assert _values(pool, Role.STREET) == [["Algade", "Algade 5"], ["3", None]]
    assert Role.HOUSE not in pool.roles.columns
    assert Role.HOUSE in _pool(tmp_path, left, left).roles.columns


def test_a_name_is_a_company_s_where_the_other_list_has_companies(tmp_path):
    pool = _pool(tmp_path, "Firmanavn;By\nHolm Byg ApS;Odense\n", "Navn;By\nHolm Byg;Odense\n")
    assert _values(pool, Role.COMPANY) == [["Holm Byg ApS", "Holm Byg"]]


def test_facts_of_one_meaning_are_one_column_under_two_headers(tmp_path):
    pool = _pool(tmp_path, "Navn;Stilling\nIda Holm;Tandlæge\n", "Name;Occupation\nBo Dahl;Smed\n")
    assert pool.roles.columns[Role.TEXT] == ("Stilling",)
    assert pool.table["Stilling"].to_pylist() == ["Tandlæge", "Smed"]


def test_numbers_count_that_come_on_both_sides(tmp_path):
    left, right = "Navn;Kundenr\nIda Holm;K7\nBo Dahl;K8\n", "Navn;Kundenummer\nIda Holm;K7\n"
    assert Role.OTHER_ID in _pool(tmp_path, left, right).roles.columns
    assert Role.OTHER_ID not in _pool(tmp_path, left).roles.columns


def test_rows_that_are_numbered_alike_in_two_lists_are_not_one_for_it(tmp_path):
    left = "Navn;Kundenr\nIda Holm;1\nBo Dahl;2\n"
    assert Role.OTHER_ID not in _pool(tmp_path, left, left).roles.columns


def test_a_column_that_the_map_names_is_taken_in_each_list_that_has_it(tmp_path):
    pool = _pool(tmp_path, "Navn;k\nIda Holm;x\n", "Navn;Mail\nBo Dahl;bo@mail.example\n", maps=("other_id=k",))
    assert pool.table["k"].to_pylist() == ["x", None]


@given(day=st.dates(date(1930, 1, 1), date(2025, 12, 31)))
@pytest.mark.parametrize("shape", ["%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"])
def test_a_birth_date_is_one_day_in_every_notation(day: date, shape: str):
    assert _days(day.strftime(shape)) == [day.isoformat()]


@given(days=st.lists(st.dates(date(1930, 1, 1), date(2025, 12, 31)), min_size=1, max_size=9))
@pytest.mark.parametrize("shape", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_column_that_shows_which_number_is_the_day_is_read_so(days: list[date], shape: str):
    days = [*days, date(1985, 4, 25)]
    # Where any of the other order were possible throughout, the 25th settles it.
    read = _days(*(day.strftime(shape) for day in days))
    assert read == [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("text", "told"),
    [("03-04-45", "1945-04-03"), ("1630-08-01", "1630-08-01"), ("19851341", "19851341"), (" ", None), (None, None)],
)
def test_years_of_two_digits_are_past_and_what_is_no_day_stays(text, told):
    assert _days(text) == [told]


@given(
    code=st.sampled_from(["+45", "0045", "+47 ", "00 31 ", "+1", "(+32) "]), digits=st.integers(20_000_000, 99_999_999)
)
def test_a_telephone_with_its_country_is_the_one_without(code: str, digits: int):
    number = str(digits)
    spaced = " ".join(number[at : at + 2] for at in range(0, 8, 2))
    assert telephones(pa.array([code + spaced, number])).to_pylist() == [number, number]


def test_a_trunk_zero_is_no_digit_of_a_telephone():
    told = telephones(pa.array(["06 1000 0001", "+31 6 10000001", "+31 06 10000001", "0031(0)610000001"])).to_pylist()
    assert set(told) == {"610000001"}


def test_a_postcode_with_its_country_is_the_one_without():
    texts = pa.array(["DK-5000", "5000", "NL - 1234 AB", "SW1A 1AA"])
    told = in_one_notation(Role.POSTCODE, texts, Habits(TODAY)).to_pylist()
    assert told == ["5000", "5000", "1234 AB", "SW1A 1AA"]


@pytest.mark.parametrize("role", [Role.EMAIL, Role.PHONE, Role.OTHER_ID, Role.FULL_NAME, Role.CITY])
@pytest.mark.parametrize("filler", ["", " ", "-", "n/a", "NULL", "ukendt", "onbekend", "?"])
def test_what_fills_a_place_is_nothing(role: Role, filler: str):
    assert in_one_notation(role, pa.array([filler]), Habits(TODAY)).to_pylist() == [None]


@pytest.mark.parametrize(
    ("role", "value"),
    [
        (Role.EMAIL, "test@test.example"),
        (Role.EMAIL, "noreply@mail.example"),
        (Role.PHONE, "00000000"),
        (Role.OTHER_ID, "0000"),
    ],
)
def test_identifiers_that_identify_nobody_are_nothing(role: Role, value: str):
    assert in_one_notation(role, pa.array([value]), Habits(TODAY)).to_pylist() == [None]
