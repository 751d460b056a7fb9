"""The page of a lead wash: how many leads are good, why the others are not, and against what they were held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from tillid.pipeline.report.pages import templates, write_in_one_step
from tillid.stages.wash.lead_verdicts import LeadVerdict

IN_WORDS: Mapping[str, str] = {
    LeadVerdict.UNREADABLE: "The row could not be taken apart",
    LeadVerdict.INVALID: "No usable e-mail address, phone number or postal address",
    LeadVerdict.DUPLICATE: "Another row of the file is about the same person and is kept",
    LeadVerdict.SUPPRESSED: "On a suppression list, or said no to the project",
    LeadVerdict.EXISTING_CUSTOMER: "Already a customer of the project",
    LeadVerdict.CONSENT_MISSING: "No consent, or none that can be proven",
    LeadVerdict.OUTSIDE_TARGET: "Outside the segment that the leads are wanted for",
    LeadVerdict.BLOCKED: "Nothing against it, but a suppression list is too old to tell",
    LeadVerdict.GOOD: "May be used",
}


def render_page(figures: Mapping[str, object], project: str, at: datetime) -> str:
    """The page as HTML, from `figures` (of `hand_over`); every text is escaped."""
    verdicts = cast("Mapping[str, int]", figures["verdicts"])
    reasons = cast("Mapping[str, Mapping[str, int]]", figures["reasons"])
    rows = [(verdict, verdicts[verdict], IN_WORDS[verdict], reasons.get(verdict, {})) for verdict in LeadVerdict]
    template = templates().get_template("leads.html.j2")
    return template.render(told=figures, rows=rows, most=max(verdicts.values(), default=0) or 1, project=project, at=at)


def write_page(figures: Mapping[str, object], project: str, at: datetime, path: Path) -> None:
    """Write the page in one step. Raises `ReportNotWritten`."""
    write_in_one_step(render_page(figures, project, at), path)
