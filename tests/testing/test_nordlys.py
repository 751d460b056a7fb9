from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import phonenumbers
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from python_calamine import CalamineWorkbook

import tillid
from tillid.testing.made_up import is_reserved
from tillid.testing.nordlys.__main__ import packaged_orders
from tillid.testing.nordlys.lists import COUNTER_PHONE, WORTHLESS_PHONES
from tillid.testing.nordlys.make import Nordlys, make_nordlys, write_nordlys
from tillid.testing.nordlys.orders import LAST_DAY, amount

EXAMPLE = Path(tillid.__file__).parent / "cli" / "example" / "nordlys"
DATA = EXAMPLE / "data"
AS_OF = date(2025, 12, 12)


@pytest.fixture(scope="module")
def made() -> Nordlys:
    return make_nordlys(packaged_orders())


def rows_of(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    if name == "crm":
        text, separator = (folder / "crm.csv").read_text("iso-8859-1"), ";"
    else:
        text, separator = (folder / f"{name}.csv").read_text("utf-8"), ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def loyalty_cells(folder: Path = DATA) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(folder / "loyalty.xlsx")).get_sheet_by_name("Medlemmer").to_python()


def loyalty_rows() -> list[dict[str, object]]:
    cells = loyalty_cells()
    return [dict(zip(map(str, cells[2]), row, strict=True)) for row in cells[3:]]


def events_of(folder: Path = DATA) -> list[dict]:
    return [json.loads(line) for line in gzip.open(folder / "web.ndjson.gz", "rt", encoding="utf-8")]


def test_the_example_is_smaller_than_a_megabyte_and_a_half() -> None:
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*") if path.is_file()) < 1_500_000


def test_made_again_every_table_is_the_same(made: Nordlys, tmp_path: Path) -> None:
    write_nordlys(made, tmp_path)
    names = {path.name for path in DATA.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in names:
        if name.endswith(".csv"):
            assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
    assert pq.read_table(tmp_path / "orders.parquet").equals(pq.read_table(DATA / "orders.parquet"))
    assert events_of(tmp_path) == events_of()
    assert loyalty_cells(tmp_path) == loyalty_cells()


def test_another_seed_makes_other_people(made: Nordlys) -> None:
    other = make_nordlys(made.orders, seed=1)
    assert other.sheets["crm"].rows != made.sheets["crm"].rows
    assert other.events != made.events


def test_about_fifteen_per_cent_are_in_several_lists_spelled_differently(made: Nordlys) -> None:
    on: dict[int, set[str]] = {}
    names: dict[int, dict[str, str]] = {}
    for sheet, name_of in (
        ("crm", lambda row: " ".join(filter(None, (row[1], row[2], row[3])))),
        ("newsletter", lambda row: row[2]),
        ("loyalty", lambda row: row[1]),
    ):
        for row, person in zip(made.sheets[sheet].rows, made.sheets[sheet].person_of, strict=True):
            if person is not None:
                on.setdefault(person, set()).add(sheet)
                names.setdefault(person, {})[sheet] = name_of(row)
    several = [person for person, lists in on.items() if len(lists) > 1]
    assert 0.13 < len(several) / len(on) < 0.17
    in_crm_and_club = [person for person in several if {"crm", "loyalty"} <= on[person]]
    differently = sum(names[person]["crm"] != names[person]["loyalty"] for person in in_crm_and_club)
    assert differently / len(in_crm_and_club) > 0.95


def test_lists_are_joined_by_each_kind_of_identifier_and_some_by_none(made: Nordlys) -> None:
    ways = Counter(way for member in made.cast.members for way in member.joined_by.values())
    assert set(ways) == {"email", "phone", "customer_no", "name"}
    assert min(ways.values()) >= 20


def test_every_email_is_in_a_reserved_domain() -> None:
    sources = ("newsletter", "newsletter_consents", "suppressions")
    emails = [row["email"] for name in sources for row in rows_of(name)]
    emails += [row["E-mail"] for row in rows_of("crm")] + [str(row["E-mail"]) for row in loyalty_rows()]
    given = [email for email in emails if email]
    assert len(given) > 3_000
    assert all(is_reserved(email) for email in given)
    for path in DATA.iterdir():
        if path.suffix == ".csv":
            found = re.findall(r"@[\w.-]+\w", path.read_text("iso-8859-1"))
            assert all(is_reserved(f"x{domain}") for domain in found), path.name


def test_every_phone_is_valid_but_those_that_say_nothing() -> None:
    phones = [(row["Mobil"], row["Land"]) for row in rows_of("crm")]
    for name in ("newsletter", "call_consents", "suppressions"):
        phones += [(row["phone"], "DK") for row in rows_of(name)]
    phones += [(str(row["Telefon"]), "DK") for row in loyalty_rows()]
    given = [(phone, region) for phone, region in phones if phone and phone not in WORTHLESS_PHONES]
    assert len(given) > 2_000
    for phone, region in given:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, region)), phone
    assert sum(phone in WORTHLESS_PHONES for phone, _ in phones) == 16
    assert sum(phone == COUNTER_PHONE for phone, _ in phones) == 24


def test_orders_keep_what_makes_them_real() -> None:
    orders = pq.read_table(DATA / "orders.parquet")
    assert 1_500 <= len(set(orders["CustomerID"].to_pylist()) - {None}) <= 2_000
    assert orders["CustomerID"].null_count > 2_000
    cancelled = orders.filter(pc.starts_with(orders["InvoiceNo"], "C"))
    assert cancelled.num_rows > 1_000
    assert pc.max(cancelled["Quantity"]).as_py() < 0
    assert pc.max(orders["InvoiceDate"]).as_py().date() == LAST_DAY
    # The original has no order on a Saturday, and whole weeks keep it so.
    assert 5 not in {at.weekday() for at in orders["InvoiceDate"].to_pylist()}


def test_amounts_are_exact() -> None:
    orders = pq.read_table(DATA / "orders.parquet")
    for quantity, price, whole in zip(
        *(orders[name].to_pylist() for name in ("Quantity", "UnitPrice", "Amount")), strict=True
    ):
        assert whole == amount(quantity, price)
    assert amount(-1, Decimal("0.005")) == Decimal("-0.01")


def test_the_crm_export_is_latin_1_with_decimal_commas() -> None:
    raw = (DATA / "crm.csv").read_bytes()
    assert "Årsbonus".encode("iso-8859-1") in raw
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    bonuses = [row["Årsbonus"] for row in rows_of("crm") if row["Årsbonus"]]
    assert len(bonuses) > 500
    assert all(re.fullmatch(r"\d+,\d\d", bonus) for bonus in bonuses)


def test_consents_are_of_every_state_and_of_counting_and_other_notices() -> None:
    purposes = yaml.safe_load((EXAMPLE / "purposes.yml").read_text("utf-8"))["purposes"]
    texts = {path.stem for path in (EXAMPLE / "notices").iterdir()}
    for source in ("newsletter_consents", "call_consents", "cookie_choices"):
        definition = yaml.safe_load((EXAMPLE / "sources" / f"{source}.yml").read_text("utf-8"))
        counting = set(purposes[definition["purpose"]]["notices"])
        shown = {row["notice"] for row in rows_of(source)}
        assert counting <= shown <= texts
        assert {row["answer"] for row in rows_of(source)} == set(definition["columns"]["answer"]["values"])
        assert len({row["evidence"] for row in rows_of(source)}) > 400
        if source != "call_consents":
            assert shown - counting
    states = {row["answer"] for row in rows_of("newsletter_consents")}
    assert states == {"yes", "no", "unsubscribed", "objected"}


def test_an_earlier_act_never_follows_a_later_one() -> None:
    acts: dict[str, list[str]] = {}
    for row in rows_of("newsletter_consents"):
        acts.setdefault(row["email"], []).append(row["at"])
    assert all(times == sorted(times) for times in acts.values())
    assert any(len(times) == 3 for times in acts.values())


def test_nothing_is_younger_than_the_day_it_is_worked_out_for() -> None:
    settings = yaml.safe_load((EXAMPLE / "tillid.yml").read_text("utf-8"))
    assert settings["as_of"] == AS_OF
    stamps = [row["at"] for name in ("newsletter_consents", "call_consents", "cookie_choices") for row in rows_of(name)]
    stamps += [row["signed_up"] for row in rows_of("newsletter")] + [e["timestamp"] for e in events_of()]
    assert max(stamps)[:10] < AS_OF.isoformat()
    changed = [datetime.strptime(row["Opdateret"], "%d-%m-%Y %H:%M") for row in rows_of("crm")]
    assert max(changed).date() < AS_OF


def test_web_events_carry_consent_and_sometimes_a_customer() -> None:
    events = events_of()
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    choices = {tuple(e["context"]["consent"]["categoryPreferences"].values()) for e in events}
    assert choices == {(True, True), (True, False), (False, False)}
    customers = {row["Kundenr."] for row in rows_of("crm")}
    known = {event["userId"] for event in events if "userId" in event}
    assert known - customers == {"anonymous"}
    codes = {row["stock_code"] for row in rows_of("products")}
    assert {e["properties"]["product_id"] for e in events if "product_id" in e["properties"]} <= codes


def test_some_on_the_suppression_list_are_known_and_most_are_strangers(made: Nordlys) -> None:
    known = [person for person in made.sheets["suppressions"].person_of if person is not None]
    assert 40 < len(known) < len(made.sheets["suppressions"].rows) / 2


def test_every_source_names_every_header_of_its_file() -> None:
    headers = {name: set(rows_of(name)[0]) for name in ("crm", "newsletter", "suppressions", "products")}
    headers |= {name: set(rows_of(name)[0]) for name in ("newsletter_consents", "call_consents", "cookie_choices")}
    headers["loyalty"] = set(loyalty_rows()[0])
    headers["orders"] = set(pq.read_schema(DATA / "orders.parquet").names)
    headers["web"] = {path for event in events_of() for path in _paths(event)}
    assert set(headers) == {path.stem for path in (EXAMPLE / "sources").iterdir()}
    for name, there in headers.items():
        definition = yaml.safe_load((EXAMPLE / "sources" / f"{name}.yml").read_text("utf-8"))
        assert set(definition["columns"]) | set(definition.get("ignore", ())) == there, name
        assert (EXAMPLE / definition["files"]).is_file()


def _paths(value: dict, above: str = "") -> set[str]:
    paths: set[str] = set()
    for key, inner in value.items():
        path = f"{above}{key}"
        paths |= _paths(inner, f"{path}.") if isinstance(inner, dict) else {path}
    return paths


def test_the_readme_tells_the_rows_as_they_are(made: Nordlys) -> None:
    told = dict(re.findall(r"^\| `(\w+)\.[\w.]+` \| ([\d,]+) \|", (EXAMPLE / "README.md").read_text("utf-8"), re.M))
    there = {name: len(sheet.rows) for name, sheet in made.sheets.items()}
    there |= {"orders": made.orders.num_rows, "web": len(made.events)}
    assert {name: int(rows.replace(",", "")) for name, rows in told.items()} == there


def test_the_system_user_has_a_place_to_be_filled_in() -> None:
    assert '"{{user}}": [steward]' in (EXAMPLE / "tillid.yml").read_text("utf-8")
