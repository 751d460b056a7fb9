"""Judgements on who is who: two identifiers are one person, or are not; each is kept, and is derived with at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.housekeeping import JUDGEMENTS as JUDGING
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.errors import JudgementEmpty
from tillid.pipeline.intake.held import keep_sources
from tillid.pipeline.intake.sources import TakenIn
from tillid.pipeline.people import find_subject
from tillid.pipeline.persons import remember_former, work_out_persons
from tillid.pipeline.progress import Progress
from tillid.pipeline.run import worked_out
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build
from tillid.stages.resolve.judgements import Verdict, check_consistent, standing_judgements
from tillid.stages.resolve.parting import Pair
from tillid.stages.resolve.tables import FORMER_MEMBERS, JUDGEMENTS, MEMBERS, SUBJECTS
from tillid.terms.purpose import LINKING
from tillid.terms.table import PERSON_ID, SUBJECT_ID


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody judges of two identifiers (as `find_subject` takes them), and why."""

    verdict: Verdict
    one: str
    other: str
    reason: str


def judge(workspace: Workspace, judgement: Judgement, progress: Progress, *, is_sure: bool) -> dict[str, object]:
    """Keep the judgement and derive a new generation with it, in one; unless `is_sure`, say what that would change.

    Answers with the two identifiers (number and kind), and how many identifiers of which kind go from which person to
    which. Raises `JudgementEmpty` for one that says nothing new, `JudgedBothWays` for one against others, and
    `PersonUnknown`.
    """
    workspace.permit(JUDGING)
    if not judgement.reason.strip():
        raise JudgementEmpty("A judgement needs a reason", hint="Say why: --reason TEXT.")
    if LINKING not in workspace.project.purposes:
        raise JudgementEmpty(
            f"Nobody is joined in a project without the purpose {LINKING!r}", hint="Declare it in purposes.yml."
        )
    pair = (find_subject(workspace, judgement.one), find_subject(workspace, judgement.other))
    kinds = _kinds(workspace, pair)
    _check(workspace, judgement.verdict, pair)
    work = _derive if is_sure else _look_ahead
    moves = work(workspace, judgement, pair, progress)
    return {
        "verdict": str(judgement.verdict),
        "identifiers": [{"subject": one, "kind": kinds[one]} for one in pair],
        "recorded": is_sure,
        "moves": moves,
    }


def _kinds(workspace: Workspace, pair: Pair) -> dict[int, str]:
    subjects = unbound(SUBJECTS)
    rows = workspace.ask(subjects.filter(subjects[SUBJECT_ID].isin(pair)), workspace.permit(JUDGING)).to_pylist()
    return {row[SUBJECT_ID]: row["kind"] for row in rows}


def _check(workspace: Workspace, verdict: Verdict, pair: Pair) -> None:
    """See that the judgement says something new of two identifiers, and nothing that others rule out."""
    one, other = sorted(pair)
    if one == other:
        raise JudgementEmpty("Both are the very same identifier", hint="Name two different ones, as KIND:VALUE.")
    rows = workspace.ask(standing_judgements(unbound(JUDGEMENTS)), workspace.permit(JUDGING)).to_pylist()
    held = {(row["a"], row["b"]): Verdict(row["verdict"]) for row in rows}
    before = held.get((one, other), Verdict.WITHDRAWN)
    if before is verdict:
        nothing = "There is no judgement of these two" if verdict is Verdict.WITHDRAWN else "This was judged before"
        raise JudgementEmpty(nothing, hint="tillid explain person A B says what was judged of them.")
    held[one, other] = verdict
    of = {each: [two for two, said in held.items() if said is each] for each in Verdict}
    check_consistent(of[Verdict.TOGETHER], of[Verdict.APART])


def _look_ahead(workspace: Workspace, judgement: Judgement, pair: Pair, progress: Progress) -> list[dict[str, Any]]:
    build = workspace.store.build(workspace.fingerprints())
    try:
        with progress.stage("Working out who would be whom"):
            _add(workspace, build, judgement, pair)
            work_out_persons(workspace, build)
            return _moves(workspace, build)
    finally:
        build.abandon()
        workspace.refresh()


def _derive(workspace: Workspace, judgement: Judgement, pair: Pair, progress: Progress) -> list[dict[str, Any]]:
    moves: list[dict[str, Any]] = []
    number = 0

    def take_in(build: Build) -> TakenIn:
        nonlocal number
        number = build.number
        _add(workspace, build, judgement, pair)
        return keep_sources(workspace, build)

    worked_out(workspace, progress, take_in, lambda build: moves.extend(_moves(workspace, build)))
    workspace.audit.append(
        "judged",
        {
            "actor": workspace.actor.name,
            "verdict": str(judgement.verdict),
            "subjects": list(pair),
            "generation": number,
            "moved": sum(move["identifiers"] for move in moves),
        },
    )
    return moves


def _add(workspace: Workspace, build: Build, judgement: Judgement, pair: Pair) -> None:
    remember_former(workspace, build)
    row = {
        "subject_a": pair[0],
        "subject_b": pair[1],
        "verdict": str(judgement.verdict),
        "at": workspace.now,
        "actor": workspace.actor.name,
        "reason": judgement.reason.strip(),
        "generation": build.number,
    }
    stamped = pa.schema([("at", pa.timestamp("us"))])
    columns: Mapping[str, pa.Array] = {
        name: pa.array([value], stamped.field(name).type if name in stamped.names else None)
        for name, value in row.items()
    }
    build.append(JUDGEMENTS, pa.table(dict(columns)).to_batches())


def _moves(workspace: Workspace, build: Build) -> list[dict[str, Any]]:
    """How many identifiers go from which person to which, by kind; their values are not told."""
    permit = workspace.permit(JUDGING)
    former = unbound(FORMER_MEMBERS).select(SUBJECT_ID, **{"from": PERSON_ID})
    now = unbound(MEMBERS).select(SUBJECT_ID, to=PERSON_ID)
    both: ir.Table = former.join(now, SUBJECT_ID)
    moved = both.filter(both["from"] != both["to"]).join(unbound(SUBJECTS), SUBJECT_ID)
    counted = moved.group_by("from", "to", "kind").agg(identifiers=moved.count())
    rows: list[dict[str, Any]] = build.fetch(
        govern(counted.order_by(ibis.asc("from"), "to", "kind"), permit)
    ).to_pylist()
    return rows
