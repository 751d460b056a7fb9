"""How long to wait before the next request: as an API asks, as its limits tell, else longer at each try."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tillid.connectors.sources.api.rows import at

TRIES = 6
LONGEST = 300.0
"""Seconds that a load waits at most before one request."""
_FIRST, _MOST = 1.0, 60.0
_NEARLY = 0.8


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After, which says them or a date; a date is held against the server's own clock.

    >>> asked_to_wait({"Retry-After": "2"}), asked_to_wait({})
    (2.0, None)
    >>> asked_to_wait({"Retry-After": "Fri, 02 Jan 2026 10:00:30 GMT", "Date": "Fri, 02 Jan 2026 10:00:00 GMT"})
    30.0
    """
    said = headers.get("Retry-After", "").strip()
    if not said:
        return None
    try:
        return max(float(said), 0.0)
    except ValueError:
        then, now = _time(said), sent_at(headers) or datetime.now(UTC)
    return None if then is None else max((then - now).total_seconds(), 0.0)


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    """What time it is where the answer comes from, by that clock; None where it does not tell."""
    return _time(headers.get("Date", ""))


def backed_off(tries: int) -> float:
    """A wait that doubles with each try, and differs from that of others who wait for the same.

    >>> 0.5 <= backed_off(0) <= 1, 30 <= backed_off(20) <= 60
    (True, True)
    """
    most: float = min(_FIRST * 2**tries, _MOST)
    return most * random.uniform(0.5, 1)  # noqa: S311  no secret hangs on it


def paced(headers: Mapping[str, str], document: object) -> float:
    """The seconds to let pass after an answer, so that the API's limit is not met; most answers need none.

    Read are Shopify's X-Shopify-Shop-Api-Call-Limit (used/bucket, two leak out a second), RateLimit-Remaining with
    RateLimit-Reset (IETF draft; also X-RateLimit-…), and the cost of a GraphQL query that Shopify tells.

    >>> paced({"X-Shopify-Shop-Api-Call-Limit": "39/40"}, None), paced({"RateLimit-Remaining": "12"}, None)
    (3.5, 0.0)
    """
    used, _, bucket = headers.get("X-Shopify-Shop-Api-Call-Limit", "").partition("/")
    if used.isdigit() and bucket.isdigit():
        return max(int(used) - _NEARLY * int(bucket), 0.0) / 2
    remaining = headers.get("RateLimit-Remaining") or headers.get("X-RateLimit-Remaining") or ""
    if remaining == "0":
        return _until(headers.get("RateLimit-Reset") or headers.get("X-RateLimit-Reset") or "")
    return restored(document)


def restored(document: object) -> float:
    """The seconds until a GraphQL query of the same cost can be paid (Shopify tells cost and restore rate)."""
    cost = at(document, "extensions.cost")
    wanted, there = at(cost, "requestedQueryCost"), at(cost, "throttleStatus.currentlyAvailable")
    rate = at(cost, "throttleStatus.restoreRate")
    numbers = [value for value in (wanted, there, rate) if isinstance(value, int | float)]
    if len(numbers) < 3 or numbers[2] <= 0:
        return 0.0
    return max(numbers[0] - numbers[1], 0.0) / numbers[2]


def _until(reset: str) -> float:
    """A reset is told in seconds to go, or as the time of day in Unix seconds."""
    try:
        seconds = float(reset)
    except ValueError:
        return 0.0
    return max(seconds - datetime.now(UTC).timestamp() if seconds > 10**8 else seconds, 0.0)


def _time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
