"""A drafted source as the text of its file, with what has to be settled by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import yaml

from tillid.pipeline.suggest.source_kind import DraftColumn, DraftSource
from tillid.ports.source import Look
from tillid.stages.ingest.columns import ColumnType
from tillid.stages.ingest.definitions import SourceKind

_CONSENT = re.compile("consent|samtykke|toestemming", re.IGNORECASE)
_SIGNS = frozenset(",[]{}#:&*!|>'\"%@`?-")


def draft_text(file: str, source: DraftSource, look: Look, purposes: Sequence[str]) -> str:
    """The text of sources/NAME.yml for this source; `purposes` are those that the project declares."""
    settled = [column for column in source.columns if column.category]
    unsettled = [column for column in source.columns if not column.category]
    lines = [
        f"# A draft from looking at {file}. Read every line: what a column means is for you to say.",
        *_comments(look),
        f"kind: {source.kind.value}",
        f"files: {word(file)}",
        *(f"{name}: {value}" for name in ("key", "time", "country") if (value := getattr(source, name))),
        *_of_kind(source, purposes),
        "columns:",
        *(f"  {word(column.header)}: {_meaning(column)}" for column in settled),
    ]
    if unsettled:
        lines += [
            "  # Kept out until you give them a category, or name them under ignore:",
            *(f"  # {word(column.header)}: {_meaning(column)}" for column in unsettled),
        ]
    return "\n".join(lines) + "\n"


def word(text: str) -> str:
    """The text as YAML reads it back, in quotes where it must.

    >>> word("E-mail"), word("Beløb i kr."), word("no"), word("a: b")
    ('"E-mail"', 'Beløb i kr.', '"no"', '"a: b"')
    """
    if text and not _SIGNS & set(text) and text == text.strip() and text.isprintable():
        try:
            if yaml.safe_load(text) == text:
                return text
        except yaml.YAMLError:
            pass
    return json.dumps(text, ensure_ascii=False)


def _comments(look: Look) -> Iterator[str]:
    found = [look.format, look.encoding or ""]
    marks = {"separator": look.separator, "decimal mark": look.decimal, "sheet": look.sheet}
    found += [f"{name} {mark!r}" for name, mark in marks.items() if mark]
    found += [f"headers in row {look.header_row}"] if look.header_row > 1 else []
    yield f"# Found: {', '.join(item for item in found if item)}."
    if look.date_formats:
        yield f"# Dates: {', '.join(f'{header} as {format_}' for header, format_ in look.date_formats.items())}."
    yield from (f"# {note}." for note in look.notes)


def _of_kind(source: DraftSource, purposes: Sequence[str]) -> Iterator[str]:
    known = ", ".join(purposes)
    if source.kind is SourceKind.THINGS:
        if source.key is None:
            yield "# key: ?                  # no column is different in every row"
        return
    subject = "visitor" if any(column.identifier == "device_id" for column in source.columns) else "customer"
    yield f"data_subject: {subject}"
    yield "# Keep the purposes that people were told of when the data was collected:"
    yield f"# collected_for: [{known}]"
    for column in source.columns:
        if column.type is ColumnType.BOOLEAN and _CONSENT.search(column.header):
            yield f"# collected_for_if: {{PURPOSE: {word(column.header)}}}"
    names = {column.name for column in source.columns}
    if source.kind is SourceKind.CONSENTS and "purpose" not in names:
        yield "# purpose: ?              # what they were asked for"
    if source.kind is SourceKind.SUPPRESSIONS:
        yield "# bars: [marketing]       # purposes or data uses that the list bars"


def _meaning(column: DraftColumn) -> str:
    said = [f"name: {column.name}", f"type: {column.type.value}", f"category: {column.category or '?'}"]
    said += [f"identifier: {column.identifier}"] if column.identifier else []
    words = (f"{word(written)}: {state}" for written, state in column.states.items())
    said += [f"values: {{{', '.join(words)}}}"] if column.states else []
    return f"{{{', '.join(said)}}}"
