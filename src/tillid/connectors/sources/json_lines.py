"""JSON: one object a line, or an array of objects; nested objects by dotted paths, lists as JSON text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice

from tillid.connectors.sources.encoding import UNDECODABLE, Utf8Stream, find_encoding
from tillid.connectors.sources.errors import FileEmpty, FormatMismatch
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes
from tillid.connectors.sources.found_by_looking import date_notes, find_date_formats, find_decimal_mark
from tillid.connectors.sources.json_objects import leaves, rows_of_objects
from tillid.connectors.sources.json_values import JsonItem, json_values
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.request import Request
from tillid.ports.source import Look, RawBatch, UnreadableRow

_ROWS = 1 << 14


class JsonFile:
    """One JSON or NDJSON file; which of the two is found from its first character."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._encoding = request.said.encoding
        self._columns: tuple[str, ...] = ()

    def look(self) -> Look:
        """The paths in the first thousand objects; more may follow."""
        sample = [item.value for item in islice(self._items(), SAMPLE_ROWS) if isinstance(item.value, dict)]
        rows = [dict(leaves(value)) for value in sample]
        columns = self._columns = tuple(dict.fromkeys(path for row in rows for path in row))
        texts = {path: [v for row in rows if isinstance(v := row.get(path), str)] for path in columns}
        formats, ambiguous = find_date_formats(texts)
        return Look(
            file=self._request.name,
            format=self._request.format,
            encoding=self._encoding,
            separator=None,
            quote=None,
            decimal=self._request.said.decimal or find_decimal_mark(v for vs in texts.values() for v in vs) or ".",
            date_formats=formats,
            header_row=0,
            columns=columns,
            sheet=None,
            notes=tuple(date_notes(formats, ambiguous)),
            columns_complete=len(sample) < SAMPLE_ROWS,
        )

    def batches(self) -> Iterator[RawBatch]:
        """The objects as rows; what is no object, or no JSON, is unreadable."""
        first, items = 0, self._items()
        while part := list(islice(items, _ROWS)):
            values = [item.value for item in part if isinstance(item.value, dict)]
            unreadable = tuple(_unreadable(item) for item in part if not isinstance(item.value, dict))
            yield RawBatch(rows_of_objects(values, self._request.only, self._columns), first, unreadable)
            first += len(values)

    def lines(self) -> Iterator[int]:
        """The line on which each object starts."""
        return (item.line for item in self._items() if isinstance(item.value, dict))

    def _items(self) -> Iterator[JsonItem]:
        path, name = self._request.path, self._request.name
        if self._encoding is None:
            self._encoding = find_encoding(path, name)
        with Utf8Stream(FileBytes(path, name), self._encoding) as stream:
            text = io.TextIOWrapper(io.BufferedReader(stream, CHUNK), encoding="utf-8", newline="\n")
            first = next((line for line in _counted(text) if line[1].strip()), None)
            if first is None:
                raise FileEmpty(name)
            start = first[1].lstrip()[0]
            if start not in "[{":
                raise FormatMismatch(name, "JSON", hint="It starts with neither { nor [.")
            if start == "[" or (self._request.format == "json" and _parsed(first[1]) is None):
                yield from json_values(text, name, *first)
            else:
                yield from _line_items(text, *first)


def _counted(lines: Iterable[str], after: int = 0) -> Iterator[tuple[int, str]]:
    return enumerate(lines, after + 1)


def _line_items(lines: Iterable[str], number: int, first: str) -> Iterator[JsonItem]:
    yield JsonItem(number, _parsed(first), first)
    for line, text in _counted(lines, number):
        if not text.isspace():
            yield JsonItem(line, _parsed(text), text)


def _parsed(text: str) -> object:
    if UNDECODABLE in text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _unreadable(item: JsonItem) -> UnreadableRow:
    reason = "not a JSON object" if item.value is not None else "not valid JSON"
    if UNDECODABLE in item.raw:
        reason = "holds bytes that are not text"
    return UnreadableRow(item.line, reason, item.raw.rstrip("\r\n").replace(UNDECODABLE, "\ufffd"))
