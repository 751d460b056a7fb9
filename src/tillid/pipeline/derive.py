"""From facts to everything that is worked out of them: persons, permissions, profiles and segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import cast

import ibis
import ibis.expr.types as ir

from tillid.governance.columns_usable import is_usable
from tillid.governance.govern import govern, place_of
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.ledgers import DATA_SUBJECTS, LEDGER
from tillid.governance.mapping import MAPPING
from tillid.governance.permissions import mapping, standing
from tillid.governance.permit import Permit
from tillid.pipeline.catalogue import event_sources, people_sources, project_traits, unbound
from tillid.pipeline.progress import Step
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build, Underway
from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.golden_record import traits
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.profile.variables import events_to_variables, join_variables
from tillid.stages.resolve.components import resolve
from tillid.stages.resolve.definitions import LinkingDefinition
from tillid.stages.resolve.tables import MEMBERS
from tillid.stages.segment.compile import segment_members
from tillid.stages.segment.members import ENTERED_AT, each_once, entered, members_since
from tillid.stages.segment.tables import members_table_name
from tillid.terms.purpose import LINKING
from tillid.terms.table import PERSON_ID, Table


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """A segment after a run: its people, and who entered and left since the last one."""

    people: int
    entered: int
    left: int


@dataclass(slots=True)
class Derived:
    """What a run worked out: persons, the scopes of the purposes, and the segments' counts."""

    people: int = 0
    subjects: int = 0
    scopes: dict[str, str] = field(default_factory=dict)
    segments: dict[str, SegmentCount] = field(default_factory=dict)


def derive(workspace: Workspace, build: Build, step: Step) -> Derived:
    """Work out every derived table of the new generation, each under its own purpose."""
    done = Derived()
    subjects, people = _persons(workspace, build)
    underway = [people]
    for group in scope_groups(workspace):
        permit = workspace.permit(*group)
        done.scopes |= dict.fromkeys(group, permit.scope)
        underway.append(_profiles(workspace, build, permit))
    counts = {name: _segment(workspace, build, name) for name in workspace.project.segments}
    # All is asked for before the first is waited for.
    for each in underway:
        each.result()
        step.advance()
    for name, count in counts.items():
        done.segments[name] = count()
        step.advance()
    done.subjects, done.people = subjects.result(), people.result()
    return done


def steps(workspace: Workspace) -> int:
    """How many steps `derive` will advance."""
    return 1 + len(scope_groups(workspace)) + len(workspace.project.segments)


def scope_groups(workspace: Workspace) -> list[tuple[str, ...]]:
    """The project's purposes that share a scope, together, in the order of the register.

    Linking joins identifiers and asks for no profile, so none is worked out for it; nor is any where no source
    has people or events.
    """
    if not (people_sources(workspace.project) or event_sources(workspace.project)):
        return []
    groups: dict[str, list[str]] = {}
    for key in workspace.project.purposes:
        if key == LINKING:
            continue
        groups.setdefault(workspace.register.scope_of(key), []).append(key)
    return [tuple(keys) for keys in groups.values()]


def _persons(workspace: Workspace, build: Build) -> tuple[Underway, Underway]:
    """Who is who and who may be processed for what: the subjects, and the people."""
    keeping = workspace.permit(PERMISSIONS)
    linking = workspace.permit(LINKING) if LINKING in workspace.project.purposes else None
    subjects = resolve(build, linking, keeping, LinkingDefinition())
    purposes = list(workspace.project.purposes.values())
    tables = workspace.register.tables
    members = unbound(MEMBERS)
    stands = standing(members, unbound(LEDGER), unbound(DATA_SUBJECTS), purposes, workspace.now)
    people = build.write(tables["standing"], govern(stands, keeping))
    whole = mapping(members, unbound(tables["standing"]), purposes)
    build.write(tables[MAPPING], govern(whole, keeping))
    return subjects, people


def _profiles(workspace: Workspace, build: Build, permit: Permit) -> Underway:
    """The variables and the golden record of one scope."""
    variables = _usable(workspace.register.tables[VARIABLES], permit)
    definitions = [d for d in workspace.project.variables.values() if d.name in variables]
    query = _variables(workspace, permit, definitions)
    _write(workspace, build, VARIABLES, query, permit)
    people = _people(workspace, permit)
    return _write(workspace, build, PEOPLE, people, permit)


def _usable(table: Table, permit: Permit) -> set[str]:
    return {c.name for c in table.columns if all(is_usable(c, purpose) for purpose in permit.purposes)}


def _write(workspace: Workspace, build: Build, name: str, query: ir.Table, permit: Permit) -> Underway:
    table = workspace.register.tables[name]
    # A column that this scope may not use is kept empty; no query of the scope gets past its guard.
    columns = {
        column: query[column].cast(type_) if column in query.columns else ibis.null(type_)
        for column, type_ in table.physical().items()
    }
    return build.write(table, govern(query.select(**columns), permit), place=place_of(table, permit))


def _events(workspace: Workspace, permit: Permit) -> dict[str, ir.Table]:
    """The event tables with the columns that the permit's purposes cover."""
    return {name: _covered(workspace, name, permit) for name in event_sources(workspace.project)}


def _covered(workspace: Workspace, name: str, permit: Permit) -> ir.Table:
    table = workspace.register.tables[name]
    usable = _usable(table, permit)
    return unbound(table).select(PERSON_ID, *(c.name for c in table.columns if c.name in usable))


def _variables(workspace: Workspace, permit: Permit, definitions: Sequence[VariableDefinition]) -> ir.Table:
    events = _events(workspace, permit)
    of: dict[str, list[VariableDefinition]] = {}
    for definition in definitions:
        if definition.of is not None:
            of.setdefault(definition.of, []).append(definition)
    parts = {name: events_to_variables(events[name], wanted, workspace.as_of) for name, wanted in of.items()}
    rows = [*parts.values(), *(events[name] for name in events if name not in parts)]
    rows += [unbound(workspace.register.tables[name]) for name in people_sources(workspace.project)]
    seen = reduce(lambda a, b: a.union(b), [each.select(PERSON_ID) for each in rows])
    persons = seen.filter(seen[PERSON_ID].notnull()).distinct()
    return add_derived(join_variables(persons, list(parts.values()), definitions), definitions)


def _people(workspace: Workspace, permit: Permit) -> ir.Table:
    everyone = unbound(workspace.register.tables[VARIABLES]).select(PERSON_ID)
    usable = _usable(workspace.register.tables[PEOPLE], permit)
    wanted = [trait for trait in project_traits(workspace.project) if trait.name in usable]
    if not wanted:
        return everyone
    versions = {
        name: unbound(workspace.register.tables[name])
        for name in people_sources(workspace.project)
        if any(column.source == name for trait in wanted for column in trait.columns)
    }
    # The golden record is what is known today; `as_of` is for what is counted and measured.
    known = traits(versions, wanted, workspace.now)
    columns = [c for c in known.columns if c != PERSON_ID]
    return everyone.left_join(known, PERSON_ID).select(PERSON_ID, *columns)


def _segment(workspace: Workspace, build: Build, name: str) -> Callable[[], SegmentCount]:
    """The members as the segment's own purpose sees them, and as each purpose that it is activated for does.

    What counts them, as its own purpose sees them, when they are worked out.
    """
    segment = workspace.project.segments[name]
    sent_for = [a.purpose for a in workspace.project.activations.values() if a.segment == name]
    by_scope: dict[str, list[str]] = {}
    for purpose in dict.fromkeys((segment.purpose, *sent_for)):
        by_scope.setdefault(workspace.register.scope_of(purpose), []).append(purpose)
    own = workspace.permit(segment.purpose)
    came: int | None = None
    for purposes in by_scope.values():
        entered_ = _members(workspace, build, name, workspace.permit(*purposes), own)
        came = entered_ if segment.purpose in purposes else came

    def counted() -> SegmentCount:
        people = _count(build, unbound(workspace.register.tables[members_table_name(name)]), own)
        new = people if came is None else came
        # Who may no longer be processed has left too, though no query for this purpose finds them any more.
        return SegmentCount(people, new, max(_former_people(build, name) + new - people, 0))

    return counted


def _members(workspace: Workspace, build: Build, name: str, permit: Permit, own: Permit) -> int | None:
    """Write the members for one scope; how many entered since the last run, as the permit `own` sees it.

    None where there was no such list before, and all of them entered.
    """
    tables = workspace.register.tables
    table = tables[members_table_name(name)]
    who = segment_members(
        workspace.project.segments[name].rule,
        unbound(tables[PEOPLE]),
        unbound(tables[VARIABLES]),
        {source: unbound(tables[source]) for source in event_sources(workspace.project)},
        workspace.as_of,
    )
    place = place_of(table, permit)
    if build.keep(place):
        before = each_once(unbound(table))
        came = _count(build, entered(who, before), own) if own.scope == permit.scope else 0
        build.write(table, govern(members_since(who, before, workspace.as_of), permit), place=place)
        return came
    new = who.mutate(**{ENTERED_AT: ibis.literal(workspace.as_of, type="timestamp(6)")})
    build.write(table, govern(new, permit), place=place)
    return None


def _former_people(build: Build, name: str) -> int:
    if build.former is None:
        return 0
    noted = cast("Mapping[str, int]", build.former.notes.get("segments", {}))
    return int(noted.get(name, 0))


def _count(build: Build, rows: ir.Table, permit: Permit) -> int:
    counted = build.fetch(govern(rows.count().name("people"), permit))
    return int(counted.column("people")[0].as_py())
