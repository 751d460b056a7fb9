"""Tells, by Arrow's fast matching alone, the values that cannot hold a national identity number from the others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.digits_in_texts import Counts, DigitsInTexts
from tillid.stages.ingest.id_evidence import Verdict
from tillid.terms.identity_digits import NationalId

Verdicts = Mapping[NationalId, Verdict]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Matching is linear whatever the text; bounded gaps and classes of Unicode would make it forty times as slow.
_BEYOND_LATIN = r"[\x{600}-\x{10FFFF}]"
_OTHER_DIGITS = r"[^\P{Nd}0-9]"
_TEN = r"[0-9](?:[^0-9]*[0-9]){9}"
_TWELVE = r"[0-9](?:[^0-9]*[0-9]){11}"
_ALONE = r"^[0-9 .,\-/_]*$"
# Whole values that hold none: a moment, a phone number with its country, a UUID.
_OTHERS = (
    r"^(?:[12][0-9]{3}-[01][0-9]-[0-3][0-9](?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]{4,5})?)?"
    r"|\+[1-9](?:[ ()\-]*[0-9]){7,14}"
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
)
_NAMED = (
    r"(?i:cpr|bsn|fnr|rrn|niss|insz|ssn|person|pers.?nr|dselsn|d-n|burger|sofi|rijks|national|nationaal|registre"
    r"|security)"
)
_GAP = r"(?:[^0-9A-Za-z]+|%[23][0-9A-Fa-f])"
# How a number that is not named begins: ten or eleven digits, six and more, two and two and two, four and two.
_BEGINS = (
    r"(?:^|[^0-9])(?:[0-9]{10,11}(?:$|[^0-9])"
    rf"|[0-9]{{6}}{_GAP}[0-9]|[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}|[0-9]{{4}}{_GAP}[0-9]{{2}}{_GAP}[0-9])"
)
_BARE = r"^[0-9]+(?:[.,]0+)?$"
_EXPONENT = r"^\s*[0-9][.,][0-9]+[eE]\+?[0-9]{1,2}\s*$"
_TEN_DATED = r"^[0-36-9][0-9][01][0-9]{7}(?:[.,]0+)?$"
_ELEVEN = r"^[0-9]{11}(?:[.,]0+)?$"
_ELEVEN_KINDS = (NationalId.FODSELSNUMMER, NationalId.RIJKSREGISTERNUMMER)
# Decimal numbers, but those whose digits stand as a number may be written or that are whole.
_DECIMAL = r"^[+\-]?[0-9]+[.,][0-9]+(?:[eE]-[0-9]{1,3})?$"
_WRITTEN_SO = r"^[0-9]+[.,]0+$|^[0-9]{3,6}[.,][0-9]{4,6}$"
_FEWEST, _SHORTEST, _TEN_LONG, _LONGEST = 8, 10, 10, 11
# To look at so few one by one takes less than to make ready for matching.
_FEW = 32
_SMALLEST, _TEN_DIGITS, _ELEVEN_DIGITS, _LARGEST = 10**7, 10**9, 10**10, 10**11


def candidate_texts(values: pa.Array, verdicts: Verdicts) -> pa.Array:
    """Indices, in order, of the texts that may hold a number, given what the column is known to hold."""
    # No number has fewer than eight digits; unless the column is known for its numbers, it has ten, or a name beside.
    least = _FEWEST if Verdict.IDS in verdicts.values() else _SHORTEST
    counted = DigitsInTexts.of(values, least)
    lengths, digits = counted.lengths, counted.digits
    may_hold = (lengths >= least) & (digits >= _FEWEST) & _is_there(values)
    is_bare = may_hold & (digits == lengths)
    found = _of_bare(values, np.flatnonzero(is_bare & (lengths <= _LONGEST)), lengths, verdicts)
    mixed = np.flatnonzero(may_hold & ~is_bare)
    if len(mixed) > _FEW:
        mixed = _of_mixed(values, mixed, digits, verdicts)
    if len(mixed):
        found = np.union1d(found, mixed)
    if counted.beyond_latin:
        beyond = np.flatnonzero(_matches(values, _BEYOND_LATIN))
        found = np.union1d(found, beyond[_matches(values.take(pa.array(beyond)), _OTHER_DIGITS)])
    return pa.array(found, pa.int64())


def texts_with_digits(values: pa.Array) -> pa.Array:
    """Those of the texts that have eight digits, or any that are not 0 to 9."""
    counted = DigitsInTexts.of(values, _FEWEST)
    may_hold = (counted.digits >= _FEWEST) & _is_there(values)
    if counted.beyond_latin:
        may_hold |= _matches(values, _BEYOND_LATIN)
    return values.filter(pa.array(may_hold))


def _of_bare(values: pa.Array, places: Places, lengths: Counts, verdicts: Verdicts) -> Places:
    """Of texts that are 8 to 11 digits and nothing else."""
    if not len(places) or Verdict.IDS in verdicts.values():
        return places
    ten = places[lengths[places] == _TEN_LONG]
    if _is_chance(verdicts, NationalId.CPR) or not len(ten):
        ten = ten[:0]
    elif len(ten) > _FEW:
        ten = ten[_matches(values.take(pa.array(ten)), _TEN_DATED)]
    eleven = places[lengths[places] == _LONGEST]
    return ten if _is_chance(verdicts, *_ELEVEN_KINDS) else np.union1d(ten, eleven)


def _of_mixed(values: pa.Array, places: Places, digits: Counts, verdicts: Verdicts) -> Places:
    """Of texts that have other characters among their digits."""
    if Verdict.IDS in verdicts.values():
        return places[~_is_other(values.take(pa.array(places)))]
    few = places[digits[places] < _TEN_LONG]
    named = few[_matches(values.take(pa.array(few)), f"{_NAMED}|{_EXPONENT}")] if len(few) else few
    places = places[digits[places] >= _TEN_LONG]
    for is_left_out in (_is_other, _is_fraction, partial(_holds_none, verdicts=verdicts)):
        if len(places):
            places = places[~is_left_out(values.take(pa.array(places)))]
    return np.union1d(named, places)


def candidate_numbers(whole: pa.Array, verdicts: Verdicts) -> pa.Array:
    """Which int64 numbers may be one, given what the column is known to hold."""
    least, below = _SMALLEST, _LARGEST
    if Verdict.IDS not in verdicts.values():
        least = _ELEVEN_DIGITS if verdicts[NationalId.CPR] is Verdict.CHANCE else _TEN_DIGITS
        below = _ELEVEN_DIGITS if _is_chance(verdicts, *_ELEVEN_KINDS) else _LARGEST
    is_within = pc.and_(pc.greater_equal(whole, least), pc.less(whole, below))
    return pc.fill_null(is_within, False)


def _is_other(texts: pa.Array) -> Flags:
    return _matches(texts, _OTHERS)


def _is_fraction(texts: pa.Array) -> Flags:
    return _matches(texts, _DECIMAL) & ~_matches(texts, _WRITTEN_SO)


def _holds_none(texts: pa.Array, verdicts: Verdicts) -> Flags:
    is_alone = _matches(texts, _ALONE) & ~_matches(texts, _TWELVE)
    if is_alone.all():
        return ~_alone_may_be(texts, verdicts)
    # A value that is nothing but a number may have zeros after it as a fraction, so that it has twelve digits.
    is_alone |= _matches(texts, f"{_BARE}|{_EXPONENT}")
    holds = _matches(texts, _BEGINS) | _matches(texts, _NAMED)
    return ~np.where(is_alone, _alone_may_be(texts, verdicts), holds)


def _alone_may_be(texts: pa.Array, verdicts: Verdicts) -> Flags:
    may_be = np.zeros(len(texts), np.bool_)
    if _is_chance(verdicts, NationalId.CPR, *_ELEVEN_KINDS):
        return may_be
    is_bare = _matches(texts, _BARE)
    if not _is_chance(verdicts, NationalId.CPR):
        may_be = _matches(texts, _TEN_DATED)
    if not _is_chance(verdicts, *_ELEVEN_KINDS):
        may_be |= _matches(texts, _ELEVEN)
    if not _is_chance(verdicts, NationalId.CPR, *_ELEVEN_KINDS) and not is_bare.all():
        may_be |= ~is_bare & _matches(texts, _TEN)
    return may_be


def _is_there(values: pa.Array) -> Flags:
    # What stands in the buffer in place of a null may be anything.
    return np.asarray(values.is_valid().to_numpy(zero_copy_only=False), np.bool_)


def _is_chance(verdicts: Verdicts, *kinds: NationalId) -> bool:
    return all(verdicts[kind] is Verdict.CHANCE for kind in kinds)


def _matches(values: pa.Array, pattern: str) -> Flags:
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)
