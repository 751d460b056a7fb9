"""National identity numbers on their way in: which columns may keep them, and what is told of those taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from tillid.governance.columns_usable import is_lawful
from tillid.pipeline.errors import FileNameHoldsId
from tillid.ports.source import SourceFile
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.ingest.id_evidence import Evidence
from tillid.stages.ingest.quarantine import Quarantine, hidden
from tillid.terms.categories import NATIONAL_ID, holds_national_ids
from tillid.terms.identity_digits import NationalId
from tillid.terms.national_ids import find_national_ids
from tillid.terms.purpose import Purpose
from tillid.terms.special_words import is_declared, special_category_of_header

NOTES = "national_ids"
"""Under this name a generation notes what was seen of each source's columns; no value is in it."""

Taken = Counter[tuple[str, NationalId]]


def quarantine_of(source: SourceDefinition, purposes: Mapping[str, Purpose], notes: Mapping[str, object]) -> Quarantine:
    """The quarantine of a source, which knows what a former generation noted of its columns."""
    noted = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", notes.get(NOTES, {})).get(source.name, {})
    evidence = {header: Evidence.from_dict(seen) for header, seen in noted.items()}
    return Quarantine(source, lawful_columns(source, purposes), evidence)


def lawful_columns(source: SourceDefinition, purposes: Mapping[str, Purpose]) -> frozenset[str]:
    """Names of the columns that may keep national ids: declared as such, for a purpose that names the law.

    It must be one that the source's rows are collected for; of a source collected for none in particular (what
    people said, things) any purpose of the project.
    """
    named = [*source.collected_for, *source.collected_for_if] or list(purposes)
    collected_for = [purposes[name] for name in named if name in purposes]
    return frozenset(
        column.name
        for column in source.columns
        if holds_national_ids(column.category) and any(is_lawful(column.category, p) for p in collected_for)
    )


def refuse_file_names(source: SourceDefinition, files: Iterable[SourceFile]) -> None:
    """Raise `FileNameHoldsId` for a file whose path holds a national id: paths stand in logs and reports."""
    for file in files:
        if find_national_ids(file.path):
            raise FileNameHoldsId(
                f"{hidden(file.path)}: the name of this file of {source.name} holds a national identity number",
                hint="Rename the file; its name would be written into notes, logs and reports.",
            )


def told(source: SourceDefinition, quarantine: Quarantine, taken: Taken) -> Iterator[str]:
    """What to say of a source: numbers taken out, numbers that look like one by chance, headers that tell of more."""
    by_header: dict[str, dict[str, int]] = {}
    for (header, kind), count in sorted(taken.items()):
        by_header.setdefault(header, {})[str(kind)] = count
    for header, kinds in by_header.items():
        counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        yield (
            f"{source.name}: national identity numbers were taken out of {hidden(header)} before anything was written "
            f"({counted}); to keep them, declare the column's category and a purpose with a national_id_basis"
        )
    for column in source.columns:
        found = special_category_of_header(column.header)
        if found is not None and found != NATIONAL_ID and not is_declared(column.category, found):
            yield (
                f"{source.name}: the header {hidden(column.header)} tells of {found}, which is special (GDPR Art. 9), "
                f"and is declared as {column.category}: declare what it is, or move it to ignore"
            )
    for header, held in quarantine.by_chance().items():
        yield (
            f"{source.name}: {hidden(header)} was taken for other numbers: of the values looked at, {held:,} pass as a "
            "national identity number, as many as chance makes"
        )


def audit_entries(source: SourceDefinition, actor: str, taken: Taken) -> Iterator[dict[str, object]]:
    """What the audit log says of the numbers taken out: source, column, kind and how many."""
    for (header, kind), count in sorted(taken.items()):
        yield {"actor": actor, "source": source.name, "column": hidden(header), "kind": str(kind), "values": count}


def noted(quarantine: Quarantine) -> dict[str, object]:
    """What was seen of each column, as a generation notes it."""
    return {header: seen.as_dict() for header, seen in quarantine.evidence.items()}
