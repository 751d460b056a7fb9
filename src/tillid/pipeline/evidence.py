"""On what evidence persons may be processed for a purpose: the consent that stands, as its record says."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tillid.governance.ledgers import LEDGER, Statement
from tillid.pipeline.catalogue import unbound
from tillid.stages.resolve.tables import MEMBERS
from tillid.terms.purpose import LegalBasis, Purpose
from tillid.terms.table import PERSON_ID, SUBJECT_ID


def evidence_of(purpose: Purpose) -> ir.Table:
    """A query for `person_id` and `evidence`: notice, source and proof of each person's newest consent.

    For a purpose that does not rest on consent it has no rows. To be governed for housekeeping.permissions.
    """
    members, ledger = unbound(MEMBERS), unbound(LEDGER)
    given = ledger.filter(
        ibis.literal(purpose.legal_basis is LegalBasis.CONSENT),
        ledger.purpose == purpose.key,
        ledger.state == Statement.GIVEN,
        ledger.notice.isin(sorted(purpose.notices) or [""]),
        ledger.evidence.notnull(),
    )
    proof = given.mutate(proof=given.notice + ", " + given.source + ", " + given.evidence)
    of_person = proof.join(members, SUBJECT_ID)
    return of_person.group_by(PERSON_ID).agg(evidence=of_person.proof.argmax(of_person["at"]))
