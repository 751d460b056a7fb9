"""How alike two values of one field are, each distinct pair of values looked at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from tillid.stages.resolve.link.prepared import Codes, Field
from tillid.stages.resolve.link.sounds import sounds

Likeness: TypeAlias = npt.NDArray[np.float64]
Texts: TypeAlias = list[str]
Measure: TypeAlias = Callable[[Texts, Texts], Likeness]

THE_SAME, INITIAL = 1.0, 0.7
"""What `name_likeness` says of equal names, and of a name and its first letter."""
_SLIP, _BEGINNING, _NEXT_TO_SAME = 0.9, 0.89, 0.99
_BOX_OF_OTHER = 0.9
_SHORTEST_SLIP, _SHORTEST_SOUND = 4, 3
_MOST_SLIPS = 3


class Distinct:
    """The distinct values of a field, to measure pairs of their codes.

    >>> field = Distinct(pa.array(["jensen", "jenson"]))
    >>> field.measured(np.array([0, 0, -1]), np.array([1, 1, 0]), slips)
    array([ 1.,  1., nan])
    """

    def __init__(self, values: pa.Array) -> None:
        self._arrow = values

    @classmethod
    def of(cls, field: Field) -> Distinct:
        """The values of a field."""
        return cls(field.values)

    @cached_property
    def _texts(self) -> npt.NDArray[np.object_]:
        return np.array(self._arrow.to_pylist(), dtype=object)

    def measured(self, left: Codes, right: Codes, measure: Measure) -> Likeness:
        """The measure of each pair of codes, NaN where one of them is -1; the measure must not care for the order."""
        told = np.full(len(left), np.nan)
        both = (left >= 0) & (right >= 0)
        if both.any():
            low, high = np.minimum(left[both], right[both]), np.maximum(left[both], right[both])
            pairs, where = np.unique(low.astype(np.int64) * len(self._texts) + high, return_inverse=True)
            one, other = self._texts[pairs // len(self._texts)], self._texts[pairs % len(self._texts)]
            told[both] = measure(one.tolist(), other.tolist())[where]
        return told


def jaro_winkler(left: Texts, right: Texts) -> Likeness:
    """Jaro and Winkler's similarity, 0 to 1."""
    return _each(left, right, JaroWinkler.normalized_similarity, np.float64)


def slips(left: Texts, right: Texts) -> Likeness:
    """Letters dropped, added, changed or swapped with their neighbour; more than three count as four."""
    return _each(left, right, OSA.distance, np.int64, score_cutoff=_MOST_SLIPS)


def _each(left: Texts, right: Texts, scorer: Any, kind: type, score_cutoff: float | None = None) -> Likeness:
    told = cpdist(left, right, scorer=scorer, dtype=kind, workers=-1, score_cutoff=score_cutoff)
    return np.asarray(told, np.float64)


def name_likeness(left: Texts, right: Texts) -> Likeness:
    """Of two names: 1 where they are equal, .7 for an initial, .9 at least for one slip or the same sound.

    >>> name_likeness(["anna", "a", "kristian", "per"], ["anna", "anna", "christian", "ulla"]).round(2).tolist()
    [1.0, 0.7, 0.9, 0.0]
    """
    alike = jaro_winkler(left, right)
    shortest = np.minimum(_lengths(left), _lengths(right))
    alike = _at_least(alike, _SLIP, (slips(left, right) == 1) & (shortest >= _SHORTEST_SLIP))
    heard = sounds(pa.array(left)).to_pylist(), sounds(pa.array(right)).to_pylist()
    alike = _at_least(alike, _SLIP, _equal(*heard) & (shortest >= _SHORTEST_SOUND))
    begins = _where(left, right, lambda a, b: a.startswith(b) or b.startswith(a))
    alike = _at_least(alike, _BEGINNING, begins & (shortest >= _SHORTEST_SOUND))
    alike = np.where(shortest == 1, np.where(begins, INITIAL, 0.0), alike)
    return np.where(_equal(left, right), THE_SAME, np.minimum(alike, _NEXT_TO_SAME))


def box_likeness(left: Texts, right: Texts) -> Likeness:
    """Of two mailboxes, what stands before the @: 1 where they are equal or a slip or two of the pen apart.

    In a short one a slip makes another, and other figures tell people of one name apart.

    >>> box_likeness(["ida.holm", "ida", "ida.holm1"], ["ida.hlom", "ina", "ida.holm2"]).round(2).tolist()
    [1.0, 0.8, 0.9]
    """
    alike, apart = jaro_winkler(left, right), slips(left, right)
    shortest = np.minimum(_lengths(left), _lengths(right))
    few = (apart == 1) & (shortest >= _SHORTEST_SLIP) | (apart == 2) & (shortest >= 2 * _SHORTEST_SLIP)
    same_figures = _equal(*([_figures(text) for text in texts] for texts in (left, right)))
    most = np.where(same_figures, _NEXT_TO_SAME - 0.01, _BOX_OF_OTHER)
    return np.where((few & same_figures) | (apart == 0), THE_SAME, np.minimum(alike, most))


def _figures(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def place_likeness(left: Texts, right: Texts) -> Likeness:
    """Of two streets, towns or short facts: Jaro and Winkler's, but .86 at least where they share a word.

    >>> place_likeness(["ny vestergade", "aa gade"], ["vestergade", "aagade"]).round(2).tolist()
    [0.92, 0.98]
    """
    alike = jaro_winkler(left, right)
    alike = _at_least(alike, 0.86, _where(left, right, lambda a, b: not set(a.split()).isdisjoint(b.split())))
    return _at_least(alike, 0.98, _where(left, right, lambda a, b: a.replace(" ", "") == b.replace(" ", "")))


# How two dates of birth agree, from not at all to one slip of the pen.
APART, CLOSE_YEARS, SAME_YEAR, TWO_PARTS, ONE_SLIP = range(5)
_YEAR, _MONTH, _DAY = slice(0, 4), slice(4, 6), slice(6, 8)
_WHOLE_DATE = 8


def date_likeness(left: Texts, right: Texts) -> Likeness:
    """How two dates of eight digits (YYYYMMDD) agree: `APART` to `ONE_SLIP`, which takes in day and month swapped.

    >>> date_likeness(["19850403"] * 4, ["19850304", "19850413", "19850417", "19400101"]).tolist()
    [4.0, 4.0, 3.0, 0.0]
    """
    counts = slips(left, right)
    return np.array([_dates(a, b, n) for a, b, n in zip(left, right, counts.tolist(), strict=True)], np.float64)


def _dates(left: str, right: str, count: float) -> int:
    if count <= 1:
        return ONE_SLIP
    if len(left) != _WHOLE_DATE or len(right) != _WHOLE_DATE:
        return APART
    same_year = left[_YEAR] == right[_YEAR]
    if same_year and left[_MONTH] == right[_DAY] and left[_DAY] == right[_MONTH]:
        return ONE_SLIP
    if same_year + (left[_MONTH] == right[_MONTH]) + (left[_DAY] == right[_DAY]) == 2:
        return TWO_PARTS
    if same_year:
        return SAME_YEAR
    return CLOSE_YEARS if abs(int(left[_YEAR]) - int(right[_YEAR])) <= 1 else APART


def _at_least(alike: Likeness, least: float, where: npt.NDArray[np.bool_]) -> Likeness:
    return np.where(where, np.maximum(alike, least), alike)


def _lengths(texts: Texts) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _equal(left: Texts, right: Texts) -> npt.NDArray[np.bool_]:
    return _where(left, right, str.__eq__)


def _where(left: Texts, right: Texts, holds: Callable[[str, str], bool]) -> npt.NDArray[np.bool_]:
    return np.fromiter((holds(a, b) for a, b in zip(left, right, strict=True)), np.bool_, len(left))
