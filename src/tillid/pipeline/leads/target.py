"""Leads held against a segment's rule, with the meaning that it has for people of the project."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tillid.governance.govern import govern
from tillid.governance.housekeeping import LEADS
from tillid.pipeline.catalogue import LEAD_ROWS, unbound
from tillid.pipeline.leads.errors import NotASegment
from tillid.pipeline.leads.people_list import PeopleList
from tillid.pipeline.workspace import Workspace
from tillid.stages.segment.compile import segment_members
from tillid.stages.segment.definitions import DidNotRule, DidRule, Rule, TraitRule, VariableRule, rules_within
from tillid.terms.errors import nearest
from tillid.terms.table import PERSON_ID, Table

_ARROW = {"string": pa.string(), "date": pa.date32()}
_ROLE_OF_TRAIT = {"street": "address"}


def outside_target(workspace: Workspace, leads: PeopleList, segment: str) -> pa.Array:
    """For each lead, whether it is outside the segment. A trait that the leads have not got is unknown.

    Raises `NotASegment` when there is none of this name, or its rule asks for more than traits.
    """
    known = workspace.project.segments
    if segment not in known:
        raise NotASegment(f"No segment {segment!r} is defined", hint=nearest(segment, known))
    rule = known[segment].rule
    _refuse_what_leads_lack(workspace.register.table(LEAD_ROWS), segment, rule)
    workspace.permit(known[segment].purpose)
    workspace.permit(LEADS)
    build = workspace.store.build(workspace.fingerprints())
    try:
        table = workspace.register.table(LEAD_ROWS)
        build.stage(table, _rows(leads, table).to_batches())
        people = unbound(table)
        query = segment_members(rule, people, None, {}, workspace.as_of)
        members = build.fetch(govern(query, workspace.permit(LEADS))).column(PERSON_ID)
    finally:
        build.abandon()
    rows = pa.array(range(len(leads)), pa.int64())
    return pc.invert(pc.is_in(rows, value_set=members.combine_chunks()))


def _refuse_what_leads_lack(table: Table, segment: str, rule: Rule) -> None:
    for inner, _ in rules_within(rule):
        if isinstance(inner, TraitRule) and table.column(inner.trait) is None:
            raise NotASegment(
                f"Segment {segment!r} asks for the trait {inner.trait!r}, which leads have not got",
                hint="Leads have traits that are text or a day.",
            )
        if isinstance(inner, VariableRule | DidRule | DidNotRule):
            raise NotASegment(
                f"Segment {segment!r} asks for variables or events, which leads have not got",
                hint="Name a segment whose rule asks for traits alone.",
            )


def _rows(leads: PeopleList, table: Table) -> pa.Table:
    """The leads as people: numbered, with the traits that they have; the others are null."""
    columns = {PERSON_ID: pa.array(range(len(leads)), pa.int64())}
    for column in table.columns[1:]:
        role = _ROLE_OF_TRAIT.get(column.name, column.name)
        values = leads.born if role == "birth_date" else leads.column(role)
        columns[column.name] = values.cast(_ARROW[column.type])
    return pa.table(columns)
