"""100,000 leads against a million people and two suppression lists: what is planted is found. Too long for every run."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tillid.cli.main import answer
from tillid.testing.made_up_leads import HEADERS, LeadWashCase, lead_row, lead_wash_case

CUSTOMERS, LEADS = 1_000_000, 100_000
TILLID = """
name: scale
controller: Scale ApS
contact: dpo@scale.example
country: DK
timezone: Europe/Copenhagen
roles:
  steward: {purposes: all, categories: all}
users:
  ole: [steward]
"""
PURPOSES = """
purposes:
  linking: {data_use: operations, legal_basis: legitimate_interests, assessment: L1, retention: 10 years,
            categories: [user.unique_id, user.contact, user.name]}
"""
CRM = """
kind: people
files: data/crm.csv
key: customer_no
country: country
data_subject: customer
collected_for: [linking]
columns:
  customer_no: {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  first_name:  {name: first_name, type: text, category: user.name.first}
  last_name:   {name: last_name, type: text, category: user.name.last}
  email:       {name: email, type: text, category: user.contact.email, identifier: email}
  phone:       {name: phone, type: text, category: user.contact.phone_number, identifier: phone}
  street:      {name: street, type: text, category: user.contact.address.street}
  postcode:    {name: postcode, type: text, category: user.contact.address.postal_code}
  city:        {name: city, type: text, category: user.contact.address.city}
  country:     {name: country, type: text, category: user.contact.address.country}
"""
COLUMNS = ("first_name", "last_name", "email", "phone", "street", "postcode", "city", "country")


def written(folder: Path, case: LeadWashCase) -> None:
    (folder / "sources").mkdir()
    (folder / "data").mkdir()
    for path, text in (("tillid.yml", TILLID), ("purposes.yml", PURPOSES), ("sources/crm.yml", CRM)):
        (folder / path).write_text(text, encoding="utf-8")
    people = ((f"C{n}", *(getattr(p, c) for c in COLUMNS)) for n, p in enumerate(case.customers))
    rows(folder / "data/crm.csv", ("customer_no", *COLUMNS), people)
    rng, half = Random(2), len(case.suppressed) // 2
    rows(folder / "leads.csv", HEADERS, (lead_row(lead, rng) for lead in case.leads))
    post = ((f"{p.first_name} {p.last_name}", p.street, p.postcode, p.city) for p in case.suppressed[:half])
    rows(folder / "robinson.csv", ("Navn", "Adresse", "Postnr.", "By"), post)
    calls = ((p.phone, p.email, f"{p.first_name} {p.last_name}", p.street, p.postcode) for p in case.suppressed[half:])
    rows(folder / "nejtak.csv", ("Telefon", "E-mail", "Navn", "Adresse", "Postnr"), calls)


def rows(path: Path, head: tuple[str, ...], body: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(head)
        writer.writerows(body)  # type: ignore[arg-type]


def washed(
    folder: Path, capsys: pytest.CaptureFixture[str], customers: int, leads: int
) -> tuple[LeadWashCase, list[str]]:
    case = lead_wash_case(customers, leads)
    written(folder, case)
    here = ["--project", str(folder), "--as", "ole", "--json"]
    assert answer(["run", *here]) == 0
    capsys.readouterr()
    # One list is of today, the other was made in a quarter long gone.
    lists = ["--suppress", str(folder / "robinson.csv"), "--suppress", f"{folder / 'nejtak.csv'}@2025-01-15"]
    out = folder / "washed.csv"
    assert answer(["wash", str(folder / "leads.csv"), "--against", "people", *lists, "--out", str(out), *here]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert [one["stale"] for one in figures["lists"]] == [False, True]
    with out.open(encoding="utf-8-sig", newline="") as file:
        verdicts = [row["Verdict"] for row in csv.DictReader(file, delimiter=";")]
    return case, verdicts


def precision_and_recall(case: LeadWashCase, verdicts: list[str]) -> dict[str, tuple[float, float]]:
    """Of each planted kind: the share of what was found that was planted, and of what was planted that was found.

    A person who stands in the file twice is found when either row is called a duplicate.
    """
    met = Counter(zip((lead.planted for lead in case.leads), verdicts, strict=True))
    found = Counter(verdicts)
    planted = Counter(lead.planted for lead in case.leads)
    figures = {}
    for kind, verdict, rows_each in (
        ("customer", "existing_customer", 1),
        ("suppressed", "suppressed", 1),
        ("twice", "duplicate", 2),
    ):
        figures[kind] = met[kind, verdict] / found[verdict], met[kind, verdict] * rows_each / planted[kind]
    return figures


def check(case: LeadWashCase, verdicts: list[str]) -> None:
    figures = precision_and_recall(case, verdicts)
    for kind, (precision, recall) in figures.items():
        print(f"{kind:12} precision {precision:.4f} recall {recall:.4f}")
    assert all(precision >= 0.99 for precision, _ in figures.values()), figures
    assert all(recall >= 0.97 for _, recall in figures.values()), figures
    assert "good" not in verdicts
    assert "blocked" in verdicts


def test_what_is_planted_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(*washed(tmp_path, capsys, 4_000, 2_000))


@pytest.mark.prove
def test_what_is_planted_is_found_among_a_million(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(*washed(tmp_path, capsys, CUSTOMERS, LEADS))
