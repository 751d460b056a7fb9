"""What the generation before held of the sources, for one in which nothing of them is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from tillid.pipeline.intake.declare import AGE_UNKNOWN, NOT_AGEING
from tillid.stages.ingest.definitions import SourceDefinition


def former_oldest(source: SourceDefinition, notes: Mapping[str, object]) -> datetime:
    """The time from which retention counts of the oldest row that is held of a source."""
    noted = cast("Mapping[str, str]", notes.get("oldest", {})).get(source.name)
    if noted is not None:
        return datetime.fromisoformat(noted)
    held = cast("Mapping[str, int]", notes.get("rows", {})).get(source.name, 0)
    return AGE_UNKNOWN if held else NOT_AGEING
