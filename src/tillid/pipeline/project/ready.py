"""Ready definitions: what a vendor's API or export looks like, so that a user's source says only what is its own."""

# ruff: noqa: D102 - `Shape` says once what check and json_schema do.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tillid.pipeline.project.findings import Findings, unknown
from tillid.pipeline.project.schema import JsonSchema, Place, Record
from tillid.pipeline.project.yaml_nodes import Document, read_yaml

READY = "ready"
_MERGED = ("api", "columns")


@dataclass(frozen=True, slots=True)
class ReadyDefinition:
    """A vendor's resource: its page of documentation, the version that it is held to, what a user must say.

    `asks` maps a key of the user's source to what it is. `source` is a source definition without what is the
    user's own: connection, files, purposes.
    """

    name: str
    vendor: str
    about: str
    docs: str
    version: str
    asks: Mapping[str, str]
    source: Mapping[str, Any]


@cache
def ready_definitions() -> Mapping[str, ReadyDefinition]:
    """All that there are, by name: one file each."""
    folder = files("tillid") / "connectors" / "sources" / READY
    read = (_read(file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".yml"))
    return MappingProxyType({one.name: one for one in sorted(read, key=lambda one: one.name)})


def _read(file: str, raw: bytes) -> ReadyDefinition:
    findings = Findings()
    document = read_yaml(raw, file, findings)
    value: Any = document.value if document else {}
    texts = {key: str(value[key]) for key in ("vendor", "about", "docs", "version")}
    return ReadyDefinition(file.removesuffix(".yml"), **texts, asks=value["asks"], source=value["source"])


def completed(document: Document) -> Document:
    """The source file with what the ready definition that it names says, where it says nothing else.

    Its columns and keys of `api` are added to one by one; a column under `ignore` is left out.
    """
    own: Any = document.value
    named = own.get(READY) if isinstance(own, dict) else None
    # Most sources name none, so that none need be read.
    if not isinstance(named, str) or named not in ready_definitions():
        return document
    ready = ready_definitions()[named]
    said = own.get("ignore")
    ignored: list[Any] = said if isinstance(said, list) else []
    value: dict[str, Any] = {**ready.source, **{key: item for key, item in own.items() if key != READY}}
    for key in _MERGED:
        given = own.get(key, {})
        if key in ready.source and isinstance(given, dict):
            value[key] = {**ready.source[key], **given}
    value["columns"] = {
        header: column
        for header, column in value["columns"].items()
        if header not in ignored or header in own.get("columns", {})
    }
    value["ignore"] = list(dict.fromkeys([*ready.source.get("ignore", ()), *ignored]))
    if "api" in ready.source and isinstance(value["api"], dict):
        value["api"] = {"resource": ready.name, **value["api"]}
    return replace(document, value=value)


@dataclass(frozen=True, slots=True)
class OrReady(Record):
    """A record in which the key `ready` stands for the required ones."""

    def check(self, value: object, at: Place) -> None:
        # One that exists was taken in by `completed`.
        if isinstance(value, dict) and READY in value:
            at.at(READY).found(unknown("ready definition", str(value[READY]), ready_definitions()))
            value = {key: item for key, item in value.items() if key != READY}
        Record.check(self, value, at)

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        whole = Record.json_schema(self, defs)
        # What of `api` is missing here is in the ready definition.
        parts = {name: _optional(part) for name, part in whole["properties"].items()}
        says = "the definition of a vendor's resource that this one is completed by"
        parts[READY] = {"type": "string", "enum": list(ready_definitions()), "description": says}
        ready = {"type": "object", "properties": parts, "additionalProperties": False, "required": [READY]}
        return {"anyOf": [whole, ready]}


def _optional(part: JsonSchema) -> JsonSchema:
    return {key: value for key, value in part.items() if key != "required"}
