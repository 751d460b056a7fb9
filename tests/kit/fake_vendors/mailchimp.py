"""Mailchimp's Marketing API 3.0: members by offset, campaigns, and what was done with each."""

from __future__ import annotations

import base64
import re
from typing import Any

from fake_vendors.server import Answer, Asked

KEY = "made-up-us21"


def member(name: str, changed: str, **other: Any) -> dict[str, Any]:
    """A member of an audience."""
    return {
        "id": f"md5-{name}",
        "email_address": f"{name}@example.com",
        "unique_email_id": f"u-{name}",
        "full_name": f"{name.title()} Dam",
        "status": "subscribed",
        "merge_fields": {"FNAME": name.title(), "LNAME": "Dam", "PHONE": ""},
        "stats": {"avg_open_rate": 0.25, "avg_click_rate": 0.1},
        "timestamp_opt": "2025-03-01T08:00:00+00:00",
        "last_changed": changed,
        "language": "da",
        "vip": False,
        "list_id": "a1b2",
        **other,
    }


def permissions(**enabled: bool) -> list[dict[str, Any]]:
    """The GDPR fields of a member, by their ids."""
    return [
        {"marketing_permission_id": name, "text": f"Yes to {name}", "enabled": ticked}
        for name, ticked in enabled.items()
    ]


def did(name: str, campaign: str, *activity: tuple[str, str]) -> dict[str, Any]:
    """What one member did with a campaign."""
    return {
        "campaign_id": campaign,
        "list_id": "a1b2",
        "list_is_active": True,
        "email_id": f"md5-{name}",
        "email_address": f"{name}@example.com",
        "activity": [{"action": action, "timestamp": at, "ip": "192.0.2.1"} for action, at in activity],
    }


class Mailchimp:
    """An account with one audience; `activity` by campaign."""

    def __init__(self, members: list[dict[str, Any]], activity: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.members, self.activity = members, activity or {}

    def __call__(self, asked: Asked) -> Answer:
        told = asked.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(told).decode().partition(":")[2] != KEY:
            return Answer({"title": "API Key Invalid", "status": 401}, 401)
        start, count = int(asked.query.get("offset", 0)), int(asked.query.get("count", 10))
        path = asked.path.removeprefix("/3.0")
        if path == "/lists/a1b2/members":
            since = asked.query.get("since_last_changed", "")
            # Compared as moments: both are UTC, written with +00:00 or Z.
            found = sorted((m for m in self.members if m["last_changed"][:19] >= since[:19]), key=_changed)
            return Answer({"members": found[start : start + count], "list_id": "a1b2", "total_items": len(found)})
        if path == "/campaigns":
            campaigns = [{"id": name, "status": "sent"} for name in self.activity]
            return Answer({"campaigns": campaigns[start : start + count], "total_items": len(campaigns)})
        report = re.fullmatch(r"/reports/(\w+)/email-activity", path)
        if report is None or report[1] not in self.activity:
            return Answer({"title": "Resource Not Found", "status": 404}, 404)
        since = asked.query.get("since", "")[:19]
        emails = [
            {**e, "activity": [a for a in e["activity"] if a["timestamp"][:19] > since]}
            for e in self.activity[report[1]]
        ]
        return Answer({"emails": emails[start : start + count], "campaign_id": report[1], "total_items": len(emails)})


def _changed(member: dict[str, Any]) -> str:
    return str(member["last_changed"])
