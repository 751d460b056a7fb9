"""Shapes: one description of what a YAML value may be, read as a check with findings and as JSON Schema."""

# ruff: noqa: ARG002, D102 - `Shape` says once what check and json_schema do; a leaf needs no defs.

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeAlias

from tillid.pipeline.project.findings import Findings, listed, nearest, shortened, unknown
from tillid.pipeline.project.yaml_nodes import Document, Path

JsonSchema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a value stands, so that a finding gets its line."""

    document: Document
    path: Path
    findings: Findings
    noted: set[Path] = field(default_factory=set)
    """The paths of all mistakes found so far at places made from this one."""

    def at(self, *steps: str | int) -> Place:
        """The place of a key or item below this one."""
        return Place(self.document, (*self.path, *steps), self.findings, self.noted)

    def found(self, message: str) -> None:
        """Note a mistake at this place."""
        self.noted.add(self.path)
        self.findings.add(self.document.file, self.document.line(self.path), message)

    @property
    def name(self) -> str:
        """The last key of the path, as it may stand in a message."""
        keys = [step for step in self.path if isinstance(step, str)]
        return shortened(keys[-1]) if keys else self.document.file


class Shape(Protocol):
    """What a value may be."""

    def check(self, value: object, at: Place) -> None:
        """Note every mistake in `value`."""

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        """The same as JSON Schema (2020-12); shapes that stand in themselves are put into `defs`."""


def kind_of(value: object) -> str:
    """How a message calls a value; never the value itself."""
    names: dict[type, str] = {
        dict: "a mapping",
        list: "a list",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        type(None): "empty",
    }
    return names.get(type(value), "something else")


@dataclass(frozen=True, slots=True)
class Text:
    """Text, perhaps one of `choices` (called a `what` in messages), or of a pattern that `says` explains."""

    choices: Collection[str] = ()
    what: str = "value"
    pattern: str = ""
    says: str = ""

    def check(self, value: object, at: Place) -> None:
        if not isinstance(value, str):
            quotes = "; put it in quotes" if isinstance(value, int | float) else ""
            at.found(f"`{at.name}` must be text, not {kind_of(value)}{quotes}")
        elif self.choices and value not in self.choices:
            at.found(unknown(self.what, value, self.choices))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            at.found(f"`{at.name}` must be {self.says}")
        elif not self.pattern and not value.strip():
            at.found(f"`{at.name}` is empty")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        if self.choices:
            return {"type": "string", "enum": sorted(self.choices)}
        if self.pattern:
            return {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        return {"type": "string", "pattern": r"\S"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, written 2026-10-31."""

    def check(self, value: object, at: Place) -> None:
        try:
            if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                raise ValueError
            date.fromisoformat(value)
        except ValueError:
            at.found(f"`{at.name}` must be a date such as 2026-10-31")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, not below `at_least`."""

    at_least: int = 0

    def check(self, value: object, at: Place) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            at.found(f"`{at.name}` must be a whole number, not {kind_of(value)}")
        elif value < self.at_least:
            at.found(f"`{at.name}` must be at least {self.at_least}")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"type": "integer", "minimum": self.at_least}


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    def check(self, value: object, at: Place) -> None:
        if not isinstance(value, bool):
            at.found(f"`{at.name}` must be true or false, not {kind_of(value)}")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, a number, true or false."""

    def check(self, value: object, at: Place) -> None:
        if value is None or isinstance(value, dict | list):
            at.found(f"`{at.name}` must be one value (text, a number, true or false), not {kind_of(value)}")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape; instead of it may stand the word `or_word`, or with `or_single` a bare item."""

    item: Shape
    at_least: int = 1
    or_word: str = ""
    or_single: bool = False

    def check(self, value: object, at: Place) -> None:
        if isinstance(value, list):
            if len(value) < self.at_least:
                at.found(f"`{at.name}` is an empty list")
            for index, item in enumerate(value):
                self.item.check(item, at.at(index))
        elif self.or_word and value == self.or_word:
            return
        elif self.or_single and not isinstance(value, dict):
            self.item.check(value, at)
        else:
            instead = f" or `{self.or_word}`" if self.or_word else ""
            at.found(f"`{at.name}` must be a list{instead}, not {kind_of(value)}")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        item = self.item.json_schema(defs)
        many: JsonSchema = {"type": "array", "items": item, "minItems": self.at_least}
        if self.or_word:
            return {"anyOf": [many, {"const": self.or_word}]}
        return {"anyOf": [many, item]} if self.or_single else many


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping whose keys the user names; each value has one shape."""

    value: Shape
    key: Text = field(default_factory=Text)
    at_least: int = 1

    def check(self, value: object, at: Place) -> None:
        if not isinstance(value, dict):
            at.found(f"`{at.name}` must be a mapping, not {kind_of(value)}")
            return
        if len(value) < self.at_least:
            at.found(f"`{at.name}` is empty")
        for key, item in value.items():
            self.key.check(key, at.at(key))
            self.value.check(item, at.at(key))

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {
            "type": "object",
            "minProperties": self.at_least,
            "propertyNames": self.key.json_schema(defs),
            "additionalProperties": self.value.json_schema(defs),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record: the shape of its value and what it is for (shown by editors)."""

    shape: Shape
    says: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A rule over a record's keys: when `key` is one of `values`, it `needs` some keys and `bars` others."""

    key: str
    values: tuple[str, ...]
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; exactly one of `one_of` (when given) must be there."""

    keys: Mapping[str, Key]
    rules: tuple[When, ...] = ()
    one_of: tuple[str, ...] = ()

    def check(self, value: object, at: Place) -> None:
        if not isinstance(value, dict):
            at.found(f"`{at.name}` must be a mapping, not {kind_of(value)}")
            return
        meant = self._check_keys(value, at)
        there = {*value, *meant}
        for name, key in self.keys.items():
            if key.required and name not in there:
                at.found(f"`{name}` is missing" + (f": {key.says}" if key.says else ""))
        self._check_one_of(value, meant, at)
        for rule in self.rules:
            _check_rule(rule, value, meant, at)

    def _check_keys(self, value: dict[str, object], at: Place) -> set[str]:
        """Check what stands under each key; the keys that were probably meant by unknown ones."""
        meant: set[str] = set()
        for name, item in value.items():
            if name in self.keys:
                self.keys[name].shape.check(item, at.at(name))
            else:
                free = [other for other in self.keys if other not in value] or list(self.keys)
                at.at(name).found(unknown("key", name, free))
                meant.add(nearest(name, free) or "")
        return meant

    def _check_one_of(self, value: dict[str, object], meant: set[str], at: Place) -> None:
        there = [name for name in self.one_of if name in value]
        if self.one_of and not there and meant.isdisjoint(self.one_of):
            at.found(f"one of these keys is missing: {', '.join(self.one_of)}")
        for extra in there[1:]:
            at.at(extra).found(f"`{extra}` beside `{there[0]}`: only one of them can stand here")

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        properties: JsonSchema = {}
        for name, key in self.keys.items():
            properties[name] = key.shape.json_schema(defs)
            if key.says:
                properties[name] = {**properties[name], "description": key.says}
        schema: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            schema["required"] = required
        conditions = [_rule_schema(rule) for rule in self.rules]
        if self.one_of:
            conditions.append({"oneOf": [{"required": [name]} for name in self.one_of]})
        if conditions:
            schema["allOf"] = conditions
        return schema


def _check_rule(rule: When, value: dict[str, object], meant: set[str], at: Place) -> None:
    if value.get(rule.key) not in rule.values:
        return
    why = f": {rule.why}" if rule.why else ""
    for name in rule.needs:
        if name not in value and name not in meant:
            at.found(f"`{rule.key}: {value[rule.key]}` needs `{name}`{why}")
    for name in rule.bars:
        if name in value:
            at.at(name).found(f"`{name}` cannot stand beside `{rule.key}: {value[rule.key]}`{why}")


def _rule_schema(rule: When) -> JsonSchema:
    then: JsonSchema = {}
    if rule.needs:
        then["required"] = list(rule.needs)
    if rule.bars:
        then["not"] = {"anyOf": [{"required": [name]} for name in rule.bars]}
    return {
        "if": {
            "properties": {rule.key: {"enum": [str(value) for value in rule.values]}},
            "required": [rule.key],
        },
        "then": then,
    }


@dataclass(frozen=True, slots=True)
class Variants:
    """A mapping that is one of several records, told apart by which key it has."""

    by_key: Mapping[str, Record]
    what: str = "entry"

    def check(self, value: object, at: Place) -> None:
        if not isinstance(value, dict):
            at.found(f"{self._called(at)} must be a mapping, not {kind_of(value)}")
            return
        there = [key for key in self.by_key if key in value]
        if not there:
            words = [key for key in value if not any(key in record.keys for record in self.by_key.values())]
            if words:
                at.at(words[0]).found(unknown("key", words[0], self.by_key))
            else:
                at.found(f"a {self.what} needs one of these keys: {listed('', self.by_key)}")
        elif len(there) > 1:
            at.at(there[1]).found(f"`{there[1]}` beside `{there[0]}`: a {self.what} has only one of them")
        else:
            self.by_key[there[0]].check(value, at)

    def _called(self, at: Place) -> str:
        return f"`{at.name}`" if at.path and isinstance(at.path[-1], str) else f"a {self.what}"

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        return {"oneOf": [record.json_schema(defs) for record in self.by_key.values()]}


@dataclass(frozen=True, slots=True)
class Named:
    """A shape that stands in itself, such as a condition inside a condition."""

    name: str
    shape: Callable[[], Shape]

    def check(self, value: object, at: Place) -> None:
        self.shape().check(value, at)

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        if self.name not in defs:
            defs[self.name] = {}
            defs[self.name] = self.shape().json_schema(defs)
        return {"$ref": f"#/$defs/{self.name}"}


def json_schema(shape: Shape, title: str, says: str) -> JsonSchema:
    """A whole JSON Schema document for one kind of file."""
    defs: JsonSchema = {}
    body = shape.json_schema(defs)
    whole: JsonSchema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": says,
        **body,
    }
    return whole | {"$defs": defs} if defs else whole
