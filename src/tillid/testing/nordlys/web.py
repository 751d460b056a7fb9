"""What visitors did on the shop's site, and what they answered to the cookie banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tillid.testing.nordlys.cast import CRM, NEWSLETTER, Cast
from tillid.testing.nordlys.lists import TODAY, Sheet

DEVICES_OF_CUSTOMERS, DEVICES_OF_NOBODY = 320, 300
DEVICES_OF_SUBSCRIBERS = 150
"""So many of the customers' browsers are subscribers' too: they come with the newsletter's links."""
FIRST_DAY = datetime(2025, 9, 12)
_OLD_BANNER_SHARE = 0.05
_SIGNS_IN_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: whose it is, and which cookies it may set."""

    anonymous_id: str
    person: int | None
    customer_no: str | None
    analytics: bool
    marketing: bool


def make_devices(cast: Cast, rng: Random) -> list[Device]:
    """The browsers of some customers and of visitors whom nobody knows; marketing is never asked for alone."""
    buyers = [member for member in cast.on(CRM) if member.customer_nos[0] < "2"]
    subscribers = [member for member in buyers if NEWSLETTER in member.lists]
    others = [member for member in buyers if NEWSLETTER not in member.lists]
    owners = rng.sample(subscribers, DEVICES_OF_SUBSCRIBERS)
    owners += rng.sample(others, DEVICES_OF_CUSTOMERS - DEVICES_OF_SUBSCRIBERS)
    devices = []
    for nth in range(DEVICES_OF_CUSTOMERS + DEVICES_OF_NOBODY):
        owner = owners[nth] if nth < len(owners) else None
        analytics = rng.random() < 0.7
        customer_no = owner.customer_nos[0] if owner else "anonymous" if rng.random() < 0.03 else None
        devices.append(
            Device(
                anonymous_id=str(UUID(int=rng.getrandbits(128), version=4)),
                person=owner.number if owner else None,
                customer_no=customer_no,
                analytics=analytics,
                marketing=analytics and rng.random() < 0.65,
            )
        )
    return devices


def cookie_choices(devices: list[Device], rng: Random) -> Sheet:
    """What each browser answered about web statistics, and under which text of the banner."""
    sheet = Sheet(("device", "answer", "at", "notice", "evidence"))
    for nth, device in enumerate(devices):
        is_old = rng.random() < _OLD_BANNER_SHARE
        at = (datetime(2023, 5, 1) if is_old else FIRST_DAY) - timedelta(minutes=rng.randrange(200_000))
        sheet.add(
            device.person,
            device.anonymous_id,
            "accepted" if device.analytics else "declined",
            f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "cookies-2023" if is_old else "cookies-2025",
            f"banner-{nth + 1:04}",
        )
    return sheet


def _session(device: Device, at: datetime, session: str, codes: list[str], rng: Random) -> list[dict[str, object]]:
    steps: list[tuple[str, str, str | None]] = [("Page Viewed", "/", None)]
    signed_in_at = None
    if device.customer_no and rng.random() < _SIGNS_IN_SHARE:
        signed_in_at = len(steps)
        steps.append(("Signed In", "/konto", None))
    for viewed in rng.choices(codes, k=rng.choice((0, 1, 1, 2, 3))):
        steps.append(("Product Viewed", f"/vare/{viewed}", viewed))
        if rng.random() < 0.25:
            steps.append(("Product Added", f"/vare/{viewed}", viewed))
    if rng.random() < 0.1:
        steps.append(("Search", "/soeg", None))
    events: list[dict[str, object]] = []
    for step, (event, path, code) in enumerate(steps):
        at += timedelta(milliseconds=rng.randrange(3_000, 90_000))
        properties = {"session_id": session, "path": path} | ({"product_id": code} if code else {})
        is_known = signed_in_at is not None and step >= signed_in_at
        events.append(
            {"type": "track", "event": event, "anonymousId": device.anonymous_id}
            | ({"userId": device.customer_no} if is_known else {})
            | {
                "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
                "properties": properties,
                "context": {
                    "locale": "da-DK",
                    "consent": {"categoryPreferences": {"analytics": device.analytics, "marketing": device.marketing}},
                },
            }
        )
    return events


def make_events(devices: list[Device], codes: list[str], rng: Random) -> list[dict[str, object]]:
    """The events in order of time; `messageId` counts them."""
    events: list[dict[str, object]] = []
    span = int((TODAY - FIRST_DAY).total_seconds())
    nth = 0
    for device in devices:
        for _ in range(min(int(rng.paretovariate(1.3)), 9)):
            nth += 1
            # The square draws visits towards the end of the time.
            at = TODAY - timedelta(seconds=int(span * rng.random() ** 2))
            events += _session(device, at, f"s{nth:05}", codes, rng)
    events.sort(key=lambda event: str(event["timestamp"]))
    return [{"messageId": f"m-{n:06}"} | event for n, event in enumerate(events, start=1)]
