"""What the house asks of a destination: it must both deliver and forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a destination did: where the list went, how many rows, and its digest."""

    place: str
    rows: int
    digest: str


class Destination(Protocol):
    """Somewhere outside that receives lists of people."""

    def deliver(self, rows: pa.Table, columns: Mapping[str, str], key: str) -> Receipt:
        """Hand over the whole list: all of `rows` or nothing.

        `columns` maps the receiver's header → column of `rows`; `key` is a stable id of this delivery, so
        that handing over twice is harmless. Raises `DestinationError`.
        """
        ...

    def forget(self, keys: Sequence[Mapping[str, object]]) -> int:
        """Take these people (by the values of delivered columns) out of what was delivered; how many were found."""
        ...
