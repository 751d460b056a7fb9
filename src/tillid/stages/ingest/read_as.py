"""What a source's definition says about reading its files, in place of what looking at a file finds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tillid.ports.source import ReadAs
from tillid.stages.ingest.to_time import EPOCHS
from tillid.terms.fields import FieldInvalid, kind_of, read_text, require_name

READ_AS_TEXTS = ("format", "encoding", "decimal", "date_format", "sheet", "values")
"""The keys of which each has a text."""
_FORMATS = tuple("csv tsv excel html spss sas stata parquet arrow json ndjson google_trends".split())
_DIRECTIVES = re.compile(r"%(.?)")
_KNOWN_DIRECTIVES = "dmYyHMSfz"


def check_read_as(said: ReadAs) -> None:
    """Refuse what nothing can be read as; FieldInvalid tells which key is wrong."""
    if said.format is not None:
        require_name("format", said.format, _FORMATS, ("format",))
    for key in ("separator", "quote"):
        mark = getattr(said, key)
        if mark is not None and (len(mark) != 1 or mark in "\r\n" or not mark.isascii()):
            raise FieldInvalid(f"{key!r} must be one plain character", field=(key,))
    if said.separator is not None and said.separator == (said.quote or '"'):
        raise FieldInvalid("'separator' and 'quote' are the same", field=("separator",))
    if said.decimal is not None:
        require_name("decimal mark", said.decimal, (",", "."), ("decimal",))
    if said.values is not None:
        require_name("values", said.values, ("codes", "labels"), ("values",))
    if said.header_row is not None and said.header_row < 1:
        raise FieldInvalid("'header_row' counts from 1", field=("header_row",))
    if said.encoding is not None:
        _check_encoding(said.encoding)
    if said.date_format is not None:
        _check_date_format(said.date_format)


def _check_date_format(text: str) -> None:
    if text in EPOCHS:
        return
    parts = _DIRECTIVES.findall(text)
    hint = f"Write %d, %m and %Y (or %y), then perhaps %H %M %S %f %z; or {', '.join(EPOCHS)}."
    for part in parts:
        if not part or part not in _KNOWN_DIRECTIVES:
            raise FieldInvalid(f"'date_format' cannot hold %{part}", hint=hint, field=("date_format",))
    dated = [part for part in parts if part in "dmYy"]
    if sorted(part.upper() for part in dated) != ["D", "M", "Y"] or len(set(parts)) < len(parts):
        raise FieldInvalid(
            "'date_format' needs a day, a month and a year, each once", hint=hint, field=("date_format",)
        )


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        hint = "Such as utf-8, utf-16 or iso-8859-1."
        raise FieldInvalid("There is no such encoding", hint=hint, field=("encoding",)) from None


def read_read_as(given: Mapping[str, object]) -> ReadAs:
    """What the keys of a definition say about reading."""
    row = given.get("header_row")
    if row is not None and (isinstance(row, bool) or not isinstance(row, int)):
        raise FieldInvalid(f"'header_row' must be a whole number, not {kind_of(row)}", field=("header_row",))
    marks: dict[str, str | None] = {}
    for key in ("separator", "quote"):
        mark = given.get(key)
        # A blank or a tab is a separator too, so this is not read_text, which takes blanks for nothing.
        if mark is not None and not isinstance(mark, str):
            raise FieldInvalid(f"{key!r} must be text, not {kind_of(mark)}", field=(key,))
        marks[key] = mark
    texts = {key: read_text(given, key, ()) for key in READ_AS_TEXTS}
    return ReadAs(**texts, **marks, header_row=row)
