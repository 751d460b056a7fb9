"""Cuts the shop's orders out of UCI Online Retail, and lists the products in them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

LAST_DAY = date(2025, 12, 5)
"""The day of the last order after the shift by whole weeks."""

CUSTOMERS_DRAWN = 1_600
MOST_LINES = 300
LINES_OF_NOBODY = 2_500
CENT = Decimal("0.01")

SCHEMA = pa.schema(
    [
        ("InvoiceNo", pa.string()),
        ("StockCode", pa.string()),
        ("Description", pa.string()),
        ("Quantity", pa.int32()),
        ("InvoiceDate", pa.timestamp("us")),
        ("UnitPrice", pa.decimal128(18, 2)),
        ("CustomerID", pa.string()),
        ("Country", pa.string()),
        ("Amount", pa.decimal128(18, 2)),
    ]
)

_CATEGORIES = (
    ("Fees", ("POSTAGE", "CARRIAGE", "MANUAL", "DISCOUNT", "BANK CHARGES", "SAMPLES", "AMAZON", "CRUK")),
    ("Christmas", ("CHRISTMAS", "XMAS", "SANTA", "REINDEER", "ADVENT", "SNOW", "BAUBLE")),
    ("Lighting", ("LIGHT", "LAMP", "LANTERN", "CANDLE", "CHANDELIER", "CHILLI")),
    ("Bags", ("BAG", "PURSE", "SUITCASE", "SHOPPER", "WASHBAG")),
    ("Kitchen", ("MUG", "CUP", "TEA", "CAKE", "BOWL", "PLATE", "KITCHEN", "JAR", "SPOON", "BAKING", "TRAY",
                 "LUNCH", "BOTTLE", "GLASS", "NAPKIN", "JUG", "TIN", "APRON", "COASTER", "CUTLERY")),
    ("Stationery", ("CARD", "WRAP", "PAPER", "PEN", "PENCIL", "NOTEBOOK", "STICKER", "TAPE", "RIBBON", "BOOK",
                    "STAMP", "ERASER")),
    ("Toys", ("TOY", "DOLL", "PLAY", "GAME", "PUZZLE", "CHILD", "SPACEBOY", "DINOSAUR", "SKITTLES", "JIGSAW")),
    ("Garden", ("GARDEN", "PLANT", "FLOWER", "BIRD", "WATERING", "PARASOL", "HERB")),
    ("Jewellery", ("NECKLACE", "BRACELET", "EARRING", "RING ", "BROOCH", "BEAD")),
    ("Home", ("CUSHION", "CLOCK", "FRAME", "MIRROR", "HOOK", "DOORMAT", "BOX", "DRAWER", "HANGER", "SIGN",
              "HEART", "CABINET", "HOT WATER")),
)  # fmt: skip


def category(description: str) -> str:
    """The made-up category of a product, by the words of its description.

    >>> category("WHITE HANGING HEART T-LIGHT HOLDER"), category("SOMETHING ELSE")
    ('Lighting', 'Other')
    """
    upper = description.upper()
    return next((name for name, words in _CATEGORIES if any(word in upper for word in words)), "Other")


def amount(quantity: int, unit_price: Decimal) -> Decimal:
    """Quantity × unit price to the cent, half a cent away from zero.

    >>> amount(-3, Decimal("1.25")), amount(1, Decimal("0.005"))
    (Decimal('-3.75'), Decimal('0.01'))
    """
    return (quantity * unit_price).quantize(CENT, rounding=ROUND_HALF_UP)


def cut_orders(retail: Path, *, seed: int) -> pa.Table:
    """The extract of a Parquet file of UCI Online Retail, one row a line of an invoice.

    Customers are drawn by chance; those with more than 300 lines, and lines priced in parts of a cent, are
    left out. Some invoices without a customer are kept. All dates move by the same number of whole weeks.
    """
    rows = pq.read_table(retail).to_pylist()
    shift = LAST_DAY - max(row["InvoiceDate"] for row in rows).date()
    if shift.days % 7:
        raise ValueError(f"the last order must stay a {LAST_DAY:%A}")
    kept = [row for row in rows if row["UnitPrice"] == round(row["UnitPrice"], 2)]
    of_customer = Counter(row["CustomerID"] for row in kept if row["CustomerID"])
    rng = Random(seed)
    customers = {one for one in rng.sample(sorted(of_customer), CUSTOMERS_DRAWN) if of_customer[one] <= MOST_LINES}
    of_nobody = Counter(row["InvoiceNo"] for row in kept if not row["CustomerID"])
    nobodys: set[str] = set()
    lines = 0
    for invoice in rng.sample(sorted(of_nobody), len(of_nobody)):
        if of_nobody[invoice] <= MOST_LINES and lines < LINES_OF_NOBODY:
            nobodys.add(invoice)
            lines += of_nobody[invoice]
    chosen = [row for row in kept if row["CustomerID"] in customers or row["InvoiceNo"] in nobodys]
    return pa.Table.from_pylist([_order_line(row, shift) for row in chosen], schema=SCHEMA)


def _order_line(row: dict[str, object], shift: timedelta) -> dict[str, object]:
    unit_price = Decimal(str(row["UnitPrice"])).quantize(CENT)
    quantity = int(str(row["Quantity"]).removesuffix(".0"))
    customer, ordered_at = row["CustomerID"], row["InvoiceDate"]
    assert isinstance(ordered_at, datetime)  # noqa: S101
    return {
        "InvoiceNo": row["InvoiceNo"],
        "StockCode": row["StockCode"],
        "Description": row["Description"],
        "Quantity": quantity,
        "InvoiceDate": ordered_at + shift,
        "UnitPrice": unit_price,
        "CustomerID": str(customer).removesuffix(".0") if customer else None,
        "Country": row["Country"],
        "Amount": amount(quantity, unit_price),
    }


def customers_of(orders: pa.Table) -> list[str]:
    """The customer numbers in the orders, in order."""
    return sorted({number for number in orders["CustomerID"].to_pylist() if number})


def first_orders(orders: pa.Table) -> dict[str, datetime]:
    """Customer number → time of the first order."""
    first: dict[str, datetime] = {}
    for number, at in zip(orders["CustomerID"].to_pylist(), orders["InvoiceDate"].to_pylist(), strict=True):
        if number:
            first[number] = min(at, first.get(number, datetime.combine(LAST_DAY, time.max)))
    return first


def products(orders: pa.Table) -> list[tuple[str, str, str]]:
    """Stock code, most usual description and made-up category of every product in the orders."""
    described: dict[str, Counter[str]] = {}
    for code, text in zip(orders["StockCode"].to_pylist(), orders["Description"].to_pylist(), strict=True):
        described.setdefault(code, Counter()).update([(text or "").strip()])
    rows = []
    for code, texts in sorted(described.items()):
        text = max(sorted(texts), key=lambda one, texts=texts: texts[one])  # type: ignore[misc]
        rows.append((code, text, category(text)))
    return rows
