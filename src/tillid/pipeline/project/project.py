"""A project: everything that its folder defines, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tillid.ports.api import ApiConnection
from tillid.ports.pulled import DatabaseConnection
from tillid.ports.remote import RemoteConnection
from tillid.stages.activate.definitions import ActivationDefinition, DestinationDefinition
from tillid.stages.ingest.definitions import SourceDefinition
from tillid.stages.profile.definitions import TraitDefinition, VariableDefinition
from tillid.stages.segment.definitions import SegmentDefinition
from tillid.terms.actor import Actor, Role
from tillid.terms.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Project:
    """The definitions of one project folder, each kind by name, ordered by file name and then as written.

    `traits` holds what profile.yml declares; every other column of a people source is a trait by default
    (`pipeline.catalogue.project_traits`). `as_of` is a day of the project's
    `timezone`, or None for now. The mappings are read-only.
    """

    folder: Path
    name: str
    controller: str
    contact: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    store: str
    as_of: date | None
    connections: Mapping[str, DatabaseConnection]
    apis: Mapping[str, ApiConnection]
    remotes: Mapping[str, RemoteConnection]
    roles: Mapping[str, Role]
    users: Mapping[str, Actor]
    purposes: Mapping[str, Purpose]
    sources: Mapping[str, SourceDefinition]
    traits: Mapping[str, TraitDefinition]
    variables: Mapping[str, VariableDefinition]
    segments: Mapping[str, SegmentDefinition]
    destinations: Mapping[str, DestinationDefinition]
    activations: Mapping[str, ActivationDefinition]
