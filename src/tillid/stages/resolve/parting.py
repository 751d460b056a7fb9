"""Parts a component that holds two who are judged apart, by taking out the weakest links of its chains alone.

The links are taken strongest first, as for a greatest spanning tree, and one that would bring two who are judged
apart into one group is left out. Source: Kruskal, On the Shortest Spanning Subtree of a Graph and the Traveling
Salesman Problem, Proceedings of the AMS 7 (1956).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[int, int]


class Groups:
    """Groups of subjects that grow together, and which of them must not."""

    def __init__(self, apart: Iterable[Pair] = ()) -> None:
        self._above: dict[int, int] = {}
        self._against: dict[int, set[int]] = {}
        for one, other in apart:
            self._against.setdefault(one, set()).add(other)
            self._against.setdefault(other, set()).add(one)

    def top(self, one: int) -> int:
        """The least subject of its group."""
        above = self._above
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    def join(self, one: int, other: int) -> bool:
        """Make one group of the two, unless it would hold two who must not meet; whether they are one now."""
        top, under = sorted((self.top(one), self.top(other)))
        if top == under:
            return True
        if under in self._against.get(top, ()):
            return False
        self._above[under] = top
        for foe in self._against.pop(under, ()):
            self._against[foe].discard(under)
            self._against[foe].add(top)
            self._against.setdefault(top, set()).add(foe)
        return True


def part(links: Iterable[Pair], apart: Iterable[Pair]) -> dict[int, int]:
    """The least subject of the group that each linked subject is in, with `links` in order, the strongest first.

    No group holds both of a pair of `apart`.

    >>> part([(1, 2), (3, 4), (2, 3)], [(1, 4)])
    {1: 1, 2: 1, 3: 3, 4: 3}
    """
    groups, met = Groups(apart), set[int]()
    for one, other in links:
        groups.join(one, other)
        met |= {one, other}
    return {one: groups.top(one) for one in sorted(met)}


def chain(near: Mapping[int, Sequence[int]], one: int, other: int) -> tuple[Pair, ...]:
    """The fewest steps from one subject to another, or none; `near` has the neighbours of each.

    >>> chain({1: [2], 2: [1, 3], 3: [2]}, 1, 3), chain({1: [2], 2: [1]}, 1, 3)
    (((1, 2), (2, 3)), ())
    """
    came_from, waiting = {one: one}, deque([one])
    while waiting and other not in came_from:
        at = waiting.popleft()
        for next_ in sorted(near.get(at, ())):
            if next_ not in came_from:
                came_from[next_] = at
                waiting.append(next_)
    steps: list[Pair] = []
    at = other
    while at != one and at in came_from:
        steps.append((came_from[at], at))
        at = came_from[at]
    return tuple(reversed(steps))
