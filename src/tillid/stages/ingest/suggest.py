"""Drafts a source definition from looking at a file, to be finished by hand; no value of the file is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look
from tillid.stages.ingest.cast_column import plain
from tillid.stages.ingest.column_meaning import guesses
from tillid.stages.ingest.column_neighbours import beside_others
from tillid.stages.ingest.column_profile import profile_of
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.ingest.draft_columns import DraftColumn, draft_columns
from tillid.stages.ingest.draft_text import draft_text, files_line
from tillid.stages.ingest.errors import ColumnsUnknown
from tillid.stages.ingest.state_words import states_of
from tillid.stages.ingest.table_kind import Seen, read_table
from tillid.stages.ingest.to_text import text_of
from tillid.terms.header_words import spelled

__all__ = ["DATABASE", "Draft", "DraftColumn", "suggest"]

DATABASE = "database:"
"""What the name of a table begins with, where a file could be named."""

_ENOUGH_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted definition: its parts, and `text`, the YAML of ``sources/NAME.yml``."""

    name: str
    kind: SourceKind
    columns: tuple[DraftColumn, ...]
    text: str

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        columns = [
            {
                "header": column.header,
                "name": column.name,
                "type": column.type,
                "category": column.category,
                "identifier": column.identifier,
                "certainty": round(column.certainty, 2),
                "reason": column.reason,
                "left_out": column.left_out,
            }
            for column in self.columns
        ]
        return {"name": self.name, "kind": str(self.kind), "columns": columns, "text": self.text}


def suggest(  # noqa: PLR0913  what is known of the rows
    name: str, files: str, look: Look, sample: pa.RecordBatch, *, origin: str = "", kind: SourceKind | None = None
) -> Draft:
    """Draft the definition of a source called `name` for the glob `files`, from rows as they were read.

    `origin` are the lines that stand in place of ``files:`` where the rows are not in files; `kind` is what the rows
    are, where that is known. Errors: ColumnsUnknown.

    >>> look = Look("csv", "utf-8", ";", '"', ",", {}, 1, ("Kundenr.", "E-mail"), None, ())
    >>> draft = suggest("crm", "data/crm.csv", look, pa.record_batch({"Kundenr.": ["7"], "E-mail": ["a@b.example"]}))
    >>> draft.kind, [(column.name, column.identifier) for column in draft.columns]
    (<SourceKind.PEOPLE: 'people'>, [('customer_no', 'customer_no'), ('email', 'email')])
    """
    some = _thinned(sample)
    seen: list[Seen] = []
    there = frozenset(sample.schema.names)
    for header in look.columns:
        if header in there:
            profile = profile_of(header, some.column(header), look, sample.column(header))
            seen.append(Seen(profile, guesses(profile, is_first=not seen)))
    if not seen:
        raise ColumnsUnknown(files)
    source = _source_name(name)
    seen = list(beside_others(seen))
    table = read_table(source, seen)
    if kind is not None:
        table = replace(table, kind=kind)
    columns = draft_columns(source, seen, table)
    if table.kind is SourceKind.CONSENTS:
        columns = _with_states(columns, sample)
    once = frozenset(c.name for c, column in zip(columns, seen, strict=True) if column.profile.is_once)
    return Draft(
        source, table.kind, columns, draft_text(source, origin or files_line(files), look, table, columns, once)
    )


def _thinned(sample: pa.RecordBatch) -> pa.RecordBatch:
    """Rows from all over the sample, so many that shares are certain."""
    if sample.num_rows <= _ENOUGH_ROWS:
        return sample
    step = sample.num_rows / _ENOUGH_ROWS
    return sample.take(pa.array([int(at * step) for at in range(_ENOUGH_ROWS)]))


def _source_name(name: str) -> str:
    return re.sub(r"^[^a-z]+", "", "_".join(spelled(name)))[:60] or "source"


def _with_states(columns: Sequence[DraftColumn], sample: pa.RecordBatch) -> tuple[DraftColumn, ...]:
    """The columns, with the one that holds the answers named `state` and each answer's meaning beside it."""
    found = {column.header: _states(sample.column(column.header)) for column in columns}
    best = max(
        columns, key=lambda column: (len(found[column.header]) > 0, column.category == "user.privacy_preferences")
    )
    if not found[best.header]:
        return tuple(columns)
    return tuple(
        replace(column, name="state", type="text", values=found[best.header])
        if column is best
        else replace(column, name="state_2")
        if column.name == "state"
        else column
        for column in columns
    )


def _states(values: pa.Array) -> tuple[tuple[str, str], ...]:
    distinct = pc.unique(pc.drop_null(pc.utf8_trim_whitespace(text_of(plain(values))))).to_pylist()
    # Words of consent are not personal; anything else is left for a person to look at.
    return tuple(states_of(dict.fromkeys(word.lower() for word in distinct)).items())
