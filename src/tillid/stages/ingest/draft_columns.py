"""Settles each column of a draft, now that it is known what the rows are: name, type, category, identifier."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tillid.stages.ingest.column_meaning import LIKELY, SURE, Guess
from tillid.stages.ingest.column_profile import ColumnProfile
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.ingest.table_kind import Seen, TableReading, Topic, is_own_number
from tillid.terms.categories import asks_for_a_law
from tillid.terms.header_words import last_part, spelled, words_of

NO_PERSON = "system.operations"
"""The category of what is about nobody."""
_PREFERENCES = "user.privacy_preferences"
_PLACE = "user.contact.address."
_HEALTH = "user.health_and_medical"
_UNTOLD = frozenset({"", "user.behavior", "user.content", "user.content.private"})
_IMPRECISE = "user.location.imprecise"
_LONGEST_NAME = 50
# What tells of a person even where no column says which.
_STAYS = frozenset({"user_agent", "ip_address", "consent_string", "secret", "device"})
_DAYS = frozenset({"occurred_at", "started_at", "date_part"})
_PAIRS = (("l", "r"), ("left", "right"), ("a", "b"))

# Columns that tables of sources have of their own.
_RESERVED = frozenset(
    "collected collected_for gone identifier_0 identifier_1 identifier_2 identifier_3 person_id purpose_set received"
    " record_key row source_file stated_at subject_id valid_from valid_to".split()
)
# What is called so in every source, whatever the file's language; other columns keep their own words.
_USUAL = frozenset(
    {"customer_no", "household_no", "loyalty_no", "login", "device_id", "email", "phone", "ip_address", "language"}
    | {"first_name", "last_name", "name", "birth_date", "gender", "street", "postcode", "city", "country", "job_title"}
    | {"quantity", "order_no", "product", "event", "url", "occurred_at", "created_at", "updated_at"}
    | {"state", "notice", "purpose", "evidence"}
)
_ORGANISATION = "user.contact.organization"
_TURNOVER = frozenset("revenue turnover omsaetning omsatning omsetning omzet umsatz chiffre".split())


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """A column of a draft.

    `category` is empty where nothing gave it away. `certainty` is 0 to 1, `reason` says what it rests on, without
    a value of the file. `left_out` says why a column is better not taken in.
    """

    header: str
    name: str
    type: str
    category: str = ""
    identifier: str = ""
    values: tuple[tuple[str, str], ...] = ()
    certainty: float = 0.0
    reason: str = ""
    left_out: str = ""
    misfit: float = 0.0

    @property
    def looks(self) -> tuple[str, ...]:
        """What a person should look at; empty where the column needs no second look."""
        refused = f"{self.misfit:.1%} of the values are no {self.type}: such rows are refused, as text they are not"
        return (*((self.reason,) if self.certainty < SURE else ()), *((refused,) if self.misfit else ()))


def draft_columns(source: str, columns: Sequence[Seen], table: TableReading) -> tuple[DraftColumn, ...]:
    """The columns of the draft of the source called `source`."""
    names = _Names()
    drafted = [_drafted(source, column, table, names, columns) for column in columns]
    if table.kind is SourceKind.PEOPLE:
        drafted = _by_neighbours(drafted)
    return tuple(drafted)


class _Names:
    """Gives each column a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)
        self._counts: Counter[str] = Counter()

    def give(self, wanted: str, own: str) -> str:
        stem = wanted if wanted and wanted not in self._taken else _clean(own)
        free = stem
        while free in self._taken:
            self._counts[stem] += 1
            free = f"{stem}_{self._counts[stem] + 1}"
        # A washed column has a twin with its value as it came.
        self._taken |= {free, f"{free}_raw"}
        return free


def _clean(text: str) -> str:
    return re.sub(r"^[^a-z]+", "", text)[:_LONGEST_NAME].rstrip("_") or "column"


def _drafted(source: str, column: Seen, table: TableReading, names: _Names, all_: Sequence[Seen]) -> DraftColumn:
    profile, best = column.profile, column.best
    category, certainty, reason = _of_patient(table, *_category(column, table, all_))
    own = "_".join(spelled(last_part(profile.header)))
    own = f"{own}_2" if own == "occurred_at" and profile.header != table.time else own
    identifier = _identifier(source, column, table)
    wanted = best.meaning.name if best and best.certainty >= SURE and best.meaning.name in _USUAL else ""
    if wanted == "occurred_at" and profile.header != table.time:
        wanted = ""
    if table.kind is SourceKind.CONSENTS and profile.header == table.time:
        wanted = "at"
    if table.kind is SourceKind.THINGS and wanted == "name":
        wanted = ""
    name = names.give(wanted, own)
    type_ = _type(profile, best, table)
    misfit = profile.misfit if type_ == profile.type else 0.0
    draft = DraftColumn(profile.header, name, type_, category, identifier, (), certainty, reason, misfit=misfit)
    if table.kind is not SourceKind.THINGS and category and asks_for_a_law(category):
        return replace(draft, left_out=_law(category), identifier="")
    return draft


def _identifier(source: str, column: Seen, table: TableReading) -> str:
    best = column.best
    if best is None or not best.meaning.identifier or table.kind is SourceKind.THINGS:
        return ""
    if best.meaning.identifier != "own":
        # To take for a person's number what is none would join people who are not one.
        return best.meaning.identifier if best.certainty >= SURE else ""
    # The numbers that one system gives its records mean nothing in another, so their kind is its alone.
    if table.kind is SourceKind.PEOPLE and is_own_number(column):
        return f"{source}_id"[:60]
    return "person_no" if best.meaning.name == "person_no" and table.kind is SourceKind.EVENTS else ""


def _category(column: Seen, table: TableReading, all_: Sequence[Seen]) -> tuple[str, float, str]:
    best = column.best
    if table.kind is SourceKind.THINGS:
        return _category_of_thing(column, all_)
    if best is not None:
        category = _settled(best.meaning.category, column, table)
        if best.meaning.name == "amount" and _is_turnover(column, all_):
            return _ORGANISATION, best.certainty, "it stands beside what is said of a company"
        if best.meaning.name == "record_no" and not _identifier("x", column, table):
            category = str(table.topic) if table.kind is SourceKind.EVENTS else category
        return category, best.certainty, best.reason
    around = {
        SourceKind.EVENTS: (str(table.topic), "the other columns tell what the rows are about"),
        SourceKind.CONSENTS: (_PREFERENCES, "it stands beside an answer"),
        SourceKind.SUPPRESSIONS: (_PREFERENCES, "it stands beside an objection"),
    }
    if table.kind in around:
        category, reason = around[table.kind]
        return category, LIKELY, reason
    if not table.identified and table.topic is Topic.BROWSING:
        return str(table.topic), LIKELY, "the other columns tell what the rows are about"
    return _by_type(column, table)


def _by_type(column: Seen, table: TableReading) -> tuple[str, float, str]:
    """What a column of a list of people may be where neither header nor other columns tell."""
    if column.profile.is_time and not table.is_of_patients:
        return "user.account", LIKELY, "the values are days, and nothing says of what"
    if column.profile.is_money and column.profile.type == "decimal" and not table.is_of_patients:
        return "user.financial", LIKELY, "the values may be amounts, and nothing says of what"
    return "", 0.0, "nothing gave it away"


def _of_patient(table: TableReading, category: str, certainty: float, reason: str) -> tuple[str, float, str]:
    """What is told of a patient without saying what it is, is told of health until a person says otherwise."""
    if table.is_of_patients and table.kind is not SourceKind.THINGS and category in _UNTOLD:
        return _HEALTH, max(certainty, LIKELY), "it is said of a patient"
    return category, certainty, reason


def _is_turnover(column: Seen, all_: Sequence[Seen]) -> bool:
    """Whether an amount is a company's turnover and nothing that a person bought."""
    beside = {other.is_ for other in all_}
    says = _TURNOVER & set(spelled(column.profile.header))
    return (
        bool(says) and "order_no" not in beside and len(beside & {"company", "company_no", "industry", "employees"}) > 1
    )


def _category_of_thing(column: Seen, all_: Sequence[Seen]) -> tuple[str, float, str]:
    best = column.best
    if best is not None and best.meaning.name in _STAYS:
        return best.meaning.category, best.certainty, best.reason
    if best is not None and best.meaning.identifier and _is_of_pair(column, all_):
        return best.meaning.category, SURE - 0.05, "two such columns stand side by side: a row links two records"
    doubtful = best is not None and best.meaning.name in ("email", "phone") and best.certainty >= SURE
    reason = "no column says which person a row is about"
    return (
        NO_PERSON,
        SURE - 0.05 if doubtful else 0.9,
        reason if not doubtful else f"{reason}, but {best.reason}" if best else reason,
    )


def _is_of_pair(column: Seen, all_: Iterable[Seen]) -> bool:
    *stem, side = spelled(column.profile.header) or [""]
    other = next((that for pair in _PAIRS for this, that in (pair, pair[::-1]) if this == side), None)
    return other is not None and any(spelled(seen.profile.header) == [*stem, other] for seen in all_)


def _settled(category: str, column: Seen, table: TableReading) -> str:  # noqa: PLR0911  one return a case
    """The category where it depends on what the rows are."""
    if column.is_ in ("cluster",):
        return category
    if table.kind in (SourceKind.CONSENTS, SourceKind.SUPPRESSIONS) and category.startswith("@"):
        return _PREFERENCES
    if (
        table.topic is Topic.BROWSING
        and category.startswith(_PLACE)
        and (table.kind is SourceKind.EVENTS or not table.identified)
    ):
        return _IMPRECISE
    is_event = table.kind is SourceKind.EVENTS
    topic = str(table.topic)
    match category:
        case "@topic" if not is_event and table.identified:
            # A day that nothing more is said of is one of the relation: it began, changed or ended.
            return "user.account" if column.is_ in _DAYS else str(Topic.BEHAVIOR)
        case "@topic":
            return topic
        case "@goods":
            return topic if topic != Topic.BEHAVIOR and (is_event or not table.identified) else str(Topic.PURCHASES)
        case "@trade":
            return str(Topic.PURCHASES) if is_event else "user.account"
        case "@account" | "@created":
            return topic if is_event else "user.account"
        case "@description":
            return topic if is_event else "user.content"
    return category


def _type(profile: ColumnProfile, best: Guess | None, table: TableReading) -> str:  # noqa: PLR0911  one return a case
    wanted = best.meaning.type if best and best.certainty >= LIKELY else ""
    if wanted == "text" and profile.type == "decimal" and best and not best.meaning.identifier:
        return "decimal"
    counted = wanted == "text" and best is not None and best.meaning.name in ("order_no", "product", "store", "visit")
    if counted and table.kind is SourceKind.PEOPLE and profile.type == "integer" and not profile.is_once:
        return "integer"  # how many, rather than which
    if wanted == "text" or not profile.filled:
        return "text" if wanted in ("", "text", "moment") or not profile.filled else wanted
    if wanted == "money":
        return "money" if profile.is_money and not _is_share(profile.header) else profile.type
    if wanted in ("date", "timestamp", "moment"):
        if not profile.is_time:
            return "text" if wanted == "date" else profile.type
        return "date" if wanted == "date" else profile.type
    if wanted == "integer" and profile.type == "integer":
        return "integer"
    return profile.type


def _is_share(header: str) -> bool:
    return "%" in header or any("rate" in word.means for word in words_of(header))


def _by_neighbours(columns: Sequence[DraftColumn]) -> list[DraftColumn]:
    """A column that nothing gave away, between two of one category, is probably of that category too."""
    settled = list(columns)
    for at, column in enumerate(columns):
        if column.category:
            continue
        before = next((c for c in reversed(columns[:at]) if c.category), None)
        after = next((c for c in columns[at + 1 :] if c.category), None)
        if before and after and before.category == after.category and not asks_for_a_law(before.category):
            reason = "the columns before and after it are of this category"
            settled[at] = replace(column, category=before.category, certainty=LIKELY, reason=reason)
    return settled


def _law(category: str) -> str:
    """What the law asks before such a column is taken in."""
    if category.startswith("user.government_id"):
        return (
            "a national identity number (GDPR Art. 87): only where national law allows it (DK databeskyttelsesloven"
            " § 11, NO personopplysningsloven § 12, NL UAVG art. 46, BE law of 8 August 1983 art. 8)"
        )
    if category == "user.criminal_history":
        return "offences (GDPR Art. 10): only under official authority or where the law allows it"
    return "a special category (GDPR Art. 9): only with explicit consent or another condition of Art. 9(2)"
