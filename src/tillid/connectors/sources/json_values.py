"""JSON values one by one, of an array or one after another, so that a large file needs little memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from tillid.connectors.sources.errors import FileTorn
from tillid.connectors.sources.limits import LIMITS

_CHUNK = 1 << 20
_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class JsonItem:
    """An item, the line (1-based) that it starts on, and its text; `value` is None where it is no JSON."""

    line: int
    value: object
    raw: str


def json_values(text: TextIO, name: str, line: int, start: str) -> Iterator[JsonItem]:
    """The items of the array that `start` opens, or values that follow one another; `start` is on `line`.

    Errors: FileTorn, with the line of the item that can't be read.
    """
    is_array = start.lstrip().startswith("[")
    buffer, at, is_done = start, start.index("[") + 1 if is_array else 0, False
    while True:
        after = _BETWEEN.match(buffer, at)
        begin = after.end() if after else at
        line, at = line + buffer.count("\n", at, begin), begin
        if at < len(buffer) and is_array and buffer[at] == "]":
            return
        value, end = _decoded(buffer, at)
        # A number at the very end of what was read may go on in what was not.
        if end is None or (end == len(buffer) and not is_done):
            if is_done or len(buffer) - at > LIMITS.item_characters:
                if at == len(buffer) and not is_array:
                    return
                raise FileTorn(name, f"the JSON from line {line} on")
            more = text.read(max(_CHUNK, len(buffer) - at))
            buffer, at, is_done = buffer[at:] + more, 0, not more
            continue
        yield JsonItem(line, value, buffer[at:end])
        line, at = line + buffer.count("\n", at, end), end


def _decoded(buffer: str, at: int) -> tuple[object, int | None]:
    try:
        return _DECODER.raw_decode(buffer, at)
    except (ValueError, RecursionError):
        return None, None
