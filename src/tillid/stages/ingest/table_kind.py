"""What the rows of a file are: people, events, consents, suppressions or things; by its columns taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tillid.stages.ingest.column_meaning import LIKELY, SURE, Guess
from tillid.stages.ingest.column_profile import ColumnProfile
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.ingest.state_words import states_of
from tillid.terms.categories import covers
from tillid.terms.header_words import spelled, words_of

_FEW_COLUMNS = 6
_FEW_BESIDE_A_REFUSAL = 2
_HEALTH = "user.health_and_medical"
_PATIENTS = ("patient", "pasient", "journalnr", "dossiermedical")
_ENOUGH_OF_HEALTH = 3
_MOST_COLUMNS_OF_CONSENTS = 12
_SUPPRESSION_WORDS = tuple(
    "robinson suppress spaer sperre reservert reservasjonsregister bloker block optout nejtak unsub afmeld avmeld"
    " donotcall donotmail nocall nomail dnc belmeniet belmijniet nietbellen nietmailen bloklijst zwartelijst verzet"
    " frabed ikkekontakt uitgeschreven desabonn desinscri listenoire".split()
)
# A reservation is one against marketing, or of a table.
_PERHAPS_SUPPRESSIONS = ("reserva", "optouts", "stop")
_FEWEST_COLUMNS = 4

_WHO = frozenset(
    {"email", "phone", "customer_no", "household_no", "loyalty_no", "login", "device_id", "person_no", "national_id"}
    | {"first_name", "last_name", "birth_date"}
)
# A shop has an address and a telephone too; these only a person has.
_NAMED = _WHO - {"email", "phone"}
_TRAITS = {
    **dict.fromkeys(("name", "gender", "marital_status", "age", "birth_year", "children", "education", "income"), 0.7),
    **dict.fromkeys(("job_title", "salutation", "health", "religion", "politics", "credit", "balance"), 0.7),
    **dict.fromkeys(("language", "device", "street", "interests", "answer", "household", "home_ownership"), 0.3),
    **dict.fromkeys(("web", "session", "visit", "contacted"), 0.4),
}
_ENOUGH_TRAITS = 1.4
# A shop has an e-mail address, but no job, gender or consent: beside one of these the address is a person's.
_SAID_OF_ONE = frozenset({"job_title", "salutation", "gender", "birth_year", "state", "opted_out", "middle_name"})
_OF_PEOPLE = frozenset(_TRAITS) - {"web", "session", "visit", "contacted", "device", "answer", "credit", "balance"}
_OF_PEOPLE |= {"first_name", "last_name", "birth_date", "postcode", "city", "country", "company"}
_OF_THINGS = frozenset({"product", "store", "place", "postcode", "campaign", "coupon", "city", "region", "country"})
_WHERE = frozenset({"postcode", "city", "region", "country"})
_HAPPENS = frozenset(
    {"order_no", "amount", "product", "event", "url", "quantity", "duration", "call", "session", "coupon", "search"}
    | {"order_date", "paid_at", "gift", "web"}
)
_TRADE = frozenset(
    {"order_no", "amount", "product", "quantity", "coupon", "order_date", "gift", "currency", "due_date"}
)
_OF_ORDERS = frozenset({"order_no", "product", "coupon", "order_date", "paid_at", "gift"})
_FEW_OF_TRADE = 2
# Beside one of these, days that differ from row to row are not those of figures over time.
_OF_A_SALE = frozenset({"order_no", "name", "street", "notes"})
_WEB = frozenset({"url", "web", "session"})
_TIMES = {
    **dict.fromkeys(("order_date", "occurred_at"), 5),
    **dict.fromkeys(("call", "started_at", "visit", "event", "session", "consent_date", "paid_at"), 4),
    **dict.fromkeys(("created_at", "opted_out", "state", "contacted"), 3),
    **dict.fromkeys(("due_date", "ended_at", "updated_at"), 1),
    **dict.fromkeys(("birth_date", "birth_year", "birth_place"), -9),
}
_USUAL_TIME = 2


class Topic(StrEnum):
    """What the events of a file are about, as the data category of what is said of them."""

    PURCHASES = "user.behavior.purchase_history"
    BROWSING = "user.behavior.browsing_history"
    BEHAVIOR = "user.behavior"


@dataclass(frozen=True, slots=True)
class Seen:
    """A column as it was looked at: its profile and what it may mean, the most certain first."""

    profile: ColumnProfile
    guesses: tuple[Guess, ...]

    @property
    def best(self) -> Guess | None:
        """What it probably means; None where nothing likely is known."""
        return self.guesses[0] if self.guesses and self.guesses[0].certainty >= LIKELY else None

    @property
    def is_(self) -> str:
        """The name of what it probably means."""
        return self.best.meaning.name if self.best else ""


@dataclass(frozen=True, slots=True)
class TableReading:
    """What a file's rows are, why, what they are about, and the column that says when.

    `is_of_patients`: what nothing else accounts for is probably said of a person's health.
    """

    kind: SourceKind
    reason: str
    topic: Topic
    time: str = ""
    identified: bool = True
    is_of_patients: bool = False


def read_table(name: str, columns: Sequence[Seen]) -> TableReading:
    """Tell what the rows of the file called `name` are."""
    topic, time = _topic(columns), _time(columns)
    who = [column for column in columns if _identifies(column)]
    kind, reason = _kind(name, columns, who, time)
    identified = kind is SourceKind.THINGS or bool(who) or any(is_own_number(column) for column in columns)
    of_patients = _is_of_patients(name, columns)
    return TableReading(kind, reason, topic, time.profile.header if time else "", identified, of_patients)


def _is_of_patients(name: str, columns: Sequence[Seen]) -> bool:
    words = [*spelled(name), *(word for column in columns for word in spelled(column.profile.header))]
    healthy = sum(bool(column.best and covers(_HEALTH, column.best.meaning.category)) for column in columns)
    return any(word.startswith(_PATIENTS) for word in words) or healthy >= _ENOUGH_OF_HEALTH


def _identifies(column: Seen) -> bool:
    best = column.best
    return bool(best and best.meaning.identifier and best.meaning.identifier != "own" and best.certainty >= SURE)


def is_own_number(column: Seen) -> bool:
    """Whether a column numbers the records of its file: a number that this source alone gives."""
    best = column.best
    return bool(best and best.meaning.identifier == "own" and best.certainty >= SURE and column.profile.is_once)


def _kind(name: str, columns: Sequence[Seen], who: Sequence[Seen], time: Seen | None) -> tuple[SourceKind, str]:
    is_ = {column.is_ for column in columns}
    if who and _is_suppressions(name, columns, who):
        return SourceKind.SUPPRESSIONS, "a list of addresses or numbers, with little else"
    if who and time and _is_consents(columns, is_):
        return SourceKind.CONSENTS, "an answer (yes, no, withdrawn), a time and an identifier"
    if _is_about_things(columns, is_):
        return SourceKind.THINGS, "no column says which person a row is about"
    happened = sum(column.is_ in _HAPPENS for column in columns)
    described = sum(column.is_ in _OF_PEOPLE for column in columns)
    if time and _is_events(columns, who, happened, described):
        return SourceKind.EVENTS, "a time, and rows of the same person come again"
    return SourceKind.PEOPLE, "a row says who or what a person is" if who else "a row describes a person, unnamed"


def _is_events(columns: Sequence[Seen], who: Sequence[Seen], happened: int, described: int) -> bool:
    numbered = any(is_own_number(column) and column.is_ == "person_no" for column in columns)
    once = numbered or (bool(who) and any(c.profile.is_once for c in who if c.is_ in ("customer_no", "email", "login")))
    if not who:
        return happened > max(1, described) or _is_unnamed_sale(columns, {column.is_ for column in columns})
    if once:
        # Each person is in the rows looked at once: a row may still be an order, if it is one in every other way.
        return happened > max(1, described) and any(_is_of_one_event(column) for column in columns)
    return (happened > 0 and 2 * happened >= described) or not described


def _is_of_one_event(column: Seen) -> bool:
    """Whether a column tells of one event rather than of all that a person ever did."""
    if column.is_ == "order_no":
        return column.profile.is_once or column.profile.type == "text"
    return column.is_ in ("product", "quantity", "event", "url", "due_date", "duration")


def _is_about_things(columns: Sequence[Seen], is_: set[str]) -> bool:
    subject = next(
        (column for column in columns if column.profile.is_once and column.is_ in (_OF_THINGS | _NAMED)), None
    )
    # In few rows each person may live in another place: with an address to write to, those are people.
    is_home = subject is not None and subject.is_ in _WHERE and bool(is_ & _WHO)
    is_addressed = "email" in is_ and bool(is_ & _SAID_OF_ONE)
    is_named = is_home or is_addressed or bool(is_ & (_NAMED | {"order_no", "event"}))
    if subject and subject.is_ in _OF_THINGS and not is_named:
        return True
    if _WHO & is_:
        return False
    if "population" in is_ or ("quantity" in is_ and not {"order_no", "amount"} & is_):
        return True
    if not is_ & _OF_A_SALE and any(column.profile.is_once and column.profile.is_time for column in columns):
        return True  # a row a day or week: figures over time
    if any(column.is_ in _OF_THINGS for column in columns[:1]) and not is_ & {"order_no", "event"}:
        return True
    return sum(_TRAITS.get(column.is_, 0.0) for column in columns) < _ENOUGH_TRAITS and not _is_unnamed_sale(
        columns, is_
    )


def _is_unnamed_sale(columns: Sequence[Seen], is_: set[str]) -> bool:
    return {"order_no", "amount"} <= is_ and any(column.profile.is_time for column in columns)


def _is_suppressions(name: str, columns: Sequence[Seen], who: Sequence[Seen]) -> bool:
    called = "".join(spelled(name))
    if any(word in called for word in _SUPPRESSION_WORDS) and len(columns) <= 2 * _FEW_COLUMNS:
        return True
    addresses = all(column.is_ in ("email", "phone") for column in who)
    if addresses and len(columns) <= _FEWEST_COLUMNS and any(word in called for word in _PERHAPS_SUPPRESSIONS):
        return True
    if len(columns) > _FEW_COLUMNS or any(_states(column) for column in columns):
        return False
    rest = [column for column in columns if column not in who and not column.profile.is_time]
    refusal = any("optout" in word.means for column in columns for word in words_of(column.profile.header))
    return addresses and (not rest or (refusal and len(rest) <= _FEW_BESIDE_A_REFUSAL))


def _is_consents(columns: Sequence[Seen], is_: set[str]) -> bool:
    if len(columns) > _MOST_COLUMNS_OF_CONSENTS or {"first_name", "street", "amount", "order_no"} & is_:
        return False
    return any(column.is_ in ("state", "opted_out", "status") and _states(column) for column in columns) or bool(
        is_ & {"purpose", "notice", "evidence"} and any(_states(column) for column in columns)
    )


def _states(column: Seen) -> bool:
    few = column.profile.few
    return bool(few) and len(states_of(few)) == len(few)


def _topic(columns: Iterable[Seen]) -> Topic:
    names = [column.is_ for column in columns]
    trade, web = sum(name in _TRADE for name in names), sum(name in _WEB for name in names)
    if not trade and not web:
        return Topic.BEHAVIOR
    if "event" in names and not {"amount", "order_no"} & set(names) and not {"web", "session"} & set(names):
        return Topic.BEHAVIOR
    if trade <= web:
        return Topic.BROWSING
    return Topic.PURCHASES if trade > _FEW_OF_TRADE or _OF_ORDERS & set(names) else Topic.BEHAVIOR


def _time(columns: Sequence[Seen]) -> Seen | None:
    """The column that says when: of those that hold times, the one that is meant for that most."""

    def fitness(column: Seen) -> float:
        return _TIMES.get(column.is_, _USUAL_TIME) + (0.5 if column.profile.type == "timestamp" else 0.0)

    timed = [column for column in columns if column.profile.is_time and fitness(column) > 0]
    return max(timed, key=fitness, default=None)
