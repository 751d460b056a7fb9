"""How far an API was read: for each request by itself, so that what comes late to one is not lost behind another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TypeAlias

from tillid.connectors.sources.api.rows import ABSENT, Row, at
from tillid.ports.api import Since, Written
from tillid.ports.pulled import Cursor

Moment: TypeAlias = datetime | int | float
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Position:
    """Request → the greatest value read of the field that tells what is new, and digests of the rows near it.

    The clock that counts is the API's: the value comes from its rows. Rows within the lag before it are asked for
    again at the next load, and known by their digest.
    """

    reached: dict[str, str] = field(default_factory=dict)
    near: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor | None) -> Position:
        """As a former load noted it."""
        if cursor is None:
            return cls()
        noted = json.loads(cursor)
        return cls(dict(noted["reached"]), {key: set(digests) for key, digests in noted["near"].items()})

    def as_cursor(self) -> Cursor:
        """To be noted."""
        near = {key: sorted(digests) for key, digests in self.near.items()}
        return json.dumps({"reached": self.reached, "near": near}, sort_keys=True)


class Reading:
    """One request's rows against what is held: which of them are new, and how far they reach.

    `digest` makes of a row what it is known by.
    """

    def __init__(self, key: str, position: Position, since: Since, digest: Callable[[Row], str]) -> None:
        self._key, self._position, self._since, self._digest = key, position, since, digest
        self._held = position.near.get(key, set())
        self._near: dict[str, Moment | None] = {}
        self._last: Moment | None = None
        self._begun: datetime | None = None
        text = position.reached.get(key)
        self._former = None if text is None else read_moment(text, since.written)
        self.asked = since.start if self._former is None else write_moment(_back(self._former, since), since.written)
        self._floor = None if self.asked is None else read_moment(self.asked, since.written)

    def is_new(self, row: Row) -> bool:
        """Whether the row did not come before, in this load or the last. ValueError where its time can't be read."""
        value = at(row, self._since.field)
        moment = None if value is None or value is ABSENT else read_moment(value, self._since.written)
        if moment is not None and self._floor is not None and moment < self._floor:  # type: ignore[operator]
            return False
        digest = self._digest(row)
        is_new = digest not in self._near and digest not in self._held
        self._near[digest] = moment
        if moment is not None and (self._last is None or moment > self._last):  # type: ignore[operator]
            self._last = moment
        return is_new

    def begin(self, at: datetime | None) -> None:
        """Note the time of the first answer, by the API's clock.

        A row that changes after its page was read is found by the next load, if that one asks from before then.
        """
        self._begun = self._begun or at

    def settle(self) -> None:
        """Note how far this request was read, now that all its rows are."""
        last = self._former if self._last is None else self._last
        if last is None:
            return
        if isinstance(last, datetime) and self._begun is not None:
            last = min(last, self._begun)
        if self._former is not None:
            last = max(last, self._former)
        self._position.reached[self._key] = write_moment(last, self._since.written, exactly=True)
        floor = read_moment(write_moment(_back(last, self._since), self._since.written), self._since.written)
        near = {d for d, m in self._near.items() if m is None or m >= floor}  # type: ignore[operator]
        # What was held and did not come again may yet: an API leaves out now what it shows later.
        self._position.near[self._key] = near | (self._held if last == self._former else set())


def digest_of(row: Row, fields: Iterable[str] = ()) -> str:
    """A short digest of a row, or of those fields of it, whatever order its keys are in.

    >>> digest_of({"a": 1, "b": None}) == digest_of({"b": None, "a": 1})
    True
    """
    told: object = [at(row, f) for f in fields] or row
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def key_of(values: Mapping[str, object]) -> str:
    """What a position calls the request that these values are for."""
    return digest_of(dict(values)) if values else ""


def read_moment(value: object, written: Written) -> Moment:
    """The value as one that can be compared. ValueError where it is none.

    >>> read_moment("2026-01-02T03:04:05+02:00", Written.TIMESTAMP).isoformat()
    '2026-01-02T01:04:05+00:00'
    >>> read_moment("20260102", Written.DAY).date().isoformat(), read_moment("17", Written.NUMBER)
    ('2026-01-02', 17)
    """
    try:
        if written is Written.NUMBER:
            return value if isinstance(value, int | float) else int(str(value))
        if written is Written.DAY and len(str(value)) == 8:
            return datetime.strptime(str(value), "%Y%m%d").replace(tzinfo=UTC)
        found = datetime.fromisoformat(str(value))
    except ValueError:
        # The text of the former holds the value.
        raise ValueError("the field that tells what is new can't be read") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def write_moment(moment: Moment, written: Written, *, exactly: bool = False) -> str:
    """The value as the API takes it; `exactly` as it is noted, with all its digits.

    >>> write_moment(datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC), Written.TIMESTAMP)
    '2026-01-02T03:04:05Z'
    """
    if not isinstance(moment, datetime):
        return str(moment)
    if written in (Written.DATE, Written.DAY):
        return moment.date().isoformat()
    text = moment.replace(tzinfo=None).isoformat(timespec="auto" if exactly else "seconds")
    return text if written is Written.NAIVE_UTC else f"{text}Z"


def _back(moment: Moment, since: Since) -> Moment:
    if isinstance(moment, datetime):
        lag = since.lag if isinstance(since.lag, timedelta) else timedelta(0)
        return max(moment - lag, _EPOCH)
    return max(moment - (since.lag if isinstance(since.lag, int) else 0), 0)
