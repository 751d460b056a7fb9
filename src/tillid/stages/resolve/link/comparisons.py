"""What pairs of records agree and disagree on: one level a comparison and pair, as Fellegi and Sunter's model has it.

Level 0 of each comparison is that one side says nothing. Equal values have a level for each degree of rarity, so that
a rare name weighs more than a common one: term frequencies, in bins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link import similarity as like
from tillid.stages.resolve.link.levels import Comparison, Levels, Rows
from tillid.stages.resolve.link.name_comparisons import level_of_equal, name_comparisons, rarity_of_words
from tillid.stages.resolve.link.prepared import Names, Prepared
from tillid.stages.resolve.link.roles import Role
from tillid.stages.resolve.link.values import Codes, Field, Likeness, Measure, Weights, numbered


def comparisons(records: Prepared, left: Rows, right: Rows) -> list[Comparison]:
    """All comparisons of the pairs of rows (`left`, `right`) that the records allow."""
    made = {comparison.name: comparison for comparison in _of_fields(records, left, right)}
    for name, (one, other) in {"area": ("postcode", "city"), "address": ("street", "house")}.items():
        if one in made and other in made:
            made[name] = _AS_ONE[name](made.pop(one), made.pop(other))
    names = [] if records.names is None else name_comparisons(records.names, left, right)
    if records.names is not None and "email" in made:
        made["email"] = _beside_names(made["email"], records.names, records.fields["email"], left, right)
    return [*names, *made.values()]


def _of_fields(records: Prepared, left: Rows, right: Rows) -> Iterator[Comparison]:
    for name, field in records.fields.items():
        pairs = _Pairs(field, field.codes[left], field.codes[right])
        role = Role(name.partition(":")[0])
        levels, weights = _COMPARED[role](pairs)
        levels[pairs.missing] = 0
        yield Comparison(name, levels, weights, role in _OWN, role in _OF_MANY)


def equal_pairs(records: Prepared) -> dict[str, Weights]:
    """Of fields and names whose values are compared one by one, how many of all pairs are equal, by level; else NaN.

    Counted from how often each value comes, so that what is too rare for a sample is known too.
    """
    found = {}
    for name, field in records.fields.items():
        role = Role(name.partition(":")[0])
        if role in _EQUAL:
            first, rarities = _EQUAL[role]
            found[name] = _pairs_of(field.codes, first + np.digitize(field.bits()[:-1], rarities))
    if records.names is not None:
        bits = rarity_of_words(records.names)[:-1]
        for name, codes in (("given", records.names.given), ("family", records.names.family)):
            found[name] = _pairs_of(codes, level_of_equal(bits))
    return found


def _pairs_of(codes: Codes, levels: npt.NDArray[np.int64]) -> Weights:
    counts = np.bincount(codes[codes >= 0], minlength=len(levels)).astype(np.float64)
    pairs = np.bincount(levels, counts * (counts - 1) / 2, minlength=1)
    return np.where(np.isin(np.arange(len(pairs)), levels), pairs, np.nan)


# The first level of equal values, and the rarities that tell the further ones.
_EQUAL: dict[Role, tuple[int, tuple[float, ...]]] = {
    Role.BIRTH_DATE: (6, (8, 11, 13)),
    Role.EMAIL: (6, (8,)),
    Role.PHONE: (3, (4, 8)),
    Role.COMPANY_NUMBER: (3, (4, 8)),
    Role.OTHER_ID: (3, (4, 8)),
    Role.COMPANY: (5, (6, 9)),
    Role.TEXT: (5, (4.5, 7, 10)),
}

_OWN = {Role.BIRTH_DATE, Role.EMAIL, Role.COMPANY, Role.COMPANY_NUMBER, Role.SEX, Role.OTHER_ID}
_OF_MANY = {Role.SEX, Role.POSTCODE, Role.CITY, Role.TEXT}


class _Pairs:
    """The codes of one field on both sides of all pairs."""

    def __init__(self, field: Field, left: Codes, right: Codes) -> None:
        self.field, self.left, self.right = field, left, right
        self.missing = (left < 0) | (right < 0)
        self.equal = left == right

    def measured(self, measure: Measure, equal: float = 1.0) -> Likeness:
        return self.field.values.measured(self.left, self.right, measure, equal)

    def measured_of(self, part: Field, measure: Measure) -> Likeness:
        """The measure of a part of the values, whose field has one entry a value."""
        codes = np.append(part.codes, np.int32(-1))
        return part.values.measured(codes[self.left], codes[self.right], measure)

    def graded(self, alike: Likeness, steps: tuple[float, ...], rarities: tuple[float, ...]) -> Levels:
        """1 where nothing agrees, one more for each step reached; above them, by rarity, where both are equal."""
        levels = (1 + np.digitize(np.nan_to_num(alike, nan=-1.0), steps)).astype(np.int8)
        rarity = self.field.bits()[self.left[self.equal]]
        levels[self.equal] = len(steps) + 2 + np.digitize(rarity, rarities)
        return levels

    def agree(self, shortened: pa.Array) -> npt.NDArray[np.bool_]:
        """Where both values are the same when they are shortened."""
        codes = np.append(numbered(shortened)[0], -1)
        return np.asarray(codes[self.left] == codes[self.right])


def _birth_dates(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    alike = pairs.measured(like.date_likeness)
    steps = tuple(float(step) for step in (like.CLOSE_YEARS, like.SAME_YEAR, like.TWO_PARTS, like.ONE_SLIP))
    return pairs.graded(alike, steps, (8, 11, 13)), (0, -4, -1, 1, 3, 6, 6, 9, 12, 14)


def _postcodes(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    values = pairs.field.values.arrow
    alike = np.zeros(len(pairs.left))
    alike[pairs.agree(pc.utf8_slice_codeunits(values, 0, -3))] = 1
    alike[pairs.agree(pc.utf8_slice_codeunits(values, 0, -2))] = 2
    alike[pairs.measured(like.slips, equal=0) == 1] = 3
    return pairs.graded(alike, (1, 2, 3), (6, 9, 12)), (0, -2.5, 1, 2, 3, 5, 7, 10, 12)


def _places(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    graded = pairs.graded(pairs.measured(like.place_likeness), (0.78, 0.85, 0.93), (4.5, 7, 10))
    return graded, (0, -2, 0, 1.5, 4, 3, 5, 8, 11)


def _streets(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    return _places(pairs)[0], (0, -2.5, -0.5, 3, 6, 4, 6, 8, 11)


def _emails(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    values = pairs.field.values
    alike = pairs.measured_of(values.boxes, like.box_likeness)
    elsewhere = pairs.measured_of(values.providers, like.jaro_winkler)
    alike = np.where((alike == 1) & (elsewhere < _SAME_PROVIDER), _SAME_ELSEWHERE, alike)
    return pairs.graded(alike, (0.85, 0.93, _SAME_ELSEWHERE, 0.99), (8,)), (0, -1.5, 2, 4, 5, 9, 7, 14)


_SAME_PROVIDER, _SAME_ELSEWHERE = 0.93, 0.98


def _beside_names(email: Comparison, names: Names, addresses: Field, left: Rows, right: Rows) -> Comparison:
    """E-mail addresses as far as they tell more than the names that most of them are made of.

    Where both mailboxes hold a name of their own record, whether they are alike is told by the names already; the same
    one at another provider says something only where it has figures.
    """
    levels = email.levels.copy()
    doubtful = np.flatnonzero((levels >= _BOX_ALIKE) & (levels <= _BOX_SLIP))
    of = np.unique(np.concatenate([left[doubtful], right[doubtful]]))
    is_named = np.zeros(len(addresses.codes), np.bool_)
    is_named[of] = _hold_a_name(names, addresses, of)
    named = doubtful[is_named[left[doubtful]] & is_named[right[doubtful]]]
    boxes = addresses.values.boxes
    has_figures = boxes.values.has_figures[boxes.codes[addresses.codes[left[named]]]]
    same_elsewhere = levels[named] == _SAME_BOX_ELSEWHERE
    levels[named[~same_elsewhere]] = _OTHER_BOX
    levels[named[same_elsewhere & ~has_figures]] = 0
    return replace(email, levels=levels)


_OTHER_BOX, _BOX_ALIKE, _, _SAME_BOX_ELSEWHERE, _BOX_SLIP = range(1, 6)
_SHORTEST_NAME = 3


def _hold_a_name(names: Names, addresses: Field, records: Rows) -> npt.NDArray[np.bool_]:
    """Whether the mailbox of each of these records holds one of the names that the record has."""
    boxes = addresses.values.boxes
    texts = boxes.values.letters[boxes.codes[addresses.codes[records]]]
    words = np.append(names.values.texts, "")[names.words[records]]
    found = (
        any(len(word) >= _SHORTEST_NAME and word in box for word in of)
        for box, of in zip(texts.tolist(), words.tolist(), strict=True)
    )
    return np.fromiter(found, np.bool_, len(records))


def _numbers(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    return pairs.graded(_one_slip(pairs), (1,), (4, 8)), (0, -2, 6, 2, 6, 13)


def _houses(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    return pairs.graded(_one_slip(pairs), (1,), (4, 8)), (0, -2, 1, 2, 6, 13)


def _one_slip(pairs: _Pairs) -> Likeness:
    return np.where(pairs.measured(like.slips, equal=0) == 1, 1.0, 0.0)


def _sexes(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    return np.where(pairs.equal, np.int8(2), np.int8(1)), (0, -2.5, 0.8)


def _companies(pairs: _Pairs) -> tuple[Levels, tuple[float, ...]]:
    graded = pairs.graded(pairs.measured(like.jaro_winkler), (0.8, 0.88, 0.94), (6, 9))
    return graded, (0, -4, 1, 5, 8, 7, 9, 12)


_COMPARED = {
    Role.BIRTH_DATE: _birth_dates,
    Role.POSTCODE: _postcodes,
    Role.CITY: _places,
    Role.TEXT: _places,
    Role.STREET: _streets,
    Role.EMAIL: _emails,
    Role.PHONE: _numbers,
    Role.COMPANY_NUMBER: _numbers,
    Role.OTHER_ID: _numbers,
    Role.HOUSE: _houses,
    Role.SEX: _sexes,
    Role.COMPANY: _companies,
}


def _area(postcode: Comparison, city: Comparison) -> Comparison:
    """Postcode and city as one, since they say nearly the same: the stronger counts, and a third of the other."""
    codes = np.array([0, 1, 2, 2, 3, 4, 4, 4, 4], np.int8)[postcode.levels]
    towns = np.array([0, 1, 1, 2, 2, 3, 3, 4, 4], np.int8)[city.levels]
    of_code, of_town = (0, -2.5, 1, 4, 9), (0, -2, 3, 4.5, 8)
    weights = [max(a, b) + 0.35 * min(a, b) if a * b >= 0 else a + b for a in of_code for b in of_town]
    return Comparison("area", codes * len(of_town) + towns, tuple(weights), is_own=False, is_of_many=True)


def _address(street: Comparison, house: Comparison) -> Comparison:
    """Street and house number as one: the number says little where the street is another."""
    streets = np.array([0, 1, 1, 2, 3, 4, 5, 5, 6], np.int8)[street.levels]
    houses = np.array([0, 1, 1, 2, 2, 2], np.int8)[house.levels]
    of_street, of_house = (0, -2.5, 2, 4, 4, 6, 8), (0, -1.5, 3)
    weights = [a + b for a in of_street for b in of_house]
    return Comparison("address", streets * len(of_house) + houses, tuple(weights), is_own=False)


_AS_ONE = {"area": _area, "address": _address}
