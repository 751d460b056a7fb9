"""Drafts held against keys made by hand: each column's category and type, the identifiers, the kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tillid.connectors.sources.files import FileSource
from tillid.stages.ingest.suggest import Draft, DraftColumn, suggest
from tillid.terms.categories import asks_for_a_law

KEYS = Path(__file__).parents[1] / "stages" / "ingest" / "suggest_key"


@dataclass(frozen=True)
class Score:
    """What a draft says as its key does, and the columns in which it does not."""

    name: str
    columns: int
    categories: int
    first_choices: int
    types: int
    typed: int
    identifiers: bool
    kind: bool
    wrong: tuple[str, ...]
    law_missed: tuple[str, ...] = ()
    """What the law asks a ground for, and the draft takes in."""
    law_without_need: tuple[str, ...] = ()
    texts_missed: tuple[str, ...] = ()
    """Texts that people wrote, and the draft takes in for something else."""

    def __str__(self) -> str:
        share = f"{self.categories}/{self.columns} ({self.categories / self.columns:.0%})"
        marks = ["ok" if right else "WRONG" for right in (self.identifiers, self.kind)]
        return (
            f"{self.name:28} categories {share:16} as the key's first {self.first_choices:4}"
            f"  types {self.types}/{self.typed}  identifiers {marks[0]}  kind {marks[1]}"
        )


def keys(folder: str) -> list[Path]:
    """The keys of one collection."""
    return sorted((KEYS / folder).glob("*.yml"))


def scored(key_file: Path, data: Path | None = None) -> Score:
    """Draft the file `data`, or the one that the key names beside it, and hold it against the key."""
    key = yaml.safe_load(key_file.read_text(encoding="utf-8"))
    data = data or key_file.parent / key["file"]
    draft = drafted(data)
    said = [(column, _wanted(key["columns"], column.header)) for column in draft.columns]
    right = [column.category in categories for column, (categories, _) in said]
    typed = [(column, types) for column, (_, types) in said if types]
    return Score(
        key_file.stem,
        len(said),
        sum(right),
        sum(column.category == categories[0] for column, (categories, _) in said),
        sum(column.type in types for column, types in typed),
        len(typed),
        _identifiers_are_right(draft, key["identifiers"] or {}),
        str(draft.kind) in key["kind"].split("|"),
        tuple(f"{column.header}: {column.category}" for (column, _), ok in zip(said, right, strict=True) if not ok),
        law_missed=tuple(c.header for c, (of, _) in said if asks_for_a_law(of[0]) and c.category and not c.left_out),
        law_without_need=tuple(c.header for c, (of, _) in said if c.left_out and not any(map(asks_for_a_law, of))),
        texts_missed=tuple(c.header for c, (of, types) in said if _is_text(of, types) and c.category not in ("", *of)),
    )


def drafted(data: Path) -> Draft:
    """The draft of a file, from its first rows."""
    source = FileSource(data.parent, [data.name])
    (file,) = source.files()
    return suggest(data.name.partition(".")[0], data.name, source.look(file), next(source.read(file)).table)


def _wanted(columns: Mapping[str, str], header: str) -> tuple[list[str], list[str]]:
    categories, _, types = (columns.get(header) or columns["*"]).partition(" ")
    return categories.split("|"), types.split("|") if types else []


def _is_text(categories: list[str], types: list[str]) -> bool:
    return categories[0].startswith("user.content") and types == ["text"]


def _identifiers_are_right(draft: Draft, wanted: Mapping[str, Any]) -> bool:
    given = {column.header: column for column in draft.columns if column.identifier}
    return given.keys() == wanted.keys() and all(_is_of_kind(draft, c, wanted[header]) for header, c in given.items())


def _is_of_kind(draft: Draft, column: DraftColumn, kinds: str) -> bool:
    own = f"{draft.name}_id"
    return any(column.identifier == (own if kind == "own" else kind) for kind in kinds.split("|"))
