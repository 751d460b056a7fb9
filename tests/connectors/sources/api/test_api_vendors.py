"""Each ready definition against a server that speaks as the vendor documents: all rows, then only what is new."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_vendors import google, mailchimp, public_data, shopify, woocommerce
from fake_vendors.server import Answer, Asked, served

from tillid.connectors.sources.api import errors


def test_shopify_pages_by_cursor_waits_for_its_cost_and_goes_on_from_the_last_change(asking: Any, pulled: Any) -> None:
    shop = shopify.Shopify(customers=[shopify.customer(n, f"2026-01-0{n}T10:00:00Z") for n in range(1, 6)])
    with served(shop) as server:
        server.faults = [shopify.throttled(), None, Answer(status=429, headers={"Retry-After": "2"})]
        source = asking.ready("shopify_customers", server.url, secret=shopify.TOKEN)
        rows, _, reached = pulled(source)
        assert [row["legacyResourceId"] for row in rows] == ["1", "2", "3", "4", "5"]
        # 202 points, 2 there, 100 a second.
        assert asking.waits == [2.0, 2.0]
        shop.nodes["customers"][1] = shopify.customer(2, "2026-02-01T10:00:00Z", firstName="Åse")
        rows, _, again = pulled(asking.ready("shopify_customers", server.url, secret=shopify.TOKEN), reached)
        assert [(row["legacyResourceId"], row["firstName"]) for row in rows] == [("2", "Åse")]
        assert server.asked[-1].body["variables"]["query"] == "updated_at:>='2026-01-05T09:55:00Z'"
        assert pulled(asking.ready("shopify_customers", server.url, secret=shopify.TOKEN), again)[0] == []


def test_change_within_one_second_of_the_last_is_not_passed_over(asking: Any, pulled: Any) -> None:
    shop = shopify.Shopify(orders=[shopify.order(1, "2026-01-01T10:00:00Z"), shopify.order(2, "2026-01-01T10:00:00Z")])
    with served(shop) as server:
        _, _, reached = pulled(asking.ready("shopify_orders", server.url, secret=shopify.TOKEN))
        # Written late, and no later than the last one that was read.
        shop.nodes["orders"].append(shopify.order(3, "2026-01-01T10:00:00Z"))
        shop.nodes["orders"].append(shopify.order(4, "2026-01-01T09:58:00Z"))
        rows, _, reached = pulled(asking.ready("shopify_orders", server.url, secret=shopify.TOKEN), reached)
        assert sorted(row["name"] for row in rows) == ["#3", "#4"]
        assert pulled(asking.ready("shopify_orders", server.url, secret=shopify.TOKEN), reached)[0] == []


def test_shopify_token_without_the_scope_is_told(asking: Any, pulled: Any) -> None:
    denied = Answer({"errors": [{"message": "Access denied for orders", "extensions": {"code": "ACCESS_DENIED"}}]})
    with served(lambda _: denied) as server, pytest.raises(errors.ApiAccessDenied, match="scope"):
        pulled(asking.ready("shopify_orders", server.url, secret=shopify.TOKEN))


def woo(asking: Any, url: str) -> Any:
    return asking.ready("woocommerce_orders", f"{url}/wp-json/wc/v3", secret=woocommerce.SECRET, user=woocommerce.KEY)


def test_woocommerce_pages_by_number_even_where_it_caps_them(asking: Any, pulled: Any) -> None:
    shop = woocommerce.WooCommerce([woocommerce.order(n, f"2026-01-0{n}T10:00:00") for n in range(1, 6)])
    with served(shop) as server:
        rows, gone, reached = pulled(woo(asking, server.url))
        assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]
        assert gone == []
        # It is never asked for a page after the last.
        assert [asked.query["page"] for asked in server.asked] == ["1", "2", "3"]
        shop.orders[0] = woocommerce.order(1, "2026-02-01T08:00:00", status="refunded")
        shop.orders[1] = woocommerce.order(2, "2026-02-01T08:01:00", status="trash")
        rows, gone, _ = pulled(woo(asking, server.url), reached)
        assert [(row["id"], row["status"]) for row in rows] == [(1, "refunded")]
        assert [row["id"] for row in gone] == [2]
        assert server.asked[-1].query["modified_after"] == "2026-01-05T09:55:00"


def test_rows_that_shift_while_pages_are_read_are_neither_lost_nor_twice(asking: Any, pulled: Any) -> None:
    shop = woocommerce.WooCommerce([woocommerce.order(n, f"2026-01-0{n}T10:00:00") for n in range(1, 8)])
    with served(shop) as server:
        # One is removed for good after the first page was sent, so that all others move up.
        shop.between = [lambda: shop.orders.pop(0)]
        rows, _, _ = pulled(woo(asking, server.url))
    numbers = [row["id"] for row in rows]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7]
    assert len(set(numbers)) == len(numbers)


def test_row_that_changes_behind_the_reader_comes_with_the_next_load(asking: Any, pulled: Any) -> None:
    """However late the other rows are dated: what counts is when the load began, by the API's clock."""
    shop = woocommerce.WooCommerce([woocommerce.order(n, f"2026-01-0{n}T10:00:00") for n in range(1, 4)])
    began = {"Date": "Thu, 08 Jan 2026 10:00:00 GMT"}

    def change() -> None:
        shop.orders[0] = woocommerce.order(1, "2026-01-08T10:00:30", status="refunded")
        shop.orders[2] = woocommerce.order(3, "2026-01-08T11:00:00")

    def vendor(asked: Asked) -> Answer:
        answer = shop(asked)
        return Answer(answer.document, answer.status, {**answer.headers, **began})

    with served(vendor) as server:
        shop.between = [change]
        _, _, reached = pulled(woo(asking, server.url))
        rows, _, _ = pulled(woo(asking, server.url), reached)
    assert [(row["id"], row["status"]) for row in rows] == [(1, "refunded")]


def test_mailchimp_members_of_each_audience_and_their_changes(asking: Any, pulled: Any) -> None:
    account = mailchimp.Mailchimp([mailchimp.member(n, f"2026-01-01T10:00:0{i}+00:00") for i, n in enumerate("abcde")])
    own: dict[str, Any] = {"secret": mailchimp.KEY, "each": [{"list": "a1b2"}]}
    own["pages"] = {"by": "offset", "param": "offset", "size_param": "count", "size": 2, "total": "total_items"}
    with served(account) as server:
        rows, _, reached = pulled(asking.ready("mailchimp_members", f"{server.url}/3.0", **own))
        assert [row["email_address"][0] for row in rows] == list("abcde")
        assert rows[0]["member_key"] == "a1b2|md5-a"
        account.members[2] = mailchimp.member("c", "2026-01-02T10:00:00+00:00", status="archived")
        account.members[3] = mailchimp.member("d", "2026-01-02T10:00:00+00:00", status="unsubscribed")
        rows, gone, _ = pulled(asking.ready("mailchimp_members", f"{server.url}/3.0", **own), reached)
    assert [(row["email_address"][0], row["status"]) for row in rows] == [("d", "unsubscribed")]
    assert [row["member_key"] for row in gone] == ["a1b2|md5-c"]


def test_mailchimp_activity_of_each_campaign_however_late_it_comes(asking: Any, pulled: Any) -> None:
    first = mailchimp.did("ida", "k1", ("open", "2026-01-01T10:00:00+00:00"), ("click", "2026-01-01T10:00:00+00:00"))
    account = mailchimp.Mailchimp(
        [], {"k1": [first], "k2": [mailchimp.did("ole", "k2", ("open", "2026-03-01T09:00:00+00:00"))]}
    )
    own = {"secret": mailchimp.KEY}
    with served(account) as server:
        rows, _, reached = pulled(asking.ready("mailchimp_activity", f"{server.url}/3.0", **own))
        assert [(r["campaign_id"], r["activity.action"]) for r in rows] == [
            ("k1", "open"),
            ("k1", "click"),
            ("k2", "open"),
        ]
        # Long before the last of the other campaign; and a campaign that was not there.
        account.activity["k1"].append(mailchimp.did("ole", "k1", ("open", "2026-01-02T00:00:00+00:00")))
        account.activity["k3"] = [mailchimp.did("ida", "k3", ("open", "2026-01-01T00:00:00+00:00"))]
        rows, _, _ = pulled(asking.ready("mailchimp_activity", f"{server.url}/3.0", **own), reached)
    assert [(row["campaign_id"], row["email_address"]) for row in rows] == [
        ("k1", "ole@example.com"),
        ("k3", "ida@example.com"),
    ]


def ga4_rows(*days: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [
        ((day, "Organic Search", "google", "organic"), (str(10 + n), "8", "1", "99.5")) for n, day in enumerate(days)
    ]


def test_ga4_report_is_signed_for_and_read_anew_for_the_last_days(asking: Any, pulled: Any) -> None:
    vendor = google.Google(ga4_rows("20260101", "20260102", "20260103", "20260110", "20260111"))
    with served(vendor) as server:
        own = {"secret": vendor.key_file(server.url), "each": [{"property": 4711}]}
        rows, _, reached = pulled(asking.ready("ga4_report", server.url, **own))
        assert [(row["date"], row["sessions"]) for row in rows][-1] == ("20260111", "14")
        assert len(rows) == 5
        vendor.rows[3] = (vendor.rows[3][0], ("99", "8", "1", "99.5"))
        vendor.tokens.append("taken back")
        rows, _, _ = pulled(asking.ready("ga4_report", server.url, **own), reached)
        assert [(row["date"], row["sessions"]) for row in rows] == [("20260110", "99")]
        assert server.asked[-1].body["dateRanges"][0]["startDate"] == "2026-01-08"


def test_ga4_report_without_rows_has_none(asking: Any, pulled: Any) -> None:
    vendor = google.Google([])
    with served(vendor) as server:
        own = {"secret": vendor.key_file(server.url), "each": [{"property": 4711}]}
        assert pulled(asking.ready("ga4_report", server.url, **own))[0] == []


def test_key_file_that_is_none_is_told_without_what_it_holds(asking: Any, pulled: Any) -> None:
    for secret in ("-----BEGIN made up-----", json.dumps({"client_email": "a", "token_uri": "b", "private_key": "c"})):
        source = asking.ready("ga4_report", "https://example.com", secret=secret, each=[{"property": 1}])
        with pytest.raises(errors.ApiAccessDenied, match="key of the service account") as raised:
            pulled(source)
        assert "made up" not in str(raised.value)


def test_open_meteo_days_of_each_place(asking: Any, pulled: Any) -> None:
    places = [
        {"place": "oslo", "latitude": 59.91, "longitude": 10.75, "from": "2026-01-01", "to": "2026-01-03"},
        {"place": "aarhus", "latitude": 56.16, "longitude": 10.2, "from": "2026-01-03", "to": "2026-01-03"},
    ]
    with served(public_data.open_meteo) as server:
        rows, _, _ = pulled(asking.ready("open_meteo_daily", server.url, each=places))
    assert [row["day_key"] for row in rows] == [
        "oslo|2026-01-01",
        "oslo|2026-01-02",
        "oslo|2026-01-03",
        "aarhus|2026-01-03",
    ]
    assert [row["daily.temperature_2m_max"] for row in rows] == [-2.0, -0.5, 1.0, -2.0]
    assert rows[2]["daily.temperature_2m_mean"] is None
    # Five a second at most.
    assert all(0 < wait <= 0.2 for wait in asking.waits)


def test_statistics_of_two_countries_are_a_row_a_cell(asking: Any, pulled: Any) -> None:
    with served(public_data.statistics_norway) as server:
        rows, _, _ = pulled(asking.ready("ssb_population", server.url))
    assert [(r["Region.label"], r["Tid.code"], r["value"]) for r in rows] == [
        ("Oslo", "2025", 724290),
        ("Oslo", "2026", 731000),
        ("Bergen", "2025", 294029),
        ("Bergen", "2026", None),
    ]
    with served(public_data.statistics_denmark) as server:
        rows, _, _ = pulled(asking.ready("statbank_population", server.url))
    assert [(r["OMRÅDE.code"], r["Tid.code"], r["value"]) for r in rows][1:3] == [
        ("101", "2026K3", 668_500),
        ("751", "2026K2", 373_400),
    ]
