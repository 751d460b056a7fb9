"""How much each agreement and disagreement speaks for two rows being one person: Fellegi and Sunter's weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

DEFAULT_THRESHOLD = 0.9
"""The least probability with which two rows count as one person."""

Floats = npt.NDArray[np.float64]

# Of the pairs that are one person, how many agree, nearly agree and differ (m); of others, how many nearly agree (u).
# An agreement's u is the value's own frequency. Names: as customer lists spell them; place: people move.
_LAST = (0.90, 0.07, 0.03, 0.004)
_FIRST = (0.86, 0.12, 0.002, 0.004)
_POSTCODE = (0.88, 0.0, 0.12, 1.0)
_ADDRESS = (0.80, 0.08, 0.12, 0.0005)
# Few move within a postcode.
_MOVED_NEAR_BY = 0.04
_BORN = (0.96, 0.03, 0.01, 0.002)
# People have several addresses and numbers, and families share them: agreement and disagreement, in bits.
_EMAIL, _PHONE = (10.0, -1.0), (8.0, -1.5)
# Floor and door, where house and street agree: of ten homes in a house one.
_UNIT = (3.0, -2.5)
# Of the others in a home: how many, and what their sharing or not sharing a name or an address tells.
_OTHERS_AT_HOME = 1.2
_HOME_LAST, _HOME_EMAIL = (0.4, -3.0), (5.0, -0.5)
# Frequencies where the list is too short to tell them.
_USUAL = {"first_name": 1 / 200, "last_name": 1 / 400, "postcode": 1 / 800, "born": 1 / 20_000}
_USUAL_ADDRESS = 1 / 2_000
_AS_MANY_AS = 200
# A list shorter than a town holds a given person less often than not.
_LEAST_ROWS = 100_000
NEARLY = 0.9
"""The least likeness of two names or dates that nearly agree."""
INITIAL = 0.89
"""The likeness of a name and an initial that fits it."""
# One name in fifteen has the initial.
_INITIAL = np.log2(15.0)
_NEAR_STREET = 0.82
_EQUAL = 0.999


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike pairs of rows are; arrays over the pairs, NaN where one of the two has no value.

    1 is equal and 0 altogether different. `address` is street and house number together.
    """

    first_name: Floats
    last_name: Floats
    postcode: Floats
    address: Floats
    born: Floats
    email: Floats
    phone: Floats
    unit: Floats


class Weights:
    """Match weights in bits, with the frequencies of one list's values.

    Source: I. Fellegi and A. Sunter, A Theory for Record Linkage, JASA 64 (1969); that a rare value's agreement
    tells more: W. Winkler, Frequency-Based Matching (2000).

    >>> row = {"first_name": "ida", "last_name": "holm", "postcode": "2100", "born": "1990-01-01", "country": "DK"}
    >>> weights = Weights(pa.Table.from_pylist([row]))
    >>> one = np.ones(1)
    >>> codes = {name: np.zeros(1, np.int64) for name in weights.values}
    >>> bool(weights.probability(Likeness(*[one] * 8), codes, rows=1_000_000)[0] > 0.999)
    True
    """

    def __init__(self, rows: pa.Table) -> None:
        self.values: dict[str, pa.Array] = {}
        self._bits: dict[str, Floats] = {}
        for name, m in (("first_name", _FIRST), ("last_name", _LAST), ("postcode", _POSTCODE), ("born", _BORN)):
            values, shares = _shares(in_country(rows, name), in_country(rows), _USUAL[name])
            self.values[name] = values
            self._bits[name] = np.log2(m[0] / shares)

    def probability(self, alike: Likeness, codes: dict[str, npt.NDArray[np.int64]], rows: int) -> Floats:
        """The probability that each pair is one person, when one of `rows` is expected to be; of a short list, fewer.

        A pair can be two strangers, or two of one home, who share name and place by more than chance. `codes` say
        which of `values` the pair's row of the list has.
        """
        strangers = np.exp2(_bounded(self._of_strangers(alike, codes) - np.log2(max(rows, _LEAST_ROWS))))
        at_home = (alike.address >= _NEAR_STREET) | (alike.phone >= _EQUAL)
        same_home = np.where(at_home, np.exp2(_bounded(self._of_one_home(alike, codes))), np.inf)
        probable: Floats = 1.0 / (1.0 + 1.0 / strangers + 1.0 / same_home)
        return probable

    def _of_strangers(self, alike: Likeness, codes: dict[str, npt.NDArray[np.int64]]) -> Floats:
        """The weight of each pair in bits against its being two strangers."""
        bits = self._level(alike.last_name, "last_name", codes, _LAST)
        bits += self._level(alike.first_name, "first_name", codes, _FIRST)
        bits += self._level(alike.postcode, "postcode", codes, _POSTCODE)
        bits += self._level(alike.born, "born", codes, _BORN)
        bits += _either(alike.email, _EMAIL) + _either(alike.phone, _PHONE)
        bits += np.where(alike.address >= _EQUAL, _either(alike.unit, _UNIT), 0.0)
        return bits + _address(alike)

    def _of_one_home(self, alike: Likeness, codes: dict[str, npt.NDArray[np.int64]]) -> Floats:
        """The same against its being two people of one home: only what they do not share tells them apart."""
        bits = self._level(alike.first_name, "first_name", codes, _FIRST)
        bits += self._level(alike.born, "born", codes, _BORN)
        bits += _either(alike.last_name, _HOME_LAST, NEARLY) + _either(alike.email, _HOME_EMAIL)
        told: Floats = bits - np.log2(_OTHERS_AT_HOME)
        return told

    def _level(self, alike: Floats, name: str, codes: dict[str, npt.NDArray[np.int64]], m: tuple[float, ...]) -> Floats:
        agreeing = self._bits[name][codes[name]] if len(self._bits[name]) else np.zeros(len(alike))
        near = np.minimum(np.log2(m[1] / m[3]) if m[1] else agreeing, agreeing)
        differs = np.where(alike == INITIAL, np.minimum(_INITIAL, agreeing), np.log2(m[2]))
        bits = np.where(alike >= _EQUAL, agreeing, np.where(alike >= NEARLY, near, differs))
        return np.where(np.isnan(alike), 0.0, bits)


def in_country(rows: pa.Table, name: str | None = None) -> pa.ChunkedArray:
    """A field's values, each with its row's country: what is rare in one may be common in another."""
    country = pc.fill_null(rows.column("country"), "")
    return country if name is None else pc.binary_join_element_wise(country, rows.column(name), "\x1f")


def _bounded(bits: Floats) -> Floats:
    return np.clip(bits, -60.0, 60.0)


def _either(alike: Floats, bits: tuple[float, float], least: float = _EQUAL) -> Floats:
    told: Floats = np.where(alike >= least, bits[0], bits[1])
    return np.where(np.isnan(alike), 0.0, told)


def _address(alike: Likeness) -> Floats:
    is_near_by = alike.postcode == 1.0
    # Without the same postcode two streets of one name are seldom one street.
    usual = np.where(is_near_by, np.log2(_ADDRESS[0] / _USUAL_ADDRESS), np.log2(_ADDRESS[0] / 0.005))
    near = np.log2(_ADDRESS[1] / _ADDRESS[3])
    differs = np.where(is_near_by, np.log2(_MOVED_NEAR_BY), np.log2(_ADDRESS[2]))
    bits: Floats = np.where(alike.address >= _EQUAL, usual, np.where(alike.address >= _NEAR_STREET, near, differs))
    return np.where(np.isnan(alike.address), 0.0, bits)


def _shares(values: pa.ChunkedArray, countries: pa.ChunkedArray, usual: float) -> tuple[pa.Array, Floats]:
    """The distinct values and how often each comes in its country, drawn towards what is usual where rows are few."""
    rows = pa.table({"value": values, "country": countries}).filter(pc.is_valid(values))
    counts = rows.group_by(["value", "country"]).aggregate([([], "count_all")])
    totals = rows.group_by("country").aggregate([([], "count_all")])
    place = pc.index_in(counts.column("country"), value_set=totals.column("country").combine_chunks())
    total = np.asarray(totals.column("count_all").take(place).to_numpy(), np.float64)
    times = np.asarray(counts.column("count_all").to_numpy(), np.float64)
    # A value's one row is the one that is compared: how often others have it is what counts.
    others = (times - 1 + usual * _AS_MANY_AS) / (total - 1 + _AS_MANY_AS)
    return counts.column("value").combine_chunks(), np.maximum(others, np.minimum(usual, 1 / (total + _AS_MANY_AS)))
