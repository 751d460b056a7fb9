"""How alike two values of one field are: names, mailboxes, places, dates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from tillid.stages.resolve.link.values import Codes, Likeness, Values

THE_SAME, INITIAL = 1.0, 0.7
"""What `name_likeness` says of equal names, and of a name and its first letter."""
_SLIP, _BEGINNING, _NEXT_TO_SAME = 0.9, 0.89, 0.99
_BOX_OF_OTHER = 0.9
_SHORTEST_SLIP, _SHORTEST_SOUND = 4, 3
_MOST_SLIPS = 3
_SHARE_A_WORD, _SAME_BUT_BLANKS = 0.86, 0.98


def jaro_winkler(values: Values, left: Codes, right: Codes) -> Likeness:
    """Jaro and Winkler's similarity, 0 to 1."""
    one, other = values.texts[left].tolist(), values.texts[right].tolist()
    return cpdist(one, other, scorer=JaroWinkler.normalized_similarity, dtype=np.float64, workers=-1)


def slips(values: Values, left: Codes, right: Codes) -> Likeness:
    """Letters dropped, added, changed or swapped with their neighbour; more than three count as four."""
    one, other = values.texts[left].tolist(), values.texts[right].tolist()
    told = cpdist(one, other, scorer=OSA.distance, dtype=np.int64, workers=-1, score_cutoff=_MOST_SLIPS)
    return np.asarray(told, np.float64)


def name_likeness(values: Values, left: Codes, right: Codes) -> Likeness:
    """Of two names that differ: .7 for an initial, .9 at least for one slip or the same sound, below 1.

    >>> import pyarrow as pa
    >>> names = Values(pa.array(["anna", "a", "kristian", "christian", "ulla"]))
    >>> name_likeness(names, np.array([0, 2, 0]), np.array([1, 3, 4])).round(2).tolist()
    [0.7, 0.9, 0.5]
    """
    alike = jaro_winkler(values, left, right)
    long, short = values.lengths[left], values.lengths[right]
    shortest = np.minimum(long, short)
    may_slip = np.flatnonzero((alike < _SLIP) & (shortest >= _SHORTEST_SLIP) & (np.abs(long - short) <= 1))
    slipped = may_slip[slips(values, left[may_slip], right[may_slip]) == 1]
    alike[slipped] = np.maximum(alike[slipped], _SLIP)
    heard = (values.sounds[left] == values.sounds[right]) & (shortest >= _SHORTEST_SOUND)
    alike = _at_least(alike, _SLIP, heard)
    same_start = values.first_letters[left] == values.first_letters[right]
    may_begin = np.flatnonzero((alike < _BEGINNING) & same_start & (long != short) & (shortest >= _SHORTEST_SOUND))
    alike[may_begin[_begins(values, left[may_begin], right[may_begin])]] = _BEGINNING
    alike = np.where(shortest == 1, np.where(same_start, INITIAL, 0.0), alike)
    return np.minimum(alike, _NEXT_TO_SAME)


def _begins(values: Values, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
    one, other = values.texts[left].tolist(), values.texts[right].tolist()
    pairs = zip(one, other, strict=True)
    return np.fromiter((a.startswith(b) or b.startswith(a) for a, b in pairs), np.bool_, len(left))


def box_likeness(values: Values, left: Codes, right: Codes) -> Likeness:
    """Of two mailboxes, what stands before the @: 1 where they are a slip or two of the pen apart.

    In a short one a slip makes another, and other figures tell people of one name apart.

    >>> import pyarrow as pa
    >>> boxes = Values(pa.array(["ida.holm", "ida.hlom", "ida", "ina", "ida.holm1", "ida.holm2"]))
    >>> box_likeness(boxes, np.array([0, 2, 4]), np.array([1, 3, 5])).round(2).tolist()
    [1.0, 0.8, 0.9]
    """
    alike, apart = jaro_winkler(values, left, right), slips(values, left, right)
    shortest = np.minimum(values.lengths[left], values.lengths[right])
    few = (apart == 1) & (shortest >= _SHORTEST_SLIP) | (apart == 2) & (shortest >= 2 * _SHORTEST_SLIP)
    same_figures = values.figures[left] == values.figures[right]
    most = np.where(same_figures, _NEXT_TO_SAME - 0.02, _BOX_OF_OTHER)
    return np.where(few & same_figures, THE_SAME, np.minimum(alike, most))


def place_likeness(values: Values, left: Codes, right: Codes) -> Likeness:
    """Of two streets, towns or short facts: Jaro and Winkler's, but .86 at least where they share a word.

    >>> import pyarrow as pa
    >>> places = Values(pa.array(["ny vestergade", "vestergade", "aa gade", "aagade"]))
    >>> place_likeness(places, np.array([0, 2]), np.array([1, 3])).round(2).tolist()
    [0.92, 0.98]
    """
    alike = jaro_winkler(values, left, right)
    one, other = values.words[left], values.words[right]
    shared = np.zeros(len(left), np.bool_)
    for place in range(one.shape[1]):
        shared |= ((one[:, place, None] == other) & (other >= 0)).any(axis=1)
    alike = _at_least(alike, _SHARE_A_WORD, shared)
    return _at_least(alike, _SAME_BUT_BLANKS, values.without_blanks[left] == values.without_blanks[right])


# How two dates of birth agree, from not at all to one slip of the pen.
APART, CLOSE_YEARS, SAME_YEAR, TWO_PARTS, ONE_SLIP = range(5)


def date_likeness(values: Values, left: Codes, right: Codes) -> Likeness:
    """How two dates of eight digits (YYYYMMDD) agree: `APART` to `ONE_SLIP`, which takes in day and month swapped.

    >>> import pyarrow as pa
    >>> dates = Values(pa.array(["19850403", "19850304", "19850413", "19850417", "19400101"]))
    >>> date_likeness(dates, np.zeros(4, np.int32), np.array([1, 2, 3, 4])).tolist()
    [4.0, 4.0, 3.0, 0.0]
    """
    numbers, is_whole = values.dates()
    year, month, day = numbers[left] // 10_000, numbers[left] // 100 % 100, numbers[left] % 100
    their_year, their_month, their_day = numbers[right] // 10_000, numbers[right] // 100 % 100, numbers[right] % 100
    same_year = year == their_year
    same_parts = same_year.astype(np.int64) + (month == their_month) + (day == their_day)
    told = np.full(len(left), float(APART))
    told[np.abs(year - their_year) <= 1] = CLOSE_YEARS
    told[same_year] = SAME_YEAR
    told[same_parts == 2] = TWO_PARTS
    told[~(is_whole[left] & is_whole[right])] = APART
    swapped = is_whole[left] & is_whole[right] & same_year & (month == their_day) & (day == their_month)
    told[swapped | (slips(values, left, right) <= 1)] = ONE_SLIP
    return told


def _at_least(alike: Likeness, least: float, where: npt.NDArray[np.bool_]) -> Likeness:
    return np.where(where, np.maximum(alike, least), alike)
