"""Which subjects are connected: the least connected subject of each, found by spreading labels.

Each turn a subject takes the least label among its own and its neighbours', and then the label of its label
(pointer jumping), so that a chain of n links takes about log n turns. Everything is computed in the store.
Source: the hash-to-min family of Rastogi et al., Finding Connected Components in Map-Reduce in Logarithmic
Rounds, ICDE 2013.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tillid.governance.govern import govern
from tillid.governance.permit import Permit
from tillid.ports.store import Build
from tillid.stages.resolve.definitions import DEFAULT_LIMITS, LinkingDefinition
from tillid.stages.resolve.errors import LinkingDoesNotSettle
from tillid.stages.resolve.tables import EDGES, LINKS, MEMBERS, SUBJECTS, labels
from tillid.terms.table import NO_PERSON, PERSON_ID, SUBJECT_ID, Table

MOST_TURNS = 60


def resolve(build: Build, linking: Permit | None, keeping: Permit, definition: LinkingDefinition) -> int:
    """Work out `members`: which person each subject is; the number of subjects.

    `linking` is the permit under which identifiers may be joined; without it every subject is a person of
    its own. `keeping` is a permit for housekeeping.permissions.
    """
    last = _connect(build, linking, definition) if linking is not None else None
    subjects = _table(SUBJECTS)
    known = subjects.select(SUBJECT_ID)
    if last is None:
        person: ir.Value = known[SUBJECT_ID]
        members = known
    else:
        label = _table(last)
        members = known.left_join(label, SUBJECT_ID)
        person = ibis.coalesce(label.label, members[SUBJECT_ID])
    nobody = members[SUBJECT_ID] == NO_PERSON
    members = members.select(
        members[SUBJECT_ID], **{PERSON_ID: ibis.ifelse(nobody, ibis.null("int64"), person)}
    )
    return build.write(MEMBERS, govern(members, keeping))


def counting_edges(links: ir.Table, definition: LinkingDefinition) -> ir.Table:
    """The links that count, in both directions (a, b): those of identifiers that are not shared too widely.

    `links` has subject_a, subject_b, kind_a and kind_b.
    """
    forth = links.select(a="subject_a", b="subject_b", kind="kind_b", back="kind_a")
    back = links.select(a="subject_b", b="subject_a", kind="kind_a", back="kind_b")
    both = forth.union(back).filter(lambda t: t.a != t.b).distinct()
    seen_with = both.group_by("a", "kind").agg(values=both.b.nunique())
    limits = {kind: definition.limit(kind) for kind in DEFAULT_LIMITS.keys() | definition.limits.keys()}
    most = ibis.cases(
        *((seen_with.kind == kind, limit) for kind, limit in sorted(limits.items())), else_=definition.limit("")
    )
    shared = seen_with.filter(seen_with["values"] > most).select("a", "kind")
    kept = both.anti_join(shared, ["a", "kind"])
    # A link counts only when neither of its ends is shared.
    reverse = kept.select(a="b", b="a")
    return kept.select("a", "b").semi_join(reverse, ["a", "b"])


def _connect(build: Build, permit: Permit, definition: LinkingDefinition) -> Table | None:
    if build.write(EDGES, govern(counting_edges(_table(LINKS), definition), permit)) == 0:
        return None
    edges = _table(EDGES)
    first = edges.group_by("a").agg(least=edges.b.min())
    start = first.select(**{SUBJECT_ID: first.a, "label": ibis.least(first.a, first.least)})
    build.write(labels(0), govern(start, permit))
    for turn in range(1, MOST_TURNS):
        before, after = labels(turn - 1), labels(turn)
        build.write(after, govern(_spread(edges, _table(before)), permit))
        if _changed(build, _table(before), _table(after), permit) == 0:
            return after
    raise LinkingDoesNotSettle(f"Linking did not settle within {MOST_TURNS} turns")


def _spread(edges: ir.Table, label: ir.Table) -> ir.Table:
    seen = edges.join(label, edges.b == label[SUBJECT_ID])
    least = seen.group_by("a").agg(seen=seen.label.min())
    own = label.join(least, label[SUBJECT_ID] == least.a)
    mine = own.mutate(least=ibis.least(own.label, own.seen)).select(SUBJECT_ID, label="least")
    jump = label.select(of=label[SUBJECT_ID], further=label.label)
    jumped = mine.left_join(jump, mine.label == jump.of)
    return jumped.select(
        jumped[SUBJECT_ID], label=ibis.least(jumped.label, ibis.coalesce(jumped.further, jumped.label))
    )


def _changed(build: Build, before: ir.Table, after: ir.Table, permit: Permit) -> int:
    both = before.join(after.rename(now="label"), SUBJECT_ID)
    moved = both.filter(both.label != both.now).count().name("moved")
    return int(build.fetch(govern(moved, permit)).column("moved")[0].as_py())


def _table(table: Table) -> ir.Table:
    return ibis.table(table.logical(), name=table.name)

