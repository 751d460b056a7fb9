"""A real shop's file as anyone would take it in: what it amounts to per customer, to the cent and the day."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from small_projects import TILLID, SmallProject

EXTRACT = Path(__file__).parents[1] / "data" / "online_retail_extract.parquet"
LONDON = ZoneInfo("Europe/London")
AS_OF = datetime(2011, 12, 10)

PROJECT = TILLID.replace("timezone: UTC", "timezone: Europe/London\nas_of: 2011-12-10").replace("DK", "GB")
PURPOSES = """
purposes:
  analytics:
    data_use: analytics
    legal_basis: legitimate_interests
    assessment: LIA-1
    categories: [user.unique_id, user.behavior]
    retention: 50 years
"""
SALES = """
kind: events
files: data/online_retail.parquet
time: occurred_at
data_subject: customer
collected_for: [analytics]
columns:
  InvoiceNo:   {name: invoice_no, type: text, category: user.behavior.purchase_history}
  StockCode:   {name: stock_code, type: text, category: user.behavior.purchase_history}
  Description: {name: description, type: text, category: user.behavior.purchase_history}
  Quantity:    {name: quantity, type: integer, category: user.behavior.purchase_history}
  InvoiceDate: {name: occurred_at, type: timestamp, category: user.behavior.purchase_history}
  UnitPrice:   {name: unit_price, type: "decimal(18,3)", category: user.behavior.purchase_history, unit: GBP}
  CustomerID:  {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  Country:     {name: country, type: text, category: user.behavior.purchase_history}
"""
VARIABLES = """
variables:
  recency:   {label: Days since the last purchase, unit: days, of: sales, measure: recency,
              where: {not: {column: invoice_no, starts_with: C}}}
  frequency: {label: Invoices, of: sales, measure: distinct, column: invoice_no,
              where: {not: {column: invoice_no, starts_with: C}}}
  monetary:  {label: Spent, unit: GBP, of: sales, measure: sum, column: quantity * unit_price}
  returned:  {label: Sent back, unit: GBP, of: sales, measure: sum, column: -quantity * unit_price,
              where: {column: invoice_no, starts_with: C}}
  dearest:   {label: Dearest line, unit: GBP, of: sales, measure: max, column: quantity * unit_price}
"""


@dataclass
class Customer:
    """What one customer's lines amount to, added up one by one."""

    invoices: set[str] = field(default_factory=set)
    last: datetime | None = None
    monetary: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    dearest: Decimal = Decimal("-Infinity")

    def take(self, invoice: str, at: datetime, amount: Decimal) -> None:
        self.monetary += amount
        self.dearest = max(self.dearest, amount)
        if invoice.startswith("C"):
            self.returned -= amount
            return
        self.invoices.add(invoice)
        self.last = at if self.last is None else max(self.last, at)

    def row(self) -> dict[str, object]:
        as_of = AS_OF.replace(tzinfo=LONDON).astimezone(UTC)
        return {
            "recency": None if self.last is None else (as_of - self.last).days,
            "frequency": len(self.invoices),
            "monetary": self.monetary,
            "returned": self.returned,
            "dearest": self.dearest,
        }


def _by_hand(file: Path) -> tuple[dict[str, dict[str, object]], int, Decimal]:
    """Each customer's variables, the lines of nobody, and what all lines come to."""
    customers: dict[str, Customer] = defaultdict(Customer)
    nobody, total = 0, Decimal(0)
    names = ("CustomerID", "InvoiceNo", "InvoiceDate", "Quantity", "UnitPrice")
    table = pq.read_table(file, columns=list(names))
    for number, invoice, at, quantity, price in zip(*(table[name].to_pylist() for name in names), strict=True):
        amount = int(quantity) * Decimal(repr(price))
        total += amount
        if number is None:
            nobody += 1
        else:
            customers[str(int(number))].take(invoice, at.replace(tzinfo=LONDON).astimezone(UTC), amount)
    return {number: customer.row() for number, customer in customers.items()}, nobody, total


def _check(folder: Path, file: Path) -> dict[str, int]:
    files = {
        "tillid.yml": PROJECT,
        "purposes.yml": PURPOSES,
        "sources/sales.yml": SALES,
        "variables/rfm.yml": VARIABLES,
    }
    project = SmallProject(folder, files)
    (folder / "data").mkdir()
    shutil.copy(file, folder / "data" / "online_retail.parquet")
    report = project.run().as_dict()
    wanted, nobody, total = _by_hand(file)
    query = "select distinct s.customer_no, v.* from variables v join sales s on v.person_id = s.person_id"
    found = {row.pop("customer_no"): row for row in project.sql(query)}
    for row in found.values():
        del row["person_id"]
    assert found == wanted
    (sums,) = project.sql("select count(*) as rows, sum(quantity * unit_price) as total from sales")
    assert sums["total"] == total
    lines = project.sql("select count(*) as lines from sales where person_id is null")[0]["lines"]
    assert lines == nobody
    count = report["sources"]["sales"]
    assert count["accepted"] == count["read"] == report["events"] == sums["rows"]
    return {"read": count["read"], "people": report["people"], "customers": len(found), "nobody": lines}


def test_an_extract_agrees_to_the_cent_and_the_day(tmp_path: Path) -> None:
    found = _check(tmp_path, EXTRACT)
    rows = pq.read_metadata(EXTRACT).num_rows
    assert found == {"read": rows, "people": 30, "customers": 30, "nobody": found["nobody"]}
    assert found["nobody"] > 50


def test_cancellations_net_out(tmp_path: Path) -> None:
    """A customer who sent everything back has bought for nothing, and one who only sends back owes the shop less."""
    customers, _, _ = _by_hand(EXTRACT)
    assert any(row["returned"] > 0 and row["monetary"] >= 0 for row in customers.values())
    only_returns = [row for row in customers.values() if row["frequency"] == 0]
    assert only_returns
    assert all(row["monetary"] == -row["returned"] for row in only_returns)


@pytest.mark.prove
def test_the_whole_file(tmp_path: Path) -> None:
    shared = os.environ.get("TILLID_SHARED")
    file = Path(shared or ".") / "data" / "retail" / "uci_online_retail.parquet"
    if not shared or not file.is_file():
        pytest.skip(
            "needs the whole Online Retail: set TILLID_SHARED to a folder with data/retail/uci_online_retail.parquet"
        )
    assert _check(tmp_path, file) == {"read": 541_909, "people": 4_372, "customers": 4_372, "nobody": 135_080}
