"""Reads YAML into plain values and a map from each path to its line; nothing in a file can run or explode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from tillid.pipeline.project.findings import Findings, shortened

Path: TypeAlias = tuple[str | int, ...]

LARGEST_FILE = 2_000_000
"""Characters; a definition file is written by hand and is far below it."""
DEEPEST = 40
MOST_VALUES = 100_000
"""Values after every alias is written out: a bound on aliases of aliases."""

_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
# A leading zero keeps a word text: postcodes and article numbers are written that way.
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values (dict, list, str, int, float, bool, None) and the line of each path."""

    file: str
    value: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line (1-based) of the key or item at `path`; of the nearest parent when it is not there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(raw: bytes, file: str, findings: Findings) -> Document | None:
    """Read one YAML document; None when it cannot be read at all, with the reason among the findings.

    Words resolve as in YAML 1.2: only true and false are booleans, so `NO` stays a country; dates stay text.
    Keys are always text. Tags and merge keys are refused.

    >>> found = Findings()
    >>> doc = read_yaml(b"country: NO\\nlanguages: [da, en]", "tillid.yml", found)
    >>> doc.value, doc.line(("languages", 1))
    ({'country': 'NO', 'languages': ['da', 'en']}, 2)
    """
    try:
        text = raw.decode("utf-8-sig")
        if len(text) > LARGEST_FILE:
            raise _UnreadableError(1, f"the file is too large: {len(text)} characters, at most {LARGEST_FILE}")
        builder = _Builder(_events(text), file, findings)
        root = builder.document()
        lines: dict[Path, int] = {}
        value = _Expansion(lines).plain(root, ())
    except UnicodeDecodeError as error:
        findings.add(file, raw.count(b"\n", 0, error.start) + 1, "not UTF-8: save the file as UTF-8")
        return None
    except _UnreadableError as error:
        findings.add(file, error.line, error.reason)
        return None
    return Document(file, value, lines)


class _UnreadableError(Exception):
    """The file cannot be read past this line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class _Node:
    """A value with its line; `content` is a scalar, a list of nodes, or key → (key's line, node)."""

    line: int
    content: Any


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _UnreadableError(line, "a control character that YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = "; ".join(part for part in (error.context, error.problem) if part)
        raise _UnreadableError(mark.line + 1 if mark else 1, f"not valid YAML: {shortened(reason, 160)}") from None
    except (ValueError, IndexError):
        # The scanner lets these through for a few malformed escapes.
        raise _UnreadableError(1, "not valid YAML") from None


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Builder:
    """Turns the parser's events into nodes, noting what a definition file may not hold."""

    def __init__(self, events: Iterator[Any], file: str, findings: Findings) -> None:
        self._events = events
        self._file = file
        self._findings = findings
        self._anchors: dict[str, _Node] = {}

    def document(self) -> _Node:
        root: _Node | None = None
        for event in self._events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if root is not None:
                self._note(event, "a second document: a file holds one; take out the `---`")
                break
            root = self._node(next(self._events), 0)
        return root or _Node(1, None)

    def _note(self, event: Any, message: str) -> None:
        self._findings.add(self._file, _line(event), message)

    def _node(self, event: Any, depth: int) -> _Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _UnreadableError(line, f"`*{shortened(str(event.anchor))}` names no anchor above it")
            return self._anchors[event.anchor]
        if depth > DEEPEST:
            raise _UnreadableError(line, f"nested deeper than {DEEPEST} levels")
        if event.tag is not None:
            self._note(event, "tags (`!…`) are not allowed here: write a plain value")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style is None and event.tag is None
            node = _Node(line, _resolved(event.value) if plain else event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = _Node(line, self._items(depth))
        else:
            node = _Node(line, self._entries(depth))
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _items(self, depth: int) -> list[_Node]:
        items: list[_Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _entries(self, depth: int) -> dict[str, tuple[int, _Node]]:
        entries: dict[str, tuple[int, _Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, depth)
            value = self._node(next(self._events), depth + 1)
            if key is None:
                continue
            if key in entries:
                first = entries[key][0]
                self._note(event, f"`{shortened(key)}` stands twice: first on line {first}")
            else:
                entries[key] = (_line(event), value)
        return entries

    def _key(self, event: Any, depth: int) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, depth + 1)
            self._note(event, "a key must be a word, not a list, a mapping or an alias")
            return None
        if event.value == "<<" and event.style is None:
            self._note(event, "merge keys (`<<`) are not allowed: write the keys out")
            return None
        if event.anchor is not None:
            self._anchors[event.anchor] = _Node(_line(event), str(event.value))
        return str(event.value)


class _Expansion:
    """Writes every alias out, counting values so that aliases of aliases stay bounded."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines
        self._left = MOST_VALUES

    def plain(self, node: _Node, path: Path, line: int | None = None) -> object:
        self._left -= 1
        if self._left < 0 or len(path) > DEEPEST:
            raise _UnreadableError(node.line, f"more than {MOST_VALUES} values, or too deep, once aliases are out")
        self._lines[path] = node.line if line is None else line
        if isinstance(node.content, list):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.content)]
        if isinstance(node.content, dict):
            return {key: self.plain(value, (*path, key), key_line) for key, (key_line, value) in node.content.items()}
        scalar: object = node.content
        return scalar


def _resolved(word: str) -> object:
    if word in _NOTHING:
        return None
    if word in _TRUTHS:
        return _TRUTHS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if _NUMBER.fullmatch(word):
        return float(word)
    return word
