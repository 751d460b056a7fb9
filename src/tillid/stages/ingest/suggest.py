"""Drafts a source definition from looking at a file, to be finished by hand; no value of the file is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look
from tillid.stages.ingest.cast_column import plain
from tillid.stages.ingest.definitions import SourceKind
from tillid.stages.ingest.header_words import Meaning, last_part, meaning_of, spelled
from tillid.stages.ingest.to_boolean import boolean_of
from tillid.stages.ingest.to_number import decimal_of, integer_of
from tillid.stages.ingest.to_text import text_of
from tillid.stages.ingest.to_time import timestamp_of

DATABASE = "database:"
"""What the name of a table begins with, where a file could be named."""

_EMAIL = Meaning("email", "user.contact.email", "text", "email")
_NATIONAL_ID = Meaning("national_id", "user.government_id", "text")
_EMAIL_SHAPE = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"
_CPR_SHAPE = r"^\s*[0-3]\d[01]\d{3}-?\d{4}\s*$"
_MOST = 0.8
_STATE_WORDS = {
    "given": "ja yes given true 1 oui aktiv active tilmeldt subscribed optin accepteret aangemeld",
    "refused": "nej nei no refused false 0 non nee nein afvist geweigerd",
    "withdrawn": "afmeldt avmeldt withdrawn unsubscribed trukket tilbagetrukket uitgeschreven optout",
    "objected": "indsigelse innsigelse objected bezwaar opposition protest",
}
_SUPPRESSION_WORDS = ("robinson", "suppress", "spaer", "sperre", "reserv", "bloker", "block", "optout", "nejtak")
_PLAIN = re.compile(r"[^\W\d][\w ./()-]*[\w)]|[^\W\d]")
_CONSENT = re.compile("consent|samtykke|toestemming|einwilligung")
_NO_KEY = "fill in: in the rows looked at, no column has a value of its own in each"
_YAML_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """A column of a draft; `category` is empty where nothing gave it away."""

    header: str
    name: str
    type: str
    category: str = ""
    identifier: str = ""
    values: tuple[tuple[str, str], ...] = ()


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
            {"header": c.header, "name": c.name, "type": c.type, "category": c.category, "identifier": c.identifier}
            for c in self.columns
        ]
        return {"name": self.name, "kind": str(self.kind), "columns": columns, "text": self.text}


def suggest(name: str, files: str, look: Look, sample: pa.RecordBatch) -> Draft:
    """Draft the definition of a source called `name` for `files`, from rows as they were read.

    `files` is a glob, or database:CONNECTION/TABLE.

    >>> look = Look("csv", "utf-8", ";", '"', ",", {}, 1, ("Kundenr.", "E-mail"), None, ())
    >>> draft = suggest("crm", "data/crm.csv", look, pa.record_batch({"Kundenr.": ["7"], "E-mail": ["a@b.example"]}))
    >>> draft.kind, [(column.name, column.identifier) for column in draft.columns]
    (<SourceKind.PEOPLE: 'people'>, [('customer_no', 'customer_no'), ('email', 'email')])
    """
    taken: set[str] = set()
    columns = tuple(
        _drafted(header, plain(sample.column(header)), look, taken)
        for header in look.columns
        if header in sample.schema.names
    )
    source = _source_name(name)
    kind = _kind(source, columns, sample)
    once = frozenset(column.name for column in columns if _is_once(sample.column(column.header)))
    draft = Draft(source, kind, columns, "")
    return replace(draft, text="\n".join(_lines(draft, files, look, once)) + "\n")


def _is_once(values: pa.Array) -> bool:
    """Whether each row has a value of its own, as far as the rows that were looked at tell."""
    given = plain(values)
    if not len(given) or given.null_count:
        return False
    try:
        return bool(pc.count_distinct(given).as_py() == len(given))
    except pa.ArrowNotImplementedError:
        # Lists and the like identify nothing.
        return False


def _drafted(header: str, values: pa.Array, look: Look, taken: set[str]) -> DraftColumn:
    meaning = _meaning(header, values)
    type_ = _type(header, values, look, meaning)
    own = "_".join(spelled(last_part(header)))
    name = _free(meaning.name if meaning and meaning.name not in taken else own, taken)
    states = _states(values) if meaning and meaning.name == "state" else ()
    if meaning is None:
        return DraftColumn(header, name, type_)
    return DraftColumn(header, name, type_, meaning.category, meaning.identifier, states)


def _meaning(header: str, values: pa.Array) -> Meaning | None:
    if pa.types.is_string(values.type):
        if _share(values, _EMAIL_SHAPE) > _MOST:
            return _EMAIL
        if _share(values, _CPR_SHAPE) > _MOST and "-" in str(next(iter(pc.drop_null(values).to_pylist()), "")):
            return _NATIONAL_ID
    return meaning_of(header)


def _share(values: pa.Array, pattern: str) -> float:
    filled = len(values) - values.null_count
    return float(pc.match_substring_regex(values, pattern).true_count / filled) if filled else 0.0


def _type(header: str, values: pa.Array, look: Look, meaning: Meaning | None) -> str:
    filled = len(values) - values.null_count
    decimal, format_ = look.decimal or ".", look.date_formats.get(header)
    wanted = meaning.type if meaning else ""
    if wanted == "text" or not filled:
        return wanted or "text"

    def fits(cast: pa.Array) -> bool:
        return bool(len(cast) - cast.null_count > _MOST * filled)

    if fits(timestamp_of(values, "UTC", format_, is_excel=False)):
        return "timestamp" if wanted != "date" and _has_times(values, format_) else "date"
    if pa.types.is_string(values.type) and _share(values, r"^\s*0\d") > 0:
        return "text"  # a leading zero is part of a code
    if fits(integer_of(values, decimal)):
        return "money" if wanted == "money" else "integer"
    if fits(decimal_of(values, pa.decimal128(18, 6), decimal, rounds=True)):
        return "money" if wanted == "money" else "decimal"
    return "boolean" if fits(boolean_of(values)) else "text"


def _has_times(values: pa.Array, format_: str | None) -> bool:
    if pa.types.is_string(values.type):
        return "%H" in (format_ or "") or _share(values, r"\d[T ]\d{1,2}[:.]\d{2}") > 0
    return bool(pa.types.is_timestamp(values.type))


def _free(name: str, taken: set[str]) -> str:
    stem = re.sub(r"^[^a-z]+", "", name)[:50] or "column"
    free, count = stem, 1
    while free in taken or free == "collected_for":
        count += 1
        free = f"{stem}_{count}"
    taken.add(free)
    return free


def _source_name(name: str) -> str:
    return re.sub(r"^[^a-z]+", "", "_".join(spelled(name)))[:60] or "source"


def _states(values: pa.Array) -> tuple[tuple[str, str], ...]:
    distinct = [text.strip() for text in pc.unique(pc.drop_null(text_of(values))).to_pylist()]
    found = {
        word.lower(): state
        for word in distinct
        for state, words in _STATE_WORDS.items()
        if "".join(spelled(word)) in words.split()
    }
    # Words of consent are not personal; anything else is left for a person to look at.
    return tuple(found.items())


def _kind(source: str, columns: Sequence[DraftColumn], sample: pa.RecordBatch) -> SourceKind:
    names = {column.name for column in columns}
    identifiers = [column for column in columns if column.identifier]
    if any(word in source.replace("_", "") for word in _SUPPRESSION_WORDS) and identifiers:
        return SourceKind.SUPPRESSIONS
    timed = any(column.type in ("timestamp", "date") for column in columns if column.name != "birth_date")
    if any(column.values for column in columns) and identifiers and timed:
        return SourceKind.CONSENTS
    if any(column.type == "timestamp" or column.name == "occurred_at" for column in columns) and (
        {"amount", "quantity", "order_no", "event", "url"} & names or not identifiers
    ):
        return SourceKind.EVENTS
    if identifiers and timed and not _is_unique(identifiers[0], sample) and not {"name", "first_name"} & names:
        return SourceKind.EVENTS
    return SourceKind.PEOPLE if identifiers else SourceKind.THINGS


def _is_unique(column: DraftColumn, sample: pa.RecordBatch) -> bool:
    values = pc.drop_null(sample.column(column.header))
    return bool(len(pc.unique(values)) == len(values))


def _lines(draft: Draft, files: str, look: Look, once: frozenset[str]) -> list[str]:
    kind, columns = draft.kind, draft.columns
    seen = [look.format, look.encoding, look.sheet and f"sheet {look.sheet}"]
    seen += [f"separator {look.separator!r}"] if look.separator else []
    seen += [f"decimal mark {look.decimal!r}"] if look.decimal else []
    lines = [
        f"# A draft from looking at the file ({', '.join(str(part) for part in seen if part)}). Read every line.",
        *(f"# {header}: dates as {format_}" for header, format_ in look.date_formats.items()),
        *(f"# {note}" for note in look.notes),
        f"name: {draft.name}",
        f"kind: {kind}",
        _origin(files),
        *_about(kind, columns, once),
        "columns:",
    ]
    is_thing = kind is SourceKind.THINGS
    known = [column for column in columns if column.category or is_thing]
    lines += [f"  {_column(column, kind)}" for column in known]
    unknown = [column for column in columns if not (column.category or is_thing)]
    if unknown:
        lines.append("  # Give each of these a category, or move it to `ignore`; left so, it is kept out:")
        lines += [f"  # {_column(column, kind)}" for column in unknown]
    return lines


def _origin(named: str) -> str:
    """The line that says where the rows come from: globs of files, or database:CONNECTION/TABLE."""
    connection, _, table = named.removeprefix(DATABASE).partition("/")
    if named.startswith(DATABASE):
        return f"database: {{connection: {connection}, table: {_quoted(table)}}}"
    return f"files: {_quoted(named)}"


def _about(kind: SourceKind, columns: Sequence[DraftColumn], once: frozenset[str]) -> list[str]:
    identifiers = [column.name for column in columns if column.identifier]
    times = [column.name for column in columns if column.type in ("timestamp", "date") and column.name != "birth_date"]
    lines = []
    if kind is SourceKind.THINGS:
        key = next((c.name for c in columns if c.name in once), "")
        return [f"key: {key}  # {'the column that identifies a thing' if key else _NO_KEY}"]
    if kind is SourceKind.PEOPLE:
        key = next((name for name in sorted(identifiers, key=lambda n: n != "customer_no") if name in once), "")
        lines.append(f"key: {key}" if key else f"# key:  # {_NO_KEY}")
    if kind is SourceKind.EVENTS:
        lines.append(f"time: {times[0] if times else ''}  # when it happened")
    if kind is SourceKind.SUPPRESSIONS:
        return ["bars: [marketing]  # the purposes or data uses that nobody on the list may be used for"]
    if kind is SourceKind.CONSENTS:
        named = {column.name for column in columns}
        return [] if "purpose" in named else ["purpose:   # fill in: the purpose of purposes.yml that they are about"]
    consents = [c.header for c in columns if c.type == "boolean" and _CONSENT.search("".join(spelled(c.header)))]
    if consents:
        lines.append("# collected_for_if:  # purpose: the field that must be true for a row to be collected for it")
        lines += [f"#   …: {_quoted(header)}" for header in consents]
    return [
        *lines,
        "data_subject: customer  # whom the rows are about",
        "collected_for: []  # fill in: the purposes of purposes.yml that people were told when this was collected",
    ]


def _column(column: DraftColumn, kind: SourceKind) -> str:
    name = "at" if kind is SourceKind.CONSENTS and column.name == "occurred_at" else column.name
    category = column.category or ("system.operations" if kind is SourceKind.THINGS else "…")
    if kind is SourceKind.THINGS and category.startswith("user"):
        category = "system.operations"
    parts = [f"name: {name}", f"type: {column.type}", f"category: {category}"]
    if column.identifier and kind is not SourceKind.THINGS:
        parts.append(f"identifier: {column.identifier}")
    if column.values:
        parts.append("values: {" + ", ".join(f"{_quoted(word)}: {state}" for word, state in column.values) + "}")
    return f"{_quoted(column.header)}: {{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
