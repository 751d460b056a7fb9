"""Finds persons by an identifier as people write it."""

from __future__ import annotations

import pyarrow as pa

from tillid.governance.columns_usable import is_shown
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.errors import PersonUnknown
from tillid.pipeline.intake.declare import source_table
from tillid.pipeline.workspace import Workspace
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.stages.wash import WashKind, wash
from tillid.terms.table import PERSON_ID, SUBJECT_ID


def find_persons(workspace: Workspace, identifier: str) -> list[int]:
    """The ids of the persons with this identifier (`value`, or `kind:value`), washed or as written.

    Read for housekeeping.permissions: to say whom a purpose keeps out, they must first be found. Raises
    `PersonUnknown` without repeating the identifier.
    """
    kind, _, rest = identifier.partition(":")
    kinds = {str(c.identifier) for s in workspace.project.sources.values() for c in s.identifiers}
    only_kind = kind if kind in kinds and rest else None
    forms = _forms(rest if only_kind else identifier, workspace.project.country)
    subjects = unbound(SUBJECTS)
    wanted = subjects.filter(subjects["value"].isin(sorted(forms)))
    if only_kind is not None:
        wanted = wanted.filter(wanted["kind"] == only_kind)
    workspace.permit(PERMISSIONS)
    query = unbound(MEMBERS).join(wanted.select(SUBJECT_ID), SUBJECT_ID).select(PERSON_ID).distinct()
    rows = workspace.ask(query, workspace.permit(PERMISSIONS))
    found = sorted(i for i in rows.column(PERSON_ID).to_pylist() if i is not None)
    if not found:
        raise PersonUnknown("No person has that identifier", hint="Write it as value or as kind:value.")
    return found


def find_permitted(workspace: Workspace, identifier: str, permit: Permit) -> list[int]:
    """The ids of the persons with this identifier whom the permit lets through, by columns that it covers."""
    forms = _forms(identifier.partition(":")[2] or identifier, workspace.project.country) | {identifier.strip()}
    found: set[int] = set()
    for source in workspace.project.sources.values():
        table = source_table(source)
        for column in source.identifiers if table is not None else ():
            declared = table.column(column.name) if table is not None else None
            if declared is None or not is_shown(declared, permit.actor, permit.purposes):
                continue
            rows = workspace.table(source.name)
            mine = rows.filter(rows[column.name].cast("string").isin(sorted(forms))).select(PERSON_ID).distinct()
            found |= {i for i in workspace.ask(mine, permit).column(PERSON_ID).to_pylist() if i is not None}
    return sorted(found)


def _forms(text: str, country: str) -> set[str]:
    washed = (wash(kind, pa.array([text]), country).values[0].as_py() for kind in (WashKind.EMAIL, WashKind.PHONE))
    # One that washing would guess at is kept as it was typed, in small letters.
    return {text.strip(), text.strip().lower(), *(form for form in washed if form)}
