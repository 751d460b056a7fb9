"""The keys under which records are looked up: words, how they sound, and parts of values, from coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.prepared import Prepared
from tillid.stages.resolve.link.roles import Role
from tillid.stages.resolve.link.sounds import sounds
from tillid.stages.resolve.link.values import Codes, Values, numbered

Shortened: TypeAlias = Callable[[pa.Array], pa.Array]


Fates: TypeAlias = Sequence[tuple[float, tuple[int, ...]]]
"""What becomes of a value on the other side of a match: how often, and which of its keys that leaves. The rest of 1
leaves none."""


@dataclass(frozen=True, slots=True)
class Key:
    """One way to shorten a value: entry by entry its number, -1 for none."""

    numbers: Codes


@dataclass(frozen=True, slots=True)
class Slot:
    """What records say in one field: entry by entry its record, and the keys of what it says there.

    Without `records` there is one entry a record; with them, several, in the order of the records, as names have words.
    `about` is the same for slots that say nearly the same, as postcode and city do.
    """

    records: Rows | None
    keys: Sequence[Key]
    about: str
    fates: Fates = ()

    @property
    def several(self) -> bool:
        """Whether a record may have more than one entry."""
        return self.records is not None


def slots(records: Prepared) -> list[Slot]:
    """The slots of all records.

    >>> from tillid.stages.resolve.link.prepared import prepared
    >>> from tillid.stages.resolve.link.roles import Roles
    >>> table = pa.table({"mail": ["ida@mail.example", "ida@post.example", None]})
    >>> (mail,) = slots(prepared(table, Roles({Role.EMAIL: ("mail",)})))
    >>> [key.numbers.tolist() for key in mail.keys]
    [[0, 0, -1], [0, 0, -1], [0, 1, -1]]
    """
    return list(_slots(records))


def _slots(records: Prepared) -> Iterator[Slot]:
    for about, names in (("names", records.names), ("company", records.company_words)):
        if names is not None:
            record, place = np.nonzero(names.words >= 0)
            yield Slot(record, _keys(_WORDS, names.values, names.words[record, place]), about, _WORDS.fates)
    for name, values in records.fields.items():
        role = Role(name.partition(":")[0])
        if role in _SHORTENED:
            ways = _SHORTENED[role]
            yield Slot(None, _keys(ways, values.values, values.codes), _ABOUT.get(role, name), ways.fates)


def _keys(ways: _Ways, values: Values, codes: Codes) -> list[Key]:
    return [Key(np.append(numbered(shorten(values.arrow))[0], np.int32(-1))[codes]) for shorten in ways.shortened]


def _whole(values: pa.Array) -> pa.Array:
    return values


def _slice(start: int, stop: int | None = None) -> Shortened:
    return lambda values: pc.utf8_slice_codeunits(values, start, stop)


def _without_month(values: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(_slice(0, 4)(values), _slice(6, 8)(values), "-")


def _box(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(values, "@.*", "")


def _start_of_box(values: pa.Array) -> pa.Array:
    return _slice(0, 5)(_box(values))


def _joined(start: int, stop: int | None = None) -> Shortened:
    return lambda values: _slice(start, stop)(pc.replace_substring(values, " ", ""))


@dataclass(frozen=True, slots=True)
class _Ways:
    """How a value is shortened, and what becomes of it in customer lists that were held against one another."""

    shortened: Sequence[Shortened]
    fates: Fates


_WORDS = _Ways(
    (_slice(0, 2), sounds, _slice(0, 4), _slice(-4)),
    ((0.80, (0, 1, 2, 3)), (0.05, (0, 1)), (0.03, (0, 2)), (0.03, (3,)), (0.02, (0,))),
)
_PLACES = _Ways((_joined(0, 5), _joined(-6)), ((0.85, (0, 1)), (0.05, (0,)), (0.05, (1,))))
_NUMBERS = _Ways((_slice(-5), _slice(0, 5), _whole), ((0.70, (0, 1, 2)), (0.04, (0,)), (0.04, (1,))))
# Sex and house number are on too many records to be looked up by.
_SHORTENED: dict[Role, _Ways] = {
    Role.BIRTH_DATE: _Ways(
        (_slice(0, 4), _slice(4, 8), _slice(0, 6), _without_month, _whole),
        ((0.85, (0, 1, 2, 3, 4)), (0.04, (0, 2)), (0.04, (0, 3)), (0.04, (1,)), (0.01, (0,))),
    ),
    Role.POSTCODE: _Ways((_slice(0, -2), _whole), ((0.92, (0, 1)), (0.04, (0,)))),
    Role.CITY: _PLACES,
    Role.STREET: _PLACES,
    Role.EMAIL: _Ways((_start_of_box, _box, _whole), ((0.65, (0, 1, 2)), (0.06, (0, 1)), (0.10, (0,)))),
    Role.PHONE: _NUMBERS,
    Role.COMPANY_NUMBER: _NUMBERS,
    Role.OTHER_ID: _Ways((_whole,), ((0.7, (0,)),)),
    Role.TEXT: _Ways((_whole,), ((0.6, (0,)),)),
}
_ABOUT = {Role.POSTCODE: "area", Role.CITY: "area"}
