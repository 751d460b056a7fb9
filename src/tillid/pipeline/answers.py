"""Answers to an analyst: SQL, counts and one person's profile, each under a purpose."""

from __future__ import annotations

import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.columns_usable import is_usable
from tillid.governance.sql_text import govern_sql
from tillid.pipeline.errors import NotDefined, PersonUnknown
from tillid.pipeline.people import find_persons
from tillid.pipeline.workspace import Workspace
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.segment.tables import members_table_name
from tillid.terms.errors import nearest
from tillid.terms.table import PERSON_ID


def sql(workspace: Workspace, text: str, purpose: str) -> pa.Table:
    """The rows of one select statement, for the purpose. Raises a `Refused` for anything else."""
    permit = workspace.permit(purpose)
    govern_sql(text, permit)  # refuse what is refused anyway before the store is opened and held
    store = workspace.store
    return store.fetch(govern_sql(text, workspace.permit(purpose)))


def count(workspace: Workspace, segment: str) -> int:
    """How many people of a segment may be processed for its purpose now."""
    known = workspace.project.segments
    if segment not in known:
        raise NotDefined(f"No segment {segment!r} is defined", hint=nearest(segment, known))
    members = workspace.table(members_table_name(segment))
    store = workspace.store
    rows = store.fetch(govern(members.count().name("people"), workspace.permit(known[segment].purpose)))
    return int(rows.column("people")[0].as_py())


def person(workspace: Workspace, identifier: str, purpose: str) -> dict[str, object]:
    """The profile of the person with this identifier, as far as it may be used for the purpose.

    Raises `PersonUnknown` when no one has it, or no one who may be processed for the purpose.
    """
    workspace.permit(purpose)
    found = find_persons(workspace, identifier)
    profile: dict[str, object] = {}
    permit = workspace.permit(purpose)
    for name in (PEOPLE, VARIABLES):
        table = workspace.register.table(name)
        usable = [c.name for c in table.columns if is_usable(c, permit.purposes[0])]
        rows = workspace.table(name).filter(lambda t: t[PERSON_ID].isin(found)).select(PERSON_ID, *usable)
        for row in workspace.ask(rows, permit).to_pylist():
            profile |= row
    if not profile:
        raise PersonUnknown(
            f"Nobody with that identifier may be processed for {purpose!r}",
            hint="tillid explain person IDENTIFIER --purpose KEY says why.",
        )
    return {"purpose": purpose, "profile": profile}
