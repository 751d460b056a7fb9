"""A project whose source keeps parts of addresses, holds cities against postcodes and washes dates, run for real."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from small_projects import NOW, SmallProject

from tillid.stages.ingest.definitions import SourceDefinition
from tillid.terms.fields import FieldInvalid

PURPOSES = """
purposes:
  linking: {data_use: operations, legal_basis: legitimate_interests, assessment: L1, retention: 10 years,
            categories: [user.unique_id, user.contact]}
  analytics: {data_use: analytics, legal_basis: legitimate_interests, assessment: L2, retention: 10 years,
              categories: [user.unique_id, user.contact, user.demographic.date_of_birth]}
  areas: {data_use: analytics, legal_basis: legitimate_interests, assessment: L2, retention: 10 years,
          categories: [user.unique_id, user.contact.address.postal_code, user.contact.address.city]}
"""
MEMBERS = """
kind: people
files: data/members.csv
key: customer_no
data_subject: customer
collected_for: [analytics, linking, areas]
columns:
  no:  {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  adr: {name: address, type: text, category: user.contact.address, wash: address,
        parts: {street: street, house_number: house_number, floor: floor, postcode: area, city: area_city}}
  zip: {name: postcode, type: text, category: user.contact.address.postal_code}
  by:  {name: city, type: text, category: user.contact.address.city, parts: {expected: expected_city}}
  fdt: {name: birth_date, type: date, category: user.demographic.date_of_birth, wash: birth_date}
"""
CSV = """no;adr;zip;by;fdt
1;nørregade 12 b 3 tv, 1165 Kbh K;2100;København;05/06/1985
2;Storgata 1;8000;Odense C;31/12-99
3;;8000;Aarhus C;31/12/2999
4;Nørregade;8000;Arhus C;25/12/1980
"""


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    made = SmallProject(tmp_path, {"purposes.yml": PURPOSES, "sources/club.yml": MEMBERS})
    made.put("data/members.csv", CSV, NOW - timedelta(days=5))
    made.build()
    return made


def test_parts_are_columns_and_what_is_no_date_is_empty(project: SmallProject) -> None:
    names = "address, street, house_number, floor, area, area_city, postcode, city, expected_city, birth_date"
    rows = project.sql(f"select {names} from club order by customer_no")
    assert [tuple(row.values()) for row in rows] == [
        (
            *("Nørregade 12B, 3. tv, 1165 København K", "Nørregade", "12", "3", "1165", "København K"),
            *("2100", "København Ø", None, date(1985, 6, 5)),
        ),
        ("Storgata 1", "Storgata", "1", None, None, None, "8000", "Odense C", "Aarhus C", date(1999, 12, 31)),
        (None, None, None, None, None, None, "8000", "Aarhus C", None, None),
        ("Nørregade", "Nørregade", None, None, None, None, "8000", "Aarhus C", None, date(1980, 12, 25)),
    ]
    raw = project.sql("select address_raw, birth_date_raw from club where customer_no = '3'")
    assert raw == [{"address_raw": None, "birth_date_raw": "31/12/2999"}]
    assert project.refused() == []


def test_a_part_has_the_category_of_its_kind(project: SmallProject) -> None:
    assert len(project.sql("select area, area_city from club", "areas")) == 4
    for column in ("street", "address", "address_raw", "floor"):
        with pytest.raises(Exception, match="category"):
            project.sql(f"select {column} from club", "areas")


COLUMN = {"name": "address", "type": "text", "category": "user.contact.address"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"parts": {"streat": "street"}}, "no part 'streat'|streat"),
        ({"parts": {"street": "Gade"}}, "is not a name"),
        ({"parts": {"street": "customer_no"}}, "is taken by"),
        ({"parts": {"street": "a", "floor": "a"}}, "is taken by"),
        ({"wash": "none", "parts": {"street": "street"}}, "has no parts"),
        ({"postcode": "customer_no"}, "washed as city"),
        ({"wash": "city", "postcode": "zip"}, "zip"),
        ({"type": "integer", "wash": "date"}, "type text or date"),
    ],
)
def test_what_a_definition_cannot_say(changed: dict[str, object], words: str) -> None:
    columns = {"adr": COLUMN | changed, "no": {"name": "customer_no", "type": "text", "category": "user.unique_id"}}
    columns["no"]["identifier"] = "customer_no"
    mapping = {"kind": "people", "files": "x.csv", "collected_for": ["analytics"], "columns": columns}
    with pytest.raises(FieldInvalid, match=words):
        SourceDefinition.from_mapping("x", mapping)


def test_a_city_finds_its_postcode_by_order_or_as_said() -> None:
    def source(**cities: dict[str, object]) -> SourceDefinition:
        columns: dict[str, object] = {
            name: {"name": name, "type": "text", "category": "user.contact.address.postal_code"}
            for name in ("p1", "p2")
        }
        for name, said in cities.items():
            columns[name] = {"name": name, "type": "text", "category": "user.contact.address.city"} | said
        return SourceDefinition.from_mapping("x", {"kind": "things", "key": "p1", "files": "x.csv", "columns": columns})

    def beside(definition: SourceDefinition) -> list[str | None]:
        return [definition.postcode_of(c) for c in definition.columns if c.washed_as == "city"]

    assert beside(source(c1={}, c2={})) == ["p1", "p2"]
    assert beside(source(c1={})) == [None]
    assert beside(source(c1={"postcode": "p2"})) == ["p2"]
    assert beside(source(c1={"postcode": "none"}, c2={})) == [None, "p2"]


@pytest.mark.parametrize(("others", "born"), [("12/25/1980", date(1985, 3, 4)), ("25/12/1980", date(1985, 4, 3))])
def test_another_day_of_the_file_settles_which_is_the_month(tmp_path: Path, others: str, born: date) -> None:
    made = SmallProject(tmp_path, {"purposes.yml": PURPOSES, "sources/club.yml": MEMBERS})
    rows = [f"{number};;;;{text}" for number, text in enumerate(["03/04/1985", others, others], 1)]
    made.put("data/members.csv", "\n".join(["no;adr;zip;by;fdt", *rows]) + "\n", NOW - timedelta(days=5))
    made.build()
    assert made.sql("select birth_date from club where customer_no = '1'") == [{"birth_date": born}]
