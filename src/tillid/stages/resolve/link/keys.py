"""The keys under which records are looked up: words, how they sound, and parts of values, from coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.levels import Rows
from tillid.stages.resolve.link.prepared import Names, Prepared
from tillid.stages.resolve.link.roles import Role
from tillid.stages.resolve.link.sounds import sounds
from tillid.stages.resolve.link.values import Field, numbered

Shortened: TypeAlias = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True)
class Key:
    """One way to shorten a value: entry by entry its number, and which keys of its slot are coarser.

    Where a block of a coarser key is small enough, all that a finer one finds is found already.
    """

    numbers: Rows
    coarser: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """What records say in one field: entry by entry its record, and the keys of what it says there.

    `about` is the same for slots that say nearly the same, as postcode and city do. A slot with `several` has more
    entries a record, as names have words.
    """

    records: Rows
    keys: Sequence[Key]
    about: str
    several: bool = field(default=False)


def slots(records: Prepared) -> list[Slot]:
    """The slots of all records.

    >>> from tillid.stages.resolve.link.prepared import prepared
    >>> from tillid.stages.resolve.link.roles import Roles
    >>> table = pa.table({"mail": ["ida@mail.example", "ida@post.example", None]})
    >>> (mail,) = slots(prepared(table, Roles({Role.EMAIL: ("mail",)})))
    >>> mail.records.tolist(), [key.numbers.tolist() for key in mail.keys]
    ([0, 1], [[0, 0], [0, 0], [0, 1]])
    """
    return list(_slots(records))


def _slots(records: Prepared) -> Iterator[Slot]:
    if records.names is not None:
        yield _of_words(records.names, "names")
    if records.company_words is not None:
        yield _of_words(records.company_words, "company")
    for name, values in records.fields.items():
        role = Role(name.partition(":")[0])
        if role in _SHORTENED:
            yield _of_field(values, _SHORTENED[role], _ABOUT.get(role, name))


def _of_field(values: Field, ways: Sequence[tuple[Shortened, tuple[int, ...]]], about: str) -> Slot:
    given = np.flatnonzero(values.codes >= 0)
    codes = values.codes[given]
    keys = [Key(_numbers(shorten(values.values.arrow))[codes], coarser) for shorten, coarser in ways]
    return Slot(given, keys, about)


def _of_words(names: Names, about: str) -> Slot:
    record, place = np.nonzero(names.words >= 0)
    codes = names.words[record, place]
    keys = [Key(_numbers(shorten(names.values.arrow))[codes], coarser) for shorten, coarser in _WORDS]
    return Slot(record, keys, about, several=True)


def _numbers(texts: pa.Array) -> npt.NDArray[np.int64]:
    return numbered(texts)[0].astype(np.int64)


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


# How a value is shortened, and which ways before it in the list are coarser.
_WORDS: Sequence[tuple[Shortened, tuple[int, ...]]] = (
    (_slice(0, 2), ()),
    (sounds, (0,)),
    (_slice(0, 4), (0,)),
    (_slice(-4), ()),
)
_PLACES: Sequence[tuple[Shortened, tuple[int, ...]]] = ((_joined(0, 5), ()), (_joined(-6), ()))
_NUMBERS: Sequence[tuple[Shortened, tuple[int, ...]]] = ((_slice(-5), ()), (_slice(0, 5), ()), (_whole, (0, 1)))
# Sex and house number are on too many records to be looked up by.
_SHORTENED: dict[Role, Sequence[tuple[Shortened, tuple[int, ...]]]] = {
    Role.BIRTH_DATE: (
        (_slice(0, 4), ()),
        (_slice(4, 8), ()),
        (_slice(0, 6), (0,)),
        (_without_month, (0,)),
        (_whole, (1, 2, 3)),
    ),
    Role.POSTCODE: ((_slice(0, -2), ()), (_whole, (0,))),
    Role.CITY: _PLACES,
    Role.STREET: _PLACES,
    Role.EMAIL: ((_start_of_box, ()), (_box, (0,)), (_whole, (1,))),
    Role.PHONE: _NUMBERS,
    Role.COMPANY_NUMBER: _NUMBERS,
    Role.OTHER_ID: ((_whole, ()),),
    Role.TEXT: ((_whole, ()),),
}
_ABOUT = {Role.POSTCODE: "area", Role.CITY: "area"}
