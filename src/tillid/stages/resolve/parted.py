"""Parts the few components that hold two who are judged apart; no others are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.permit import Permit
from tillid.ports.store import Build
from tillid.stages.resolve.definitions import LinkingDefinition
from tillid.stages.resolve.judgements import Verdict, judged
from tillid.stages.resolve.parting import part
from tillid.stages.resolve.tables import COMPONENTS, JUDGEMENTS, LINKS, PARTED, SUBJECTS
from tillid.terms.table import SUBJECT_ID, Table

Strength = tuple[bool, int, int, int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Leave:
    """The permits under which subjects become persons.

    `linking` is the one under which identifiers may be joined; without it every subject is a person of its own.
    `keeping` is one for housekeeping.permissions.
    """

    linking: Permit | None
    keeping: Permit


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of who is whom, so that what nobody said is not looked for.

    `is_judged`: people judged of some. `is_barred`: some said no to linking (`barred_from_linking`). `needs_yes`:
    linking needs a yes (`given_for_linking`).
    """

    is_judged: bool = False
    is_barred: bool = False
    needs_yes: bool = False


def part_judged(build: Build, leave: Leave, counting: ir.Table, definition: LinkingDefinition) -> int:
    """Stage the parts (`parted`) of the components that hold two who are judged apart; how many subjects these have.

    `counting` has the links that made the components, in both directions (a, b).
    """
    if leave.linking is None:
        return 0
    component, judgements = _table(COMPONENTS), _table(JUDGEMENTS)
    within = torn(component, judged(judgements, Verdict.APART))
    apart = build.fetch(govern(within, leave.linking)).to_pylist()
    if not apart:
        return 0
    inside = component.semi_join(within, "label").select(SUBJECT_ID)
    together = judged(judgements, Verdict.TOGETHER)
    links = build.fetch(govern(seen_by(counting, inside, _table(LINKS), together), leave.linking)).to_pylist()
    texts = build.fetch(govern(_table(SUBJECTS).semi_join(inside, SUBJECT_ID), leave.keeping)).to_pylist()
    known = {row[SUBJECT_ID]: (row["kind"], row["value"]) for row in texts}
    weighed = sorted((strength(row, known, definition), row["a"], row["b"]) for row in links)
    label = part([(one, other) for _, one, other in weighed], [(row["a"], row["b"]) for row in apart])
    columns = (pa.array(list(column), pa.int64()) for column in (label.keys(), label.values()))
    return build.stage(PARTED, pa.table(dict(zip(PARTED.logical(), columns, strict=True))).to_batches())


def torn(component: ir.Table, apart: ir.Table) -> ir.Table:
    """The pairs of `apart` (a, b) that are in one component, with its label."""
    one = component.select(a=SUBJECT_ID, label="label")
    other = component.select(b=SUBJECT_ID, label="label")
    return apart.join(one, "a").join(other, ["b", "label"]).select("a", "b", "label")


def seen_by(counting: ir.Table, inside: ir.Table, links: ir.Table, together: ir.Table) -> ir.Table:
    """The links of the subjects `inside`, each once: a < b, how many sources saw it, whether people judged so."""
    pairs = counting.filter(counting.a < counting.b).semi_join(inside.select(a=SUBJECT_ID), "a")
    one, other = links.subject_a, links.subject_b
    each = links.select("source", a=ibis.least(one, other), b=ibis.greatest(one, other)).semi_join(pairs, ["a", "b"])
    sources = each.group_by("a", "b").agg(sources=each.source.nunique())
    said = together.select(one="a", other="b")
    found = pairs.left_join(sources, ["a", "b"]).select("a", "b", "sources")
    found = found.left_join(said, [found.a == said.one, found.b == said.other])
    return found.select("a", "b", sources=ibis.coalesce(found.sources, 0), is_judged=found.one.notnull())


def strength(
    link: Mapping[str, object], texts: Mapping[int, tuple[str, str]], definition: LinkingDefinition
) -> Strength:
    """Where a link stands among others, the strongest first; by what it is, and not by when it came.

    What people judged goes first; then the surer kinds of identifiers, of which one is seen with fewer values; then
    what more sources saw; and at last the identifiers by their text.

    >>> texts = {1: ("email", "a@b.example"), 2: ("customer_no", "7"), 3: ("device_id", "x")}
    >>> one = strength({"a": 1, "b": 2, "sources": 1, "is_judged": False}, texts, LinkingDefinition())
    >>> one < strength({"a": 2, "b": 3, "sources": 2, "is_judged": False}, texts, LinkingDefinition())
    True
    """
    a, b, sources = (int(str(link[name])) for name in ("a", "b", "sources"))
    ends = sorted((texts[a], texts[b]))
    less, most = sorted(definition.limit(kind) for kind, _ in ends)
    return not link["is_judged"], most, less, -sources, tuple(ends)


def with_parts(parts: ir.Table, component: ir.Table) -> ir.Table:
    """The labels of all components, with those of the parts in place of what was parted."""
    return component.anti_join(parts, SUBJECT_ID).union(parts.select(*component.columns))


def _table(table: Table) -> ir.Table:
    return ibis.table(table.logical(), name=table.name)
