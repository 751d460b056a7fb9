"""Makes truths of what files hold: true and false, 1 and 0, yes and no in several languages."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_TRUE = ("true", "1", "yes", "y", "ja", "j", "oui", "vrai", "wahr", "sand", "sann", "waar", "on")
_FALSE = (
    *("false", "0", "no", "n", "nej", "nei", "nee", "nein", "non", "faux", "falsch", "falsk"),
    *("usand", "usann", "onwaar", "off"),
)
_WORDS = pa.array((*_TRUE, *_FALSE))
_TRUTHS = pa.array([True] * len(_TRUE) + [False] * len(_FALSE))


def boolean_of(values: pa.Array) -> pa.Array:
    """Booleans; null where a value is empty or no truth.

    >>> boolean_of(pa.array(["Ja", "nei", " 1", "maybe", None])).to_pylist()
    [True, False, True, None, None]
    """
    kind = values.type
    if pa.types.is_boolean(kind):
        return values
    if pa.types.is_string(kind):
        words = pc.utf8_lower(pc.utf8_trim_whitespace(values))
        return pc.take(_TRUTHS, pc.index_in(words, value_set=_WORDS))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        is_one = pc.equal(values, pa.scalar(1, kind))
        is_truth = pc.or_(is_one, pc.equal(values, pa.scalar(0, kind)))
        return pc.if_else(is_truth, is_one, pa.scalar(None, pa.bool_()))
    return pa.nulls(len(values), pa.bool_())
