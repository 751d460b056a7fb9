"""From facts to everything that is worked out of them: persons, permissions, profiles and segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from tillid.governance.columns_usable import is_usable
from tillid.governance.govern import govern, place_of
from tillid.governance.permit import Permit
from tillid.governance.register import fingerprint
from tillid.pipeline.catalogue import event_sources, people_sources, project_traits, unbound
from tillid.pipeline.persons import work_out_persons
from tillid.pipeline.progress import Step
from tillid.pipeline.scopes import profiled_purposes, rows_within, scope_groups
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build, Underway
from tillid.stages.profile.definitions import VariableDefinition
from tillid.stages.profile.derived import add_derived
from tillid.stages.profile.golden_record import traits
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.profile.variables import events_to_variables, join_variables
from tillid.stages.segment.compile import segment_members
from tillid.stages.segment.members import ENTERED_AT, each_once, entered, members_since
from tillid.stages.segment.tables import members_table_name
from tillid.terms.purpose import Purpose
from tillid.terms.table import PERSON_ID, Table


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """A segment after a run: its people, and who entered and left since the last one."""

    people: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Members:
    """Where a segment's members are, by purpose, and the data categories that membership tells of."""

    categories: list[str]
    places: dict[str, str]


@dataclass(slots=True)
class Derived:
    """What a run worked out: persons, the segments' counts, and where their members are."""

    people: int = 0
    subjects: int = 0
    segments: dict[str, SegmentCount] = field(default_factory=dict)
    members: dict[str, Members] = field(default_factory=dict)


def derive(workspace: Workspace, build: Build, oldest: Mapping[str, datetime], step: Step) -> Derived:
    """Work out every derived table of the new generation, each under its own purpose.

    `oldest` gives each source the time from which retention counts of its oldest row.
    """
    done = Derived()
    persons = work_out_persons(workspace, build)
    workspace.know_rows_within(rows_within(workspace, oldest))
    underway = [(persons.people, 1)]
    for group in scope_groups(workspace, VARIABLES):
        underway.append((_write_variables(workspace, build, workspace.permit(*group)), len(group)))
    for group in scope_groups(workspace, PEOPLE):
        underway.append((_write_people(workspace, build, workspace.permit(*group)), len(group)))
    counts = {}
    for name in workspace.project.segments:
        counts[name], done.members[name] = _segment(workspace, build, name)
    # All is asked for before the first is waited for.
    for each, purposes in underway:
        each.result()
        step.advance(purposes)
    for name, count in counts.items():
        done.segments[name] = count()
        step.advance()
    done.subjects, done.people = persons.subjects.result(), persons.people.result()
    return done


def steps(workspace: Workspace) -> int:
    """How many steps `derive` will advance."""
    return 1 + 2 * len(profiled_purposes(workspace)) + len(workspace.project.segments)


def _write_variables(workspace: Workspace, build: Build, permit: Permit) -> Underway:
    variables = _usable(workspace.register.tables[VARIABLES], permit)
    definitions = [d for d in workspace.project.variables.values() if d.name in variables]
    return _write(workspace, build, VARIABLES, _variables(workspace, permit, definitions), permit)


def _write_people(workspace: Workspace, build: Build, permit: Permit) -> Underway:
    return _write(workspace, build, PEOPLE, _people(workspace, permit), permit)


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


def _segment(workspace: Workspace, build: Build, name: str) -> tuple[Callable[[], SegmentCount], Members]:
    """The members as the segment's own purpose sees them, and as each purpose that it is activated for does.

    What counts them, as its own purpose sees them, when they are worked out; and where they are.
    """
    segment = workspace.project.segments[name]
    table = workspace.register.tables[members_table_name(name)]
    sent_for = [a.purpose for a in workspace.project.activations.values() if a.segment == name]
    came: dict[str, int | None] = {}
    places: dict[str, str] = {}
    for purpose in dict.fromkeys((segment.purpose, *sent_for)):
        permit = workspace.permit(purpose)
        places[purpose] = place_of(table, permit)
        came[purpose] = _members(workspace, build, name, permit, is_own=purpose == segment.purpose)

    def counted() -> SegmentCount:
        people = _count(build, unbound(table), workspace.permit(segment.purpose))
        new = came[segment.purpose]
        new = people if new is None else new
        # Who may no longer be processed has left too, though no query for this purpose finds them any more.
        return SegmentCount(people, new, max(_former_people(build, name) + new - people, 0))

    return counted, Members(_categories(table), places)


def _members(workspace: Workspace, build: Build, name: str, permit: Permit, *, is_own: bool) -> int | None:
    """Write the members for one purpose; how many entered since the last run, where it is the segment's own.

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
    former = _former_place(build, name, table, permit.purposes[0])
    if former is not None and build.keep(former, at=place):
        before = each_once(unbound(table))
        came = _count(build, entered(who, before), permit) if is_own else 0
        build.write(table, govern(members_since(who, before, workspace.as_of), permit), place=place)
        return came
    new = who.mutate(**{ENTERED_AT: ibis.literal(workspace.as_of, type="timestamp(6)")})
    build.write(table, govern(new, permit), place=place)
    return None


def _former_place(build: Build, name: str, table: Table, purpose: Purpose) -> str | None:
    """Where the last run left the members for this purpose, whatever rows it admitted then.

    None where there was none, or the purpose or what membership tells was written anew since.
    """
    notes = {} if build.former is None else build.former.notes
    noted = cast("Mapping[str, Mapping[str, Any]]", notes.get("members", {})).get(name, {})
    written = cast("Mapping[str, str]", notes.get("purposes", {}))
    if written.get(purpose.key) != fingerprint(purpose) or noted.get("categories") != _categories(table):
        return None
    place: str | None = noted["places"].get(purpose.key)
    return place


def _categories(table: Table) -> list[str]:
    return sorted({category for column in table.columns for category in column.categories})


def _former_people(build: Build, name: str) -> int:
    if build.former is None:
        return 0
    noted = cast("Mapping[str, int]", build.former.notes.get("segments", {}))
    return int(noted.get(name, 0))


def _count(build: Build, rows: ir.Table, permit: Permit) -> int:
    counted = build.fetch(govern(rows.count().name("people"), permit))
    return int(counted.column("people")[0].as_py())
