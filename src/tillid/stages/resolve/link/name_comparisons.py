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
AGREES = _ELSEWHERE
"""The least level at which a given or family name agrees, as it stands, in another place or by its initial."""
_WEIGHTS = (0, -4, -1, 3, 2, 4.5, 4, 5.5, 8, 10.5, 12.5)

# Levels of the names that are neither: none, those of one side found among the other's names or not, and both sides'.
_NONE_LEFT, _FOUND, _ONE_SIDE, _NONE_SHARED, _ONE_SHARED, _MORE_SHARED = range(6)
_OTHER_WEIGHTS = (0, 1, -0.5, -2, 4, 6)


def name_comparisons(names: Names, left: Rows, right: Rows) -> list[Comparison]:
    """The comparisons `given`, `family` and `other names` of pairs of rows."""
    pairs = _Words(names, left, right)
    given, family = pairs.likeness(pairs.given, pairs.given_right), pairs.likeness(pairs.family, pairs.family_right)
    given_family = pairs.likeness(pairs.given, pairs.family_right)
    family_given = pairs.likeness(pairs.family, pairs.given_right)
    swapped = _are_swapped(given, family, given_family, family_given)
    bits = rarity_of_words(names)
    found = []
    for name, straight, crossed, codes, places in (
        ("given", given, given_family, names.given, (pairs.given, pairs.given_right)),
        ("family", family, family_given, names.family, (pairs.family, pairs.family_right)),
    ):
        rare = np.minimum(bits[codes[left]], bits[codes[right]])
        levels = _levels(np.where(swapped, crossed, straight), pairs.elsewhere(*places), rare)
        found.append(Comparison(name, levels, _WEIGHTS, is_own=name == "given"))
    return [*found, Comparison("other names", pairs.others(), _OTHER_WEIGHTS, is_own=True)]


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
    levels[equal] = _EQUAL + np.digitize(rare[equal], _RARITIES)
    levels[missing] = np.where(is_elsewhere[missing], _ELSEWHERE, _NOTHING)
    return levels


class _Words:
    """The words of both sides of pairs, and how alike each is to each."""

    def __init__(self, names: Names, left: Rows, right: Rows) -> None:
        self._left, self._right = names.words[left], names.words[right]
        self._rows = np.arange(len(left))
        self._alike = self._each_with_each(names.values)
        self.given, self.given_right = _place(self._left, names.given[left]), _place(self._right, names.given[right])
        self.family = _place(self._left, names.family[left])
        self.family_right = _place(self._right, names.family[right])

    def _each_with_each(self, values: Values) -> npt.NDArray[np.float32]:
        """Pairs × `WORDS` × `WORDS`: how alike each word of the left is to each of the right, 0 where there is none."""
        alike = np.zeros((len(self._rows), WORDS, WORDS), np.float32)
        places, left, right = [], [], []
        for i in range(WORDS):
            for j in range(WORDS):
                both = np.flatnonzero((self._left[:, i] >= 0) & (self._right[:, j] >= 0))
                places.append((both, i, j))
                left.append(self._left[both, i])
                right.append(self._right[both, j])
        told = values.measured(np.concatenate(left), np.concatenate(right), name_likeness)
        ends = np.cumsum([len(both) for both, _, _ in places])
        for (both, i, j), end in zip(places, ends, strict=True):
            alike[both, i, j] = told[end - len(both) : end]
        return alike

    def likeness(self, left: Codes, right: Codes) -> Likeness:
        """How alike the words at these places are, NaN where one side has none."""
        both = (left >= 0) & (right >= 0)
        return np.where(both, self._alike[self._rows, left, right], np.nan).astype(np.float64)

    def elsewhere(self, left: Codes, right: Codes) -> Likeness:
        """How alike the word at a place of either side is to the likest of the other side, wherever that stands."""
        from_left = np.where(left >= 0, self._alike[self._rows, left, :].max(axis=1), 0)
        from_right = np.where(right >= 0, self._alike[self._rows, :, right].max(axis=1), 0)
        return np.maximum(from_left, from_right).astype(np.float64)

    def others(self) -> Levels:
        """How the names that are neither given nor family name agree."""
        mine = _others(self._left, self.given, self.family)
        theirs = _others(self._right, self.given_right, self.family_right)
        my_shared = ((self._alike.max(axis=2) >= ALIKE) & mine).sum(axis=1)
        their_shared = ((self._alike.max(axis=1) >= ALIKE) & theirs).sum(axis=1)
        has_mine, has_theirs = mine.any(axis=1), theirs.any(axis=1)
        levels = np.full(len(self._rows), _NONE_LEFT, np.int8)
        one_side = has_mine ^ has_theirs
        levels[one_side] = np.where((my_shared + their_shared)[one_side] > 0, _FOUND, _ONE_SIDE)
        both = has_mine & has_theirs
        levels[both] = _NONE_SHARED + np.minimum(np.minimum(my_shared, their_shared)[both], 2)
        return levels


def _place(words: npt.NDArray[np.int32], codes: Codes) -> Codes:
    """Where among a record's words a code stands, -1 where it does not."""
    found = (words == codes[:, None]) & (codes >= 0)[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1), -1).astype(np.int32)


def _others(words: npt.NDArray[np.int32], given: Codes, family: Codes) -> npt.NDArray[np.bool_]:
    place = np.arange(WORDS)
    return np.asarray((words >= 0) & (place != given[:, None]) & (place != family[:, None]))
