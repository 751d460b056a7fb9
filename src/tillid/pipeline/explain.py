"""Why: which data of a person may be used for a purpose and why not, how a definition is made up, what SQL becomes."""

from __future__ import annotations

from datetime import datetime

from tillid.governance.columns_usable import is_usable
from tillid.governance.govern import govern
from tillid.governance.housekeeping import DELIVERIES as DELIVERIES_PURPOSE
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.mapping import RESTRICTED, until_column
from tillid.governance.permissions import why_column
from tillid.pipeline.catalogue import event_sources, people_sources, unbound
from tillid.pipeline.people import find_persons
from tillid.pipeline.workspace import Workspace
from tillid.stages.activate.tables import DELIVERIES
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.resolve.tables import MEMBERS, SUBJECTS
from tillid.stages.segment.tables import members_table_name
from tillid.terms.purpose import Purpose
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Table

IN_WORDS = {
    "restricted": "the person's data are restricted to storage (Art. 18)",
    "not_a_data_subject": "no source knows the person as a kind of data subject that the purpose is about",
    "suppressed": "the person is on a suppression list that bars this use",
    "objected": "the person objected (Art. 21)",
    "consent_withdrawn": "the person withdrew the consent (Art. 7(3))",
    "consent_refused": "the person refused, or gave an answer that can't be read",
    "consent_not_proven": "the consent was given under a notice that does not count, or without evidence (Art. 7(1))",
    "consent_missing": "the person gave no consent",
    "consent_expired": "the consent has run out",
}


def explain_person(workspace: Workspace, identifier: str, purpose: str) -> dict[str, object]:
    """Which data of the person with this identifier may be used for `purpose`, and why not the rest.

    Values of the person's data are not shown, only what may be done with them. Raises `PersonUnknown`.
    """
    entry = workspace.permit(purpose).purposes[0]
    found = find_persons(workspace, identifier)
    return {
        "purpose": entry.key,
        "legal_basis": str(entry.legal_basis),
        "persons": [_explained(workspace, person, entry) for person in found],
        "columns": _columns(workspace, entry),
    }


def _explained(workspace: Workspace, person: int, purpose: Purpose) -> dict[str, object]:
    stands = workspace.table("standing")
    row = stands.filter(stands[PERSON_ID] == person).select(
        RESTRICTED, until=until_column(purpose.key), why=why_column(purpose.key)
    )
    keeping = workspace.permit(PERMISSIONS)
    standing = next(iter(workspace.ask(row, keeping).to_pylist()), None)
    why = "restricted" if standing is None else standing["why"]
    until: datetime | None = None if standing is None else standing["until"]
    return {
        "person": person,
        "identifiers": _identifiers(workspace, person),
        "permitted": why is None and until is not None and until > workspace.now,
        "until": until,
        "reason": why,
        "reason_in_words": IN_WORDS.get(str(why), "") if why else "",
        "rows": _rows(workspace, person, purpose),
        "segments": _segments(workspace, person, purpose),
        "deliveries": _deliveries(workspace, person),
    }


def _identifiers(workspace: Workspace, person: int) -> list[dict[str, object]]:
    """The kinds of the person's identifiers, and how many of each; not the values."""
    mine = unbound(MEMBERS).filter(lambda t: t[PERSON_ID] == person).join(unbound(SUBJECTS), SUBJECT_ID)
    counted = mine.group_by("kind").agg(values=mine.count()).order_by("kind")
    rows: list[dict[str, object]] = workspace.ask(counted, workspace.permit(PERMISSIONS)).to_pylist()
    return rows


def _columns(workspace: Workspace, purpose: Purpose) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = []
    for name in (PEOPLE, VARIABLES, *people_sources(workspace.project), *event_sources(workspace.project)):
        table: Table = workspace.register.table(name)
        for column in table.columns:
            if column.key:
                continue
            usable = is_usable(column, purpose)
            reason = "covered" if usable else f"{', '.join(sorted(column.categories))} is outside the purpose"
            shown.append({"table": name, "column": column.name, "usable": usable, "reason": reason})
    return shown


def _rows(workspace: Workspace, person: int, purpose: Purpose) -> dict[str, int]:
    """How many of the person's rows pass the guards for the purpose, by table."""
    counts = {}
    for name in (*people_sources(workspace.project), *event_sources(workspace.project)):
        table = workspace.table(name)
        query = table.filter(table[PERSON_ID] == person).count().name("rows")
        counts[name] = int(workspace.ask(query, workspace.permit(purpose.key)).column("rows")[0].as_py())
    return counts


def _segments(workspace: Workspace, person: int, purpose: Purpose) -> list[str]:
    """The segments of this purpose that the person is in."""
    within = []
    for segment in workspace.project.segments.values():
        if segment.purpose == purpose.key:
            members = workspace.table(members_table_name(segment.name))
            query = members.filter(members[PERSON_ID] == person).count().name("n")
            if workspace.ask(query, workspace.permit(purpose.key)).column("n")[0].as_py():
                within.append(segment.name)
    return within


def _deliveries(workspace: Workspace, person: int) -> list[dict[str, object]]:
    sent = unbound(DELIVERIES)
    mine = sent.filter(sent[PERSON_ID] == person).order_by("sent_at")
    rows = mine.select("activation", "purpose", "destination", "change", "sent_at", "evidence")
    fetched = workspace.store.fetch(govern(rows, workspace.permit(DELIVERIES_PURPOSE)))
    listed: list[dict[str, object]] = fetched.to_pylist()
    return listed
