"""One verdict a lead: of all that was found about it, what comes first in the order of the verdicts counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc


class LeadVerdict(StrEnum):
    """What becomes of a lead, in the order in which it is asked."""

    UNREADABLE = "unreadable"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    EXISTING_CUSTOMER = "existing_customer"
    CONSENT_MISSING = "consent_missing"
    OUTSIDE_TARGET = "outside_target"
    BLOCKED = "blocked"
    """Nothing speaks against it but a list that is too old to say so."""
    GOOD = "good"


ORDER = tuple(LeadVerdict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about some leads: `about` says which (boolean), `detail` may say more of each (text).

    `reason` is a word for all of them; `detail` is null where there is no more to say.
    """

    verdict: LeadVerdict
    reason: str
    about: pa.Array
    detail: pa.Array | None = None


def judged(leads: int, findings: Sequence[Finding]) -> pa.Table:
    """The columns verdict, reason and detail of `leads` rows; of two findings of one verdict the first counts.

    >>> suppressed = Finding(LeadVerdict.SUPPRESSED, "email", pa.array([True, False]), pa.array(["robinson", None]))
    >>> invalid = Finding(LeadVerdict.INVALID, "unreachable", pa.array([True, False]))
    >>> judged(2, [suppressed, invalid]).column("verdict").to_pylist()
    ['invalid', 'good']
    """
    verdicts = pa.repeat(str(LeadVerdict.GOOD), leads)
    reasons, details = pa.nulls(leads, pa.string()), pa.nulls(leads, pa.string())
    in_order = sorted(findings, key=lambda finding: ORDER.index(finding.verdict))
    # The last word is the first in order, so the others are said before it.
    for finding in reversed(in_order):
        about = pc.fill_null(finding.about, False)
        verdicts = pc.if_else(about, str(finding.verdict), verdicts)
        reasons = pc.if_else(about, finding.reason, reasons)
        more = pa.nulls(leads, pa.string()) if finding.detail is None else finding.detail
        details = pc.if_else(about, more, details)
    return pa.table({"verdict": verdicts, "reason": reasons, "detail": details})


def counted(verdicts: pa.Table) -> dict[str, dict[str, int]]:
    """How many leads have each verdict, by reason; every verdict is named, in order.

    >>> counted(judged(3, []))["good"]
    {'': 3}
    """
    groups = verdicts.group_by(["verdict", "reason"]).aggregate([([], "count_all")]).to_pylist()
    counts: dict[str, dict[str, int]] = {str(verdict): {} for verdict in ORDER}
    for group in sorted(groups, key=lambda group: -group["count_all"]):
        counts[group["verdict"]][group["reason"] or ""] = group["count_all"]
    return counts
