"""Finds how the rows lie in a JSON text: in an array, under a key of one object, or one after another."""

from __future__ import annotations

import json
import re

from tillid.connectors.sources.limits import LIMITS

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"\s*")
_DEEPEST = 3


def rows_within(text: str) -> tuple[str, int] | None:
    """The path of keys to the first array of objects in the object that `text` begins, and where `[` stands.

    `text` may be cut off: what stands beyond is not looked for.

    >>> rows_within('{"count": 1, "response": {"items": [{"id": 7}]}}')
    ('response.items', 35)
    """
    return _within(text, _skip(text, 0), "", 1)


def _within(text: str, at: int, above: str, depth: int) -> tuple[str, int] | None:
    if text[at : at + 1] != "{":
        return None
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, after = _decoded(text, at)
        at = _skip(text, after)
        if after < 0 or text[at : at + 1] != ":":
            return None
        at, path = _skip(text, at + 1), f"{above}{key}"
        if text[at : at + 1] == "[" and text[_skip(text, at + 1) :][:1] == "{":
            return path, at
        if depth < _DEEPEST and (found := _within(text, at, f"{path}.", depth + 1)):
            return found
        _, after = _decoded(text, at)
        at = _skip(text, after) if after >= 0 else len(text)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    return None


def _decoded(text: str, at: int) -> tuple[object, int]:
    """The value at a place and where it ends; -1 where it is none, or is cut off."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, -1


def is_too_deep(raw: str) -> bool:
    """Whether an item is nested deeper than rows are.

    >>> is_too_deep("[" * 300 + "]" * 300), is_too_deep('[{"a": 1}]')
    (True, False)
    """
    if raw.count("[") + raw.count("{") <= LIMITS.item_nesting:
        return False
    depth = deepest = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", raw):
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest > LIMITS.item_nesting


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
