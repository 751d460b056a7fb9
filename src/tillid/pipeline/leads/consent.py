"""Whether a lead's consent is there and can be proven: who said yes, when, to which text (GDPR Art. 7(1))."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.leads.people_list import PeopleList
from tillid.stages.ingest.to_boolean import boolean_of
from tillid.stages.ingest.to_time import timestamp_of
from tillid.stages.wash.lead_verdicts import Finding, LeadVerdict
from tillid.terms.durations import Duration

_YES = (
    "given",
    "givet",
    "gitt",
    "opt-in",
    "optin",
    "subscribed",
    "tilmeldt",
    "accepted",
    "accepteret",
    "aangemeld",
    "oui",
)


def consent_findings(leads: PeopleList, timezone: str, now: datetime, valid_for: Duration | None) -> list[Finding]:
    """What speaks against the consent of each lead; columns that a list has not got speak against all of it."""
    said = _said_yes(leads)
    at = _given_at(leads, timezone)
    known = pc.is_valid(at)
    proven = pc.or_(_filled(leads, "notice"), _filled(leads, "evidence"))
    is_future = pc.fill_null(pc.greater(at, pa.scalar(now, at.type)), False)
    findings = [
        _finding("no_consent", pc.invert(said)),
        _finding("no_time", pc.invert(known)),
        _finding("time_in_the_future", is_future),
        _finding("no_text_or_proof", pc.invert(proven)),
    ]
    if valid_for is not None:
        too_old = pc.fill_null(pc.less(at, pa.scalar(valid_for.before(now), at.type)), False)
        findings.append(_finding("expired", too_old))
    return findings


def _finding(reason: str, about: pa.Array) -> Finding:
    return Finding(LeadVerdict.CONSENT_MISSING, reason, about)


def _said_yes(leads: PeopleList) -> pa.Array:
    """A yes in the consent's column; where there is none, a time of consent counts as one."""
    header = leads.roles.first("consent")
    if header is None:
        return _filled(leads, "consent_at")
    values = leads.raw[header]
    words = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), value_set=pa.array(_YES))
    return pc.or_(pc.fill_null(boolean_of(values), False), pc.fill_null(words, False))


def _given_at(leads: PeopleList, timezone: str) -> pa.Array:
    header = leads.roles.first("consent_at")
    if header is None:
        return pa.nulls(len(leads), pa.timestamp("us"))
    is_excel = leads.look.format == "excel"
    return timestamp_of(leads.raw[header], timezone, leads.look.date_formats.get(header), is_excel=is_excel)


def _filled(leads: PeopleList, role: str) -> pa.Array:
    filled = pa.repeat(False, len(leads))
    for header in leads.roles.all(role):
        text = pc.utf8_trim_whitespace(leads.raw[header])
        filled = pc.or_(filled, pc.fill_null(pc.not_equal(text, ""), False))
    return filled
