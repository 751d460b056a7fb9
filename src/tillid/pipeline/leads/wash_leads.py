"""tillid wash: reads a list of leads, judges each, and hands back washed and raw values side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.consent import consent_findings
from tillid.pipeline.leads.duplicates import fullness_of, kept_rows
from tillid.pipeline.leads.errors import NothingToReach
from tillid.pipeline.leads.known_people import known_people
from tillid.pipeline.leads.people_list import PeopleList, read_list
from tillid.pipeline.leads.same_people import EXACT, NEAR, Leads, findings_of
from tillid.pipeline.leads.suppression_lists import SuppressionList, read_suppression_lists
from tillid.pipeline.leads.target import outside_target
from tillid.pipeline.progress import Progress
from tillid.pipeline.wiring import open_outside
from tillid.pipeline.workspace import Workspace
from tillid.stages.resolve.near import DEFAULT_THRESHOLD
from tillid.stages.wash.lead_verdicts import Finding, LeadVerdict, judged
from tillid.terms.purpose import LegalBasis, Purpose

NOTICE_WITHIN = timedelta(days=30)
"""A month, within which people whose data came from others must be told (GDPR Art. 14(3)(a)), cut to the shortest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lead wash is asked for; `bought` is the day on which the list was got from someone else."""

    leads: Path
    suppress: tuple[str, ...] = ()
    against_people: bool = False
    target: str | None = None
    purpose: str | None = None
    threshold: float = DEFAULT_THRESHOLD
    bought: date | None = None


@dataclass(frozen=True, slots=True)
class WashedLeads:
    """The judged leads: `verdicts` has a row for each row of the list, then one for each that could not be read."""

    leads: PeopleList
    verdicts: pa.Table
    lists: tuple[SuppressionList, ...]
    asked: Asked
    today: date
    notes: tuple[str, ...] = field(default=())

    @property
    def notice_due(self) -> date | None:
        """By when the people of a bought list must have been told; sooner if they are spoken to sooner."""
        return None if self.asked.bought is None else self.asked.bought + NOTICE_WITHIN


def wash_leads(workspace: Workspace, asked: Asked, progress: Progress) -> WashedLeads:
    """Judge each lead of a file. Raises a `LeadsError` or `SourceError` where that can't be done at all."""
    project, today = workspace.project, workspace.local(workspace.now).date()
    purposes = _purposes(workspace, asked)
    with progress.stage("Reading the leads") as step:
        reader = open_outside(asked.leads)
        leads = read_list(reader, reader.files()[0], project, step.advance)
    if not leads.roles.reaches:
        raise NothingToReach(
            f"{asked.leads.name}: no column is an e-mail address, a phone number or an address",
            hint=f"Its columns are {', '.join(leads.look.columns)}. Give them names that say what they are.",
        )
    lists: list[SuppressionList] = []
    for said in asked.suppress:
        with progress.stage("Reading a suppression list") as step:
            lists += read_suppression_lists(project, said, step.advance)
    findings = [_unreachable(leads)]
    with progress.stage("Comparing"):
        laid_out = Leads(leads, asked.threshold)
        findings += _duplicates(leads, laid_out, usable=pc.invert(findings[0].about))
        for one in lists:
            where = f"{one.age.name} of {one.age.dated:%Y-%m-%d}"
            findings += findings_of(LeadVerdict.SUPPRESSED, laid_out.on(one.people, one.hashed), len(leads), where)
        findings += _known(workspace, laid_out, asked, purposes, len(leads))
    if asked.purpose is None or purposes[0].legal_basis is LegalBasis.CONSENT:
        valid_for = purposes[0].consent_valid_for if asked.purpose else None
        findings += consent_findings(leads, project.timezone, workspace.now, valid_for)
    if asked.target is not None:
        outside = outside_target(workspace, leads, asked.target)
        findings.append(Finding(LeadVerdict.OUTSIDE_TARGET, asked.target, outside))
    findings += _too_old(lists, today, len(leads))
    verdicts = _with_unreadable(judged(len(leads), findings), leads)
    return WashedLeads(leads, verdicts, tuple(lists), asked, today, tuple(_notes(leads, asked, lists)))


def _purposes(workspace: Workspace, asked: Asked) -> list[Purpose]:
    """The purpose that the leads are for; without one, all direct marketing, for a no to any of it counts."""
    if asked.purpose is not None:
        return list(workspace.permit(asked.purpose).purposes)
    return [p for p in workspace.project.purposes.values() if p.is_direct_marketing]


def _unreachable(leads: PeopleList) -> Finding:
    """Leads with no usable e-mail address, no usable phone number and no address."""
    reached = pa.repeat(False, len(leads))
    for role in EXACT:
        for values in leads.values(role):
            reached = pc.or_(reached, pc.is_valid(values))
    place = leads.column("address")
    has_place = pc.and_(pc.fill_null(pc.not_equal(place, ""), False), pc.is_valid(leads.column("postcode")))
    return Finding(LeadVerdict.INVALID, "no_way_to_reach", pc.invert(pc.or_(reached, has_place)))


def _duplicates(leads: PeopleList, laid_out: Leads, usable: pa.Array) -> list[Finding]:
    """Leads in whose place another row of the file is kept."""
    duplicates = kept_rows(laid_out.among_themselves(), usable, fullness_of(leads))
    findings = []
    for by in (*EXACT, NEAR):
        detail: list[str | None] = [None] * len(leads)
        for row, (kept, same) in duplicates.items():
            if same.by == by:
                detail[row] = f"line {leads.lines[kept]} is kept"
        texts = pa.array(detail, pa.string())
        findings.append(Finding(LeadVerdict.DUPLICATE, by, texts.is_valid(), texts))
    return findings


def _known(workspace: Workspace, laid_out: Leads, asked: Asked, purposes: list[Purpose], leads: int) -> list[Finding]:
    """Leads who are people of the project: those who want no contact, and customers where that is asked."""
    known = known_people(workspace, laid_out, purposes)
    barred: dict[str, list[bool]] = {}
    for lead, why in known.why.items():
        barred.setdefault(why, [False] * leads)[lead] = True
    said = pa.array(["the project's ledger"] * leads, pa.string())
    findings = [Finding(LeadVerdict.SUPPRESSED, why, pa.array(about), said) for why, about in sorted(barred.items())]
    if asked.against_people:
        findings += findings_of(LeadVerdict.EXISTING_CUSTOMER, known.customers.of, leads)
    return findings


def _too_old(lists: Sequence[SuppressionList], today: date, leads: int) -> list[Finding]:
    everyone = pa.repeat(True, leads)
    return [
        Finding(
            LeadVerdict.BLOCKED,
            "list_too_old",
            everyone,
            pa.repeat(f"{one.age.name} of {one.age.dated:%Y-%m-%d}: {one.age.rule}", leads),
        )
        for one in lists
        if one.age.is_stale(today)
    ]


def _with_unreadable(verdicts: pa.Table, leads: PeopleList) -> pa.Table:
    rows = [
        {"verdict": str(LeadVerdict.UNREADABLE), "reason": row.reason, "detail": None, "line": row.line}
        for row in leads.unreadable
    ]
    read = verdicts.append_column("line", pa.array(leads.lines, pa.int64()))
    return pa.concat_tables([read, pa.Table.from_pylist(rows, schema=read.schema)])


def _notes(leads: PeopleList, asked: Asked, lists: Sequence[SuppressionList]) -> list[str]:
    notes = list(leads.look.notes)
    notes += [f"{header}: {count} national ids were taken out" for header, count in leads.national_ids.items()]
    unknown = [h for h in leads.look.columns if not any(h in headers for headers in leads.roles.headers.values())]
    if unknown:
        notes.append(f"Not used for judging, since nothing tells what they are: {', '.join(unknown)}")
    for one in lists:
        notes += [
            f"{one.age.name}: {header} holds hashes ({algorithm.upper()}), which are held against those of the"
            " leads' e-mail addresses and phone numbers; only what is exactly alike is found"
            for header, algorithm in one.hashed.items()
        ]
    if asked.purpose is None:
        notes.append("No purpose was given, so every lead needs a consent that can be proven.")
    return notes
