"""Who there is around the shop: which lists each made-up person is on, and what joins the lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tillid.testing.made_up import MadeUpPerson, made_up_people

CRM, NEWSLETTER, LOYALTY = "crm", "newsletter", "loyalty"

TWO_NUMBERS = 25
"""People whom the shop knows under two customer numbers."""
NOT_IN_CRM = 20
"""Customer numbers that have orders and stand in no list."""
PROSPECTS = 110
"""People of the CRM who never bought."""
OVERLAPS = (
    (frozenset({CRM, NEWSLETTER}), 200),
    (frozenset({CRM, LOYALTY}), 95),
    (frozenset({CRM, NEWSLETTER, LOYALTY}), 45),
    (frozenset({NEWSLETTER, LOYALTY}), 30),
)
ONLY_NEWSLETTER, ONLY_LOYALTY = 480, 330
STRANGERS = 120
"""People of the suppression list whom the shop does not know."""

BY_EMAIL, BY_PHONE, BY_NUMBER, BY_NAME_ONLY = "email", "phone", "customer_no", "name"


@dataclass(frozen=True, slots=True)
class Member:
    """A made-up person and the lists that they are on.

    `joined_by` says, for each list but the first, which identifier it shares with the others; `name` means
    that nothing but the name and the place joins them.
    """

    number: int
    person: MadeUpPerson
    lists: frozenset[str]
    customer_nos: tuple[str, ...] = ()
    joined_by: dict[str, str] = field(default_factory=dict)

    @property
    def has_several(self) -> bool:
        """Whether the person is on more than one list."""
        return len(self.lists) > 1


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone: the people of the lists, and strangers who are on none."""

    members: tuple[Member, ...]
    strangers: tuple[MadeUpPerson, ...]

    def on(self, name: str) -> list[Member]:
        """The people of one list."""
        return [member for member in self.members if name in member.lists]


def _ways(lists: frozenset[str], rng: Random) -> dict[str, str]:
    if len(lists) < 2:
        return {}
    ways: dict[str, str] = {}
    if NEWSLETTER in lists:
        ways[NEWSLETTER] = rng.choices((BY_EMAIL, BY_PHONE, BY_NAME_ONLY), (62, 25, 13))[0]
    if LOYALTY in lists:
        kinds: tuple[str, ...] = (BY_EMAIL, BY_PHONE, BY_NAME_ONLY)
        weights: tuple[int, ...] = (37, 25, 13)
        if CRM in lists:
            kinds, weights = (*kinds, BY_NUMBER), (*weights, 35)
        ways[LOYALTY] = rng.choices(kinds, weights)[0]
    return ways


def make_cast(customers: list[str], *, seed: int) -> Cast:
    """The people around these customer numbers.

    >>> cast = make_cast([str(n) for n in range(12_000, 13_500)], seed=1)
    >>> sum(member.has_several for member in cast.members), len(cast.strangers)
    (370, 120)
    """
    rng = Random(seed)
    shuffled = rng.sample(customers, len(customers))
    doubles, singles = shuffled[: 2 * TWO_NUMBERS], shuffled[2 * TWO_NUMBERS + NOT_IN_CRM :]
    numbers: list[tuple[str, ...]] = [(number,) for number in singles]
    numbers += zip(doubles[::2], doubles[1::2], strict=True)
    numbers += [(str(20_001 + n),) for n in range(PROSPECTS)]

    lists: list[frozenset[str]] = [kind for kind, count in OVERLAPS if CRM in kind for _ in range(count)]
    lists += [frozenset({CRM})] * (len(numbers) - len(lists))
    outside = [kind for kind, count in OVERLAPS if CRM not in kind for _ in range(count)]
    outside += [frozenset({NEWSLETTER})] * ONLY_NEWSLETTER + [frozenset({LOYALTY})] * ONLY_LOYALTY

    people = made_up_people(len(numbers) + len(outside) + STRANGERS, seed=seed)
    lists, numbers = lists + outside, numbers + [()] * len(outside)
    members = tuple(Member(n, people[n], lists[n], numbers[n], _ways(lists[n], rng)) for n in range(len(lists)))
    return Cast(members, tuple(people[len(lists) :]))
