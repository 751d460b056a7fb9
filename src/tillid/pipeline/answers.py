"""Answers to an analyst: SQL, counts and one person's profile, each under a purpose."""

from __future__ import annotations

import pyarrow as pa

from tillid.governance.columns_usable import is_shown
from tillid.governance.govern import govern
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.sql_text import govern_sql
from tillid.pipeline.errors import NotDefined, PersonUnknown
from tillid.pipeline.people import find_permitted, find_persons
from tillid.pipeline.workspace import Workspace
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.segment.tables import members_table_name
from tillid.terms.errors import nearest
from tillid.terms.table import PERSON_ID


def sql(workspace: Workspace, text: str, purpose: str) -> pa.Table:
    """The rows of one select statement, for the purpose. Raises a `Refused` for anything else."""
    with workspace.refusals_recorded():
        govern_sql(text, workspace.permit(purpose))  # refuse what is refused anyway before the store is held
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
    """The profile of the person with this identifier, as far as it may be used for the purpose and be seen.

    They are looked for under that purpose: by an identifier that it covers, among those whom it permits. Who
    may also use housekeeping.permissions finds them by any identifier.
    Raises `PersonUnknown` when no one is found, or several are.
    """
    permit = workspace.permit(purpose)
    found = find_permitted(workspace, identifier, permit)
    if not found and workspace.actor.may_use(PERMISSIONS):
        found = find_persons(workspace, identifier)
    if len(found) != 1:
        many = f"{len(found)} persons have that identifier" if found else "Nobody with that identifier can be seen"
        raise PersonUnknown(
            f"{many} for {purpose!r}", hint="tillid explain person IDENTIFIER --purpose KEY says who and why."
        )
    profile: dict[str, object] = {}
    for name in (PEOPLE, VARIABLES):
        table = workspace.register.table(name)
        rows = workspace.table(name).filter(lambda t: t[PERSON_ID] == found[0])
        shown = rows.select(PERSON_ID, *(c.name for c in table.columns if is_shown(c, permit.actor, permit.purposes)))
        for row in workspace.ask(shown, permit).to_pylist():
            profile |= row
    if not profile:
        raise PersonUnknown(
            f"That person may not be processed for {purpose!r}",
            hint="tillid explain person IDENTIFIER --purpose KEY says why.",
        )
    return {"purpose": purpose, "profile": profile}
