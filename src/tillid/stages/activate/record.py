"""The record of a delivery: one row for each person who was added, kept or removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.activate.compare import Difference
from tillid.stages.activate.tables import ADDED, KEPT, REMOVED
from tillid.terms.purpose import LegalBasis
from tillid.terms.table import PERSON_ID, SUBJECT_ID

EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sending of an activation: under which purpose and basis, where to, and when (UTC)."""

    delivery_id: str
    activation: str
    purpose: str
    legal_basis: LegalBasis
    destination: str
    sent_at: datetime
    register_version: str


def delivery_rows(delivery: Delivery, changes: Difference, evidence: pa.Table | None = None) -> pa.Table:
    """The rows of `deliveries` to append, as the store keeps them.

    `evidence` has `person_id` and `evidence`, a text on what the person was sent under (a consent's notice
    and proof, a contract, …) or was removed for; the legal basis is put before it, and stands alone for a
    person without one.

    >>> changes = Difference(pa.array([7]), pa.array([], pa.int64()), pa.array([9]))
    >>> sent = Delivery("d1", "news", "newsletter", LegalBasis.CONSENT, "file", datetime(2026, 3, 1), "ab12")
    >>> proof = pa.table({"person_id": [7], "evidence": ["newsletter-2026, form 88"]})
    >>> delivery_rows(sent, changes, proof).select(["subject_id", "change", "evidence"]).to_pylist()[0]
    {'subject_id': 7, 'change': 'added', 'evidence': 'consent: newsletter-2026, form 88'}
    """
    groups = ((ADDED, changes.added), (KEPT, changes.kept), (REMOVED, changes.removed))
    people = pa.concat_arrays([ids.cast(pa.int64()) for _, ids in groups])
    change = pa.concat_arrays([pa.repeat(word, len(ids)) for word, ids in groups])

    def same(text: str) -> pa.Array:
        return pa.repeat(text, len(people))

    return pa.table(
        {
            SUBJECT_ID: people,
            "delivery_id": same(delivery.delivery_id),
            "activation": same(delivery.activation),
            "purpose": same(delivery.purpose),
            "destination": same(delivery.destination),
            "change": change,
            "sent_at": pa.repeat(pa.scalar(delivery.sent_at, pa.timestamp("us")), len(people)),
            EVIDENCE: _evidence(delivery.legal_basis.value, people, evidence),
            "register_version": same(delivery.register_version),
        }
    )


def _evidence(basis: str, people: pa.Array, evidence: pa.Table | None) -> pa.Array:
    alone = pa.repeat(basis, len(people))
    if evidence is None:
        return alone
    at = pc.index_in(people, value_set=evidence[PERSON_ID].cast(pa.int64()).combine_chunks())
    own = evidence[EVIDENCE].cast(pa.string()).combine_chunks().take(at)
    return pc.coalesce(pc.binary_join_element_wise(basis, own, ": "), alone)
