"""An account at the vendor of each ready API: with data, with what is new at a second load, and a source of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fake_vendors import google, mailchimp, public_data, shopify, woocommerce
from fake_vendors.server import Answer, Asked, Vendor

OFFSET = "{by: offset, param: offset, size_param: count, size: 2, total: total_items}"
COLLECTED = "collected_for: [analytics, linking]\n"


@dataclass
class Account:
    """A vendor with data, what is new at the second load, and how a source of it is written.

    `rows` are the places in an answer that a row's fields are at; `drop` is a declared field of them. `renews` makes
    the present token a wrong one, where another one is had without a person.
    """

    source: str
    vendor: Vendor
    change: Callable[[], None]
    rows: Callable[[Any], list[dict[str, Any]]]
    drop: str
    base: str = ""
    user: str = ""
    secret: str | Callable[[str], str] = ""
    renews: Callable[[], None] | None = None
    connection: str = ""


def _shopify(kind: str, make: Callable[..., dict[str, Any]], drop: str) -> Account:
    shop = shopify.Shopify(**{kind: [make(n, f"2026-01-0{n}T10:00:00Z") for n in range(1, 4)]})

    def change() -> None:
        shop.nodes[kind][0] = make(1, "2026-02-01T10:00:00Z", **{drop: "SAID"})
        shop.nodes[kind] += [make(n, f"2026-02-0{n}T10:00:00Z") for n in range(4, 8)]

    source = f"ready: shopify_{kind}\napi: {{connection: shop}}\n{COLLECTED}"
    return Account(source, shop, change, lambda d: d["data"][kind]["nodes"], drop, secret=shopify.TOKEN)


def _woocommerce() -> Account:
    shop = woocommerce.WooCommerce([woocommerce.order(n, f"2026-01-0{n}T10:00:00") for n in range(1, 4)])

    def change() -> None:
        shop.orders[1] = woocommerce.order(2, "2026-02-01T10:00:00", status="trash")
        shop.orders += [woocommerce.order(n, f"2026-02-0{n}T10:00:00") for n in range(4, 8)]

    source = f"ready: woocommerce_orders\napi: {{connection: shop}}\n{COLLECTED}"
    named = {"base": "/wp-json/wc/v3", "user": woocommerce.KEY, "secret": woocommerce.SECRET}
    return Account(source, shop, change, lambda d: d, "payment_method", **named)


def _members(ready: str, own: str, drop: str) -> Account:
    def made(n: int, day: str, **other: Any) -> dict[str, Any]:
        ticked = mailchimp.permissions(news=n % 2 == 0)
        return mailchimp.member(f"ida{n}", f"{day}T10:00:0{n}+00:00", marketing_permissions=ticked, **other)

    account = mailchimp.Mailchimp([made(n, "2026-01-01") for n in range(1, 4)])

    def change() -> None:
        account.members[1] = made(2, "2026-01-02", status="unsubscribed")
        account.members[2] = made(3, "2026-01-02", status="archived")
        account.members += [made(n, "2026-01-03") for n in range(4, 8)]

    source = f"ready: {ready}\napi:\n  connection: shop\n  each: [{{list: a1b2, notice: n1}}]\n  pages: {OFFSET}\n{own}"
    return Account(source, account, change, lambda d: d["members"], drop, base="/3.0", secret=mailchimp.KEY)


def _activity() -> Account:
    def did(name: str, n: int) -> dict[str, Any]:
        return mailchimp.did(name, "k1", *(("open", f"2026-01-0{day}T10:00:00+00:00") for day in range(1, n)))

    account = mailchimp.Mailchimp([], {"k1": [did(f"ida{n}", 3) for n in range(3)]})

    def change() -> None:
        account.activity["k1"] = [did(f"ida{n}", 5) for n in range(6)]
        account.activity["k2"] = [mailchimp.did("ole", "k2", ("open", "2026-01-01T09:00:00+00:00"))]

    source = f"ready: mailchimp_activity\napi: {{connection: shop, pages: {OFFSET}}}\n{COLLECTED}"
    named = {"base": "/3.0", "secret": mailchimp.KEY}
    return Account(source, account, change, lambda d: d.get("emails", []), "email_address", **named)


def _ga4(auth: str) -> Account:
    def row(day: int, sessions: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return ((f"202601{day:02}", "Organic Search", "google", "organic"), (str(sessions), "8", "1", "99.5"))

    vendor = google.Google([row(n, n) for n in range(1, 4)])

    def change() -> None:
        vendor.rows[2] = row(3, 99)
        vendor.rows += [row(n, n) for n in range(4, 8)]

    def rows(document: Any) -> list[dict[str, Any]]:
        return [header for header in document.get("dimensionHeaders", ()) if header["name"] == "sessionMedium"]

    source = f"ready: ga4_report\napi:\n  connection: shop\n  each: [{{property: 4711}}]\n{auth}"
    is_signed = not auth
    secret: str | Callable[[str], str] = vendor.key_file if is_signed else google.REFRESH
    connection = "" if is_signed else ", client_id: c1, oauth_url: URL/token"
    taken_back = lambda: vendor.tokens.append("taken back")  # noqa: E731
    return Account(source, vendor, change, rows, "name", secret=secret, renews=taken_back, connection=connection)


def _open_meteo() -> Account:
    shown = [public_data.open_meteo]
    places = ", ".join(
        f"{{place: {p}, latitude: {n}.5, longitude: 10.5, from: '2026-01-01', to: '2026-01-0{n}'}}"
        for n, p in enumerate(("oslo", "aarhus", "gent"), 3)
    )

    def change() -> None:
        def warmer(asked: Asked) -> Answer:
            answer = public_data.open_meteo(asked)
            answer.document["daily"]["temperature_2m_max"][0] = 31.5
            return answer

        shown.append(warmer)

    source = f"ready: open_meteo_daily\napi: {{url: URL, each: [{places}]}}\n"

    def weather(asked: Asked) -> Answer:
        return shown[-1](asked)

    return Account(source, weather, change, lambda d: [d["daily"]], "rain_sum")


def _statistics(ready: str, vendor: Vendor, drop: str) -> Account:
    more = []

    def counted(asked: Asked) -> Answer:
        answer = vendor(asked)
        for cube in (answer.document, answer.document.get("dataset", {})):
            if "value" in cube:
                cube["value"] = [None if v is None else v + len(more) for v in cube["value"]]
        return answer

    def rows(document: Any) -> list[dict[str, Any]]:
        return [document.get("dataset", document)["dimension"]]

    return Account(f"ready: {ready}\napi: {{url: URL}}\n", counted, lambda: more.append(1), rows, drop)


PERMISSION = """columns:
  marketing_permissions.marketing_permission_id:
    {name: purpose, type: text, category: user.privacy_preferences, values: {news: news}}
"""
REFRESHED = "  auth: {by: refresh_token}\n"
ACCOUNTS: dict[str, Callable[[], Account]] = {
    "shopify_customers": lambda: _shopify("customers", shopify.customer, "state"),
    "shopify_orders": lambda: _shopify("orders", shopify.order, "displayFinancialStatus"),
    "woocommerce_orders": _woocommerce,
    "mailchimp_members": lambda: _members("mailchimp_members", COLLECTED, "vip"),
    "mailchimp_consents": lambda: _members("mailchimp_consents", "purpose: news\n", "timestamp_opt"),
    "mailchimp_permissions": lambda: _members("mailchimp_permissions", PERMISSION, "status"),
    "mailchimp_activity": _activity,
    "ga4_report": lambda: _ga4(""),
    "ga4_report by refresh_token": lambda: _ga4(REFRESHED),
    "open_meteo_daily": _open_meteo,
    "ssb_population": lambda: _statistics("ssb_population", public_data.statistics_norway, "Region"),
    "statbank_population": lambda: _statistics("statbank_population", public_data.statistics_denmark, "OMRÅDE"),
}
