"""Values that stand where an identifier should and identify nobody: test@…, 0000, anonymous."""

from __future__ import annotations

from collections.abc import Set

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
# One pattern, for nearly every value is done with after its first letters.
_WORTHLESS = f"^(?:{_NOBODY}|{_MAILBOX}|{_ZEROES}|{_PHONE})"


def is_worthless(values: pa.Array, extra: Set[str] = frozenset()) -> pa.Array:
    """For each washed identifier value, whether it identifies nobody (null stays null).

    `values` is a string array; the result a boolean array of the same length. `extra` are more such values,
    compared without regard to case.

    >>> is_worthless(pa.array(["0000", "test@example.com", "anne@example.com", None])).to_pylist()
    [True, True, False, None]
    """
    found = pc.match_substring_regex(values, _WORTHLESS)
    if extra:
        listed = pc.is_in(pc.utf8_lower(values), value_set=pa.array(sorted(word.lower() for word in extra)))
        found = pc.or_(found, pc.if_else(pc.is_null(values), pa.scalar(None, pa.bool_()), listed))
    return found
