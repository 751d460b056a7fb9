"""What headers are called in seven languages: their words, what each word stands for, and what they mean together.

The words stand in header_words.csv (word, language, meaning), and what words together name in header_meanings.csv.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ĳ": "ij"})
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])|(?<=[A-ZÆØÅ])(?=[A-ZÆØÅ][a-zæøå])")
_LIGHT = {
    **dict.fromkeys(("ignored", "qualifier", "billing", "shipping_to"), 0.0),
    **dict.fromkeys(("name", "type", "tier", "status", "description", "datepart"), 0.4),
    "code": 0.2,
    "last": 0.3,
    "id": 0.5,
    "technical": 0.6,
}
_HEAVY = 0.5
_UNKNOWN = 0.7
_GENERIC = frozenset({"record_no", "name", "type", "status", "tier", "job_title", "description", "country", "source"})
_SHORT_ENDS = ("tid", "id", "nr", "no")
_LINKS = ("", "s", "e", "en", "n", "er")
_PLURALS = ("s", "en", "er", "e", "ne", "ene")
_MOST_JOINED = 3
_ABBREVIATED = re.compile(r"([^\W\d_]{3,})\.")
_SHORT_PART = re.compile(r"[^\W\d_]{1,5}")
_AFTER_ABBREVIATIONS = frozenset("nr nummer dat datum dato adr adres adresse naam navn".split())
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column probably is: a name for it, its data category, its type (empty: by content), its identifier.

    A category that begins with @ depends on the table. `values` is the shape that its values have.
    """

    name: str
    category: str
    type: str = ""
    identifier: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a header and all that it may stand for; `is_parent` where it comes before the last dot."""

    text: str
    means: frozenset[str]
    languages: frozenset[str] = field(default_factory=frozenset)
    is_parent: bool = False

    @property
    def weight(self) -> float:
        """How much it says when nothing accounts for it."""
        light = min((_LIGHT.get(meaning, 1.0) for meaning in self.means), default=_UNKNOWN)
        if self.text.isdigit() or len(self.text) == 1:
            return 0.0
        if self.is_parent:
            return 0.3 * light if self.means else 0.0
        return light


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a header: how much of it `meaning` accounts for (0 to 1), and the words that say so."""

    meaning: Meaning
    fit: float
    words: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("tillid.terms") / name).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


@cache
def _known() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    means: dict[str, set[str]] = {}
    languages: dict[str, set[str]] = {}
    for row in _rows("header_words.csv"):
        means.setdefault(row["word"], set()).add(row["meaning"])
        languages.setdefault(row["word"], set()).add(row["language"])
    return {word: (frozenset(means[word]), frozenset(languages[word])) for word in means}


@cache
def _combinations() -> dict[str, list[tuple[Meaning, frozenset[str]]]]:
    """What words together name, by each of the words' meanings."""
    found: dict[str, list[tuple[Meaning, frozenset[str]]]] = {}
    for row in _rows("header_meanings.csv"):
        meaning = Meaning(row["name"], row["category"], row["type"], row["identifier"], row["values"])
        for together in row["of"].split(" | "):
            parts = frozenset(together.split())
            for part in parts:
                found.setdefault(part, []).append((meaning, parts))
    return found


def spelled(header: str) -> list[str]:
    """A header's words in plain small letters.

    >>> spelled("Beløb (kr.)"), spelled("context.customerId"), spelled("CPRNr")
    (['beloeb', 'kr'], ['context', 'customer', 'id'], ['cpr', 'nr'])
    """
    split = _CAMEL.sub(" ", header)
    letters = unicodedata.normalize("NFC", split.lower()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def last_part(header: str) -> str:
    """The last part of a dotted path; any other header as it is, also one with abbreviations.

    >>> last_part("context.userId"), last_part("Beløb inkl. moms"), last_part("Nr."), last_part("Geb.datum")
    ('userId', 'Beløb inkl. moms', 'Nr', 'Geb.datum')
    """
    if " " in header:
        return header
    *before, last = header.rstrip(".").split(".")
    is_spoken = header[:1].isupper() or last.lower() in _AFTER_ABBREVIATIONS
    if before and is_spoken and all(_SHORT_PART.fullmatch(part) for part in before):
        return header.rstrip(".")
    return last


@cache
def words_of(header: str) -> tuple[Word, ...]:
    """The words of a header, compound words taken apart.

    >>> [(word.text, sorted(word.means)) for word in words_of("geboortedatum")]
    [('geboorte', ['birth']), ('datum', ['date'])]
    """
    last = last_part(header)
    shortened = frozenset(word for text in _ABBREVIATED.findall(header) for word in spelled(text))
    parents = "" if last == header.rstrip(".") else header.rstrip(".")[: -len(last) - 1]
    before = [Word(w.text, w.means, w.languages, is_parent=True) for w in _words(spelled(parents))] if parents else []
    return (*before, *_words(spelled(last), shortened))


def _words(texts: Sequence[str], shortened: frozenset[str] = frozenset()) -> Iterator[Word]:
    """The words that texts consist of; those of `shortened` end with a point, so they may be beginnings of words."""
    pieces = [piece for text in texts for piece in re.findall(r"[a-z]+|\d+", text)]
    at = 0
    while at < len(pieces):
        for count in range(min(_MOST_JOINED, len(pieces) - at), 0, -1):
            joined = _singular("".join(pieces[at : at + count]))
            if joined in _known():
                yield _word(joined)
                at += count
                break
        else:
            full = _completed(pieces[at]) if pieces[at] in shortened else ""
            yield from (_word(full),) if full else _taken_apart(pieces[at])
            at += 1


@cache
def _completed(beginning: str) -> str:
    """The shortest known word that begins so; empty where there is none, or where the shortest mean various things."""
    longer = sorted((word for word in _known() if word.startswith(beginning)), key=len)
    shortest = [word for word in longer if len(word) == len(longer[0])]
    return shortest[0] if len({_known()[word][0] for word in shortest}) == 1 else ""


def _singular(text: str) -> str:
    """A word as it is known: without the ending of a plural where it is known so alone."""
    if text in _known():
        return text
    stems = (text[: -len(ending)] for ending in _PLURALS if text.endswith(ending) and len(text) > len(ending) + 3)
    return next((stem for stem in stems if stem in _known()), text)


def _word(text: str) -> Word:
    means, languages = _known().get(text, (frozenset(), frozenset()))
    return Word(text, means, languages)


@cache
def _taken_apart(text: str) -> tuple[Word, ...]:
    """A compound word's parts where each is known; else what it ends or begins with, and the rest."""
    if len(text) == _SHORTEST - 1 and text.endswith("id"):
        return (Word(text[:-2], frozenset()), _word("id"))
    if len(text) < _SHORTEST:
        return (_word(text),)
    text = _singular(text)
    whole = _parts(text)
    if whole is not None:
        return tuple(_word(part) for part in whole)
    for end in range(2, len(text) - 3):
        ending = _singular(text[end:])
        if ending in _known() and _known()[ending][1] != {"en"} and "national_id" not in _known()[ending][0]:
            # English words are seldom written together, so an English ending is mostly there by chance, and
            # `baandnummer` has no `dnummer`.
            return (Word(text[:end], frozenset()), _word(ending))
    for end in range(len(text) - 1, 4, -1):
        if text[:end] in _known():
            return (_word(text[:end]), Word(text[end:], frozenset()))
    short = next((end for end in _SHORT_ENDS if text.endswith(end)), "")
    return (Word(text.removesuffix(short), frozenset()), _word(short)) if short else (_word(text),)


@cache
def _parts(text: str) -> tuple[str, ...] | None:
    """The fewest known words that `text` consists of, letters that link words left out."""
    if text in _known() and (len(text) > 2 or text in _SHORT_ENDS):
        return (text,)
    best: tuple[str, ...] | None = None
    for end in range(len(text) - 2, 2, -1):
        if text[:end] not in _known():
            continue
        for link in _LINKS:
            rest = text[end + len(link) :]
            if text[end:].startswith(link) and len(rest) > 1 and (after := _parts(rest)) is not None:
                found = (text[:end], *after)
                if best is None or len(found) < len(best):
                    best = found
    return best


@cache
def readings(header: str) -> tuple[Reading, ...]:
    """All ways to understand a header, the best first.

    >>> [(r.meaning.name, round(r.fit, 1)) for r in readings("Customer e-mail")][:1]
    [('email', 1.0)]
    """
    words = words_of(header)
    heavy = [word for word in words if word.weight > 0]
    means = frozenset(meaning for word in words for meaning in word.means)
    found: dict[str, Reading] = {}
    for meaning, parts in {pair: None for part in sorted(means) for pair in _combinations().get(part, ())}:
        if not parts <= means:
            continue
        reading = _reading(meaning, parts, words, heavy)
        if reading and (meaning.name not in found or reading.fit > found[meaning.name].fit):
            found[meaning.name] = reading
    return tuple(sorted(found.values(), key=lambda reading: -reading.fit))


def _reading(meaning: Meaning, parts: frozenset[str], words: Sequence[Word], heavy: Sequence[Word]) -> Reading | None:
    used = _assigned(parts, words)
    if used is None:
        return None
    said = [word for word in words if word in used or (word.means and word.means <= parts)]
    left = [word for word in heavy if word not in said]
    rest = sum(1.0 if word.is_parent and word.means and meaning.name in _GENERIC else word.weight for word in left)
    fit = len(parts) / (len(parts) + rest)
    head = _head([word for word in heavy if word.weight >= _HEAVY])
    if left and head and head not in said:
        fit *= 0.6 if head.means else 0.75
    # Of two that account for the whole header, the one that names more of it says more.
    return Reading(meaning, fit + 0.01 * len(parts), tuple(word.text for word in words if word in said))


def _assigned(parts: frozenset[str], words: Sequence[Word]) -> list[Word] | None:
    """A word of its own for each part, or None."""
    used: list[Word] = []
    for part in sorted(parts, key=lambda p: (sum(p in word.means for word in words), p)):
        free = [word for word in words if part in word.means and word not in used]
        if not free:
            return None
        used.append(min(free, key=lambda word: (len(word.means), word.is_parent)))
    return used


def _head(heavy: Sequence[Word]) -> Word | None:
    """The word that the others describe: in French the first, else the last."""
    if not heavy:
        return None
    return heavy[0] if any(word.languages == {"fr"} for word in heavy) else heavy[-1]


def meaning_of(header: str) -> Meaning | None:
    """What a header probably means, or None.

    >>> meaning_of("E-mailadresse").name, meaning_of("Kundenr.").identifier, meaning_of("Xyz")
    ('email', 'customer_no', None)
    """
    best = next(iter(readings(header)), None)
    return best.meaning if best and best.fit >= 0.5 else None
