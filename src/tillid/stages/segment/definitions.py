"""What a user declares about segments: a rule tree over traits, variables and events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tillid.stages.segment.errors import SegmentInvalid
from tillid.terms.categories import ALL_CATEGORIES
from tillid.terms.comparisons import OPERATORS, Comparison, read_comparison
from tillid.terms.conditions import Condition, read_condition
from tillid.terms.durations import Duration
from tillid.terms.fields import (
    FieldInvalid,
    FieldMissing,
    FieldPath,
    at_field,
    read_count,
    read_list,
    read_mapping,
    read_name,
    read_text,
    require_name,
)

_COUNTS = ("at_least", "at_most", "exactly")


@dataclass(frozen=True, slots=True)
class AllRules:
    """Every rule is met: `{all: [...]}`."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyRule:
    """At least one rule is met: `{any: [...]}`."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class NotRule:
    """The rule is not met, so also where the compared value is NULL: `{not: ...}`."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class VariableRule:
    """A variable that is compared with a value: `{variable: revenue_12m, gte: 1000}`."""

    variable: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class TraitRule:
    """A trait that is compared with a value: `{trait: country, in: [DK, NO]}`."""

    trait: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class EventsCounted:
    """Which events of a table count: those `within` a time before the moment asked about that meet `where`."""

    table: str
    within: Duration | None = None
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class DidRule:
    """How often the events happened: from `at_least` to `at_most` times (None: no bound), both included."""

    events: EventsCounted
    at_least: int = 1
    at_most: int | None = None

    def __post_init__(self) -> None:
        if self.at_most is not None and self.at_most < self.at_least:
            raise SegmentInvalid("'at_most' is below 'at_least'", field=("at_most",))


@dataclass(frozen=True, slots=True)
class DidNotRule:
    """The events never happened: `{did_not: orders, within: 1 year}`."""

    events: EventsCounted


Rule: TypeAlias = AllRules | AnyRule | NotRule | VariableRule | TraitRule | DidRule | DidNotRule


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A saved rule over people, used for one purpose.

    `category` is what membership tells of besides what the rule reads, such as health of buyers at a pharmacy.
    """

    name: str
    purpose: str
    rule: Rule
    label: str = ""
    category: str | None = None

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name)
        if self.category is not None:
            require_name("data category", self.category, ALL_CATEGORIES, ("category",))

    @classmethod
    def from_mapping(cls, name: str, mapping: object) -> SegmentDefinition:
        """Read what stands under `segments: NAME:`; FieldInvalid tells at which key it is wrong.

        >>> rule = {"not": {"did": "orders", "within": "90 days"}}
        >>> SegmentDefinition.from_mapping("lapsed", {"purpose": "newsletter", "rule": rule}).rule.rule.at_least
        1
        """
        allowed = ("label", "purpose", "rule", "category")
        given = read_mapping(mapping, (), allowed=allowed, required=("purpose", "rule"))
        with at_field("rule"):
            rule = read_rule(given["rule"])
        label, category = read_text(given, "label", ()) or name, read_text(given, "category", ())
        return cls(name, read_name(given, "purpose"), rule, label, category)


def read_rule(written: object) -> Rule:
    """Read a rule tree.

    `did` alone means at least once; `at_most` alone includes people who never did it, and `exactly: 0` is
    the same as `did_not`.

    >>> read_rule({"trait": "country", "is_null": True}).trait
    'country'
    """
    given = read_mapping(written, (), allowed=(*_READERS, *OPERATORS, *_COUNTS, "within", "where"))
    head = next((key for key in _READERS if key in given), None)
    if head is None:
        raise FieldMissing("A rule is missing", hint=f"Write one of: {', '.join(_READERS)}.")
    extra = next((key for key in given if key != head and key not in _beside(head)), None)
    if extra is not None:
        raise FieldInvalid(f"{extra!r} cannot stand beside {head!r}", field=(extra,))
    return _READERS[head](given, head)


def rules_within(rule: Rule, field: FieldPath = ()) -> Iterator[tuple[Rule, FieldPath]]:
    """`rule` and every rule inside it, each with the keys that lead to it."""
    yield rule, field
    match rule:
        case AllRules(rules) | AnyRule(rules):
            head = "all" if isinstance(rule, AllRules) else "any"
            for position, inner in enumerate(rules):
                yield from rules_within(inner, (*field, head, position))
        case NotRule(inner):
            yield from rules_within(inner, (*field, "not"))


def _beside(head: str) -> tuple[str, ...]:
    """The keys that may stand beside the one that says which rule it is."""
    if head in ("variable", "trait"):
        return OPERATORS
    if head == "did":
        return (*_COUNTS, "within", "where")
    return ("within", "where") if head == "did_not" else ()


def _read_rules(given: Mapping[str, object], head: str) -> tuple[Rule, ...]:
    rules = []
    for position, entry in enumerate(read_list(given, head, ())):
        with at_field(head, position):
            rules.append(read_rule(entry))
    return tuple(rules)


def _read_not(given: Mapping[str, object], head: str) -> Rule:
    with at_field(head):
        return NotRule(read_rule(given[head]))


def _read_did(given: Mapping[str, object], head: str) -> Rule:
    events = _read_events(given, head)
    at_least, at_most, exactly = (read_count(given, key, ()) for key in _COUNTS)
    if exactly is not None:
        if at_least is not None or at_most is not None:
            raise SegmentInvalid("'exactly' cannot stand beside 'at_least' or 'at_most'", field=("exactly",))
        return DidRule(events, exactly, exactly)
    if at_least is None:
        at_least = 1 if at_most is None else 0
    return DidRule(events, at_least, at_most)


def _read_events(given: Mapping[str, object], head: str) -> EventsCounted:
    within, where = None, None
    if "within" in given:
        with at_field("within"):
            within = Duration.parse(given["within"])
    if "where" in given:
        with at_field("where"):
            where = read_condition(given["where"])
    return EventsCounted(read_name(given, head), within, where)


_READERS: Mapping[str, Callable[[Mapping[str, object], str], Rule]] = {
    "all": lambda given, head: AllRules(_read_rules(given, head)),
    "any": lambda given, head: AnyRule(_read_rules(given, head)),
    "not": _read_not,
    "variable": lambda given, head: VariableRule(read_name(given, head), read_comparison(given)),
    "trait": lambda given, head: TraitRule(read_name(given, head), read_comparison(given)),
    "did": _read_did,
    "did_not": lambda given, head: DidNotRule(_read_events(given, head)),
}
