"""Values that stand where an identifier should and identify nobody: test@…, 0000, anonymous."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_WORDS = (
    "anonym|anonymous|anonymus|ukendt|ukjent|onbekend|inconnu|unknown|unbekannt|undefined|null|none|nil|nan|"
    "na|n/a|ingen|geen|guest|gæst|gjest|gast|user|test|tester|dummy|default|example|xxx+|-+|\\.+|\\?+|-1"
)
_NOBODY = f"(?i:{_WORDS})$"
_MAILBOX = "(?i:test|tester|noreply|no-reply|donotreply|anonymous|anonym|unknown|ukendt|none|nobody|asdf|xxx*)[0-9]*@"
# Zeroes alone, or one digit six times and more; shorter ones (11, 777) may well be a customer's number.
_ONE_SIGN = "|".join(f"{digit}{{6,}}" for digit in range(1, 10))
_ZEROES = f"(?:[0\\s-]*|{_ONE_SIGN})$"
# A country code and then one digit again and again: +4500000000.
_PHONE = "\\+[0-9]{2}(?:" + "|".join(f"{digit}{{6,}}" for digit in range(10)) + ")$"
_WORTHLESS = f"^(?:{_NOBODY}|{_MAILBOX}|{_ZEROES}|{_PHONE})"
# The first two letters of all these; the second of a value of one letter may be any.
_WORDS_BEGIN = "an uk on in un nu no ni na n/ ge gu gæ gj ga us te du de ex xx".split()
_MAILBOXES_BEGIN = "te no do an un uk as xx".split()


def is_worthless(values: pa.Array, extra: Set[str] = frozenset()) -> pa.Array:
    """For each washed identifier value, whether it identifies nobody (null stays null).

    `values` is a string array; the result a boolean array of the same length. `extra` are more such values,
    compared without regard to case.

    >>> is_worthless(pa.array(["0000", "test@example.com", "anne@example.com", None])).to_pylist()
    [True, True, False, None]
    """
    found = _matched(values)
    if extra:
        listed = pc.is_in(pc.utf8_lower(values), value_set=pa.array(sorted(word.lower() for word in extra)))
        found = pc.or_(found, pc.if_else(pc.is_null(values), pa.scalar(None, pa.bool_()), listed))
    return found


def _matched(values: pa.Array) -> pa.Array:
    """Which values the pattern fits. To look at two letters of each is ten times as fast, and few begin so."""
    if not pa.types.is_string(values.type) or not len(values):
        return pc.match_substring_regex(values, _WORTHLESS)
    _, offsets, data = values.buffers()
    bounds = np.frombuffer(offsets, np.int32, len(values) + 1, values.offset * 4)
    letters = np.zeros(bounds[-1] + 2, np.uint8)
    letters[:-2] = np.frombuffer(data, np.uint8)[: bounds[-1]] if data is not None else ()
    starts, length = bounds[:-1], np.diff(bounds)
    begin = letters[starts].astype(np.uint16) << 8 | letters[starts + 1]
    may_be = np.flatnonzero(_begins()[begin] | (length < 2))
    is_worthless_ = pa.repeat(False, len(values))
    if len(may_be):
        fits = pc.fill_null(pc.match_substring_regex(values.take(pa.array(may_be)), _WORTHLESS), False)
        flags = np.zeros(len(values), np.bool_)
        flags[may_be] = fits.to_numpy(zero_copy_only=False)
        is_worthless_ = pa.array(flags)
    if values.null_count:
        return pc.if_else(values.is_valid(), is_worthless_, pa.scalar(None, pa.bool_()))
    return is_worthless_


@cache
def _begins() -> npt.NDArray[np.bool_]:
    """For each two bytes (the first times 256 and the second) whether a worthless value may begin with them."""
    table = np.zeros(2**16, np.bool_)
    for first, second in _beginnings():
        table[first << 8 | second] = True
    return table


def _beginnings() -> Iterator[tuple[int, int]]:
    for word in (*_WORDS_BEGIN, *_MAILBOXES_BEGIN):
        for first, second in product({word[0], word[0].upper()}, {word[1], word[1].upper()}):
            yield ord(first), second.encode()[0]
        # Without regard to case the Kelvin sign is a k and the long s an s.
        if word[1] in "ks":
            yield from product(map(ord, (word[0], word[0].upper())), {"k": b"\xe2", "s": b"\xc5"}[word[1]])
    yield from product(b"0- \t\n\f\r", range(256))
    yield from ((ord(sign), ord(sign)) for sign in "123456789.?")
    yield from ((ord("+"), ord(digit)) for digit in "0123456789")
