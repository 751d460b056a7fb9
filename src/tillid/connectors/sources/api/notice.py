"""What an answer of an API tells beside its rows: how clocks differ, what is left of its limit, of its certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from tillid.connectors.sources.api.waiting import sent_at
from tillid.connectors.sources.clocks import clock
from tillid.ports.pulled import Noticed

SOON = timedelta(days=21)
_LITTLE = 0.05
_LIMITS = (
    ("RateLimit-Remaining", "RateLimit-Limit"),
    ("X-RateLimit-Remaining", "X-RateLimit-Limit"),
    ("X-Rate-Limit-Remaining", "X-Rate-Limit-Limit"),
)


def notice(headers: Mapping[str, str], certificate_ends: datetime | None, now: datetime) -> Iterator[Noticed]:
    """What there is to say of an answer's headers and certificate at a moment (UTC); nothing is said where none tells.

    >>> from datetime import UTC
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> [(n.what, n.found) for n in notice({"RateLimit-Remaining": "3", "RateLimit-Limit": "100"}, None, now)]
    [('limit', '3 of 100 requests are left')]
    """
    at = sent_at(headers)
    if at is not None:
        # The header has no parts of a second.
        yield clock(at, now)
    left = _left(headers)
    if left is not None:
        remaining, limit = left
        hint = "Wait, or set `per_second` lower; other programs may use the same account." if _is_little(left) else ""
        of = f" of {limit}" if limit else ""
        yield Noticed("limit", f"{remaining}{of} requests are left", hint)
    if certificate_ends is not None:
        days = (certificate_ends - now).days
        hint = "Tell who runs it: from that day on nothing is read." if certificate_ends - now < SOON else ""
        yield Noticed("certificate", f"it ends {certificate_ends:%Y-%m-%d}, in {days} days", hint)


def _left(headers: Mapping[str, str]) -> tuple[int, int] | None:
    used, _, bucket = headers.get("X-Shopify-Shop-Api-Call-Limit", "").partition("/")
    if used.isdigit() and bucket.isdigit():
        return int(bucket) - int(used), int(bucket)
    for remaining, limit in _LIMITS:
        told = headers.get(remaining, "")
        if told.isdigit():
            most = headers.get(limit, "").partition(",")[0]
            return int(told), int(most) if most.isdigit() else 0
    return None


def _is_little(left: tuple[int, int]) -> bool:
    remaining, limit = left
    return remaining == 0 or remaining < limit * _LITTLE
