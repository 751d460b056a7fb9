"""Which links count by what was said of linking: where both sides permit it, each for itself."""

from __future__ import annotations

import ibis.expr.types as ir

from tillid.terms.table import SUBJECT_ID


def unwilling(links: ir.Table, barred: ir.Table, given: ir.Table | None, met: ir.Table) -> ir.Table:
    """Those of `links`, in both directions (a, b), that do not count: where a side said no, or lacks a yes.

    `barred` and `given` (subject_id) are who said no and who said yes; `given` is None where no yes is needed. A yes
    counts for who said it and for who came with them in one row: `met` has those links, in both directions.
    """
    nos = barred.select(one=SUBJECT_ID)
    forth, back = links.semi_join(nos, links.a == nos.one), links.semi_join(nos, links.b == nos.one)
    dropped = forth.union(back, distinct=True)
    if given is None:
        return dropped
    said = given.select(one=SUBJECT_ID)
    came = met.semi_join(said, met.b == said.one).select(one="a")
    may = said.union(came, distinct=True)
    lacking = links.anti_join(may, links.a == may.one).union(links.anti_join(may, links.b == may.one))
    return dropped.union(lacking, distinct=True)
