"""Counts a load while its batches pass: column by column, as Arrow works, and a bounded sample looked at in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.intake.declare import AT, NOBODY, OCCURRED_AT, identifier_column, identifier_kinds, said_in
from tillid.pipeline.intake.guesses import Guessed
from tillid.pipeline.quality.figures import ColumnFigures, LoadFigures
from tillid.pipeline.quality.sample import VERDICT, WHO, Sample, extent, looks, shapes
from tillid.pipeline.quality.showing import Showing
from tillid.stages.ingest.definitions import SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import hidden
from tillid.stages.ingest.refusals import Refusal
from tillid.stages.wash import Verdict, Washed


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the columns of one batch: counts, and the verdicts themselves for the sample."""

    filled: Mapping[str, int]
    verdicts: Mapping[str, Counter[str]]
    reasons: Mapping[str, Counter[str]]
    codes: Mapping[str, pa.DictionaryArray]
    newest: datetime | None
    guessed: Guessed


def found(
    columns: Mapping[str, pa.Array], washed: Mapping[str, Washed], source: SourceDefinition, guessed: Guessed
) -> Found:
    """Count one batch; `columns` are those that are kept, `washed` what washing found in some of them."""
    verdicts = {name: _counted(one.verdicts) for name, one in washed.items()}
    filled = {
        c.name: (
            sum(verdicts[c.name].values()) - verdicts[c.name][Verdict.EMPTY]
            if c.name in verdicts
            else len(columns[c.name]) - columns[c.name].null_count
        )
        for c in source.columns
    }
    at = columns.get(OCCURRED_AT) if source.kind is SourceKind.EVENTS else columns.get(AT)
    return Found(
        filled,
        verdicts,
        {name: _counted(one.reasons) for name, one in washed.items()},
        {name: one.verdicts for name, one in washed.items()},
        None if at is None else pc.max(at).as_py(),
        guessed,
    )


def _counted(codes: pa.DictionaryArray) -> Counter[str]:
    counts = pc.value_counts(codes.indices)
    names = codes.dictionary.to_pylist()
    pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    return Counter({names[code]: count for code, count in pairs if code is not None})


@dataclass(slots=True)
class Counting:
    """What has been counted of one source's load so far."""

    source: SourceDefinition
    showings: Mapping[str, Showing]
    filled: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    newest: datetime | None = None
    guessed: Guessed = field(default_factory=Guessed)
    sample: Sample = field(default_factory=Sample)

    def add(self, columns: Mapping[str, pa.Array], batch: Found) -> None:
        """Count the next batch of the load."""
        self.filled.update(batch.filled)
        for name, counts in batch.verdicts.items():
            self.verdicts.setdefault(name, Counter()).update(counts)
            self.reasons.setdefault(name, Counter()).update(batch.reasons[name])
        if batch.newest is not None:
            self.newest = batch.newest if self.newest is None else max(self.newest, batch.newest)
        self.guessed += batch.guessed
        self.sample.take(self._looked_at(columns, batch))

    def refuse(self, refused: Iterable[Refusal]) -> None:
        """Count refused rows by column and reason."""
        self.refused.update((hidden(row.column), row.reason) for row in refused)

    def _looked_at(self, columns: Mapping[str, pa.Array], batch: Found) -> pa.RecordBatch:
        """The columns of which more than counts may be shown: as they came, since that is what is to be put right."""
        arrays = {}
        for n, own in enumerate(said_in(self.source)):
            staged = columns[identifier_column(n)]
            # Where all of it stands in the row's own column, that is taken as it is.
            said = staged if own is None else columns[own]
            arrays[identifier_column(n)] = said if staged.null_count == len(staged) else pc.coalesce(staged, said)
        for column in self.source.columns:
            if self.showings[column.name] is Showing.ALL:
                came = columns.get(f"{column.name}_raw") if _is_text(columns[column.name]) else None
                arrays[column.name] = columns[column.name] if came is None else came
                if column.name in batch.codes:
                    arrays[f"{VERDICT}{column.name}"] = batch.codes[column.name]
        return pa.RecordBatch.from_pydict(arrays)

    def _looked_through(self) -> pa.Table | None:
        """The sample with whom each row is about: its first identifier; a thing is about nobody and counts as one."""
        table = self.sample.table()
        if table is None:
            return None
        names = [identifier_column(n) for n in range(len(identifier_kinds(self.source)))]
        each = [pc.if_else(pc.equal(table[name], NOBODY), pa.scalar(None, pa.string()), table[name]) for name in names]
        who = pc.coalesce(*each) if each else pa.arange(0, table.num_rows)
        for name in self.showings:
            if f"{VERDICT}{name}" in table.column_names:
                # What stands for nothing, as it came, is no value.
                given = pc.not_equal(table[f"{VERDICT}{name}"].cast(pa.string()), Verdict.EMPTY)
                values = pc.if_else(given, table[name], pa.scalar(None, table[name].type))
                table = table.set_column(table.column_names.index(name), name, values)
        return table.append_column(WHO, who)

    def figures(self, load: LoadFigures) -> LoadFigures:
        """The load's figures, with what was counted of its columns."""
        table = self._looked_through()
        texts = [] if table is None else [n for n in self.showings if n in table.column_names and _is_text(table[n])]
        seen = {} if table is None else looks(table, texts)
        columns = {c.name: self._column(c.name, table, seen.get(c.name)) for c in self.source.columns}
        refused = sorted(((header, reason, n) for (header, reason), n in self.refused.items()), key=lambda r: -r[2])
        return replace(
            load,
            newest=None if self.newest is None else self.newest.isoformat(timespec="seconds"),
            guessed=self.guessed.rows,
            guessed_alone=self.guessed.alone,
            is_sampled=not self.sample.is_whole,
            refused_by=tuple(refused),
            columns=columns,
        )

    def _column(self, name: str, table: pa.Table | None, look: pa.Array | None) -> ColumnFigures:
        if self.showings[name] is Showing.FILLED:
            return ColumnFigures(self.filled[name])
        counted = ColumnFigures(
            self.filled[name],
            dict(sorted(self.verdicts.get(name, {}).items())),
            dict(sorted(self.reasons.get(name, {}).items())),
        )
        if self.showings[name] is Showing.COUNTS:
            return counted
        if table is None:
            return replace(counted, distinct=0)
        values = table[name]
        low, high = extent(table, name) if look is None else (None, None)
        verdict = f"{VERDICT}{name}"
        judged = table[verdict] if verdict in table.column_names else None
        return replace(
            counted,
            distinct=pc.count_distinct(values, mode="only_valid").as_py(),
            looked_at=len(values) - values.null_count,
            low=low,
            high=high,
            shapes=() if look is None else shapes(look, table[WHO], judged),
        )


def _is_text(values: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(values.type))
