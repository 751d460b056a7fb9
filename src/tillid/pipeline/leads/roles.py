"""What each column of a list of people is to a lead wash: e-mail, phone, name, place, consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from tillid.stages.wash import WashKind
from tillid.terms.categories import covers
from tillid.terms.header_words import spelled


class Described(Protocol):
    """A column of a source or of a draft of one."""

    @property
    def header(self) -> str:
        """Its name in the file."""
        ...

    @property
    def name(self) -> str:
        """Its name in Tillid."""
        ...

    @property
    def type(self) -> str:
        """One of `ColumnType`'s words."""
        ...

    @property
    def category(self) -> str:
        """Its data category; empty where it is not known."""
        ...


_BY_CATEGORY = (
    ("user.contact.email", "email"),
    ("user.contact.phone_number", "phone"),
    ("user.name.first", "first_name"),
    ("user.name.last", "last_name"),
    ("user.name", "name"),
    ("user.contact.address.postal_code", "postcode"),
    ("user.contact.address.city", "city"),
    ("user.contact.address.country", "country"),
    ("user.contact.address.street", "address"),
    ("user.contact.address", "address"),
    ("user.demographic.date_of_birth", "birth_date"),
)
_WASHES = {
    "email": WashKind.EMAIL,
    "phone": WashKind.PHONE,
    "first_name": WashKind.NAME,
    "last_name": WashKind.NAME,
    "name": WashKind.NAME,
    "postcode": WashKind.POSTCODE,
    "city": WashKind.CITY,
}
_CONSENT = frozenset("consent samtykke toestemming consentement einwilligung permission tilladelse optin".split())
_TIMES = frozenset("at date dato datum tid time tidspunkt tijdstip timestamp dag".split())
_PROOFS = frozenset("evidence bevis dokumentation bewijs preuve ip source kilde bron proof url".split())
_TEXTS = frozenset("text tekst texte notice version wording ordlyd erklaering erklaring verklaring".split())


@dataclass(frozen=True, slots=True)
class Roles:
    """Role → headers of the columns in it, in the order of the file."""

    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def all(self, role: str) -> tuple[str, ...]:
        """The headers of all columns in the role."""
        return self.headers.get(role, ())

    def first(self, role: str) -> str | None:
        """The header of the first column in the role, if any."""
        return next(iter(self.all(role)), None)

    def washes(self) -> dict[str, WashKind]:
        """Header → how it is washed."""
        return {h: _WASHES[role] for role, headers in self.headers.items() if role in _WASHES for h in headers}

    @property
    def reaches(self) -> bool:
        """Whether any column tells how to reach a person."""
        return any(self.all(role) for role in ("email", "phone", "address"))


def roles_of(columns: Iterable[Described]) -> Roles:
    """The roles of a list's columns, by category and, for consent, by the words of the header."""
    headers: dict[str, tuple[str, ...]] = {}
    for column in columns:
        role = _role(column)
        if role:
            headers[role] = (*headers.get(role, ()), column.header)
    return Roles(headers)


def _role(column: Described) -> str:
    consent = _consent_role(column)
    if consent:
        return consent
    return next((role for category, role in _BY_CATEGORY if covers(category, column.category)), "")


def _consent_role(column: Described) -> str:
    words = spelled(column.header)
    rest = {part for word in words for part in _without_consent(word)}
    if rest == set(words) and not covers("user.privacy_preferences", column.category):
        return ""
    if column.type in ("date", "timestamp") or rest & _TIMES:
        return "consent_at"
    if rest & _PROOFS or column.name == "evidence":
        return "evidence"
    if rest & _TEXTS or column.name == "notice":
        return "notice"
    return "consent"


def _without_consent(word: str) -> tuple[str, ...]:
    """What a word adds to a word for consent, as `dato` in `samtykkedato`; a word without one is left as it is."""
    for consent in _CONSENT:
        before, found, after = word.partition(consent)
        if found:
            return tuple(part for part in (before, after.removeprefix("s")) if part)
    return (word,)
