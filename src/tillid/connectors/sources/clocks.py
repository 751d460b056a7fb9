"""Says how far the clock of where rows come from is from this machine's."""

from __future__ import annotations

from datetime import datetime, timedelta

from tillid.ports.pulled import Noticed

FAR = timedelta(seconds=60)
"""What clocks may differ by before it is a matter: tokens that are signed are dated back by so much."""


def clock(there: datetime, here: datetime) -> Noticed:
    """How two clocks (UTC) differ that were read at the same moment.

    >>> at = datetime(2026, 1, 1, 12)
    >>> clock(at, at), clock(at + timedelta(hours=1), at).found
    (Noticed(what='clock', found='as here', hint=''), '3600 seconds before this machine')
    """
    apart = (there - here).total_seconds()
    if abs(apart) <= FAR.total_seconds():
        return Noticed("clock", "as here")
    hint = "Set both by NTP: signed requests fail, and what is new may be passed over without a long `lag`."
    return Noticed("clock", f"{abs(round(apart))} seconds {'before' if apart > 0 else 'behind'} this machine", hint)
