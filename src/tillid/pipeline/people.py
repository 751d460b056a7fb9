"""Finds persons by an identifier as people write it."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.columns_usable import is_shown
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.errors import PersonUnknown
from tillid.pipeline.intake.declare import source_table
from tillid.pipeline.workspace import Workspace
from tillid.stages.profile.tables import PEOPLE
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.stages.wash import WashKind, wash
from tillid.terms.table import NO_PERSON, PERSON_ID, SUBJECT_ID

MOST_DIGITS = 19
BY_NUMBER = "person_id"
"""Stands before the number of a person, or of a subject, in place of a kind of identifier."""


def find_persons(workspace: Workspace, identifier: str) -> list[int]:
    """The ids of the persons with this identifier (`value`, or `kind:value`), washed or as written.

    `person_id:NUMBER` is the person whom that id stands for today: a merged one's id leads to who they are now. Read
    for housekeeping.permissions: to say whom a purpose keeps out, they must first be found. Raises `PersonUnknown`
    without repeating the identifier.
    """
    members = unbound(MEMBERS)
    query = members.join(_wanted(workspace, identifier).select(SUBJECT_ID), SUBJECT_ID).select(PERSON_ID).distinct()
    rows = workspace.ask(query, workspace.permit(PERMISSIONS))
    found = sorted(i for i in rows.column(PERSON_ID).to_pylist() if i is not None)
    if not found:
        raise PersonUnknown("No person has that identifier", hint="Write it as value or as kind:value.")
    return found


def find_subject(workspace: Workspace, identifier: str) -> int:
    """The number of the one identifier that is written like this, as `find_persons` takes it.

    Where several are, the one that is written just so. Raises `PersonUnknown` without repeating the identifier.
    """
    rows = workspace.ask(_wanted(workspace, identifier), workspace.permit(PERMISSIONS)).to_pylist()
    exact = identifier.partition(":")[2].strip() if _kind_of(workspace, identifier) else identifier.strip()
    found = [row for row in rows if row["value"] in (exact, exact.lower())] or rows
    if not found:
        raise PersonUnknown("No person has that identifier", hint="Write it as value or as kind:value.")
    if len(found) > 1:
        kinds = ", ".join(sorted({row["kind"] for row in found}))
        raise PersonUnknown(f"{len(found)} identifiers are written like that: {kinds}", hint="Write it as kind:value.")
    return int(found[0][SUBJECT_ID])


def _wanted(workspace: Workspace, identifier: str) -> ir.Table:
    """The subjects that may be meant; subject 0 is nobody."""
    subjects = unbound(SUBJECTS)
    someone = subjects.filter(subjects[SUBJECT_ID] != NO_PERSON)
    kind = _kind_of(workspace, identifier)
    said = identifier.partition(":")[2] if kind else identifier
    if kind == BY_NUMBER:
        return someone.filter(someone[SUBJECT_ID] == _number(identifier))
    wanted = someone.filter(someone["value"].isin(sorted(_forms(said, workspace.project.country))))
    return wanted.filter(wanted["kind"] == kind) if kind else wanted


def _number(identifier: str) -> int:
    """The number of `person_id:NUMBER`; nobody's where it is none, or longer than any that is kept."""
    number = identifier.partition(":")[2].strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < MOST_DIGITS else NO_PERSON


def _kind_of(workspace: Workspace, identifier: str) -> str | None:
    """The kind that an identifier is written with, where it is one of the project's, or `person_id`."""
    kind, _, rest = identifier.partition(":")
    kinds = {str(c.identifier) for s in workspace.project.sources.values() for c in s.identifiers}
    return kind if rest and kind in {BY_NUMBER, *kinds} else None


def find_permitted(workspace: Workspace, identifier: str, permit: Permit) -> list[int]:
    """The ids of the persons with this identifier whom the permit lets through, by columns that it covers.

    `person_id:NUMBER` is who has that id today; the id of one who was merged is known to `find_persons` alone.
    """
    if _kind_of(workspace, identifier) == BY_NUMBER:
        people = workspace.table(PEOPLE)
        mine = people.filter(people[PERSON_ID] == _number(identifier)).select(PERSON_ID)
        return [int(i) for i in workspace.ask(mine, permit).column(PERSON_ID).to_pylist()]
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
