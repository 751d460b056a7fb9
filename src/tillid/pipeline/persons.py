"""Who is who, and who may be processed for what: the persons, their standing, and the mapping that carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

import ibis
import ibis.expr.types as ir

from tillid.governance.govern import govern
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.ledgers import CARRIED, DATA_SUBJECTS, FROM_SUBJECT, LEDGER, NEW_STATEMENTS, Statement
from tillid.governance.mapping import MAPPING, until_column
from tillid.governance.permissions import SAID_NO, Ledgers, mapping, standing, why_column
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.intake.unread import unread_table, with_unread
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build, Reader, Underway
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.resolve.components import resolve
from tillid.stages.resolve.definitions import LinkingDefinition
from tillid.stages.resolve.parted import Leave, Said
from tillid.stages.resolve.tables import (
    BARRED,
    FORMER_MEMBERS,
    GIVEN,
    GUESSES,
    JUDGEMENTS,
    MEMBERS,
    UNWILLING,
)
from tillid.terms.categories import ancestors
from tillid.terms.purpose import LINKING, LegalBasis, Purpose
from tillid.terms.table import PERSON_ID, SUBJECT_ID, Table


@dataclass(frozen=True, slots=True)
class Persons:
    """How many subjects and people there are, once they are worked out."""

    subjects: Underway
    people: Underway


def work_out_persons(workspace: Workspace, build: Build) -> Persons:
    """Work out the members, the standing of each person and the mapping."""
    keeping = workspace.permit(PERMISSIONS)
    ledgers, held = ledgers_held(workspace, build, keeping)
    said = replace(_said_of_linking(workspace, build, ledgers), is_judged=JUDGEMENTS.name in held)
    linking = workspace.permit(LINKING) if LINKING in workspace.project.purposes else None
    is_new = NEW_STATEMENTS.name in held
    has_former = is_new and remember_former(workspace, build)
    subjects = resolve(build, Leave(linking, keeping), LinkingDefinition(), said)
    if said.is_barred:
        ledgers = replace(ledgers, guesses=_with_parted(ledgers.guesses))
    if is_new:
        _carry(build, keeping, [MEMBERS, *([FORMER_MEMBERS] if has_former else [])])
    if is_new or CARRIED.name in held:
        ledgers = replace(ledgers, carried=unbound(CARRIED))
    purposes = list(workspace.project.purposes.values())
    tables = workspace.register.tables
    members = unbound(MEMBERS)
    stands = standing(members, ledgers, purposes, workspace.now)
    people = build.write(tables["standing"], govern(stands, keeping))
    whole = mapping(members, unbound(tables["standing"]), purposes)
    build.write(tables[MAPPING], govern(whole, keeping))
    return Persons(subjects, people)


def ledgers_held(workspace: Workspace, reader: Reader, keeping: Permit) -> tuple[Ledgers, set[str]]:
    """What each subject said itself, and which of the ledgers and their like have any rows."""
    unread = [unread_table(s) for s in workspace.project.sources.values() if s.kind is SourceKind.CONSENTS]
    tables = (GUESSES, JUDGEMENTS, NEW_STATEMENTS, CARRIED, *unread)
    held = _with_rows(reader, {table.name: unbound(table) for table in tables}, keeping)
    ledger = with_unread(unbound(LEDGER), [unbound(table) for table in unread if table.name in held])
    guesses = unbound(GUESSES) if GUESSES.name in held else None
    return Ledgers(ledger, unbound(DATA_SUBJECTS), guesses), held


def alone_on_linking(ledgers: Ledgers, purpose: Purpose, now: datetime) -> ir.Table:
    """What stands of linking for each subject for itself, who said anything of it: `subject_id`, `why` not, `until`."""
    who = ledgers.said.filter(_is_about(ledgers.said, purpose)).select(SUBJECT_ID)
    if ledgers.guesses is not None:
        who = who.union(ledgers.guesses.select(SUBJECT_ID), ledgers.guesses.select(**{SUBJECT_ID: "guessed_id"}))
    alone = who.distinct().mutate(**{PERSON_ID: ibis._[SUBJECT_ID]})
    # As what somebody was met is asked of persons; a part of one may have been met as nothing.
    stands = standing(alone, ledgers, [replace(purpose, data_subjects=frozenset())], now)
    return stands.select(
        **{SUBJECT_ID: PERSON_ID, "why": stands[why_column(LINKING)], "until": stands[until_column(LINKING)]}
    )


def _is_about(entries: ir.Table, purpose: Purpose) -> ir.BooleanValue:
    return entries.purpose.isin([purpose.key, *ancestors(purpose.data_use)]) | (entries.state == Statement.RESTRICTED)


def _said_of_linking(workspace: Workspace, build: Build, ledgers: Ledgers) -> Said:
    """Stage who said no to linking, and who said yes where it needs one: each subject for itself, by `standing`."""
    purpose = workspace.project.purposes.get(LINKING)
    if purpose is None:
        return Said()
    keeping = workspace.permit(PERMISSIONS)
    needs_yes = purpose.legal_basis is LegalBasis.CONSENT
    about = ledgers.said.filter(_is_about(ledgers.said, purpose))
    if not needs_yes and not _with_rows(build, {LINKING: about}, keeping):
        return Said()
    one = alone_on_linking(ledgers, purpose, workspace.now)
    build.write(BARRED, govern(one.filter(one.why.isin(SAID_NO)).select(SUBJECT_ID), keeping))
    if needs_yes:
        yes = one.filter(one.why.isnull(), one.until > ibis.literal(workspace.now, type="timestamp(6)"))
        build.write(GIVEN, govern(yes.select(SUBJECT_ID), keeping))
    return Said(is_barred=True, needs_yes=needs_yes)


def _with_parted(guesses: ir.Table | None) -> ir.Table:
    """The guesses, and who came with somebody who said no to linking: a no crosses there too, and nothing else does.

    They are linked no more, and still what was said by one of them is most likely meant for all.
    """
    links, barred = unbound(UNWILLING), unbound(BARRED)
    nos = links.semi_join(barred, links.b == barred[SUBJECT_ID])
    parted = nos.select(**{SUBJECT_ID: "a", "guessed_id": "b"})
    return parted if guesses is None else guesses.union(parted, distinct=True)


def remember_former(workspace: Workspace, build: Build) -> bool:
    """Stage which person each subject was in the generation before (`former_members`); whether there was one."""
    is_there = build.keep(MEMBERS.name)
    if is_there:
        build.write(FORMER_MEMBERS, govern(unbound(MEMBERS), workspace.permit(PERMISSIONS)))
    return is_there


def _carry(build: Build, keeping: Permit, together: Sequence[Table]) -> None:
    """Keep what was said in this run with all who are, or were, one person with who said it, in `together`.

    A yes is kept only with a no of the same subject: it has nothing else to lift.
    """
    new, carried = unbound(NEW_STATEMENTS), unbound(CARRIED)
    noes = new.filter(~new.state.isin([Statement.GIVEN, Statement.UNSUPPRESSED]))
    barring = noes.select(one=SUBJECT_ID).union(carried.select(one=FROM_SUBJECT), distinct=True)
    said = new.semi_join(barring, new[SUBJECT_ID] == barring.one).rename({FROM_SUBJECT: SUBJECT_ID})
    each = []
    for members in map(unbound, together):
        speaker = said.join(members.select(**{FROM_SUBJECT: SUBJECT_ID, "person": PERSON_ID}), FROM_SUBJECT)
        hearer = members.select(SUBJECT_ID, person=PERSON_ID)
        heard = speaker.join(hearer, "person")
        each.append(heard.filter(heard[SUBJECT_ID] != heard[FROM_SUBJECT]).select(*CARRIED.logical()))
    every = reduce(lambda a, b: a.union(b), each).distinct()
    build.extend(CARRIED, govern(every, keeping))
    build.clear(NEW_STATEMENTS)


def _with_rows(reader: Reader, tables: Mapping[str, ir.Table], permit: Permit) -> set[str]:
    """The names of the tables that have any rows."""
    each = [table.select(name=ibis.literal(name)).distinct() for name, table in tables.items()]
    found = reader.fetch(govern(reduce(lambda a, b: a.union(b), each), permit))
    return set(found.column("name").to_pylist())
