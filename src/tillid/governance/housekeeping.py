"""The platform's own purposes: taking data in, keeping permissions, recording what was sent, washing leads
and judging who is who.

They are purposes like any other: an actor needs a role for them, and a query under them is governed and
written to the audit log. Each may read only the internal tables that name it.
"""

from __future__ import annotations

from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose

INTAKE = "housekeeping.intake"
PERMISSIONS = "housekeeping.permissions"
DELIVERIES = "housekeeping.deliveries"
LEADS = "housekeeping.leads"
JUDGEMENTS = "housekeeping.judgements"

_LONG = Duration.parse("100 years")


def _purpose(key: str, label: str, data_use: str) -> Purpose:
    return Purpose(
        key=key,
        label=label,
        data_use=data_use,
        legal_basis=LegalBasis.LEGAL_OBLIGATION,
        categories=frozenset({"user", "system"}),
        retention=_LONG,
    )


HOUSEKEEPING: tuple[Purpose, ...] = (
    _purpose(INTAKE, "Taking data in and giving identifiers their numbers", "essential.service.operations"),
    _purpose(PERMISSIONS, "Keeping who may be processed for what", "functional.storage.privacy_preferences"),
    _purpose(DELIVERIES, "Keeping what went to whom", "essential.legal_obligation"),
    _purpose(LEADS, "Telling leads from people who are known or want no contact", "essential.legal_obligation"),
    _purpose(JUDGEMENTS, "Judging which identifiers are one person", "essential.service.operations"),
)

_KEYS = frozenset(purpose.key for purpose in HOUSEKEEPING)


def is_housekeeping(purpose: Purpose) -> bool:
    """Whether it is one of the platform's own purposes, which reach internal tables alone.

    >>> is_housekeeping(HOUSEKEEPING[0])
    True
    """
    return purpose.key in _KEYS
