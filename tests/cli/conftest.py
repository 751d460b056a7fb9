"""A small project, and verbs called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tillid.cli.main import answer

TILLID = """\
name: kiosk
controller: Kiosk ApS
contact: dpo@kiosk.example
country: DK
timezone: Europe/Copenhagen
as_of: 2026-01-01
roles:
  steward: {purposes: all, categories: all}
  analyst: {purposes: [analysis], categories: [user.behavior]}
users:
  ole: [steward]
  ane: [analyst]
"""
PURPOSES = """\
purposes:
  analysis:
    label: Understand what is bought
    data_use: analytics
    legal_basis: legitimate_interests
    assessment: LIA-1
    categories: [user.unique_id, user.behavior]
    data_subjects: [customer]
    retention: 100 years
  letters:
    label: Letters
    data_use: marketing.communications.post
    legal_basis: legitimate_interests
    assessment: LIA-2
    categories: [user.name, user.unique_id, user.contact, user.behavior]
    data_subjects: [customer]
    retention: 100 years
  linking:
    label: Recognise customers
    data_use: operations
    legal_basis: legitimate_interests
    assessment: LIA-1
    categories: [user.unique_id, user.contact.email]
    data_subjects: [customer]
    retention: 100 years
"""
CRM = """\
kind: people
files: data/crm.csv
key: customer_no
data_subject: customer
collected_for: [analysis, letters, linking]
columns:
  No:    {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  Name:  {name: first_name, type: text, category: user.name.first}
  Email: {name: email, type: text, category: user.contact.email, identifier: email}
"""
ORDERS = """\
kind: events
files: data/orders.csv
time: occurred_at
data_subject: customer
collected_for: [analysis, letters, linking]
columns:
  No:     {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  At:     {name: occurred_at, type: timestamp, category: user.behavior.purchase_history}
  Amount: {name: amount, type: money, category: user.behavior.purchase_history, unit: DKK}
"""
VARIABLES = """\
variables:
  spent: {label: Spent, unit: DKK, of: orders, measure: sum, column: amount}
  visits: {label: Orders, of: orders, measure: count}
  basket: {label: Average basket, unit: DKK, sql: "spent / nullif(visits, 0)"}
"""
SEGMENTS = """\
segments:
  big:
    label: Big spenders
    purpose: letters
    rule: {all: [{variable: spent, gte: 100}, {did: orders, within: 365 days}]}
"""
DESTINATIONS = 'destinations: {letters_file: {kind: file, path: out/letters.csv, format: csv, separator: ";"}}\n'
ACTIVATIONS = """\
activations:
  letters:
    label: Letters to big spenders
    segment: big
    purpose: letters
    destination: letters_file
    columns: {Name: first_name, Spent: spent}
"""
CRM_DATA = "No,Name,Email,Note\n1,Ida,ida@mail.example,x\n2,Bo,bo@mail.example,\n3,Eva,,\n"
ORDERS_DATA = (
    "No,At,Amount\n1,2025-11-01,80.00\n1,2025-12-01,70.50\n2,2025-12-02,20.00\n3,2025-12-03,250.25\n3,when?,1.00\n"
)

FILES = {
    "tillid.yml": TILLID,
    "purposes.yml": PURPOSES,
    "sources/crm.yml": CRM,
    "sources/orders.yml": ORDERS,
    "variables/all.yml": VARIABLES,
    "segments/all.yml": SEGMENTS,
    "destinations/all.yml": DESTINATIONS,
    "activations/all.yml": ACTIVATIONS,
    "data/crm.csv": CRM_DATA,
    "data/orders.csv": ORDERS_DATA,
}


def _make_kiosk(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@dataclass(frozen=True)
class Said:
    """What a verb answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)

    @property
    def error(self) -> dict:
        return self.json["error"]


@pytest.fixture(scope="session")
def make_kiosk() -> Callable[[Path], Path]:
    """Makes the project in a folder."""
    return _make_kiosk


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three customers, in whose folder the test stands, asked by its steward."""
    folder = _make_kiosk(tmp_path / "kiosk")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("getpass.getuser", lambda: "ole")
    return folder


@pytest.fixture
def tillid(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Calls a verb: `tillid("sql", "select 1", "--json")`."""

    def call(*arguments: str) -> Said:
        capfd.readouterr()
        code = answer(arguments)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def audit(kiosk: Path) -> Callable[[], list[dict]]:
    """The entries of the project's audit log, each with its kind."""

    def entries() -> list[dict]:
        log = kiosk / ".tillid" / "audit.ndjson"
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return [{"kind": line["kind"], **line["entry"]} for line in lines]

    return entries
