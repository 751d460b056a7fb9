"""Makes the frozen definitions out of entries whose shape is right; what they refuse becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from tillid.pipeline.project.connection_shapes import read_apis, read_connections, read_remotes
from tillid.pipeline.project.entries import Entries, Entry
from tillid.pipeline.project.project import Project
from tillid.stages.activate.definitions import ActivationDefinition, DestinationDefinition
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.profile.definitions import TraitDefinition, VariableDefinition
from tillid.stages.segment.definitions import SegmentDefinition
from tillid.terms.actor import ALL, Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.fields import FieldInvalid, at_field
from tillid.terms.purpose import LegalBasis, Purpose, SpecialCategoryBasis

_Definition = TypeVar("_Definition")


def build_project(folder: Path, entries: Entries) -> Project | None:
    """The project of the entries that can be made; None when tillid.yml itself has mistakes."""
    head = next(entries.sound("project"), None)
    if head is None:
        return None
    values = head.values
    roles = {name: _role(name, role) for name, role in values["roles"].items()}
    users = {
        name: Actor(name, tuple(roles[role] for role in held if role in roles))
        for name, held in values["users"].items()
    }
    return Project(
        folder=folder,
        name=values["name"],
        controller=values["controller"],
        contact=values["contact"],
        country=values.get("country", "DK"),
        timezone=values.get("timezone", "Europe/Copenhagen"),
        languages=tuple(values.get("languages", ("en",))),
        store=values.get("store", "duckdb"),
        as_of=date.fromisoformat(values["as_of"]) if "as_of" in values else None,
        connections=MappingProxyType(read_connections(values)),
        apis=MappingProxyType(read_apis(values)),
        remotes=MappingProxyType(read_remotes(values)),
        roles=MappingProxyType(roles),
        users=MappingProxyType(users),
        purposes=_built(entries, "purposes", _purpose),
        sources=_built(entries, "source", SourceDefinition.from_mapping),
        traits=_built(entries, "profile", TraitDefinition.from_mapping),
        variables=_built(entries, "variables", VariableDefinition.from_mapping),
        segments=_built(entries, "segments", SegmentDefinition.from_mapping),
        destinations=_built(entries, "destinations", DestinationDefinition.from_mapping),
        activations=_built(entries, "activations", ActivationDefinition.from_mapping),
    )


def _built(
    entries: Entries, kind: str, make: Callable[[str, dict[str, Any]], _Definition]
) -> Mapping[str, _Definition]:
    built: dict[str, _Definition] = {}
    for entry in entries.sound(kind):
        try:
            built[entry.name] = make(entry.name, entry.values)
        except FieldInvalid as error:
            _note(error, entry)
    return MappingProxyType(built)


def _note(error: FieldInvalid, entry: Entry) -> None:
    if not entry.place.path and entry.place.findings.concern(entry.place.document.file):
        # A source refuses what the checks across files have noted already, with every other mistake.
        return
    hint = f". {error.hint}" if error.hint else ""
    entry.place.at(*error.field).found(f"{error.message.rstrip('.')}{hint}")


def _role(name: str, values: Mapping[str, Any]) -> Role:
    purposes, categories = values["purposes"], values["categories"]
    return Role(
        name,
        purposes=None if purposes == ALL else frozenset(purposes),
        categories=None if categories == ALL else frozenset(categories),
    )


def _purpose(key: str, values: Mapping[str, Any]) -> Purpose:
    with at_field("retention"):
        retention = Duration.parse(values["retention"])
    with at_field("consent_valid_for"):
        valid_for = values.get("consent_valid_for")
        consent_valid_for = Duration.parse(valid_for) if valid_for else None
    special = values.get("special_category_basis")
    return Purpose(
        key=key,
        data_use=values["data_use"],
        legal_basis=LegalBasis(values["legal_basis"]),
        categories=frozenset(values["categories"]),
        retention=retention,
        label=values.get("label", key),
        data_subjects=frozenset(values.get("data_subjects", ())),
        recipients=tuple(values.get("recipients", ())),
        notices=frozenset(values.get("notices", ())),
        consent_valid_for=consent_valid_for,
        assessment=values.get("assessment", ""),
        special_category_basis=SpecialCategoryBasis(special) if special else None,
        national_id_basis=values.get("national_id_basis", ""),
    )
