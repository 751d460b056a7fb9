"""The manifest: which physical tables a generation consists of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tillid.ports.store import Generation

Columns = Mapping[str, str]
"""Column name → type as Ibis writes it."""
_STAGED = "0_"
# A declared table's name begins with a letter.


def staged_name(name: str) -> str:
    """The name of a physical table that lives as long as the build alone."""
    return f"{_STAGED}{name}"


def is_staged(name: str) -> bool:
    """Whether a physical table lives as long as the build alone.

    >>> is_staged(staged_name("edges__g1")), is_staged("orders__g1")
    (True, False)
    """
    return name.startswith(_STAGED)


@dataclass(frozen=True, slots=True)
class Part:
    """One physical table: its name, its columns in order, and how many rows it has.

    One that was defined, and not copied, is `of` other physical tables, and no more than them.
    """

    name: str
    columns: Columns
    rows: int
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation as the store keeps it: place → physical tables.

    A place of facts has a part for each generation that added rows; a derived one has exactly one.
    """

    number: int
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    derived: Mapping[str, Part] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)

    def all_parts(self) -> Iterator[Part]:
        """Every physical table of this generation."""
        for parts in self.facts.values():
            yield from parts
        yield from self.derived.values()

    def physical(self) -> frozenset[str]:
        """The names of all physical tables of this generation."""
        return frozenset(part.name for part in self.all_parts())

    def generation(self) -> Generation:
        """What others see of it."""
        return Generation(self.number, frozenset({*self.facts, *self.derived}), self.notes)

    def to_json(self) -> str:
        """The manifest as text."""
        return json.dumps(
            {
                "number": self.number,
                "fingerprints": dict(self.fingerprints),
                "facts": {place: [_plain(part) for part in parts] for place, parts in self.facts.items()},
                "derived": {place: _plain(part) for place, part in self.derived.items()},
                "notes": dict(self.notes),
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """A manifest from its text; raises `ValueError`, `KeyError` or `TypeError` for any other."""
        said = json.loads(text)
        return cls(
            int(said["number"]),
            said["fingerprints"],
            {place: tuple(map(_part, parts)) for place, parts in said["facts"].items()},
            {place: _part(part) for place, part in said["derived"].items()},
            said["notes"],
        )


def _plain(part: Part) -> dict[str, object]:
    return {"name": part.name, "columns": dict(part.columns), "rows": part.rows, "of": list(part.of)}


def _part(said: Mapping[str, Any]) -> Part:
    return Part(said["name"], said["columns"], said["rows"], tuple(said.get("of", ())))


def plain_notes(notes: Mapping[str, object]) -> dict[str, object]:
    """A copy of `notes` as it will be read back; raises `TypeError` for what is not plain JSON data."""
    copied: dict[str, object] = json.loads(json.dumps(dict(notes)))
    return copied
