"""Which subjects are connected: the least connected subject of each, found by hooking trees of labels together.

Most identifiers are met beside one other alone: they are leaves, go where their neighbour goes, and are set
aside. Among the rest each subject points at a label, at first itself. In a turn, with the label of a
neighbour's label in hand, a subject takes the least of what it sees, and so does the subject that it pointed
at; so whole trees move at once, and a chain of n links in any order takes a few turns more than log n.
Everything is computed in the store. Source: Zhang, Azad and Hu, FastSV: A Distributed-Memory Connected
Component Algorithm with Fast Convergence, SIAM PP 2020.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tillid.governance.govern import govern
from tillid.governance.permit import Permit
from tillid.ports.store import Build, Underway
from tillid.stages.resolve.definitions import DEFAULT_LIMITS, LinkingDefinition
from tillid.stages.resolve.errors import LinkingDoesNotSettle
from tillid.stages.resolve.judgements import Verdict, judged
from tillid.stages.resolve.parted import Leave, Said, part_judged, with_parts
from tillid.stages.resolve.tables import (
    BARRED,
    COMPONENTS,
    EDGES,
    ENDS,
    GIVEN,
    JUDGEMENTS,
    KNOTS,
    LINKS,
    MEMBERS,
    PARTED,
    SHARED_LINKS,
    SUBJECTS,
    UNWILLING,
    labels,
)
from tillid.stages.resolve.willing import unwilling
from tillid.terms.table import NO_PERSON, PERSON_ID, SUBJECT_ID, Table

MOST_TURNS = 60
NOTHING = Said()


def resolve(build: Build, leave: Leave, definition: LinkingDefinition, said: Said = NOTHING) -> Underway:
    """Work out `members`: which person each subject is; it comes to the number of subjects."""
    label = None
    if leave.linking is not None:
        counting = _connect(build, leave.linking, definition, said)
        label = None if counting is None else _table(COMPONENTS)
        if counting is not None and said.is_judged and part_judged(build, leave, counting, definition):
            label = with_parts(_table(PARTED), _table(COMPONENTS))
    known = _table(SUBJECTS).select(SUBJECT_ID)
    person: ir.Value = known[SUBJECT_ID]
    members = known
    if label is not None:
        members = known.left_join(label, SUBJECT_ID)
        person = ibis.coalesce(label.label, members[SUBJECT_ID])
    nobody = members[SUBJECT_ID] == NO_PERSON
    members = members.select(members[SUBJECT_ID], **{PERSON_ID: ibis.ifelse(nobody, ibis.null("int64"), person)})
    return build.write(MEMBERS, govern(members, leave.keeping))


def every_link(links: ir.Table) -> ir.Table:
    """The links between two subjects (`subject_a`, `subject_b`), each once in both directions (a, b)."""
    one, other = links.subject_a, links.subject_b
    once = links.filter(one != other).select(a=ibis.least(one, other), b=ibis.greatest(one, other)).distinct()
    return _both_ways(once)


def ends_of(edges: ir.Table) -> ir.Table:
    """Each linked subject with the number of its neighbours and the least of them."""
    return edges.group_by(**{SUBJECT_ID: edges.a}).agg(neighbours=edges.count(), nearest=edges.b.min())


def shared_links(links: ir.Table, ends: ir.Table, definition: LinkingDefinition) -> ir.Table:
    """The links that do not count, in both directions (a, b): those of identifiers that are shared too widely.

    `links` has subject_a, subject_b, kind_a and kind_b; `ends` is of them all.
    """
    limits = {kind: definition.limit(kind) for kind in DEFAULT_LIMITS.keys() | definition.limits.keys()}
    fewest = min(*limits.values(), definition.limit(""))
    # Only who has many neighbours can be shared, and that is seen without looking at kinds.
    busy = ends.filter(ends.neighbours > fewest).select(a=SUBJECT_ID)
    forth = links.select(a="subject_a", b="subject_b", kind="kind_b")
    back = links.select(a="subject_b", b="subject_a", kind="kind_a")
    met = forth.union(back).join(busy, "a").filter(lambda t: t.a != t.b).select("a", "b", "kind").distinct()
    seen_with = met.group_by("a", "kind").agg(values=met.count())
    most = ibis.cases(
        *((seen_with.kind == kind, limit) for kind, limit in sorted(limits.items())), else_=definition.limit("")
    )
    shared = seen_with.filter(seen_with["values"] > most).select("a", "kind")
    # A link counts only when neither of its ends is shared.
    return _both_ways(met.join(shared, ["a", "kind"]).select("a", "b")).distinct()


def ends_without(ends: ir.Table, edges: ir.Table, dropped: ir.Table) -> ir.Table:
    """The ends of `edges` without the `dropped` ones, given the `ends` of them all: few are other than before."""
    touched = dropped.select(**{SUBJECT_ID: dropped.a}).distinct()
    left = edges.semi_join(touched, edges.a == touched[SUBJECT_ID]).anti_join(dropped, ["a", "b"])
    return ends.anti_join(touched, SUBJECT_ID).union(ends_of(left))


def _both_ways(pairs: ir.Table) -> ir.Table:
    return pairs.union(pairs.select(a="b", b="a"))


def _connect(build: Build, permit: Permit, definition: LinkingDefinition, said: Said) -> ir.Table | None:
    """Work out the components of the links that count, and return these, both ways; None where there are none."""
    links, edges, ends, dropped = _table(LINKS), _table(EDGES), _table(ENDS), _table(SHARED_LINKS)
    together = _both_ways(judged(_table(JUDGEMENTS), Verdict.TOGETHER))
    every = every_link(links)
    build.write(EDGES, govern(every.union(together, distinct=True) if said.is_judged else every, permit))
    if build.write(ENDS, govern(ends_of(edges), permit)).result() == 0:
        build.write(UNWILLING, govern(edges, permit))
        return None
    counting = edges
    shared = shared_links(links, ends, definition)
    shared = shared.anti_join(together, ["a", "b"]) if said.is_judged else shared
    if build.write(SHARED_LINKS, govern(shared, permit)).result():
        counting = edges.anti_join(dropped, ["a", "b"])
        build.write(ENDS, govern(ends_without(ends, edges, dropped), permit))
    if said.is_barred or said.needs_yes:
        given = _table(GIVEN) if said.needs_yes else None
        met = counting.semi_join(every, ["a", "b"]) if said.is_judged else counting
        dropped = _table(UNWILLING)
        build.write(UNWILLING, govern(unwilling(counting, _table(BARRED), given, met), permit))
        build.write(ENDS, govern(ends_without(ends, counting, dropped), permit))
        counting = counting.anti_join(dropped, ["a", "b"])
    knotted = ends.filter(ends.neighbours > 1)
    among = counting.join(knotted.select(a=SUBJECT_ID), "a").join(knotted.select(b=SUBJECT_ID), "b")
    build.write(KNOTS, govern(among.select("a", "b"), permit))
    last = _settled(build, permit)
    build.write(COMPONENTS, govern(_with_leaves(ends, _table(last)), permit))
    return counting


def _settled(build: Build, permit: Permit) -> Table:
    """The labels of the knots, when a turn changes none of them any more."""
    knots = _table(KNOTS)
    start = knots.group_by("a").agg(least=knots.b.min())
    start = start.select(**{SUBJECT_ID: start.a, "label": ibis.least(start.a, start.least)})
    build.write(labels(0), govern(start, permit))
    for turn in range(1, MOST_TURNS):
        before, after = labels(turn - 1), labels(turn)
        build.write(after, govern(_spread(knots, _table(before)), permit))
        if _changed(build, _table(before), _table(after), permit) == 0:
            return after
    raise LinkingDoesNotSettle(f"Linking did not settle within {MOST_TURNS} turns")


def _with_leaves(ends: ir.Table, label: ir.Table) -> ir.Table:
    """The least subject that each linked subject is connected with, leaves among them."""
    own = ends.mutate(least=ibis.least(ends[SUBJECT_ID], ends.nearest))
    knot = label.join(own, SUBJECT_ID)
    least = knot.group_by("label").agg(component=knot.least.min())
    settled = label.join(least, "label").select(of=SUBJECT_ID, component="component")
    several, leaves = own.filter(own.neighbours > 1), own.filter(own.neighbours == 1)
    found = several.left_join(settled, several[SUBJECT_ID] == settled.of)
    found = found.select(several[SUBJECT_ID], label=ibis.coalesce(settled.component, several.least))
    # A leaf stands where its one neighbour stands; two that are each other's only one, at the lesser.
    centre = found.select(centre=found[SUBJECT_ID], stands_at="label")
    stand = leaves.left_join(centre, leaves.nearest == centre.centre)
    stand = stand.select(leaves[SUBJECT_ID], label=ibis.coalesce(centre.stands_at, leaves.least))
    return found.union(stand)


def _spread(edges: ir.Table, label: ir.Table) -> ir.Table:
    """The labels after one more turn; they only ever fall, and stand still when each is its subject's least."""
    of_label = label.select(of=label[SUBJECT_ID], further=label.label)
    pointing = label.join(of_label, label.label == of_label.of)
    seen = edges.join(pointing, edges.b == pointing[SUBJECT_ID])
    least = seen.group_by("a").agg(least=seen.further.min())
    found = pointing.join(least, pointing[SUBJECT_ID] == least.a)
    own = found.select(found[SUBJECT_ID], label=ibis.least(found.further, found.least))
    pointed_at = found.select(**{SUBJECT_ID: found.label}, label=found.least)
    every = own.union(pointed_at)
    return every.group_by(SUBJECT_ID).agg(label=every.label.min())


def _changed(build: Build, before: ir.Table, after: ir.Table, permit: Permit) -> int:
    both = before.join(after.rename(now="label"), SUBJECT_ID)
    moved = both.filter(both.label != both.now).count().name("moved")
    return int(build.fetch(govern(moved, permit)).column("moved")[0].as_py())


def _table(table: Table) -> ir.Table:
    return ibis.table(table.logical(), name=table.name)
