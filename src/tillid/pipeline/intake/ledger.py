"""Entries for the consent ledger, from consents and from suppression lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from tillid.governance.ledgers import LEDGER, Statement
from tillid.pipeline.intake.declare import AT
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.terms.table import NO_PERSON, SUBJECT_ID


def is_readable(rows: ir.Table) -> ir.Value:
    """Whether both state and time of a consent could be read."""
    return reduce(and_, (rows[name].notnull() for name in ("state", "at") if name in rows.columns))


def entries(rows: ir.Table, source: SourceDefinition, subjects: Sequence[str]) -> ir.Table:
    """The ledger entries that the rows state, one for each of their subjects (columns `subjects`), each once.

    What a person said counts for every identifier that they gave with it. An answer that could not be read is a
    refusal, and one without a time as old as the file that it came in.
    """
    stated = _listed(rows, source) if source.kind is SourceKind.SUPPRESSIONS else _consents(rows, source)
    columns = [column.name for column in LEDGER.columns if column.name != SUBJECT_ID]
    each = [
        stated.select(**{SUBJECT_ID: ibis.coalesce(stated[s], NO_PERSON)}, **{c: stated[c] for c in columns})
        for s in subjects
    ]
    every = reduce(lambda a, b: a.union(b), each)
    return every.filter(every[SUBJECT_ID] != NO_PERSON).select(SUBJECT_ID, *columns).distinct()


def unknown(found: ir.Table, ledger: ir.Table) -> ir.Table:
    """The entries that the ledger does not hold yet."""
    same = [found[column].identical_to(ledger[column]) for column in found.columns]
    return found.anti_join(ledger, same)


def _consents(rows: ir.Table, source: SourceDefinition) -> ir.Table:
    names = set(rows.columns)

    def column(name: str, constant: str | None = None) -> ir.Value:
        if name in names:
            return rows[name].cast("string")
        return ibis.literal(constant, "string") if constant else ibis.null("string")

    at = ibis.coalesce(rows["at"].cast("timestamp(6)"), rows[AT])
    return rows.select(
        *(c for c in rows.columns if c.startswith("_subject_")),
        purpose=column("purpose", source.purpose),
        state=ibis.coalesce(column("state", source.state), str(Statement.REFUSED)),
        at=at,
        source=ibis.literal(source.name),
        notice=column("notice"),
        evidence=column("evidence"),
    )


def _listed(rows: ir.Table, source: SourceDefinition) -> ir.Table:
    names = set(rows.columns)
    # Without a time of its own an entry is as old as the list, or as the file that it came in.
    at = rows[AT] if source.list_date is None else ibis.literal(source.list_date, type="date").cast("timestamp(6)")
    if "at" in names:
        at = ibis.coalesce(rows["at"].cast("timestamp(6)"), at)
    bars = [
        rows.select(
            *(c for c in rows.columns if c.startswith("_subject_")),
            purpose=ibis.literal(key),
            state=ibis.literal(str(Statement.SUPPRESSED)),
            at=at,
            source=ibis.literal(source.name),
            notice=ibis.null("string"),
            evidence=ibis.null("string"),
        )
        for key in source.bars
    ]
    return reduce(lambda a, b: a.union(b), bars)
