"""Data categories, data uses and data subjects: fideslang's keys and the few that it lacks."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

# fideslang has no use for the telephone, for post or for look-alike seeds; each is a purpose of its own in law.
LOCAL_DATA_USES = frozenset(
    {"marketing.communications.phone", "marketing.communications.post", "marketing.advertising.lookalike_seed"}
)


# Art. 9(1) names membership of a trade union; fideslang has no key for it.
LOCAL_CATEGORIES = frozenset({"user.demographic.trade_union_membership"})


def _keys(kind: str) -> frozenset[str]:
    # Its library builds its whole model to tell these keys, at every start; a test holds them to the library's.
    text = (files("tillid.terms") / "fideslang.csv").read_text(encoding="utf-8")
    return frozenset(row["key"] for row in csv.DictReader(text.splitlines()) if row["kind"] == kind)


ALL_CATEGORIES = _keys("data_category") | LOCAL_CATEGORIES
ALL_DATA_USES = _keys("data_use") | LOCAL_DATA_USES
ALL_DATA_SUBJECTS = _keys("data_subject")

# GDPR Art. 9(1) and 10, as fideslang keys.
SPECIAL_CATEGORIES: frozenset[str] = frozenset(
    {
        "user.authorization.biometric",
        "user.biometric",
        "user.criminal_history",
        "user.demographic.political_opinion",
        "user.demographic.race_ethnicity",
        "user.demographic.religious_belief",
        "user.demographic.sexual_orientation",
        "user.demographic.trade_union_membership",
        "user.health_and_medical",
    }
)

GOVERNMENT_ID = "user.government_id"
"""With all below it: may be processed where national law says so (GDPR Art. 87)."""
NATIONAL_ID = "user.government_id.national_identification_number"

DIRECT_MARKETING = "marketing"


def covers(parent: str, child: str) -> bool:
    """Whether key `parent` covers key `child`: itself or one of its descendants.

    >>> covers("user.contact", "user.contact.email"), covers("user.contact", "user.contacts")
    (True, False)
    """
    return child == parent or child.startswith(parent + ".")


def is_covered(child: str, parents: frozenset[str]) -> bool:
    """Whether any key of `parents` covers `child`.

    >>> is_covered("user.name.first", frozenset({"user.name", "user.contact"}))
    True
    """
    return any(covers(parent, child) for parent in parents)


@cache
def ancestors(key: str) -> tuple[str, ...]:
    """The key itself and all that it descends from, widest first.

    >>> ancestors("user.contact.email")
    ('user', 'user.contact', 'user.contact.email')
    """
    parts = key.split(".")
    return tuple(".".join(parts[: n + 1]) for n in range(len(parts)))


def is_category(key: str) -> bool:
    """Whether `key` is a data category of fideslang.

    >>> is_category("user.contact.email"), is_category("user.mail")
    (True, False)
    """
    return key in ALL_CATEGORIES


def is_special(key: str) -> bool:
    """Whether `key` is, or lies below, a special category of personal data (GDPR Art. 9, 10).

    >>> is_special("user.health_and_medical.genetic"), is_special("user.name")
    (True, False)
    """
    return is_covered(key, SPECIAL_CATEGORIES)


def asks_for_a_law(key: str) -> bool:
    """Whether `key` is a special category or a government id, for which a purpose must name what allows it.

    >>> asks_for_a_law("user.government_id.passport_number"), asks_for_a_law("user.contact")
    (True, False)
    """
    return is_special(key) or covers(GOVERNMENT_ID, key)


def holds_national_ids(key: str) -> bool:
    """Whether `key` says that a national identification number stands there: it, or government ids of any kind.

    >>> holds_national_ids("user.government_id"), holds_national_ids("user.government_id.passport_number")
    (True, False)
    """
    return covers(GOVERNMENT_ID, key) and covers(key, NATIONAL_ID)
