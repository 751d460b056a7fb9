"""Ready definitions of exports: GA4's events, whose parameters are lists of keys and values, become rows of events."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from small_projects import PURPOSES, SmallProject

from tillid.pipeline.project.ready import ready_definitions
from tillid.terms.categories import ALL_CATEGORIES

SOURCE = """
ready: ga4_events
files: data/ga4/events_*.json
collected_for_if: {analytics: privacy_info.analytics_storage}
"""


def event(name: str, second: int, client: str, storage: str = "Yes", **params: object) -> str:
    kinds = {str: "string_value", int: "int_value", float: "double_value"}
    told = [{"key": key, "value": {kinds[type(value)]: value}} for key, value in params.items()]
    return json.dumps(
        {
            "event_date": "20260101",
            # BigQuery writes whole numbers as text.
            "event_timestamp": str(1767261600000000 + second * 1_000_000),
            "event_name": name,
            "event_params": told,
            "user_pseudo_id": client,
            "user_id": None,
            "privacy_info": {"analytics_storage": storage, "ads_storage": "No"},
            "device": {"category": "mobile", "language": "da"},
            "geo": {"country": "Denmark"},
            "platform": "WEB",
            "items": [],
        }
    )


def test_ga4_events_of_a_day(tmp_path: Path) -> None:
    lines = [
        event("page_view", 0, "77.1", page_location="https://shop.example/", ga_session_id=5),
        event("purchase", 1, "77.1", transaction_id="9001", value=99.5, currency="DKK"),
        event("page_view", 2, "77.2", storage="No", page_location="https://shop.example/"),
    ]
    wide = PURPOSES.replace("user.device", "user.device, user.location")
    made = SmallProject(tmp_path, {"sources/web.yml": SOURCE, "purposes.yml": wide})
    made.put("data/ga4/events_20260101.json", lines)
    made.run()
    rows = sorted(made.sql("select event, occurred_at, page, value, order_no from web"), key=lambda r: str(r["event"]))
    # The third was collected for nothing, so it is not kept.
    assert [(row["event"], row["occurred_at"], row["order_no"]) for row in rows] == [
        ("page_view", datetime(2026, 1, 1, 10), None),
        ("purchase", datetime(2026, 1, 1, 10, 0, 1), "9001"),
    ]
    assert (rows[0]["page"], float(rows[1]["value"])) == ("https://shop.example/", 99.5)
    assert made.refused() == []


def test_every_ready_definition_tells_where_it_is_from_and_what_its_columns_are() -> None:
    assert len(ready_definitions()) >= 10
    for ready in ready_definitions().values():
        assert ready.docs.startswith("https://"), ready.name
        assert {column["category"] for column in ready.source["columns"].values()} <= ALL_CATEGORIES
        assert not set(ready.source["columns"]) & set(ready.source.get("ignore", ())), ready.name
        # What it was collected for is the user's to say.
        assert not {"collected_for", "collected_for_if", "purpose"} & ready.source.keys(), ready.name


TRENDS = """
ready: google_trends
files: data/trends/*.csv
"""


def test_google_trends_of_a_country_and_its_next_download(tmp_path: Path) -> None:
    head = ["Kategori: Alle kategorier", "", "Uge,cykelhjelm: (Danmark),løbesko: (Danmark)"]
    covers = PURPOSES.replace("[user.unique_id, user.behavior", "[system, user.unique_id, user.behavior")
    made = SmallProject(tmp_path, {"sources/trends.yml": TRENDS, "purposes.yml": covers})
    made.put("data/trends/2025-01.csv", [*head, "2025-01-05,42,<1", "2025-01-12,100,7"])
    made.run()
    made.put("data/trends/2025-02.csv", [*head, "2025-01-12,88,7", "2025-01-19,100,x"], made.now)
    made.run()
    asked = "select term, period, interest, is_below_1 from trends"
    rows = sorted((r["term"], str(r["period"].date()), r["interest"], r["is_below_1"]) for r in made.sql(asked))
    assert rows == [
        ("cykelhjelm", "2025-01-05", 42, False),
        ("cykelhjelm", "2025-01-12", 88, False),
        ("cykelhjelm", "2025-01-19", 100, False),
        ("løbesko", "2025-01-05", 0, True),
        ("løbesko", "2025-01-12", 7, False),
    ]
    (refused,) = made.refused()
    assert (refused["file"], refused["line"]) == ("data/trends/2025-02.csv", 5)
