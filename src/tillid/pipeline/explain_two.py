"""Why two identifiers are one person, or are not: the links between them, and what became of these."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.permissions import SAID_NO
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.people import find_subject
from tillid.pipeline.persons import alone_on_linking, ledgers_held
from tillid.pipeline.workspace import Workspace
from tillid.stages.resolve.components import ends_of, every_link, shared_links
from tillid.stages.resolve.definitions import LinkingDefinition
from tillid.stages.resolve.judgements import Verdict
from tillid.stages.resolve.parting import Pair, chain
from tillid.stages.resolve.tables import JUDGEMENTS, LINKS, MEMBERS, SUBJECTS
from tillid.terms.purpose import LINKING, LegalBasis
from tillid.terms.table import PERSON_ID, SUBJECT_ID

MOST_LOOKED_AT = 10_000
"""Identifiers that are looked at for a way between two; somebody who is known has a handful."""

WHY_NOT = {
    "judged_apart": "somebody judged that they are two persons",
    "no_consent_for_linking": "a link between them does not count: a side said no to linking, or lacks a yes",
    "shared_too_widely": "a link between them does not count: one of its identifiers was met with too many others",
    "not_worked_out": "they are linked by what no run has worked out yet",
    "never_met": "nothing that may be used for linking brings them together",
}


@dataclass(slots=True)
class _Known:
    """What is between two identifiers: links with their sources, the newest judgements, whose each subject is."""

    links: dict[Pair, set[str]] = field(default_factory=dict)
    judged: dict[Pair, dict[str, Any]] = field(default_factory=dict)
    persons: dict[int, int] = field(default_factory=dict)

    def together(self) -> set[Pair]:
        """The pairs that are judged to be one."""
        return {pair for pair, said in self.judged.items() if said["verdict"] == Verdict.TOGETHER}

    def way(self, one: int, other: int, *, without: Collection[Pair] = ()) -> tuple[Pair, ...]:
        """The shortest way; within one person, where they are one."""
        near: dict[int, list[int]] = {}
        are_one = self.persons[one] == self.persons[other]
        for a, b in sorted((self.links.keys() | self.together()) - set(without)):
            if not are_one or self.persons.get(a) == self.persons.get(b) == self.persons[one]:
                near.setdefault(a, []).append(b)
                near.setdefault(b, []).append(a)
        return chain(near, one, other)


def explain_two(workspace: Workspace, one: str, other: str) -> dict[str, object]:
    """Whether two identifiers (as `find_subject` takes them) are one person, over which links, or why not.

    Told are kinds, sources and judgements, and no values. Who asks needs leave for `linking` and
    housekeeping.permissions. Raises `PersonUnknown`.
    """
    pair = (find_subject(workspace, one), find_subject(workspace, other))
    known = _known(workspace, pair)
    way = known.way(*pair)
    dropped = _dropped(workspace, known, way)
    are_one = known.persons[pair[0]] == known.persons[pair[1]]
    without: set[Pair] = set()
    while are_one and dropped:
        # They are one over another way.
        without |= dropped.keys()
        way = known.way(*pair, without=without)
        dropped = _dropped(workspace, known, way)
    kinds = _kinds(workspace, {*pair, *(end for step in way for end in step)})
    apart = _apart(known, pair)
    reason = None if are_one else _reason(known, way, dropped, is_apart=bool(apart))
    return {
        "identifiers": [{"subject": each, "kind": kinds[each], "person": known.persons[each]} for each in pair],
        "are_one": are_one,
        "reason": reason,
        "reason_in_words": WHY_NOT[reason] if reason else "",
        "way": [_step(known, step, kinds, dropped) for step in way],
        "judged_apart": apart,
    }


def _known(workspace: Workspace, pair: Pair) -> _Known:
    known = _Known(judged=_judgements(workspace))
    seen, edge = {pair[0]}, {pair[0]}
    links = unbound(LINKS)
    while edge and pair[1] not in seen and len(seen) < MOST_LOOKED_AT and LINKING in workspace.project.purposes:
        here = sorted(edge)
        met = links.filter(links.subject_a.isin(here) | links.subject_b.isin(here))
        rows = workspace.ask(met.select("subject_a", "subject_b", "source").distinct(), workspace.permit(LINKING))
        for row in rows.to_pylist():
            known.links.setdefault(_sorted(row["subject_a"], row["subject_b"]), set()).add(row["source"])
        ends = {end for two in (known.links.keys() | known.together()) if edge & set(two) for end in two}
        edge = ends - seen
        seen |= ends
    known.persons = _persons(workspace, {*pair, *seen, *(end for two in known.judged for end in two)})
    return known


def _sorted(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _judgements(workspace: Workspace) -> dict[Pair, dict[str, Any]]:
    rows = workspace.ask(unbound(JUDGEMENTS).order_by("generation"), workspace.permit(PERMISSIONS)).to_pylist()
    return {_sorted(row["subject_a"], row["subject_b"]): row for row in rows}


def _persons(workspace: Workspace, subjects: Iterable[int]) -> dict[int, int]:
    members = unbound(MEMBERS)
    rows = workspace.ask(members.filter(members[SUBJECT_ID].isin(sorted(subjects))), workspace.permit(PERMISSIONS))
    return {row[SUBJECT_ID]: row[PERSON_ID] for row in rows.to_pylist()}


def _kinds(workspace: Workspace, subjects: Iterable[int]) -> dict[int, str]:
    known = unbound(SUBJECTS)
    mine = known.filter(known[SUBJECT_ID].isin(sorted(subjects))).select(SUBJECT_ID, "kind")
    rows = workspace.ask(mine, workspace.permit(PERMISSIONS)).to_pylist()
    return {row[SUBJECT_ID]: row["kind"] for row in rows}


def _dropped(workspace: Workspace, known: _Known, way: Iterable[Pair]) -> dict[Pair, str]:
    """The links of the way that do not count, and why; by the rules by which they are left out of a run."""
    steps = {_sorted(*step) for step in way}
    if not steps or LINKING not in workspace.project.purposes:
        return {}
    ends = sorted({end for step in steps for end in step})
    links = unbound(LINKS)
    touching = links.filter(links.subject_a.isin(ends) | links.subject_b.isin(ends))
    shared = shared_links(touching, ends_of(every_link(touching)), LinkingDefinition())
    found = workspace.ask(shared.filter(shared.a.isin(ends), shared.b.isin(ends)), workspace.permit(LINKING))
    pairs = {_sorted(row["a"], row["b"]) for row in found.to_pylist()} - known.together()
    dropped = dict.fromkeys(pairs & steps, "shared_too_widely")
    nos, lacking = _unwilling(workspace, ends)
    crossing = {step for step in steps if known.persons.get(step[0]) != known.persons.get(step[1])}
    unwilling = {step for step in crossing if nos & set(step) or (lacking & set(step))}
    return dropped | dict.fromkeys(unwilling, "no_consent_for_linking")


def _unwilling(workspace: Workspace, subjects: list[int]) -> tuple[set[int], set[int]]:
    """Who of them said no to linking, and who lacks a yes of their own where it needs one."""
    purpose = workspace.project.purposes[LINKING]
    keeping = workspace.permit(PERMISSIONS)
    ledgers, _ = ledgers_held(workspace, workspace.store, keeping)
    alone: ir.Table = alone_on_linking(ledgers, purpose, workspace.now)
    rows = workspace.ask(alone.filter(alone[SUBJECT_ID].isin(subjects)), keeping).to_pylist()
    nos = {row[SUBJECT_ID] for row in rows if row["why"] in SAID_NO}
    said = {row[SUBJECT_ID] for row in rows if row["why"] is None}
    return nos, set(subjects) - said if purpose.legal_basis is LegalBasis.CONSENT else set()


def _apart(known: _Known, pair: Pair) -> list[dict[str, Any]]:
    """Who judged, and when, that identifiers of the two persons are not one."""
    wanted = {known.persons[one] for one in pair}
    return [
        {"by": said["actor"], "at": said["at"]}
        for two, said in known.judged.items()
        if said["verdict"] == Verdict.APART and {known.persons.get(end) for end in two} == wanted
    ]


def _reason(known: _Known, way: Iterable[Pair], dropped: dict[Pair, str], *, is_apart: bool) -> str:
    if is_apart:
        return "judged_apart"
    crossing = [_sorted(*step) for step in way if known.persons.get(step[0]) != known.persons.get(step[1])]
    if not crossing:
        return "never_met"
    for step in crossing:
        if step in dropped:
            return dropped[step]
    are_any_apart = any(said["verdict"] == Verdict.APART for said in known.judged.values())
    return "judged_apart" if are_any_apart else "not_worked_out"


def _step(known: _Known, step: Pair, kinds: dict[int, str], dropped: dict[Pair, str]) -> dict[str, Any]:
    pair = _sorted(*step)
    judged = known.judged.get(pair) if pair in known.together() else None
    return {
        "from": kinds[step[0]],
        "to": kinds[step[1]],
        "sources": sorted(known.links.get(pair, ())),
        "judged_by": judged["actor"] if judged else None,
        "judged_at": judged["at"] if judged else None,
        "counts": pair not in dropped,
    }
