"""Writes a draft as the YAML of ``sources/NAME.yml``, with remarks on what a person should look at."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tillid.ports.source import Look
from tillid.stages.ingest.columns import ColumnDefinition, ColumnType
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.ingest.draft_columns import DraftColumn
from tillid.stages.ingest.table_kind import TableReading
from tillid.terms.header_words import spelled

_PLAIN = re.compile(r"[^\W\d][\w ./()-]*[\w)]|[^\W\d]")
_CONSENT = re.compile("consent|samtykke|toestemming|einwilligung")
_YAML_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_NO_KEY = "in the rows looked at, no column has a value of its own in each: a row is known by all that it says"


def draft_text(  # noqa: PLR0913, PLR0917  the parts of a draft
    name: str, origin: str, look: Look, table: TableReading, columns: Sequence[DraftColumn], once: frozenset[str]
) -> str:
    """The text of a draft.

    `origin` says where the rows are; `once` names the columns that have a value of its own in each row.
    """
    taken = [column for column in columns if column.category and not column.left_out]
    lines = [
        *_seen(look),
        f"name: {name}",
        f"kind: {table.kind}  # {table.reason}",
        origin,
        *_about(table, taken, once),
        *_washed(taken),
        "columns:",
        *(f"  {_column(column)}" for column in taken),
    ]
    unknown = [column for column in columns if not column.category]
    if unknown:
        lines.append("  # Give each of these a category, or move it to `ignore`; left so, it is kept out:")
        lines += [f"  # {_column(column)}" for column in unknown]
    left_out = [column for column in columns if column.left_out]
    if left_out:
        lines.append("ignore:  # left out, for the reason beside each")
        lines += [f"  - {quoted(column.header)}  # {column.left_out}" for column in left_out]
    return "\n".join(lines) + "\n"


def files_line(files: str) -> str:
    """The line that says which files a source is read from."""
    return f"files: {quoted(files)}"


def _seen(look: Look) -> list[str]:
    seen = [look.format, look.encoding, look.sheet and f"sheet {look.sheet}"]
    seen += [f"separator {look.separator!r}"] if look.separator else []
    seen += [f"decimal mark {look.decimal!r}"] if look.decimal else []
    return [
        f"# A draft from looking at the file ({', '.join(str(part) for part in seen if part)}). Read every line.",
        *(f"# {header}: dates as {format_}" for header, format_ in look.date_formats.items()),
        *(f"# {note}" for note in look.notes),
    ]


def _about(table: TableReading, columns: Sequence[DraftColumn], once: frozenset[str]) -> list[str]:
    kind = table.kind
    if kind is SourceKind.THINGS:
        return [_key([column for column in columns if column.name in once])]
    if kind is SourceKind.SUPPRESSIONS:
        return ["bars: [marketing]  # the purposes or data uses that nobody on the list may be used for"]
    if kind is SourceKind.CONSENTS:
        return _about_consents(columns)
    lines = []
    if kind is SourceKind.PEOPLE:
        lines += [] if table.identified else ["identified: false  # no column says who a person is"]
        lines.append(_key([column for column in columns if column.identifier and column.name in once]))
    if kind is SourceKind.EVENTS:
        time = next((column.name for column in columns if column.header == table.time), "")
        lines.append(f"time: {time}  # when it happened")
    country = next((c.name for c in columns if c.category.endswith(".address.country") and not c.looks), "")
    if country and _has_washing(columns):
        lines.append(f"country: {country}  # the country that telephones and postcodes are read for")
    consents = [c.header for c in columns if c.type == "boolean" and _CONSENT.search("".join(spelled(c.header)))]
    if consents:
        lines.append("# collected_for_if:  # purpose: the field that must be true for a row to be collected for it")
        lines += [f"#   …: {quoted(header)}" for header in consents]
    return [
        *lines,
        "data_subject: customer  # whom the rows are about",
        "collected_for: []  # fill in: the purposes of purposes.yml that people were told when this was collected",
    ]


def _key(candidates: Sequence[DraftColumn]) -> str:
    """The line of the key: a number rather than an address, since an address may change."""
    numbers = [column for column in candidates if column.identifier not in ("email", "phone", "device_id", "login")]
    key = next(iter([*(c for c in numbers if c.identifier == "customer_no"), *numbers, *candidates]), None)
    return f"key: {key.name}  # the column that identifies a record" if key else f"# key:  # {_NO_KEY}"


def _about_consents(columns: Sequence[DraftColumn]) -> list[str]:
    named = {column.name for column in columns}
    lines = [] if "purpose" in named else ["purpose:   # fill in: the purpose of purposes.yml that they are about"]
    return lines if "state" in named else [*lines, "state: given  # look: no column says what was answered"]


def _definition(column: DraftColumn) -> ColumnDefinition:
    return ColumnDefinition(
        column.header, column.name, ColumnType(column.type), column.category, column.identifier or None
    )


def _has_washing(columns: Sequence[DraftColumn]) -> bool:
    return any(_definition(column).washed_as in ("phone", "postcode") for column in columns)


def _washed(columns: Sequence[DraftColumn]) -> list[str]:
    washed = {column.name: _definition(column).washed_as for column in columns}
    told = ", ".join(
        f"{name}" if name == wash else f"{name} (as {wash})" for name, wash in washed.items() if wash != "none"
    )
    return [f"# Washed: {told}. `wash: none` leaves a column as it is."] if told else []


def _column(column: DraftColumn) -> str:
    parts = [f"name: {column.name}", f"type: {column.type}", f"category: {column.category or '…'}"]
    if column.identifier:
        parts.append(f"identifier: {column.identifier}")
    if column.values:
        parts.append("values: {" + ", ".join(f"{quoted(word)}: {state}" for word, state in column.values) + "}")
    if _label(column):
        parts.append(f"label: {quoted(_label(column))}")
    line = f"{quoted(column.header)}: {{{', '.join(parts)}}}"
    return f"{line}  # look: {'; '.join(column.looks)}" if column.category and column.looks else line


def _label(column: DraftColumn) -> str:
    """How people call the column: its header, where the name says it in other words."""
    return column.header if "_".join(spelled(column.header)) != column.name else ""


def quoted(text: str) -> str:
    """The text as YAML has it: bare where that is safe."""
    if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
