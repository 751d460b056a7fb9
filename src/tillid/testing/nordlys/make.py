"""Puts the example together: orders in, all other tables out, and writes each in its own format."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tillid.testing.nordlys import lists, web
from tillid.testing.nordlys.cast import Cast, make_cast
from tillid.testing.nordlys.lists import Sheet
from tillid.testing.nordlys.orders import customers_of, first_orders, products

SEED = 2025
SHEET_NAME = "Medlemmer"


@dataclass(frozen=True, slots=True)
class Nordlys:
    """The tables of the example, and the people they are about."""

    cast: Cast
    orders: pa.Table
    sheets: dict[str, Sheet]
    events: list[dict[str, object]]


def make_nordlys(orders: pa.Table, *, seed: int = SEED) -> Nordlys:
    """Everything around the orders; the same orders and seed give the same tables.

    Each sheet has its own random numbers, so that a change to one leaves the others as they are.
    """
    cast = make_cast(customers_of(orders), seed=seed)
    subscribers, log = lists.newsletter(cast, Random(f"{seed} newsletter"))
    devices = web.make_devices(cast, Random(f"{seed} devices"))
    catalogue = products(orders)
    goods = Sheet(("stock_code", "description", "category"), [tuple(row) for row in catalogue])
    goods.person_of = [None] * len(catalogue)
    return Nordlys(
        cast=cast,
        orders=orders,
        sheets={
            "crm": lists.crm(cast, first_orders(orders), Random(f"{seed} crm")),
            "newsletter": subscribers,
            "newsletter_consents": log,
            "call_consents": lists.calls(cast, Random(f"{seed} calls")),
            "loyalty": lists.loyalty(cast, Random(f"{seed} loyalty")),
            "suppressions": lists.suppressions(cast, Random(f"{seed} suppressions")),
            "cookie_choices": web.cookie_choices(devices, Random(f"{seed} cookies")),
            "products": goods,
        },
        events=web.make_events(devices, [row[0] for row in catalogue if row[2] != "Fees"], Random(f"{seed} web")),
    )


def csv_bytes(sheet: Sheet, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The sheet as a CSV file.

    >>> csv_bytes(Sheet(("a", "b"), [("x;y", None)]), separator=";")
    b'a;b\\r\\n"x;y";\\r\\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(sheet.header)
    writer.writerows(sheet.rows)
    return text.getvalue().encode(encoding)


def ndjson_bytes(events: list[dict[str, object]]) -> bytes:
    """The events one to a line, gzipped."""
    lines = "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events)
    return gzip.compress(lines.encode(), 9, mtime=0)


def xlsx_bytes(sheet: Sheet) -> bytes:
    """The sheet as an Excel file, with two lines above the header as a report would have them."""
    import xlsxwriter  # noqa: PLC0415 (only those who make the example again need it)

    buffer = io.BytesIO()
    book: Any = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2025, 12, 11)})
    page = book.add_worksheet(SHEET_NAME)
    day, minute = (book.add_format({"num_format": shape}) for shape in ("dd-mm-yyyy", "dd-mm-yyyy hh:mm"))
    page.write_string(0, 0, "Nordlys Handel: kundeklub")
    page.write_string(1, 0, "Udtrukket 11-12-2025")
    page.write_row(2, 0, sheet.header)
    for line, cells in enumerate(sheet.rows, start=3):
        for place, cell in enumerate(cells):
            if isinstance(cell, datetime):
                page.write_datetime(line, place, cell, minute)
            elif isinstance(cell, date):
                page.write_datetime(line, place, cell, day)
            elif isinstance(cell, int):
                page.write_number(line, place, cell)
            elif cell is not None:
                page.write_string(line, place, cell)
    book.close()
    return buffer.getvalue()


def write_nordlys(made: Nordlys, folder: Path) -> None:
    """Write every data file of the example into `folder`, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        made.orders,
        folder / "orders.parquet",
        compression="zstd",
        compression_level=22,
        store_decimal_as_integer=True,
        row_group_size=1_000_000,
    )
    sheets = made.sheets
    (folder / "crm.csv").write_bytes(csv_bytes(sheets["crm"], separator=";", encoding="iso-8859-1"))
    (folder / "loyalty.xlsx").write_bytes(xlsx_bytes(sheets["loyalty"]))
    (folder / "web.ndjson.gz").write_bytes(ndjson_bytes(made.events))
    for name in sorted(sheets.keys() - {"crm", "loyalty"}):
        (folder / f"{name}.csv").write_bytes(csv_bytes(sheets[name]))
