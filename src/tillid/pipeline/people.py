"""Finds persons by an identifier as people write it."""

from __future__ import annotations

import pyarrow as pa

from tillid.governance.housekeeping import PERMISSIONS
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.errors import PersonUnknown
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


def _forms(text: str, country: str) -> set[str]:
    washed = (wash(kind, pa.array([text]), country).values[0].as_py() for kind in (WashKind.EMAIL, WashKind.PHONE))
    return {text.strip(), *(form for form in washed if form)}


