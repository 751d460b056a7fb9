"""Leads against the people of the project: who is a customer, and who wants no contact; under housekeeping.leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from tillid.governance.govern import govern
from tillid.governance.housekeeping import LEADS
from tillid.governance.ledgers import DATA_SUBJECTS
from tillid.governance.permissions import why_column
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.intake.declare import GONE, log_table
from tillid.pipeline.intake.versions import latest
from tillid.pipeline.leads.roles import Roles, roles_of
from tillid.pipeline.leads.same_people import Best, Leads, Same
from tillid.pipeline.workspace import Workspace
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.resolve.near import GIVEN, compared
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.terms.purpose import Purpose
from tillid.terms.table import PERSON_ID, SUBJECT_ID

WANTS_NO_CONTACT = ("suppressed", "objected", "restricted", "consent_withdrawn", "consent_refused")
_NOT_YET_CUSTOMERS = ("prospect",)


@dataclass(slots=True)
class Known:
    """The leads that are people of the project: customers, and those who want no contact, with why."""

    customers: Best = field(default_factory=Best)
    barred: Best = field(default_factory=Best)
    why: dict[int, str] = field(default_factory=dict)
    """Lead → why the person wants no contact."""

    def add(self, matches: Iterator[Same], is_customer: list[bool], why: list[str | None]) -> None:
        """Take matches with rows of a batch, of which these are the standings."""
        for same in matches:
            reason = why[same.other]
            if is_customer[same.other]:
                self.customers.add([same])
            if reason in WANTS_NO_CONTACT:
                self.barred.add([same])
                self.why[same.lead] = str(reason)


def known_people(workspace: Workspace, leads: Leads, purposes: list[Purpose]) -> Known:
    """Who among the leads is known; `purposes` are those of which a no counts."""
    known = Known()
    permit = workspace.permit(LEADS)
    if workspace.store.generation() is None:
        return known
    permit = workspace.permit(LEADS)
    standing = _standing(workspace, purposes)
    subjects = unbound(SUBJECTS).join(unbound(MEMBERS), SUBJECT_ID).join(standing, PERSON_ID)
    identified = subjects.filter(subjects.kind.isin(["email", "phone"])).select("kind", "value", "is_customer", "why")
    for batch in workspace.store.batches(govern(identified, permit)):
        for kind in ("email", "phone"):
            mine = batch.filter(pc.equal(batch.column("kind"), kind))
            known.add(leads.by_value(kind, mine.column("value")), *_standings(mine))
    for source in workspace.project.sources.values():
        if source.kind is SourceKind.PEOPLE:
            _near(workspace, source, leads, standing, known)
    return known


def _standing(workspace: Workspace, purposes: list[Purpose]) -> ir.Table:
    """person_id, whether a customer, and why the person wants no contact, if so."""
    stands = workspace.table("standing")
    said = [
        ibis.ifelse(stands[why_column(p.key)].isin(WANTS_NO_CONTACT), stands[why_column(p.key)], ibis.null("string"))
        for p in purposes
    ]
    why = ibis.coalesce(*said, ibis.null("string")) if said else ibis.null("string")
    kinds, members = unbound(DATA_SUBJECTS), unbound(MEMBERS)
    met = members.join(kinds.filter(~kinds.data_subject.isin(_NOT_YET_CUSTOMERS)), SUBJECT_ID)
    customers = met.select(customer=PERSON_ID).distinct()
    every = stands.select(PERSON_ID, why=why).left_join(customers, stands[PERSON_ID] == customers.customer)
    return every.select(PERSON_ID, "why", is_customer=every.customer.notnull())


def _near(workspace: Workspace, source: SourceDefinition, leads: Leads, standing: ir.Table, known: Known) -> None:
    roles = roles_of(source.columns)
    if not (roles.first("last_name") or roles.first("name")):
        return
    permit = workspace.permit(LEADS)
    newest = latest(unbound(log_table(source)))
    columns = _columns_of(source, roles)
    held = newest.filter(~newest[GONE]).join(unbound(MEMBERS), SUBJECT_ID).join(standing, PERSON_ID)
    query = held.select(*columns.values(), "is_customer", "why")
    rows = _rows_of(workspace, source)
    for batch in workspace.store.batches(govern(query, permit)):
        given = {role: batch.column(name).cast(pa.string()) for role, name in columns.items()}
        known.add(leads.nearly(compared(given, batch.num_rows), rows), *_standings(batch))


def _columns_of(source: SourceDefinition, roles: Roles) -> dict[str, str]:
    """Role → the source's column in it, of what near matching compares."""
    name_of = {column.header: column.name for column in source.columns}
    return {role: name_of[header] for role in GIVEN if (header := roles.first(role))}


def _rows_of(workspace: Workspace, source: SourceDefinition) -> int:
    generation = workspace.store.generation()
    noted = {} if generation is None else generation.notes.get("rows", {})
    return int(noted.get(source.name, 0)) if isinstance(noted, dict) else 0


def _standings(batch: pa.RecordBatch) -> tuple[list[bool], list[str | None]]:
    return batch.column("is_customer").to_pylist(), batch.column("why").to_pylist()
