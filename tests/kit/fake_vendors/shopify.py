"""Shopify's GraphQL Admin API: customers and orders by cursor, a query filter, errors and cost in the body."""

from __future__ import annotations

import base64
import re
from typing import Any

from fake_vendors.server import Answer, Asked

TOKEN = "shpat_made_up_0001"
_FILTER = re.compile(r"updated_at:>='([^']+)'")


def customer(number: int, updated_at: str, **other: Any) -> dict[str, Any]:
    """A customer node."""
    return {
        "legacyResourceId": str(number),
        "firstName": f"Ida{number}",
        "lastName": "Åsgård",
        "locale": "nb",
        "note": None,
        "tags": [],
        "state": "ENABLED",
        "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": updated_at,
        "numberOfOrders": "3",
        "amountSpent": {"amount": "1204.50", "currencyCode": "NOK"},
        "defaultEmailAddress": {
            "emailAddress": f"ida{number}@example.com",
            "marketingState": "SUBSCRIBED",
            "marketingUpdatedAt": None,
        },
        "defaultPhoneNumber": None,
        "defaultAddress": {
            "address1": "Nygata 1",
            "address2": None,
            "zip": "0150",
            "city": "Oslo",
            "province": None,
            "countryCodeV2": "NO",
            "company": None,
        },
        **other,
    }


def order(number: int, updated_at: str, **other: Any) -> dict[str, Any]:
    """An order node."""
    money = {"shopMoney": {"amount": f"{100 + number}.50", "currencyCode": "NOK"}}
    return {
        "legacyResourceId": str(9000 + number),
        "name": f"#{number}",
        "email": f"ida{number}@example.com",
        "phone": None,
        "createdAt": "2026-01-01T09:00:00Z",
        "processedAt": "2026-01-01T09:00:00Z",
        "updatedAt": updated_at,
        "cancelledAt": None,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "sourceName": "web",
        "currentSubtotalLineItemsQuantity": 2,
        "currentTotalPriceSet": money,
        "totalRefundedSet": {"shopMoney": {"amount": "0.0"}},
        "totalDiscountsSet": {"shopMoney": {"amount": "0.0"}},
        "customer": {"legacyResourceId": str(number)},
        **other,
    }


class Shopify:
    """A shop: `nodes` by the name of their connection. `page` caps what a page holds."""

    def __init__(self, page: int = 2, **nodes: list[dict[str, Any]]) -> None:
        self.nodes, self.page = nodes, page

    def __call__(self, asked: Asked) -> Answer:
        if not re.fullmatch(r"/admin/api/\d{4}-\d\d/graphql\.json", asked.path):
            return Answer({"errors": "Not Found"}, 404)
        if asked.headers.get("X-Shopify-Access-Token") != TOKEN:
            return Answer({"errors": "[API] Invalid API key or access token"}, 401)
        said = asked.body["variables"]
        name = next(name for name in self.nodes if re.search(rf"\b{name}\(first", asked.body["query"]))
        since = _FILTER.search(said.get("query") or "")
        found = sorted(
            (n for n in self.nodes[name] if since is None or n["updatedAt"] >= since[1]), key=lambda n: n["updatedAt"]
        )
        after = int(base64.b64decode(said["after"])) if said.get("after") else 0
        part = found[after : after + min(said["size"], self.page)]
        end = after + len(part)
        info = {
            "hasNextPage": end < len(found),
            "endCursor": base64.b64encode(str(end).encode()).decode() if part else None,
        }
        cost = {
            "requestedQueryCost": 12,
            "actualQueryCost": 12,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1988, "restoreRate": 100.0},
        }
        return Answer({"data": {name: {"pageInfo": info, "nodes": part}}, "extensions": {"cost": cost}})


def throttled() -> Answer:
    """What it answers when the bucket is empty: 200, and an error in the body."""
    cost = {
        "requestedQueryCost": 202,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 2, "restoreRate": 100.0},
    }
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return Answer({"errors": [error], "extensions": {"cost": cost}})
