"""Purpose and legal basis: what data is used for, and what makes that lawful."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tillid.terms.categories import DIRECT_MARKETING, covers
from tillid.terms.durations import Duration

LINKING = "linking"
"""The purpose under which identifiers are joined into persons."""


class LegalBasis(StrEnum):
    """The six legal bases of GDPR Art. 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class SpecialCategoryBasis(StrEnum):
    """The conditions of GDPR Art. 9(2), (a) to (j)."""

    EXPLICIT_CONSENT = "explicit_consent"
    EMPLOYMENT_LAW = "employment_law"
    VITAL_INTERESTS = "vital_interests"
    NON_PROFIT_BODIES = "non_profit_bodies"
    MADE_PUBLIC = "made_public"
    LEGAL_CLAIMS = "legal_claims"
    PUBLIC_INTEREST = "public_interest"
    HEALTH_CARE = "health_care"
    PUBLIC_HEALTH = "public_health"
    ARCHIVING = "archiving"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One entry of the register: a use of data, its legal basis and its bounds.

    `categories` cover their descendants. Rows older than `retention` are not used. A consent counts only
    when it was given under one of `notices`, and for `consent_valid_for` when that is set.
    `national_id_basis` names the national law that lets government ids be used (GDPR Art. 87).

    >>> news = Purpose("news", data_use="marketing.communications.email", legal_basis=LegalBasis.CONSENT,
    ...                categories=frozenset({"user.contact"}), retention=Duration.parse("24 months"))
    >>> news.is_direct_marketing
    True
    """

    key: str
    data_use: str
    legal_basis: LegalBasis
    categories: frozenset[str]
    retention: Duration
    label: str = ""
    data_subjects: frozenset[str] = frozenset()
    recipients: tuple[str, ...] = ()
    notices: frozenset[str] = frozenset()
    consent_valid_for: Duration | None = None
    assessment: str = ""
    special_category_basis: SpecialCategoryBasis | None = field(default=None)
    national_id_basis: str = ""

    @property
    def is_direct_marketing(self) -> bool:
        """Whether a person may object to it without giving a reason (GDPR Art. 21(2))."""
        return covers(DIRECT_MARKETING, self.data_use)

    @property
    def has_condition(self) -> bool:
        """Whether it has a condition of Art. 9(2); explicit consent is one only where consent is asked for."""
        if self.special_category_basis is SpecialCategoryBasis.EXPLICIT_CONSENT:
            return self.legal_basis is LegalBasis.CONSENT
        return self.special_category_basis is not None

    @property
    def yields_to_objection(self) -> bool:
        """Whether an objection ends it: bases (a), (e) and (f), and all direct marketing (Art. 7(3), 21)."""
        return self.is_direct_marketing or self.legal_basis in {
            LegalBasis.CONSENT,
            LegalBasis.PUBLIC_TASK,
            LegalBasis.LEGITIMATE_INTERESTS,
        }
