"""Open-Meteo's archive, Statistics Norway's PxWebApi 2 and Statistics Denmark's StatBank, each with a little data."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fake_vendors.server import Answer, Asked


def open_meteo(asked: Asked) -> Answer:
    """Lists side by side for each day that is asked for; a day without data is null."""
    first, last = (date.fromisoformat(asked.query[key]) for key in ("start_date", "end_date"))
    days = [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]
    names = asked.query["daily"].split(",")
    daily: dict[str, list[Any]] = {name: [round(n * 1.5 - 2, 1) for n in range(len(days))] for name in names}
    daily[names[0]][-1] = None
    return Answer(
        {
            "latitude": float(asked.query["latitude"]),
            "longitude": float(asked.query["longitude"]),
            "generationtime_ms": 0.1,
            "utc_offset_seconds": 3600,
            "timezone": "Europe/Oslo",
            "timezone_abbreviation": "CET",
            "elevation": 10.0,
            "daily_units": {"time": "iso8601", **dict.fromkeys(names, "°C")},
            "daily": {"time": days, **daily},
        }
    )


def statistics_norway(asked: Asked) -> Answer:
    """JSON-stat 2, with a status where a cell has no value."""
    if asked.path != "/api/pxwebapi/v2/tables/07459/data" or asked.query.get("outputFormat") != "json-stat2":
        return Answer({"type": "Parameter error", "title": "Parameter error", "status": 400}, 400)
    assert {one["variableCode"] for one in asked.body["selection"]} == {"Region", "ContentsCode", "Tid"}
    return Answer(
        {
            "version": "2.0",
            "class": "dataset",
            "label": "07459: Population, by region, contents and year",
            "id": ["Region", "ContentsCode", "Tid"],
            "size": [2, 1, 2],
            "dimension": {
                "Region": _dimension({"0301": "Oslo", "4601": "Bergen"}),
                "ContentsCode": _dimension({"Personer1": "Persons"}),
                "Tid": _dimension({"2025": "2025", "2026": "2026"}),
            },
            "value": [724290, 731000, 294029, None],
            "status": {"3": "."},
        }
    )


def statistics_denmark(asked: Asked) -> Answer:
    """JSON-stat 1: all inside `dataset`, id and size inside `dimension`."""
    if asked.path != "/v1/data" or asked.body["format"] != "JSONSTAT":
        return Answer({"errorTypeCode": "EXTRACT-NOTFOUND", "message": "Tabellen blev ikke fundet"}, 400)
    dimension = {
        "OMRÅDE": _dimension({"101": "Copenhagen", "751": "Aarhus"}),
        "ContentsCode": _dimension({"FOLK1A": "Population"}),
        "Tid": _dimension({"2026K2": "2026Q2", "2026K3": "2026Q3"}),
        "id": ["OMRÅDE", "ContentsCode", "Tid"],
        "size": [2, 1, 2],
        "role": {"metric": ["ContentsCode"], "time": ["Tid"]},
    }
    return Answer({"dataset": {"dimension": dimension, "value": [667_000, 668_500, 373_400, 374_900]}})


def _dimension(categories: dict[str, str]) -> dict[str, Any]:
    index = {code: place for place, code in enumerate(categories)}
    return {"label": "d", "category": {"index": index, "label": categories}}
