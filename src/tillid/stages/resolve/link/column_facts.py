"""What the values of one column of a list look like, as far as that tells which role it can play."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tillid.terms.legal_forms import COMPANY_LIKELY
from tillid.terms.national_ids import is_national_id, names_legal_person

_LOOKED_AT = 2_000
_ENOUGH_IDS = 5
_MOSTLY = 0.9
_SHAPES = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "digit": r"[0-9]",
    "dated": r"^(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ]+[0-9]{1,2}[-/. ]+[0-9]{2,4})(?:[T ]|$)",
    "year": r"(?:^|[^0-9])[12][0-9]{3}(?:[^0-9]|$)|[0-9]{4}",
    "dialled": r"^\+[0-9][0-9 ()./-]{6,}$",
    "dutch_postcode": r"^[1-9][0-9]{3} ?[A-Z]{2}$",
    "company": COMPANY_LIKELY,
    "words": r"^[^0-9@]*[^\W\d_ ][^0-9@]* +[^0-9@]*[^\W\d_ ][^0-9@]*$",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The filled values of a column: how many, how many distinct, their mean length, and shares that have a shape."""

    filled: int
    distinct: int
    length: float
    shares: dict[str, float]

    @classmethod
    def of(cls, values: pa.Array) -> Facts:
        """The facts of a column of texts.

        >>> facts = Facts.of(pa.array(["ida@mail.example", " ", None, "bo@mail.example"]))
        >>> facts.filled, facts.distinct, facts.shares["email"]
        (2, 2, 1.0)
        """
        told = filled(values)
        some = _thinned(told)
        shares = {
            name: pc.match_substring_regex(some, shape).true_count / max(len(some), 1)
            for name, shape in _SHAPES.items()
        }
        length = pc.mean(pc.utf8_length(told)).as_py() or 0.0
        return cls(len(told), pc.count_distinct(told).as_py(), length, shares)

    @property
    def is_once(self) -> bool:
        """Whether no value comes twice."""
        return self.distinct == self.filled


def filled(values: pa.Array) -> pa.Array:
    """The values that say anything, without blanks around them."""
    trimmed = pc.utf8_trim_whitespace(values)
    return trimmed.filter(pc.fill_null(pc.not_equal(trimmed, ""), False))


def is_worth_comparing(ids: pa.Array) -> bool:
    """Whether numbers or codes can tell that two records are one: they repeat, and do not merely count the rows.

    >>> [is_worth_comparing(pa.array(ids)) for ids in (["1", "2", "2", "3"], ["K7", "K7", "K9"], ["K7", "K8"])]
    [False, True, False]
    """
    told = filled(ids)
    distinct = pc.unique(told)
    if len(distinct) == len(told) or len(distinct) < 2:
        return False
    if not pc.all(pc.match_substring_regex(distinct, r"^[0-9]{1,12}$")).as_py():
        return True
    ends = pc.min_max(distinct.cast(pa.int64())).as_py()
    return not (ends["min"] in (0, 1) and ends["max"] - ends["min"] + 1 == len(distinct))


def holds_national_ids(header: str, values: pa.Array) -> bool:
    """Whether nearly all values have the form of national identity numbers."""
    if names_legal_person(header):
        return False
    some = pc.unique(_thinned(filled(values))).to_pylist()
    return len(some) >= _ENOUGH_IDS and sum(is_national_id(text) is not None for text in some) >= _MOSTLY * len(some)


def _thinned(values: pa.Array) -> pa.Array:
    """Values from all over the column, so many that shares are certain."""
    if len(values) <= _LOOKED_AT:
        return values
    step = len(values) / _LOOKED_AT
    return values.take(pa.array([int(at * step) for at in range(_LOOKED_AT)]))
