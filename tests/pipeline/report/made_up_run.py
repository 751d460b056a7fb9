"""A run that never was, with every sort of figure on it."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from tillid.pipeline.report.figures import (
    ActivationFigures,
    Bin,
    Group,
    OverlapFigures,
    PurposeFigures,
    RefusedRows,
    ReportFigures,
    SegmentFigures,
    SourceFigures,
    VariableFigures,
    WashedFigures,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def bell(low: float, step: float, counts: list[int], *, is_open: bool = True) -> tuple[Bin, ...]:
    bins = [Bin(low + n * step, low + (n + 1) * step, people) for n, people in enumerate(counts)]
    return (*bins[:-1], Bin(bins[-1].low, None, bins[-1].people)) if is_open else tuple(bins)


def falling(first: int, bins: int, slope: float) -> list[int]:
    return [round(first * math.exp(-slope * n)) for n in range(bins)]


MONTHS = ("2010-12", *(f"2011-{month:02d}" for month in range(1, 13)))

SOURCES = (
    SourceFigures(
        "crm",
        "people",
        4519,
        4512,
        7,
        people=4270,
        washed=(
            WashedFigures("email", 3802, 214, 61, 442),
            WashedFigures("phone", 2107, 1611, 122, 679),
            WashedFigures("first_name", 3960, 540, 0, 19),
            WashedFigures("postcode", 4401, 88, 23, 7),
        ),
        untagged=("Intern note", "Kreditramme"),
        refusals=(
            RefusedRows("data/crm.csv", "Oprettet", "not a date: text of 8 characters", 5, (212, 1307, 2001)),
            RefusedRows("data/crm.csv", "Kundenr.", "empty, but required", 2, (88, 3120)),
        ),
    ),
    SourceFigures("newsletter", "people", 2240, 2240, 0, people=2198, washed=(WashedFigures("email", 2101, 96, 43),)),
    SourceFigures("loyalty", "people", 1120, 1118, 2, people=1101, untagged=("Bemærkning",), refusals=(
        RefusedRows("data/loyalty.xlsx", "Point", "not a whole number: text of 3 characters", 2, (17, 902)),)),
    SourceFigures("orders", "events", 51_909, 51_909, 0, people=4060),
    SourceFigures("web", "events", 18_240, 18_101, 139, held_back=1204, people=1466, refusals=(
        RefusedRows("data/web.ndjson.gz", "timestamp", "not a time: empty", 139, (4, 19, 88, 120, 131)),)),
    SourceFigures("newsletter_consents", "consents", 2806, 2806, 0, people=2198),
    SourceFigures("robinson", "suppressions", 310, 310, 0, people=121),
    SourceFigures("products", "things", 3684, 3684, 0),
)  # fmt: skip

OVERLAP = (
    OverlapFigures(("crm", "orders"), 2011),
    OverlapFigures(("crm", "newsletter", "orders"), 1004),
    OverlapFigures(("newsletter",), 611),
    OverlapFigures(("crm", "loyalty", "newsletter", "orders", "web"), 388),
    OverlapFigures(("crm", "loyalty", "orders"), 362),
    OverlapFigures(("crm", "orders", "web"), 297),
    OverlapFigures(("crm",), 208),
    OverlapFigures(("loyalty",), 97),
    OverlapFigures(("loyalty", "newsletter"), 31),
    OverlapFigures(("web",), 3),
)

PURPOSES = (
    PurposeFigures("order_handling", "Order handling", "contract", 5009, {"restricted": 3}),
    PurposeFigures("linking", "Joining records of one person", "legitimate_interests", 4987, {"restricted": 3, "objected": 22}),
    PurposeFigures("customer_analytics", "Customer analytics", "legitimate_interests", 4871, {"objected": 138, "restricted": 3}),
    PurposeFigures(
        "newsletter", "Newsletter by e-mail", "consent", 1422,
        {"no_consent": 2814, "consent_withdrawn": 322, "consent_refused": 301, "other_notice": 88, "suppressed": 62, "restricted": 3},
    ),
    PurposeFigures("calls", "Sales calls", "consent", 388, {"no_consent": 4310, "suppressed": 121, "consent_withdrawn": 190, "restricted": 3}),
    PurposeFigures("web_analytics", "Web analytics", "consent", 902, {"no_consent": 3990, "consent_refused": 117, "restricted": 3}),
)  # fmt: skip

VARIABLES = (
    VariableFigures("revenue_12m", "Revenue in 12 months", "DKK", 4871, 5012, bell(0, 500, falling(1450, 18, 0.28)), purposes=("newsletter", "customer_analytics")),
    VariableFigures("orders_12m", "Orders in 12 months", "", 4871, 5012, bell(0, 1, [711, 1602, 890, 560, 344, 210, 150, 101, 77, 50, 41, 30, 105]), purposes=("newsletter", "customer_analytics")),
    VariableFigures("basket", "Average basket", "DKK", 4160, 5012, (Bin(None, 100, 12), *bell(100, 100, [160, 410, 702, 801, 690, 480, 321, 190, 122, 80, 44, 21, 9, 3, 2, 14]))),
    VariableFigures("days_since_order", "Days since last order", "days", 4160, 5012, bell(0, 20, [720, 610, 430, 322, 250, 244, 190, 177, 150, 140, 122, 118, 96, 88, 77, 70, 61, 55, 240])),
    VariableFigures("share_sale", "Share bought on sale", "", 4160, 5012, bell(0, 0.05, [902, 401, 322, 290, 260, 240, 210, 199, 180, 171, 160, 150, 133, 120, 99, 80, 71, 60, 44, 68], is_open=False)),
    VariableFigures("first_order_month", "Month of first order", "", 4160, 5012, groups=tuple(Group(m, n) for m, n in zip(MONTHS, [885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41], strict=True)), ordered=True),
    VariableFigures("favourite_category", "Favourite category", "", 3900, 5012, groups=(Group("Lanterns & candles", 1210), Group("Kitchen", 844), Group("Garden", 640), Group("Børneværelse", 511), Group("Christmas", 322), Group("Bags", 201), Group("Stationery", 98), Group("Jewellery", 44), Group("Taxidermy", 2), Group("Clocks", 28))),
    VariableFigures("is_business", "Buys for a business", "", 5012, 5012, groups=(Group("false", 4611), Group("true", 401))),
    VariableFigures("visits_30d", "Visits in 30 days", "", 902, 5012, bell(0, 1, [220, 198, 140, 101, 77, 51, 40, 22, 14, 9, 6, 3, 2, 19]), purposes=("web_analytics",)),
    VariableFigures("items", "Items bought", "", 4160, 5012, bell(0, 50, falling(900, 20, 0.2))),
    VariableFigures("returns_12m", "Goods returned", "DKK", 4160, 5012, bell(0, 100, [3620, 210, 101, 66, 41, 30, 22, 14, 9, 6, 4, 3, 1, 33])),
    VariableFigures("points", "Loyalty points", "", 0, 5012),
)  # fmt: skip

SEGMENTS = (
    SegmentFigures("loyal", "Loyal customers", "customer_analytics", 812, 31, 12),
    SegmentFigures("lapsed", "Lapsed: bought for over 1 000 kr., nothing in 90 days", "newsletter", 402, 44, 29),
    SegmentFigures("new", "New customers", "newsletter", 297, 297, 0),
    SegmentFigures("lookers", "Looked, did not buy", "web_analytics", 144, 0, 18),
    SegmentFigures("big_baskets", "Big baskets", "customer_analytics", 1240, 0, 0),
    SegmentFigures("callable", "To be called", "calls", 61, 3, 1),
)

ACTIVATIONS = (
    ActivationFigures("newsletter", "Weekly newsletter", "lapsed", "newsletter", "out/newsletter.csv", 44, 340, 47, {"consent_withdrawn": 12, "no_email": 4, "restricted": 1}),
    ActivationFigures("calls", "Call list", "callable", "calls", "out/calls.csv", 3, 50, 1, {"suppressed": 5, "no_phone": 3}),
    ActivationFigures("loyal_post", "Post to loyal customers", "loyal", "post", "out/post.parquet", 790, 0, 0, {}, was_sent=False),
)  # fmt: skip

RUN = ReportFigures(
    project="nordlys",
    controller="Nordlys Handel ApS",
    contact="dpo@nordlys.example",
    as_of=datetime(2011, 12, 10, tzinfo=COPENHAGEN),
    ran_at=datetime(2026, 3, 1, 9, 41, 12, tzinfo=COPENHAGEN),
    took_for=11.4,
    generation=7,
    register_version="4f0c9a1be27d6c55",
    engine="duckdb",
    people=5012,
    records=7870,
    events=70_010,
    sources=SOURCES,
    overlap=OVERLAP,
    purposes=PURPOSES,
    variables=VARIABLES,
    segments=SEGMENTS,
    activations=ACTIVATIONS,
)
