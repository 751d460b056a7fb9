"""Which identifiers are one person, the slow way: the textbook's union-find over the links that count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from tillid.stages.resolve.definitions import DEFAULT_LIMITS

Identifier = tuple[str, str]
Pair = tuple[Identifier, Identifier]


class UnionFind:
    """The textbook's: each item points towards the one that stands for its set."""

    def __init__(self) -> None:
        self.above: dict[Identifier, Identifier] = {}

    def top(self, item: Identifier) -> Identifier:
        self.above.setdefault(item, item)
        while self.above[item] != item:
            self.above[item] = self.above[self.above[item]]
            item = self.above[item]
        return item

    def join(self, one: Identifier, other: Identifier) -> None:
        self.above[self.top(one)] = self.top(other)

    def sets(self) -> frozenset[frozenset[Identifier]]:
        found: dict[Identifier, set[Identifier]] = defaultdict(set)
        for item in list(self.above):
            found[self.top(item)].add(item)
        return frozenset(frozenset(items) for items in found.values())


def counting(pairs: Iterable[Pair], limits: Mapping[str, int] = DEFAULT_LIMITS) -> set[Pair]:
    """The pairs of which neither end was seen with more values of the other's kind than that kind's limit."""
    both = {pair for one, other in pairs if one != other for pair in ((one, other), (other, one))}
    seen: Counter[tuple[Identifier, str]] = Counter((one, other[0]) for one, other in both)
    kept = {(a, b) for a, b in both if seen[a, b[0]] <= limits.get(b[0], 10)}
    return {(a, b) for a, b in kept if (b, a) in kept}
