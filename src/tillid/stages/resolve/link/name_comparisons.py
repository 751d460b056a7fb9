"""How the names of two records agree: given and family name, in their places, swapped or elsewhere, and all others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tillid.stages.resolve.link.levels import Comparison, Levels, Rows
from tillid.stages.resolve.link.prepared import WORDS, Names
from tillid.stages.resolve.link.similarity import INITIAL, THE_SAME, name_likeness
from tillid.stages.resolve.link.values import Codes, Likeness, Values, bits_of

ALIKE = 0.88
"""From here two names count as one, differently written."""
_A_LITTLE_ALIKE, _SWAP_GAIN = 0.78, 0.3
_RARITIES = (4.5, 7, 9.5, 12)

# Levels of a given or family name.
_NOTHING, _OTHER, _LITTLE, _ELSEWHERE, _INITIAL, _NEARLY, _EQUAL = range(7)
_WEIGHTS = (0, -4, -1, 3, 2, 4.5, 4, 5.5, 8, 10.5, 12.5)

# Levels of the names that are neither: nothing to say, those of one side alone, and of both sides.
_NONE_LEFT, _ONE_SIDE, _NONE_SHARED, _ONE_SHARED, _MORE_SHARED = range(5)
_OTHER_WEIGHTS = (0, -0.5, -2, 4, 6)


def name_comparisons(names: Names, left: Rows, right: Rows) -> list[Comparison]:
    """The comparisons `given`, `family` and `other names` of pairs of rows."""
    words = (names.words >= 0).sum(axis=1)
    most = np.maximum(words[left], words[right])
    levels = np.zeros((3, len(left)), np.int8)
    bits = rarity_of_words(names)
    # Most people have few names, and each of one side is held against each of the other.
    for here, width in ((most <= _FEW, _FEW), (most > _FEW, WORDS)):
        rows = np.flatnonzero(here)
        if len(rows):
            levels[:, rows] = _levels_of_names(names, bits, left[rows], right[rows], width)
    weights = {"given": _WEIGHTS, "family": _WEIGHTS, "other names": _OTHER_WEIGHTS}
    return [
        Comparison(name, each, weights[name], is_own=name != "family", is_of_many=True)
        for name, each in zip(weights, levels, strict=True)
    ]


_FEW = 3


def _levels_of_names(
    names: Names, bits: npt.NDArray[np.float64], left: Rows, right: Rows, width: int
) -> tuple[Levels, Levels, Levels]:
    pairs = _Words(names, left, right, width)
    given, family = pairs.likeness(pairs.given, pairs.given_right), pairs.likeness(pairs.family, pairs.family_right)
    given_family = pairs.likeness(pairs.given, pairs.family_right)
    family_given = pairs.likeness(pairs.family, pairs.given_right)
    swapped = _are_swapped(given, family, given_family, family_given)
    found = []
    for straight, crossed, codes, places in (
        (given, given_family, names.given, (pairs.given, pairs.given_right)),
        (family, family_given, names.family, (pairs.family, pairs.family_right)),
    ):
        rare = np.minimum(bits[codes[left]], bits[codes[right]])
        found.append(_levels(np.where(swapped, crossed, straight), pairs.elsewhere(*places), rare))
    return found[0], found[1], pairs.others()


def level_of_equal(bits: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The level of a given or family name that both sides have, by how rare it is."""
    return np.asarray(_EQUAL + np.digitize(bits, _RARITIES), np.int64)


def rarity_of_words(names: Names) -> npt.NDArray[np.float64]:
    """How rare each word is among all names, in bits; a last entry, for -1, is 0."""
    words = names.words
    counts = np.bincount(words[words >= 0], minlength=len(names.values.arrow))
    return bits_of(counts, len(words))


def _are_swapped(given: Likeness, family: Likeness, crossed: Likeness, other: Likeness) -> npt.NDArray[np.bool_]:
    """Where the names fit better when those of one side change places, and do not fit as they are."""
    straight = [np.nan_to_num(given), np.nan_to_num(family)]
    across = [np.nan_to_num(crossed), np.nan_to_num(other)]
    better = sum(across) > sum(straight) + _SWAP_GAIN
    return (np.maximum(*across) >= ALIKE) & better & (np.maximum(*straight) < ALIKE)


def _levels(alike: Likeness, elsewhere: Likeness, rare: npt.NDArray[np.float64]) -> Levels:
    missing = np.isnan(alike)
    levels = np.full(len(alike), _OTHER, np.int8)
    levels[alike >= _A_LITTLE_ALIKE] = _LITTLE
    is_elsewhere = elsewhere >= ALIKE
    levels[is_elsewhere & ~(alike >= ALIKE)] = _ELSEWHERE
    levels[np.isclose(alike, INITIAL)] = _INITIAL
    levels[alike >= ALIKE] = _NEARLY
    equal = alike >= THE_SAME
    levels[equal] = level_of_equal(rare[equal])
    levels[missing] = np.where(is_elsewhere[missing], _ELSEWHERE, _NOTHING)
    return levels


class _Words:
    """The first `width` words of both sides of pairs, words × pairs, and how alike each is to each."""

    def __init__(self, names: Names, left: Rows, right: Rows, width: int) -> None:
        first = np.ascontiguousarray(names.words[:, :width].T)
        self._left, self._right = first[:, left], first[:, right]
        self._rows = np.arange(len(left))
        self._alike = self._each_with_each(names.values)
        self.given, self.given_right = _place(self._left, names.given[left]), _place(self._right, names.given[right])
        self.family = _place(self._left, names.family[left])
        self.family_right = _place(self._right, names.family[right])
        self._others_left = _others(self._left, self.given, self.family)
        self._others_right = _others(self._right, self.given_right, self.family_right)
        self._best_right, self._best_left = self._alike.max(axis=1), self._alike.max(axis=0)
        self._in_others_right = np.where(self._others_right, self._alike, 0).max(axis=1)
        self._in_others_left = np.where(self._others_left[:, None], self._alike, 0).max(axis=0)

    def _each_with_each(self, values: Values) -> npt.NDArray[np.float32]:
        """Words × words × pairs: how alike each word of the left is to each of the right, 0 where there is none."""
        width = len(self._left)
        alike = np.zeros((width, width, len(self._rows)), np.float32)
        places, left, right = [], [], []
        for i in range(width):
            for j in range(width):
                both = np.flatnonzero((self._left[i] >= 0) & (self._right[j] >= 0))
                places.append((both, i, j))
                left.append(self._left[i][both])
                right.append(self._right[j][both])
        told = values.measured(np.concatenate(left), np.concatenate(right), name_likeness)
        ends = np.cumsum([len(both) for both, _, _ in places])
        for (both, i, j), end in zip(places, ends, strict=True):
            alike[i, j][both] = told[end - len(both) : end]
        return alike

    def likeness(self, left: Codes, right: Codes) -> Likeness:
        """How alike the words at these places are, NaN where one side has none."""
        both = (left >= 0) & (right >= 0)
        return np.where(both, self._alike[left, right, self._rows], np.nan).astype(np.float64)

    def elsewhere(self, left: Codes, right: Codes) -> Likeness:
        """How alike the word at a place of either side is to the likest of the other side's further names."""
        from_left = np.where(left >= 0, self._in_others_right[left, self._rows], 0)
        from_right = np.where(right >= 0, self._in_others_left[right, self._rows], 0)
        return np.maximum(from_left, from_right).astype(np.float64)

    def others(self) -> Levels:
        """How the further names of both sides agree.

        What stands among those of one side alone counts where it is looked for, at the other's given or family name.
        """
        my_shared = ((self._in_others_right >= ALIKE) & self._others_left).sum(axis=0)
        their_shared = ((self._in_others_left >= ALIKE) & self._others_right).sum(axis=0)
        found = ((self._best_right >= ALIKE) & self._others_left) | ((self._best_left >= ALIKE) & self._others_right)
        has_mine, has_theirs = self._others_left.any(axis=0), self._others_right.any(axis=0)
        levels = np.full(len(self._rows), _NONE_LEFT, np.int8)
        levels[(has_mine ^ has_theirs) & ~found.any(axis=0)] = _ONE_SIDE
        both = has_mine & has_theirs
        levels[both] = _NONE_SHARED + np.minimum(np.minimum(my_shared, their_shared)[both], 2)
        return levels


def _place(words: npt.NDArray[np.int32], codes: Codes) -> Codes:
    """Where among a record's words a code stands, -1 where it does not."""
    place = np.full(len(codes), -1, np.int32)
    for number in range(len(words) - 1, -1, -1):
        place[(words[number] == codes) & (codes >= 0)] = number
    return place


def _others(words: npt.NDArray[np.int32], given: Codes, family: Codes) -> npt.NDArray[np.bool_]:
    place = np.arange(len(words))[:, None]
    return np.asarray((words >= 0) & (place != given) & (place != family))
