"""Answers that could not be read and count as a no: kept apart, so that they go when they can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import ibis.expr.types as ir

from tillid.governance.housekeeping import INTAKE, PERMISSIONS
from tillid.governance.ledgers import LEDGER
from tillid.pipeline.intake.to_read import FileNotes, is_redefined
from tillid.ports.source import SourceFile
from tillid.stages.ingest.cast import CastBatch
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import hidden
from tillid.stages.ingest.refusals import RefusedRow
from tillid.terms.table import SUBJECT_ID, Table

_COUNTS = "; counts as a no"


def unread_table(source: SourceDefinition) -> Table:
    """The facts of what answers of a source come to whose state or time could not be read: columns of the ledger.

    They are read anew, and these let go, when the definition changes: what it says of states and times may be why.
    """
    return Table(
        f"unread_{source.name}",
        LEDGER.columns,
        only_for=frozenset({INTAKE, PERMISSIONS}),
        label="Answers of which state or time could not be read, which count as a no",
    )


def reads_anew(source: SourceDefinition, notes: Mapping[str, object], files: Collection[SourceFile]) -> bool:
    """Whether all that a source of consents ever told is read again, since its definition changed.

    Of a file that is gone nothing is read again, so what counts as a no goes on to.
    """
    seen = cast("Mapping[str, FileNotes]", notes.get("files", {})).get(source.name, {})
    is_whole = {file.path for file in files}.issuperset(seen)
    return source.kind is SourceKind.CONSENTS and is_redefined(source, notes) and is_whole


def with_unread(ledger: ir.Table, unread: Iterable[ir.Table]) -> ir.Table:
    """The ledger with what answers come to that could not be read, save those that can be read by now."""
    for each in unread:
        same = [each[column] == ledger[column] for column in (SUBJECT_ID, "purpose", "at", "source")]
        same += [each[column].identical_to(ledger[column]) for column in ("notice", "evidence")]
        ledger = ledger.union(each.anti_join(ledger, same))
    return ledger


@dataclass(slots=True)
class Unread:
    """What of one source's load could not be read and counts as a no, by column and reason."""

    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    of_no_purpose: int = 0

    def add(self, batch: CastBatch) -> tuple[RefusedRow, ...]:
        """Count the next batch: its rows that count as a no, for those who look at what could not be read."""
        self.counted.update((hidden(row.column), row.reason) for row in batch.counted_as_no)
        self.of_no_purpose += batch.noes_of_no_purpose
        return tuple(replace(row, reason=f"{row.reason}{_COUNTS}") for row in batch.counted_as_no)

    def is_of(self, source: SourceDefinition) -> bool:
        """Whether the source's ledger entries may lack a state or time."""
        return source.kind is SourceKind.CONSENTS and bool(self.counted)

    def told(self, source: SourceDefinition) -> Iterator[str]:
        """What to say of the source."""
        if self.counted:
            yield (
                f"{source.name}: rows that could not be read in every part and count as a no: {self.counted.total():,} "
                f"({', '.join(_parts(self.counted.most_common()))}); see refused_rows"
            )
        if self.of_no_purpose:
            yield (
                f"{source.name}: answers other than a yes that name no purpose of the project and end nothing: "
                f"{self.of_no_purpose:,}; see refused_rows"
            )


def _parts(counted: Iterable[tuple[tuple[str, str], int]]) -> Iterator[str]:
    for (column, reason), rows in counted:
        yield f"{column}: {reason}: {rows:,}" if column else f"{reason}: {rows:,}"
