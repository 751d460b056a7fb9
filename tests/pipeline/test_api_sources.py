"""APIs through whole runs: what a ready definition brings stands in the store once, however often a load is cut short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_vendors import public_data, shopify, woocommerce
from fake_vendors.server import Answer, served
from small_projects import PURPOSES, TILLID, SmallProject, notes

from tillid.connectors.sources.api.errors import ApiAccessDenied, ApiFieldGone

ORDERS = """
ready: shopify_orders
api: {connection: shop}
collected_for: [analytics, linking]
"""
CUSTOMERS = """
ready: shopify_customers
api: {connection: shop}
collected_for: [analytics, linking]
ignore: [locale]
columns:
  numberOfOrders: {name: bought_before, type: integer, category: user.behavior.purchase_history}
"""
WEATHER = """
ready: open_meteo_daily
api:
  url: %s
  each: [{place: oslo, latitude: 59.91, longitude: 10.75, from: "2026-01-01", to: "2026-01-03"}]
"""


@pytest.fixture
def shop() -> shopify.Shopify:
    return shopify.Shopify(
        customers=[shopify.customer(n, f"2026-01-0{n}T10:00:00Z") for n in range(1, 4)],
        orders=[shopify.order(n, f"2026-01-0{n}T10:00:00Z") for n in range(1, 4)],
    )


@pytest.fixture
def project(
    tmp_path: Path, shop: shopify.Shopify, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[SmallProject, Any]]:
    monkeypatch.setenv("TILLID_SECRET_SHOP", shopify.TOKEN)
    with served(shop) as server:
        files = {
            "tillid.yml": f"{TILLID}connections:\n  shop: {{url: {server.url}}}\n",
            "sources/orders.yml": ORDERS,
            "sources/customers.yml": CUSTOMERS,
        }
        yield SmallProject(tmp_path, files), server


def orders(made: SmallProject) -> list[tuple[Any, ...]]:
    rows = made.sql("select order_no, payment_status, amount from orders")
    return sorted((row["order_no"], row["payment_status"], str(row["amount"])) for row in rows)


def test_orders_and_customers_come_once_as_they_are_now(
    project: tuple[SmallProject, Any], shop: shopify.Shopify
) -> None:
    made, server = project
    made.run()
    assert orders(made) == [("9001", "PAID", "101.50"), ("9002", "PAID", "102.50"), ("9003", "PAID", "103.50")]
    (ida,) = made.sql("select email, city, bought_before from customers where customer_no = '1'")
    assert ida == {"email": "ida1@example.com", "city": "Oslo", "bought_before": 3}
    assert ("shopify_customer", "1") in made.persons()

    # One is changed, one is new; the load is cut short on its second page, and the server is gone.
    shop.nodes["orders"][0] = shopify.order(1, "2026-02-01T10:00:00Z", displayFinancialStatus="REFUNDED")
    shop.nodes["orders"] += [shopify.order(n, f"2026-02-0{n}T10:00:00Z") for n in range(4, 7)]
    before = notes(made.folder)["files"]
    server.faults = [None, None, None, Answer(status=403)]
    with pytest.raises(ApiAccessDenied):
        made.run()
    assert notes(made.folder)["files"] == before
    assert len(orders(made)) == 3

    server.faults = []
    made.run()
    assert orders(made) == [
        ("9001", "REFUNDED", "101.50"),
        ("9002", "PAID", "102.50"),
        ("9003", "PAID", "103.50"),
        ("9004", "PAID", "104.50"),
        ("9005", "PAID", "105.50"),
        ("9006", "PAID", "106.50"),
    ]
    asked = len(server.asked)
    made.run()
    assert len(orders(made)) == 6
    # Nothing is new: a request for each source, and no more.
    assert len(server.asked) - asked == 2
    assert shopify.TOKEN not in (made.folder / ".tillid" / "audit.ndjson").read_text(encoding="utf-8")
    assert shopify.TOKEN not in str(notes(made.folder))


def test_new_field_stays_out_and_is_named_and_a_gone_one_stops_the_load(
    project: tuple[SmallProject, Any], shop: shopify.Shopify
) -> None:
    made, _ = project
    shop.nodes["orders"] = [shopify.order(n, "2026-01-01T10:00:00Z", loyaltyTier="gold") for n in (1, 2)]
    taken, _ = made.build()
    assert any("loyaltyTier" in finding and "kept out" in finding for finding in taken.findings)
    shop.nodes["orders"] = [shopify.order(3, "2026-02-01T10:00:00Z")]
    del shop.nodes["orders"][0]["displayFinancialStatus"]
    with pytest.raises(ApiFieldGone, match="displayFinancialStatus"):
        made.run()
    assert len(orders(made)) == 2


def test_deleted_order_is_gone_and_things_have_no_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLID_SECRET_SHOP", woocommerce.SECRET)
    shop = woocommerce.WooCommerce([woocommerce.order(n, f"2026-01-0{n}T10:00:00") for n in range(1, 4)])
    with served(shop) as server, served(public_data.open_meteo) as weather:
        connection = f"connections:\n  shop: {{url: {server.url}/wp-json/wc/v3, user: {woocommerce.KEY}}}\n"
        files = {
            "tillid.yml": TILLID + connection,
            "sources/orders.yml": ORDERS.replace("shopify", "woocommerce"),
            "sources/weather.yml": WEATHER % weather.url,
            "purposes.yml": PURPOSES.replace(
                "[user.unique_id, user.behavior", "[system, user.unique_id, user.behavior"
            ),
        }
        made = SmallProject(tmp_path, files)
        made.run()
        assert sorted(row["order_no"] for row in made.sql("select order_no from orders")) == ["1", "2", "3"]
        shop.orders[1] = woocommerce.order(2, "2026-02-01T10:00:00", status="trash")
        made.run()
        assert sorted(row["order_no"] for row in made.sql("select order_no from orders")) == ["1", "3"]
        days = made.sql("select place, day, temperature_max from weather order by day")
    assert [(row["place"], str(row["day"]), float(row["temperature_max"])) for row in days] == [
        ("oslo", "2026-01-01", -2.0),
        ("oslo", "2026-01-02", -0.5),
        ("oslo", "2026-01-03", 1.0),
    ]
