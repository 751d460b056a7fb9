"""Mistakes in a project folder: what a finding is, how findings are gathered, which name was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches

LISTED_AT_MOST = 24
"""More valid names than this are not listed in full: the nearest ones are."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake: the file (relative to the project folder, with /), its line (1-based), what is wrong.

    >>> print(Finding("purposes.yml", 7, "unknown key `lable`"))
    purposes.yml:7: unknown key `lable`
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Findings:
    """Gathers findings while a project is read; the same mistake is kept once."""

    _found: dict[Finding, None] = field(default_factory=dict)

    def add(self, file: str, line: int, message: str) -> None:
        """Keep one mistake."""
        self._found[Finding(file, line, message)] = None

    def concern(self, file: str) -> bool:
        """Whether any finding is about this file."""
        return any(finding.file == file for finding in self._found)

    def in_order(self) -> list[Finding]:
        """All findings by file, line and text."""
        return sorted(self._found)

    def __len__(self) -> int:
        return len(self._found)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, or None when nothing is like it.

    >>> nearest("lable", ["label", "unit"])
    'label'
    >>> nearest("xyz", ["label", "unit"]) is None
    True
    """
    found = _nearest_few(word, list(choices), 1)
    return found[0] if found else None


def unknown(what: str, word: str, choices: Collection[str]) -> str:
    """The sentence for a name that does not exist: the nearest one and what is valid.

    >>> unknown("key", "lable", ["unit", "label"])
    'unknown key `lable`; did you mean `label`? Valid: label, unit'
    >>> unknown("purpose", "newsletter", [])
    'unknown purpose `newsletter`; there is none here'
    """
    start = f"unknown {what} `{shortened(word)}`"
    if not choices:
        return f"{start}; there is none here"
    guess = nearest(word, choices)
    meant = f"did you mean `{guess}`? " if guess else ""
    return f"{start}; {meant}Valid: {listed(word, choices)}"


def listed(word: str, choices: Collection[str]) -> str:
    """The valid names, comma-separated; of many, only those nearest to `word` and how many there are."""
    if len(choices) <= LISTED_AT_MOST:
        return ", ".join(sorted(choices))
    near = _nearest_few(word, list(choices), 5, cutoff=0.3)
    return f"{', '.join(near)} … ({len(choices)} in all)" if near else f"{len(choices)} names"


def shortened(text: str, limit: int = 60) -> str:
    """A user's word as it may stand in a message: one line, at most `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def _nearest_few(word: str, choices: list[str], count: int, cutoff: float = 0.6) -> list[str]:
    by_folded = {choice.casefold(): choice for choice in reversed(choices)}
    folded = word.casefold()[:80]
    close = get_close_matches(folded, by_folded, n=count, cutoff=cutoff)
    if not close:
        # `email` for `user.contact.email`, `analytics` for `customer_analytics`: a whole part of the name.
        close = sorted(
            (name for name in by_folded if folded and folded in name.replace("_", ".").split(".")),
            key=lambda name: -SequenceMatcher(None, folded, name).ratio(),
        )[:count]
    return [by_folded[name] for name in close]
