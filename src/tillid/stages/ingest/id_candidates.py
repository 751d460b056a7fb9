"""Tells, by Arrow's fast matching alone, the values that cannot hold a national identity number from the others."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tillid.stages.ingest.id_evidence import Verdict
from tillid.terms.identity_digits import NationalId

Verdicts = Mapping[NationalId, Verdict]

# Matching is linear whatever the text; bounded gaps and classes of Unicode would make it forty times as slow.
_BEYOND_LATIN = r"[\x{600}-\x{10FFFF}]"
_OTHER_DIGITS = r"[^\P{Nd}0-9]"
_EIGHT = r"[0-9](?:[^0-9]*[0-9]){7}"
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
_TEN_DATED = r"^[0-36-9][0-9][01][0-9]{7}(?:[.,]0+)?$"
_ELEVEN = r"^[0-9]{11}(?:[.,]0+)?$"
_ELEVEN_KINDS = (NationalId.FODSELSNUMMER, NationalId.RIJKSREGISTERNUMMER)
_SHORTEST = 10
_SMALLEST, _TEN_DIGITS, _ELEVEN_DIGITS, _LARGEST = 10**7, 10**9, 10**10, 10**11


def candidate_texts(values: pa.Array, verdicts: Verdicts) -> pa.Array:
    """Indices, in order, of the texts that may hold a number, given what the column is known to hold."""
    # Bare digits are told by their length, much faster than by matching.
    is_bare = pc.fill_null(pc.ascii_is_decimal(values), False)
    if not is_bare.true_count:
        return _of_mixed(values, verdicts)
    length = pc.binary_length(values)
    is_long = pc.and_(pc.greater_equal(length, 8), pc.less_equal(length, 11))
    bare = pc.indices_nonzero(pc.and_(is_bare, pc.fill_null(is_long, False)))
    if len(bare):
        bare = bare.filter(_alone_may_be(values.take(bare), verdicts))
    rest = pc.indices_nonzero(pc.invert(is_bare))
    if len(rest):
        rest = rest.take(_of_mixed(values.take(rest), verdicts))
    return _together(bare, rest)


def _of_mixed(values: pa.Array, verdicts: Verdicts) -> pa.Array:
    """Of texts that are not digits alone. A column that holds ids by itself is looked at value by value."""
    if Verdict.IDS in verdicts.values():
        ascii_ = pc.indices_nonzero(_matches(values, _EIGHT))
    else:
        # Ten digits, or a name and eight: no shorter text holds either, and to count bytes is cheap.
        ascii_ = pc.indices_nonzero(pc.fill_null(pc.greater_equal(pc.binary_length(values), _SHORTEST), False))
        if not len(ascii_):
            return ascii_
        ascii_ = ascii_.filter(_matches(values.take(ascii_), _EIGHT))
    if len(ascii_):
        ascii_ = ascii_.filter(pc.invert(_matches(values.take(ascii_), _OTHERS)))
    if len(ascii_):
        ascii_ = ascii_.filter(_may_hold(values.take(ascii_), verdicts))
    if pc.all(pc.string_is_ascii(values)).as_py() is not False:
        return ascii_
    beyond = pc.indices_nonzero(_matches(values, _BEYOND_LATIN))
    if len(beyond):
        beyond = beyond.filter(_matches(values.take(beyond), _OTHER_DIGITS))
    return _together(ascii_, beyond)


def _together(some: pa.Array, others: pa.Array) -> pa.Array:
    if not (len(some) and len(others)):
        return others if not len(some) else some
    every = pc.unique(pa.concat_arrays([some, others]))
    return every.take(pc.array_sort_indices(every))


def candidate_numbers(whole: pa.Array, verdicts: Verdicts) -> pa.Array:
    """Which int64 numbers may be one, given what the column is known to hold."""
    least, below = _SMALLEST, _LARGEST
    if Verdict.IDS not in verdicts.values():
        least = _ELEVEN_DIGITS if verdicts[NationalId.CPR] is Verdict.CHANCE else _TEN_DIGITS
        below = _ELEVEN_DIGITS if _is_chance(verdicts, *_ELEVEN_KINDS) else _LARGEST
    is_within = pc.and_(pc.greater_equal(whole, least), pc.less(whole, below))
    return pc.fill_null(is_within, False)


def _may_hold(texts: pa.Array, verdicts: Verdicts) -> pa.Array:
    is_alone = pc.and_(_matches(texts, _ALONE), pc.invert(_matches(texts, _TWELVE)))
    if pc.all(is_alone, min_count=0).as_py():
        return _alone_may_be(texts, verdicts)
    # A value that is nothing but a number may have zeros after it as a fraction, so that it has twelve digits.
    is_alone = pc.or_(is_alone, _matches(texts, _BARE))
    holds = pc.or_(_matches(texts, _BEGINS), _matches(texts, _NAMED))
    return pc.if_else(is_alone, _alone_may_be(texts, verdicts), holds)


def _alone_may_be(texts: pa.Array, verdicts: Verdicts) -> pa.Array:
    if Verdict.IDS in verdicts.values():
        return pa.repeat(True, len(texts))
    may_be = pa.repeat(False, len(texts))
    if _is_chance(verdicts, NationalId.CPR, *_ELEVEN_KINDS):
        return may_be
    is_bare = _matches(texts, _BARE)
    if not _is_chance(verdicts, NationalId.CPR):
        may_be = _matches(texts, _TEN_DATED)
    if not _is_chance(verdicts, *_ELEVEN_KINDS):
        may_be = pc.or_(may_be, _matches(texts, _ELEVEN))
    if not _is_chance(verdicts, NationalId.CPR, *_ELEVEN_KINDS) and not pc.all(is_bare, min_count=0).as_py():
        may_be = pc.or_(may_be, pc.and_(pc.invert(is_bare), _matches(texts, _TEN)))
    return may_be


def _is_chance(verdicts: Verdicts, *kinds: NationalId) -> bool:
    return all(verdicts[kind] is Verdict.CHANCE for kind in kinds)


def _matches(values: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)
