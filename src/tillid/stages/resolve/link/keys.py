"""The keys under which records are looked up: words, how they sound, and pieces of values, weighed by rarity.

Each value of a record spreads its rarity (in bits) over its keys, the rarer keys taking more. Two records share as
many bits as the keys that they share weigh; a slip of the pen costs some keys and leaves the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.resolve.link.name_comparisons import rarity_of_words
from tillid.stages.resolve.link.prepared import Names, Prepared
from tillid.stages.resolve.link.roles import Role
from tillid.stages.resolve.link.sounds import sounds

Shortened: TypeAlias = Callable[[pa.Array], pa.Array]
_LEAST_BITS, _LEAST_BITS_OF_WORD = 0.5, 1.0


@dataclass(frozen=True, slots=True)
class Keyed:
    """The keys of all records: entry by entry its record, its key (a number) and its weight in bits."""

    records: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    distinct: int


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of distinct values: entry by entry the code of the value and the key's text."""

    codes: npt.NDArray[np.int64]
    texts: pa.Array


@dataclass(frozen=True, slots=True)
class _Values:
    """Occurrences of one field's values: their records and codes, how rare each code is, and the values' keys."""

    records: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]
    bits: npt.NDArray[np.float64]
    keys: _Keys


def keyed(records: Prepared) -> Keyed:
    """The keys of all records."""
    fields = list(_fields(records))
    packed = pa.concat_arrays([field.keys.texts for field in fields]).dictionary_encode()
    numbers = packed.indices.to_numpy().astype(np.int64)
    entries, values, bits = [], [], []
    start, occurrences = 0, 0
    for field in fields:
        size = len(field.keys.texts)
        record, key, value = _entries(field, numbers[start : start + size])
        entries.append((record, key))
        values.append(value + occurrences)
        bits.append(field.bits[field.codes])
        start, occurrences = start + size, occurrences + len(field.codes)
    record = np.concatenate([one for one, _ in entries])
    key = np.concatenate([one for _, one in entries])
    value, bit = np.concatenate(values), np.concatenate(bits)
    counts = np.bincount(key, minlength=len(packed.dictionary))
    rarity = np.maximum(np.log2(records.rows / np.maximum(counts, 1)), 0.01)
    total = np.bincount(value, rarity[key], minlength=len(bit))
    return Keyed(record, key, bit[value] * rarity[key] / total[value], len(packed.dictionary))


def _entries(
    field: _Values, numbers: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Each occurrence with each key of its value: record, key, and which occurrence it is."""
    order = np.argsort(field.keys.codes, kind="stable")
    codes, sorted_numbers = field.keys.codes[order], numbers[order]
    starts = np.searchsorted(codes, np.arange(len(field.bits) + 1))
    size = np.diff(starts)[field.codes]
    occurrence = np.repeat(np.arange(len(field.codes)), size)
    within = np.arange(len(occurrence)) - np.repeat(np.cumsum(size) - size, size)
    return field.records[occurrence], sorted_numbers[starts[field.codes[occurrence]] + within], occurrence


def _fields(records: Prepared) -> Iterator[_Values]:
    if records.names is not None:
        yield _words(records.names)
    if records.company_words is not None:
        yield _words(records.company_words)
    for name, field in records.fields.items():
        role = Role(name.partition(":")[0])
        if role in _KEYS_OF:
            given = np.flatnonzero(field.codes >= 0)
            bits = np.maximum(field.bits()[:-1], _LEAST_BITS)
            keys = _KEYS_OF[role](field.values)
            yield _Values(given, field.codes[given].astype(np.int64), bits, _salted(keys, name))


def _words(names: Names) -> _Values:
    record, place = np.nonzero(names.words >= 0)
    values = names.values
    keys = _together(_parts(values, [_whole], "w"), _parts(values, [sounds], "s"), _pieces(_fenced(values), 3, 14, "g"))
    bits = np.maximum(rarity_of_words(names)[:-1], _LEAST_BITS_OF_WORD)
    return _Values(record, names.words[record, place].astype(np.int64), bits, _salted(keys, "word"))


def _whole(values: pa.Array) -> pa.Array:
    return values


def _slice(start: int, stop: int | None = None) -> Shortened:
    return lambda values: pc.utf8_slice_codeunits(values, start, stop)


def _without_month(values: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(_slice(0, 4)(values), _slice(6, 8)(values), "-")


def _birth_dates(values: pa.Array) -> _Keys:
    return _parts(values, [_whole, _slice(0, 6), _slice(4, 8), _without_month, _slice(0, 4)], "d")


def _postcodes(values: pa.Array) -> _Keys:
    return _parts(values, [_whole, _slice(0, -1), _slice(0, -2), _slice(0, -3)], "z")


def _places(values: pa.Array) -> _Keys:
    return _together(_parts(values, [_whole], "w"), _pieces(_fenced(values), 4, 24, "g"))


def _emails(values: pa.Array) -> _Keys:
    boxes = pc.replace_substring_regex(values, "@.*", "")
    return _together(_parts(values, [_whole], "w"), _parts(boxes, [_whole], "b"), _pieces(_fenced(boxes), 4, 16, "g"))


def _numbers(values: pa.Array) -> _Keys:
    return _parts(values, [_whole, _slice(0, 5), _slice(-5)], "n")


def _facts(values: pa.Array) -> _Keys:
    return _parts(values, [_whole], "w")


# Sex and house number are on too many records to be looked up by.
_KEYS_OF: dict[Role, Callable[[pa.Array], _Keys]] = {
    Role.BIRTH_DATE: _birth_dates,
    Role.POSTCODE: _postcodes,
    Role.CITY: _places,
    Role.STREET: _places,
    Role.EMAIL: _emails,
    Role.PHONE: _numbers,
    Role.COMPANY_NUMBER: _numbers,
    Role.OTHER_ID: _numbers,
    Role.TEXT: _facts,
}


def _parts(values: pa.Array, shortened: Sequence[Shortened], salt: str) -> _Keys:
    found = []
    for number, shorten in enumerate(shortened):
        texts = shorten(values)
        kept = np.flatnonzero(pc.not_equal(texts, "").to_numpy(zero_copy_only=False))
        found.append(_salted(_Keys(kept, texts.take(pa.array(kept))), f"{salt}{number}"))
    return _together(*found)


def _fenced(values: pa.Array) -> pa.Array:
    """Values with their beginning and their end marked, so that pieces from there are known from those within."""
    return pc.binary_join_element_wise("^", values, "$", "")


def _pieces(values: pa.Array, size: int, longest: int, salt: str) -> _Keys:
    """All pieces of `size` letters of values, of their first `longest` letters."""
    lengths = pc.utf8_length(values).to_numpy(zero_copy_only=False)
    codes, texts = [], []
    for start in range(max(min(int(lengths.max(initial=0)), longest) - size + 1, 0)):
        long = np.flatnonzero(lengths >= start + size)
        codes.append(long)
        texts.append(pc.utf8_slice_codeunits(values.take(pa.array(long)), start, start + size))
    return _salted(_joined(codes, texts), salt)


def _together(*keys: _Keys) -> _Keys:
    return _joined([one.codes for one in keys], [one.texts for one in keys])


def _joined(codes: Sequence[npt.NDArray[np.int64]], texts: Sequence[pa.Array]) -> _Keys:
    return _Keys(np.concatenate([np.zeros(0, np.int64), *codes]), pa.concat_arrays([pa.array([], pa.string()), *texts]))


def _salted(keys: _Keys, salt: str) -> _Keys:
    return _Keys(keys.codes, pc.binary_join_element_wise(salt, keys.texts, ":"))
