"""What a run did, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tillid.pipeline.activate import Activated
from tillid.pipeline.derive import SegmentCount
from tillid.pipeline.intake.sources import SourceCount


@dataclass(slots=True)
class RunReport:
    """What a run did, in figures; `as_dict` is what `tillid run --json` prints."""

    sources: Mapping[str, SourceCount]
    people: int
    records: int
    events: int
    segments: Mapping[str, SegmentCount]
    activations: Mapping[str, Activated] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    report: str = ""
    quality: str = ""
    generation: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, object]:
        """The report as plain values."""
        return {
            "sources": {name: count.as_dict() for name, count in self.sources.items()},
            "people": self.people,
            "records": self.records,
            "events": self.events,
            "segments": {name: count.people for name, count in self.segments.items()},
            "activations": {name: done.as_dict() for name, done in self.activations.items()},
            "findings": list(self.findings),
            "report": self.report,
            "quality": self.quality,
            "generation": self.generation,
            "seconds": round(self.seconds, 3),
        }
