"""What a user may declare about linking: limits of values, and values that identify nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DEFAULT_LIMIT = 10
DEFAULT_LIMITS: Mapping[str, int] = MappingProxyType(
    {"customer_no": 5, "login": 5, "email": 10, "phone": 10, "device_id": 30}
)


@dataclass(frozen=True, slots=True)
class LinkingDefinition:
    """How identifiers are linked.

    `limits` says how many values of a kind one identifier may be seen with; where there are more, it is
    shared (a switchboard's number, a family's computer) and none of those links counts. `worthless` adds
    values to the built-in list of those that identify nobody.

    >>> LinkingDefinition().limit("customer_no"), LinkingDefinition(limits={"club": 2}).limit("club")
    (5, 2)
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    worthless: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", MappingProxyType(dict(self.limits)))

    def limit(self, kind: str) -> int:
        """The most values of `kind` that one identifier may be seen with."""
        return self.limits.get(kind, DEFAULT_LIMITS.get(kind, DEFAULT_LIMIT))
