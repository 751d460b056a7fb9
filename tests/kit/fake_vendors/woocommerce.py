"""WooCommerce's REST API v3: orders by page, totals in headers, filtered by the time of change."""

from __future__ import annotations

import base64
from typing import Any

from fake_vendors.server import Answer, Asked

KEY, SECRET = "ck_made_up", "cs_made_up"


def order(number: int, modified: str, **other: Any) -> dict[str, Any]:
    """An order."""
    return {
        "id": number,
        "number": str(number),
        "status": "completed",
        "currency": "DKK",
        "customer_id": number % 3,
        "date_created": "2026-01-01T10:00:00",
        "date_created_gmt": "2026-01-01T09:00:00",
        "date_modified": modified,
        "date_modified_gmt": modified,
        "discount_total": "0.00",
        "total": f"{number}.25",
        "payment_method": "mobilepay",
        "created_via": "checkout",
        "billing": {
            "first_name": f"Søren{number}",
            "last_name": "Bæk",
            "email": f"soren{number}@example.com",
            "phone": "20123456",
            "address_1": "Nørregade 2",
            "postcode": "8000",
            "city": "Aarhus C",
            "country": "DK",
        },
        "line_items": [{"id": 1, "name": "Hjelm", "quantity": 1}],
        **other,
    }


class WooCommerce:
    """A shop. `page` caps what a page holds; `between` is called before each answer, as others change things."""

    def __init__(self, orders: list[dict[str, Any]], page: int = 2) -> None:
        self.orders, self.page = orders, page
        self.between: list[Any] = []

    def __call__(self, asked: Asked) -> Answer:
        pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if asked.headers.get("Authorization") != f"Basic {pair}":
            return Answer({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}, 401)
        if asked.path != "/wp-json/wc/v3/orders":
            return Answer({"code": "rest_no_route"}, 404)
        statuses = asked.query["status"].split(",")
        since = asked.query.get("modified_after", "")
        # As documented, `modified_after` is strictly after.
        found = sorted(
            (o for o in self.orders if o["status"] in statuses and o["date_modified_gmt"] > since),
            key=lambda o: o["id"] if asked.query["orderby"] == "id" else o["date_modified_gmt"],
        )
        size = min(int(asked.query["per_page"]), self.page)
        page = int(asked.query["page"])
        part = found[(page - 1) * size : page * size]
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(-(-len(found) // size))}
        answer = Answer(part, headers=headers)
        if self.between:
            self.between.pop(0)()
        return answer
