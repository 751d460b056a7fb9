"""Who is who, and who may be processed for what: the persons, their standing, and the mapping that carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import ibis

from tillid.governance.govern import govern
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.ledgers import DATA_SUBJECTS, LEDGER
from tillid.governance.mapping import MAPPING
from tillid.governance.permissions import Ledgers, mapping, standing
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.intake.unread import unread_table, with_unread
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build, Underway
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.resolve.components import resolve
from tillid.stages.resolve.definitions import LinkingDefinition
from tillid.stages.resolve.parted import Leave
from tillid.stages.resolve.tables import FORMER_MEMBERS, GUESSES, JUDGEMENTS, MEMBERS
from tillid.terms.purpose import LINKING
from tillid.terms.table import Table


@dataclass(frozen=True, slots=True)
class Persons:
    """How many subjects and people there are, once they are worked out."""

    subjects: Underway
    people: Underway


def work_out_persons(workspace: Workspace, build: Build) -> Persons:
    """Work out the members, the standing of each person and the mapping."""
    keeping = workspace.permit(PERMISSIONS)
    unread = [unread_table(s) for s in workspace.project.sources.values() if s.kind is SourceKind.CONSENTS]
    held = _with_rows(build, [GUESSES, JUDGEMENTS, *unread], keeping)
    ledger = with_unread(unbound(LEDGER), [unbound(table) for table in unread if table.name in held])
    guesses = unbound(GUESSES) if GUESSES.name in held else None
    linking = workspace.permit(LINKING) if LINKING in workspace.project.purposes else None
    subjects = resolve(build, Leave(linking, keeping), LinkingDefinition(), is_judged=JUDGEMENTS.name in held)
    purposes = list(workspace.project.purposes.values())
    tables = workspace.register.tables
    members = unbound(MEMBERS)
    stands = standing(members, Ledgers(ledger, unbound(DATA_SUBJECTS), guesses), purposes, workspace.now)
    people = build.write(tables["standing"], govern(stands, keeping))
    whole = mapping(members, unbound(tables["standing"]), purposes)
    build.write(tables[MAPPING], govern(whole, keeping))
    return Persons(subjects, people)


def remember_former(workspace: Workspace, build: Build) -> None:
    """Stage which person each subject was in the generation before (`former_members`), so that it can be compared."""
    if build.keep(MEMBERS.name):
        build.write(FORMER_MEMBERS, govern(unbound(MEMBERS), workspace.permit(PERMISSIONS)))


def _with_rows(build: Build, tables: Sequence[Table], permit: Permit) -> set[str]:
    """The names of the tables that have any rows."""
    each = [unbound(table).select(name=ibis.literal(table.name)).distinct() for table in tables]
    found = build.fetch(govern(reduce(lambda a, b: a.union(b), each), permit))
    return set(found.column("name").to_pylist())
