"""Activation: each list worked out at the moment of sending, compared with the last one, handed over and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast
from uuid import uuid4

import pyarrow as pa

from tillid.governance.govern import govern
from tillid.governance.housekeeping import DELIVERIES as DELIVERIES_PURPOSE
from tillid.governance.housekeeping import PERMISSIONS
from tillid.pipeline.catalogue import unbound
from tillid.pipeline.errors import NotBuilt, NotDefined
from tillid.pipeline.evidence import evidence_of
from tillid.pipeline.progress import Step
from tillid.pipeline.wiring import open_destination
from tillid.pipeline.workspace import Workspace
from tillid.ports.store import Build
from tillid.stages.activate.compare import Difference, difference
from tillid.stages.activate.definitions import ActivationDefinition
from tillid.stages.activate.deliver import candidates, held_back, without_key
from tillid.stages.activate.record import Delivery, delivery_rows
from tillid.stages.activate.tables import DELIVERIES, LISTED, LISTED_PERSON, last_list
from tillid.stages.profile.tables import PEOPLE, VARIABLES
from tillid.stages.segment.tables import members_table_name
from tillid.terms.errors import nearest
from tillid.terms.table import PERSON_ID


@dataclass(frozen=True, slots=True)
class Activated:
    """What an activation did, or would do: people sent, added, removed, and held back by reason."""

    people: int
    added: int
    removed: int
    held_back: Mapping[str, int] = field(default_factory=dict)
    place: str = ""

    def as_dict(self) -> dict[str, object]:
        """As plain values."""
        return {
            "people": self.people,
            "added": self.added,
            "removed": self.removed,
            "held_back": dict(self.held_back),
            "place": self.place,
        }


@dataclass(frozen=True, slots=True)
class ActivationsReport:
    """Several activations by name."""

    activations: Mapping[str, Activated]
    dry_run: bool

    def as_dict(self) -> dict[str, object]:
        """As plain values, by name."""
        return {name: done.as_dict() for name, done in self.activations.items()}


def activate(
    workspace: Workspace, names: Sequence[str], *, dry_run: bool, step: Step | None = None
) -> ActivationsReport:
    """Send the named activations (all, when none is named); with `dry_run`, only say what would be sent.

    Everyone is judged again here, at the moment of sending. Raises `NotDefined` for an unknown name.
    """
    known = workspace.project.activations
    for name in names:
        if name not in known:
            raise NotDefined(f"No activation {name!r} is defined", hint=nearest(name, known))
    wanted = [known[name] for name in (names or known)]
    return ActivationsReport(_each(workspace, wanted, step, dry_run=dry_run), dry_run=dry_run)


def activate_all(workspace: Workspace, step: Step) -> Mapping[str, Activated]:
    """Send every activation of the project."""
    return activate(workspace, (), dry_run=False, step=step).activations if workspace.project.activations else {}


def _each(
    workspace: Workspace, wanted: Sequence[ActivationDefinition], step: Step | None, *, dry_run: bool
) -> dict[str, Activated]:
    build = workspace.store.build(workspace.fingerprints())
    done: dict[str, Activated] = {}
    try:
        former = build.former
        if former is None:
            raise NotBuilt("No run has worked out any segment yet", hint="Run: tillid run")
        for place in former.places:
            build.keep(place)
        digests = dict(cast("Mapping[str, str]", former.notes.get("delivered", {})))
        for activation in wanted:
            if dry_run:
                done[activation.name] = _prepare(workspace, build, activation)[2]
            else:
                done[activation.name] = _send_one(workspace, build, activation, digests)
            if step is not None:
                step.advance(1)
        if digests != former.notes.get("delivered", {}):
            build.commit({**former.notes, "delivered": digests})
    finally:
        build.abandon()
    return done


def _send_one(
    workspace: Workspace, build: Build, activation: ActivationDefinition, digests: dict[str, str]
) -> Activated:
    """Hand the list over and record it; a list that is the very same as the last one leaves no new record."""
    rows, changes, found = _prepare(workspace, build, activation)
    purpose = workspace.register.purpose(activation.purpose)
    delivery = Delivery(
        delivery_id=uuid4().hex,
        activation=activation.name,
        purpose=purpose.key,
        legal_basis=purpose.legal_basis,
        destination=activation.destination,
        sent_at=workspace.now,
        register_version=workspace.register.version,
    )
    # The list is handed over before the record is committed: a run killed between the two sends the same
    # list again, and never leaves out one that the record says was sent.
    destination = open_destination(workspace.project, workspace.project.destinations[activation.destination])
    receipt = destination.deliver(rows, activation.columns, delivery.delivery_id)
    if receipt.digest != digests.get(activation.name) or len(changes.added) or len(changes.removed):
        proof = build.fetch(govern(evidence_of(purpose), workspace.permit(PERMISSIONS)))
        record = delivery_rows(delivery, changes, proof)
        if record.num_rows:
            build.append(DELIVERIES, record.to_batches())
        digests[activation.name] = receipt.digest
    workspace.audit.append(
        "delivered",
        {
            "actor": workspace.actor.name,
            "activation": activation.name,
            "purpose": purpose.key,
            "delivery": delivery.delivery_id,
            "place": receipt.place,
            "people": receipt.rows,
            "digest": receipt.digest,
        },
    )
    return replace(found, place=receipt.place)


def _prepare(
    workspace: Workspace, build: Build, activation: ActivationDefinition
) -> tuple[pa.Table, Difference, Activated]:
    permit = workspace.permit(activation.purpose)
    tables = workspace.register.tables
    members = unbound(tables[members_table_name(activation.segment)])
    profile = (members, unbound(tables[PEOPLE]), unbound(tables[VARIABLES]), activation.columns)
    rows = build.fetch(govern(candidates(*profile), permit))
    last = govern(last_list(unbound(DELIVERIES), activation.name), workspace.permit(DELIVERIES_PURPOSE))
    changes = difference(rows, build.fetch(last))
    lacking = build.fetch(govern(without_key(*profile), permit))
    held = _held_back(workspace, build, activation, rows.num_rows, lacking)
    sent = rows.sort_by(PERSON_ID).drop_columns([PERSON_ID])
    return sent, changes, Activated(rows.num_rows, len(changes.added), len(changes.removed), held)


def _held_back(
    workspace: Workspace, build: Build, activation: ActivationDefinition, sent: int, lacking: pa.Table
) -> dict[str, int]:
    """Members of the segment, as its own purpose sees it, who are not sent: counted by reason."""
    segment = workspace.project.segments[activation.segment]
    members = unbound(workspace.register.tables[members_table_name(segment.name)])
    own = workspace.permit(segment.purpose)
    listed = build.write(LISTED, govern(members.select(**{LISTED_PERSON: PERSON_ID}), own))
    keeping = workspace.permit(PERMISSIONS)
    standing = unbound(workspace.register.tables["standing"])
    who = unbound(LISTED).select(**{PERSON_ID: LISTED_PERSON})
    reasons = held_back(who, standing, activation.purpose, workspace.now)
    counted = {row["reason"]: row["people"] for row in build.fetch(govern(reasons, keeping)).to_pylist()}
    for row in lacking.to_pylist():
        counted[row["reason"]] = row["people"]
    # The rest are permitted, but what makes them members was not collected for this purpose.
    rest = listed.result() - sent - sum(counted.values())
    if rest > 0:
        counted["not_collected_for_purpose"] = rest
    return dict(sorted(counted.items()))
