"""The shape of a lag: how far back a load looks again."""

from __future__ import annotations

from dataclasses import dataclass

from tillid.pipeline.project.schema import JsonSchema, Place, Text, Whole
from tillid.stages.ingest.database import LAG as LAG_PATTERN

_TIME = Text(pattern=LAG_PATTERN, says="a time such as 10 minutes, or a number for a cursor that counts")


@dataclass(frozen=True, slots=True)
class Lag:
    """A time such as 10 minutes, or a whole number."""

    def check(self, value: object, at: Place) -> None:
        """Note what is neither."""
        (_TIME if isinstance(value, str) else Whole(1)).check(value, at)

    def json_schema(self, defs: JsonSchema) -> JsonSchema:
        """Either of them."""
        return {"anyOf": [_TIME.json_schema(defs), Whole(1).json_schema(defs)]}


LAG = Lag()
