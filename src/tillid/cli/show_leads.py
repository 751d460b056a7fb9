"""How a lead wash looks to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tillid.cli.show import heading, show, tabled
from tillid.pipeline.leads.page import IN_WORDS


def leads_shown(told: Mapping[str, object]) -> None:
    """The verdicts by count, the lists with their dates, and where the judged leads are."""
    verdicts = cast("Mapping[str, int]", told["verdicts"])
    reasons = cast("Mapping[str, Mapping[str, int]]", told["reasons"])
    rows = [(_words(v), n, IN_WORDS[v], _reasons(reasons.get(v, {}))) for v, n in verdicts.items()]
    show(heading(f"{told['leads']:,} leads"), tabled(("verdict", "leads", "meaning", "by reason"), rows, numbers=(1,)))
    lists = cast("list[Mapping[str, object]]", told["lists"])
    if lists:
        listed = [
            (o["name"], o["dated"], "TOO OLD" if o["stale"] else "current", o["rule"], o["people"]) for o in lists
        ]
        show(
            heading("Suppression lists"), tabled(("list", "dated", "", "counts while", "people"), listed, numbers=(4,))
        )
    if told["notice_due"]:
        show(f"\nThese people must be told where their data came from by {told['notice_due']} (GDPR Art. 14).")
    for note in cast("list[str]", told["notes"]):
        show(f"  {note}")
    page = f" The page is {told['report']}" if told["report"] else ""
    show(f"\nThe judged leads are in {told['out']}.{page}")


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{_words(reason)} {count:,}" for reason, count in reasons.items() if reason)


def _words(code: str) -> str:
    return code.replace("_", " ")
