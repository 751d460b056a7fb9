"""How far a table was read: the greatest value of its cursor column, and which rows near it were taken already."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, TypeAlias

from tillid.connectors.sources.errors import CursorUnfit
from tillid.ports.pulled import Cursor

MOST_NEAR = 20_000
"""Rows of which a cursor holds digests; of more, the store tells which it has already."""

Value: TypeAlias = Any
"""A value of a cursor column: a number, a moment, a day, or text that is written like one."""

# Any collation puts these in the same order.
_TEXT = re.compile(r"[0-9][0-9TZ:. +-]*")
_KINDS: dict[type, tuple[str, Callable[[str], Value]]] = {
    int: ("number", int),
    Decimal: ("decimal", Decimal),
    float: ("float", float),
    str: ("text", str),
    bytes: ("bytes", bytes.fromhex),
    datetime: ("moment", datetime.fromisoformat),
    date: ("day", date.fromisoformat),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """What a cursor says: the greatest value `at`, and how often rows of each digest near it were taken.

    Digests are made with `salt`. `taken` is None where the rows near it were too many to be held so.
    """

    at: Value
    salt: str
    taken: dict[str, int] | None

    def written(self) -> Cursor:
        """As JSON text."""
        at = None if self.at is None else [_KINDS[type(self.at)][0], _text(self.at)]
        return json.dumps({"at": at, "salt": self.salt, "taken": self.taken}, separators=(",", ":"))

    @classmethod
    def read(cls, cursor: Cursor) -> Reached:
        """What `written` wrote.

        >>> Reached.read(Reached(date(2026, 10, 31), "5a", {"0f": 2}).written())
        Reached(at=datetime.date(2026, 10, 31), salt='5a', taken={'0f': 2})
        """
        said = json.loads(cursor)
        read = dict(_KINDS.values())
        return cls(None if said["at"] is None else read[said["at"][0]](said["at"][1]), said["salt"], said["taken"])


@dataclass(slots=True)
class Window:
    """Tells rows that a former pull took from new ones, and notes which rows the next pull will meet again.

    The next pull asks for all rows from the greatest value on, or from `lag` before it, and for those without a
    value. Of rows that are alike it counts how many were taken. `is_told_apart` says that the store knows rows
    by their key, so that the same ones may come again where they are too many to be held here.
    """

    name: str
    lag: timedelta | int | None
    former: Reached | None
    is_told_apart: bool
    _top: Value = None
    _salt: bytes = b""
    _left: dict[str, int] = field(default_factory=dict)
    _near: dict[str, tuple[Value, int]] | None = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._salt = bytes.fromhex(self.former.salt) if self.former else secrets.token_bytes(16)
        if self.former is not None:
            self._top = self.former.at
            self._left = dict(self.former.taken or {})

    @property
    def start(self) -> Value:
        """The value from which rows are asked for; None for all."""
        return None if self.former is None or self.former.at is None else self._before(self.former.at)

    def fresh(self, values: Sequence[Value], rows: Sequence[Sequence[object]]) -> list[int]:
        """Which of these rows are new, by place.

        `values` are theirs in the cursor column, `rows` what tells them apart. Errors: CursorUnfit.
        """
        given = [value for value in values if value is not None]
        self._check(given)
        horizon = self._advance(given)
        old = None if self.former is None else self.former.at
        kept = []
        for place, value in enumerate(values):
            is_near = value is None or value >= horizon
            is_again = self.former is not None and (value is None or (old is not None and value <= old))
            if not (is_near or is_again):
                kept.append(place)
                continue
            digest = self._digest(rows[place])
            if is_near:
                self._note(digest, value)
            if is_again and self._left.get(digest, 0) > 0:
                self._left[digest] -= 1
            else:
                kept.append(place)
        return kept

    def reached(self) -> Cursor:
        """How far the table was read, once all rows went through `fresh`. Errors: CursorUnfit."""
        taken = None if self._near is None else {digest: times for digest, (_, times) in self._near.items()}
        return Reached(self._top, self._salt.hex(), taken).written()

    def _check(self, given: Sequence[Value]) -> None:
        kinds = {type(value) for value in given} | ({type(self._top)} if self._top is not None else set())
        if len(kinds) > 1 or not kinds <= _KINDS.keys():
            words = ", ".join(sorted(_KINDS[kind][0] if kind in _KINDS else kind.__name__ for kind in kinds))
            raise CursorUnfit(self.name, f"the cursor's values are not of one kind that has an order: {words}")
        if str in kinds and not all(map(_TEXT.fullmatch, given)):
            hint = "Name a column of numbers or times, or leave the cursor out to read the whole table."
            raise CursorUnfit(self.name, "the cursor's values are text, which databases order differently", hint=hint)

    def _advance(self, given: Sequence[Value]) -> Value:
        """Move the greatest value on; the value from which rows are near."""
        if given:
            greatest = max(given)
            if self._top is None or greatest > self._top:
                self._top = greatest
        if self._top is None:
            return None
        horizon = self._before(self._top)
        if self._near:
            self._near = {d: noted for d, noted in self._near.items() if noted[0] is None or noted[0] >= horizon}
        return horizon

    def _before(self, at: Value) -> Value:
        if self.lag is None:
            return at
        is_time, counts = isinstance(at, date), isinstance(at, int | float | Decimal)
        if is_time != isinstance(self.lag, timedelta) or not (is_time or counts):
            what = "a number, since the cursor counts" if counts else "a time such as 10 minutes"
            hint = "Take `lag` out." if not (is_time or counts) else ""
            raise CursorUnfit(self.name, f"`lag` does not fit the cursor: it must be {what}", hint=hint)
        if type(at) is date and isinstance(self.lag, timedelta):
            return at - timedelta(days=-(-self.lag // timedelta(days=1)))
        return at - self.lag

    def _note(self, digest: str, value: Value) -> None:
        if self._near is None:
            return
        self._near[digest] = (value, self._near.get(digest, (value, 0))[1] + 1)
        if len(self._near) > MOST_NEAR:
            if not self.is_told_apart:
                hint = "Name a finer one, give the `key` of an event, or say load: snapshot."
                raise CursorUnfit(
                    self.name, f"more than {MOST_NEAR:,} rows share the cursor's newest values or have none", hint=hint
                )
            self._near = None

    def _digest(self, row: Sequence[object]) -> str:
        return blake2b(repr([_text(value) for value in row]).encode(), key=self._salt, digest_size=12).hexdigest()


def _text(value: object) -> str:
    """The same text for the same value, whatever zone a moment is told in."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | frozenset):
        return ",".join(sorted(map(str, value)))
    return "\x00" if value is None else str(value)
