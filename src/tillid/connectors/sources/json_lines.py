"""JSON: objects in an array, under a key, a line each or in a row; nested ones by dotted paths, lists as JSON text."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tillid.connectors.sources.encoding import UNDECODABLE, Utf8Stream, find_encoding
from tillid.connectors.sources.errors import FileEmpty, FormatMismatch
from tillid.connectors.sources.file_bytes import CHUNK, FileBytes
from tillid.connectors.sources.found_by_looking import clean_headers, date_notes, find_date_formats, find_decimal_mark
from tillid.connectors.sources.json_objects import leaves, rows_of_objects
from tillid.connectors.sources.json_shape import is_too_deep, rows_within
from tillid.connectors.sources.json_values import JsonItem, json_values
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.request import Request, table_name
from tillid.ports.source import Look, RawBatch, UnreadableRow

_ROWS = 1 << 14


class JsonFile:
    """One JSON or NDJSON file; how its rows lie in it is found from its start.

    The items of an array may be arrays too: the first one is then the headers, if it is all text.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._encoding = request.said.encoding
        self._columns: tuple[str, ...] = ()
        self._headers: tuple[str, ...] = ()
        self._has_header_item = False
        self._under = ""

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return (table_name(self._request.path),)

    def look(self) -> Look:
        """The paths in the first thousand objects; more may follow."""
        first = list(islice(self._items(), SAMPLE_ROWS))
        self._find_headers(first)
        sample = [value for item in first[self._has_header_item :] if (value := self._row(item)) is not None]
        rows = [dict(leaves(value)) for value in sample]
        columns = self._columns = tuple(dict.fromkeys(path for row in rows for path in row)) or self._headers
        if first and not columns and not any(isinstance(item.value, dict) for item in first):
            raise FormatMismatch(self._request.name, "a table", hint="Its JSON holds no objects.")
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
            ambiguous_dates=tuple(ambiguous),
            header_row=0,
            columns=columns,
            sheet=None,
            notes=(*date_notes(formats, ambiguous), *self._notes(first)),
            columns_complete=len(first) < SAMPLE_ROWS,
        )

    def batches(self) -> Iterator[RawBatch]:
        """The objects as rows; what is no object, or no JSON, is unreadable."""
        first, items = 0, self._items()
        if not self._columns:
            self._find_headers(list(islice(self._items(), 2)))
        if self._has_header_item:
            next(items)
        while part := list(islice(items, _ROWS)):
            rows = [(item, self._row(item)) for item in part]
            values = [row for _, row in rows if row is not None]
            unreadable = tuple(self._unreadable(item) for item, row in rows if row is None)
            yield RawBatch(rows_of_objects(values, self._request.only, self._columns), first, unreadable)
            first += len(values)

    def _find_headers(self, first: Sequence[JsonItem]) -> None:
        top = first[0].value if first else None
        if not isinstance(top, list):
            return
        self._has_header_item = all(isinstance(cell, str) for cell in top) and len(first) > 1
        cells = top if self._has_header_item else [""] * len(top)
        self._headers = clean_headers(self._request.name, cells)

    def _row(self, item: JsonItem) -> dict[str, object] | None:
        """An item as a row; None where it is none."""
        if is_too_deep(item.raw):
            return None
        if isinstance(item.value, list) and self._headers and len(item.value) <= len(self._headers):
            return dict(zip(self._headers, item.value, strict=False))
        return item.value if isinstance(item.value, dict) and not self._headers else None

    def _notes(self, first: Sequence[JsonItem]) -> Iterator[str]:
        if self._under:
            yield f"the rows are the objects under {self._under}"
        if any(_has_key_twice(item.raw) for item in first if isinstance(item.value, dict)):
            yield "some objects have a key twice: the last one counts"

    def lines(self) -> Iterator[int]:
        """The line on which each object starts."""
        items = self._items()
        if not self._columns:
            self._find_headers(list(islice(self._items(), 2)))
        return (item.line for item in islice(items, self._has_header_item, None) if self._row(item) is not None)

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
            if start == "[" and _is_one_of_lines(first[1], self._request.format):
                yield from _line_items(text, *first)
            elif start == "[":
                yield from json_values(text, name, *first)
            elif self._request.format == "ndjson" and not _goes_on(first[1]):
                yield from _line_items(text, *first)
            else:
                yield from self._of_objects(text, name, *first)

    def _of_objects(self, text: io.TextIOWrapper, name: str, line: int, first: str) -> Iterator[JsonItem]:
        """Objects a line each, one after another, or under a key of one object that holds them all."""
        start = first + text.read(CHUNK)
        is_whole = len(start) - len(first) < CHUNK
        found = rows_within(start) if _is_alone(start, is_whole=is_whole) else None
        if found:
            self._under, at = found
            yield from json_values(text, name, line + start.count("\n", 0, at), start[at:])
        elif _parsed(first) is not None and "\n" in first and not _goes_on(first):
            yield from _line_items(_lines_of(start[len(first) :], text), line, first)
        else:
            yield from json_values(text, name, line, start)

    def _unreadable(self, item: JsonItem) -> UnreadableRow:
        reason = "not a JSON object" if item.value is not None else "not valid JSON"
        if isinstance(item.value, list) and self._headers:
            reason = f"{len(item.value)} values where there are {len(self._headers)} columns"
        if UNDECODABLE in item.raw:
            reason = "holds bytes that are not text"
        elif is_too_deep(item.raw):
            reason = f"nested more than {LIMITS.item_nesting} deep"
        return UnreadableRow(item.line, reason, item.raw.rstrip("\r\n").replace(UNDECODABLE, "\ufffd"))


def _is_alone(start: str, *, is_whole: bool) -> bool:
    """Whether the text is one object: nothing follows it, or its end has not been read."""
    try:
        _, end = json.JSONDecoder().raw_decode(start.lstrip())
    except (ValueError, RecursionError):
        return not is_whole
    return not start.lstrip()[end:].strip()


def _goes_on(line: str) -> bool:
    """Whether a further value follows the first one on its line."""
    try:
        _, end = json.JSONDecoder().raw_decode(line.lstrip())
    except (ValueError, RecursionError):
        return False
    return line.lstrip()[end:].lstrip(" ,").startswith("{")


def _is_one_of_lines(line: str, format_: str) -> bool:
    """Whether the line is a whole array, of values, that others may follow: a row of NDJSON."""
    value = _parsed(line)
    return format_ == "ndjson" and isinstance(value, list) and not any(isinstance(v, dict | list) for v in value)


def _lines_of(start: str, rest: Iterable[str]) -> Iterator[str]:
    lines = start.split("\n")
    yield from (f"{line}\n" for line in lines[:-1])
    following = iter(rest)
    last = lines[-1] + next(following, "")
    if last:
        yield last
    yield from following


def _has_key_twice(raw: str) -> bool:
    found: list[bool] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(items)
        found.append(len(made) < len(items))
        return made

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return False
    return any(found)


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
