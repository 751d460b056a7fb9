"""Makes whole numbers and decimals of what files hold; a value that is none, or does not fit, becomes null."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

_WIDE = pa.decimal128(38, 0)
_INT64_MAX = (1 << 63) - 1
_MOST_DIGITS = 38
_BLANKS = " \u00a0\u202f"
_ROUND = "half_towards_infinity"
_LONGEST_MANTISSA = 60
_FARTHEST_POWER = 120


def integer_of(values: pa.Array, decimal: str) -> pa.Array:
    """int64; a number with a fraction becomes null.

    >>> integer_of(pa.array(["1.234", "7", "+5", "0x10", "1,5"]), ",").to_pylist()
    [1234, 7, 5, None, None]
    """
    kind = values.type
    if pa.types.is_string(kind):
        return _integer_of_text(values, decimal)
    if pa.types.is_integer(kind):
        return _fitting_int64(pc.cast(values, _WIDE)) if kind == pa.uint64() else pc.cast(values, pa.int64())
    if pa.types.is_floating(kind):
        values = pc.cast(values, pa.float64())
        is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), float(1 << 63)))
        return pc.cast(pc.if_else(is_whole, values, pa.scalar(None, pa.float64())), pa.int64())
    if pa.types.is_decimal256(kind):
        return integer_of(decimal_of(values, _WIDE, ".", rounds=False), ".")
    if pa.types.is_decimal(kind):
        is_whole = pc.equal(pc.floor(values), values)
        return _fitting_int64(pc.cast(pc.if_else(is_whole, values, pa.scalar(None, kind)), _WIDE))
    return pa.nulls(len(values), pa.int64())


def decimal_of(values: pa.Array, type_: pa.Decimal128Type, decimal: str, *, rounds: bool) -> pa.Array:
    """Decimals of `type_`; more digits after the point are rounded half up from floats, and from text where `rounds`.

    Text may be in scientific notation.

    >>> decimal_of(pa.array(["1.234,50", "7,123", "9,5E-01"]), pa.decimal128(18, 2), ",", rounds=False).to_pylist()
    [Decimal('1234.50'), None, Decimal('0.95')]
    """
    kind = values.type
    if pa.types.is_decimal256(kind):
        values, kind, decimal = pc.cast(values, pa.string()), pa.string(), "."
    if kind == type_:
        return values
    if pa.types.is_string(kind):
        return _decimal_of_text(values, type_, decimal, rounds)
    if pa.types.is_floating(kind):
        rounded = pc.round(pc.cast(values, pa.float64()), type_.scale, _ROUND)
        fits = pc.less(pc.abs(rounded), float(10 ** (type_.precision - type_.scale)))
        return pc.cast(pc.if_else(fits, rounded, pa.scalar(None, pa.float64())), type_)
    if pa.types.is_integer(kind):
        return _fitting(pc.cast(values, _WIDE), type_, rounds=False)
    if pa.types.is_decimal(kind):
        return _fitting(values, type_, rounds=rounds)
    return pa.nulls(len(values), type_)


def _integer_of_text(values: pa.Array, decimal: str) -> pa.Array:
    text = pc.utf8_trim_whitespace(values)
    try:
        if not _any(pc.match_substring(text, "x", ignore_case=True)):
            return pc.cast(text, pa.int64())
    except pa.ArrowInvalid:
        pass
    plain = _without_groups(text, _patterns(decimal)[0], decimal)
    is_short = pc.less_equal(pc.binary_length(plain), _MOST_DIGITS)
    return _fitting_int64(pc.cast(pc.if_else(is_short, plain, pa.scalar(None, pa.string())), _WIDE))


def _decimal_of_text(values: pa.Array, type_: pa.Decimal128Type, decimal: str, rounds: bool) -> pa.Array:
    text = pc.utf8_trim_whitespace(values)
    plain = pc.replace_substring(text, ",", ".") if decimal == "," else text
    try:
        # No grouping and nothing odd: straight to the type, which refuses surplus digits by itself.
        is_odd = _any(pc.match_substring_regex(text, "[.eE]" if decimal == "," else "[eE]"))
        # Beyond 38 digits Arrow wraps around without a word.
        if not is_odd and (pc.max(pc.binary_length(text)).as_py() or 0) <= _MOST_DIGITS:
            return pc.cast(plain, type_)
    except pa.ArrowInvalid:
        pass
    plain = _without_groups(spelled_out(text, decimal), _patterns(decimal)[1], decimal)
    whole, scale = type_.precision - type_.scale, type_.scale
    # One digit beyond the last kept one decides on rounding; where nothing is rounded it may only be followed by 0.
    surplus = "[0-9]*" if rounds else "0*"
    shape = rf"^[+-]?0*\d{{0,{whole}}}(?:\.\d{{0,{scale}}}{surplus})?$"
    plain = pc.if_else(pc.match_substring_regex(plain, shape), plain, pa.scalar(None, pa.string()))
    kept = scale + 1 if rounds else scale
    cut = pc.replace_substring_regex(plain, rf"(\.\d{{{kept}}})\d+$", r"\1")
    return _fitting(pc.cast(cut, pa.decimal128(38, kept)), type_, rounds=True)


def spelled_out(text: pa.Array, decimal: str) -> pa.Array:
    """Numbers in scientific notation in plain digits, exactly; any other text as it is.

    >>> spelled_out(pa.array(["9,83E-05", "-1e5", "1.5", "E7"]), ",").to_pylist()
    ['0,0000983', '-100000,', '1.5', 'E7']
    """
    is_scientific = pc.match_substring_regex(text, _scientific(decimal))
    is_scientific = pc.and_(is_scientific, pc.match_substring_regex(text, r"^[+-]?[.,]?\d"))
    is_scientific = pc.fill_null(is_scientific, False)
    if not _any(is_scientific):
        return text
    parts = pc.extract_regex(text.filter(is_scientific), _scientific(decimal))
    powers = pc.cast(pc.replace_substring(pc.struct_field(parts, "power"), "+", ""), pa.int16())
    # Farther than any kept digit is far enough, and one power moves the mark by one number of places.
    powers = pc.min_element_wise(pc.max_element_wise(powers, -_FARTHEST_POWER), _FARTHEST_POWER)
    order = pc.array_sort_indices(powers)
    sorted_parts, runs = parts.take(order), pc.run_end_encode(powers.take(order))
    begin, moved = 0, []
    for power, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        moved.append(_moved(sorted_parts.slice(begin, end - begin), power, decimal))
        begin = end
    plain = pa.concat_arrays(moved).take(pc.array_sort_indices(order))
    return pc.replace_with_mask(text, is_scientific, plain)


def _moved(parts: pa.StructArray, power: int, decimal: str) -> pa.Array:
    """Sign, whole digits and fraction as one number, its decimal mark moved by `power` places."""
    sign, whole, fraction = (pc.struct_field(parts, name) for name in ("sign", "whole", "fraction"))
    if power < 0:
        whole = pc.utf8_lpad(whole, 1 - power, "0")
        whole, fraction = pc.utf8_slice_codeunits(whole, 0, power), _joined(_last(whole, -power), fraction)
    else:
        fraction = pc.utf8_rpad(fraction, power, "0")
        whole = _joined(whole, pc.utf8_slice_codeunits(fraction, 0, power))
        fraction = pc.utf8_slice_codeunits(fraction, power)
    return _joined(sign, whole, pa.scalar(decimal), fraction)


def _joined(*texts: pa.Array | pa.Scalar) -> pa.Array:
    return pc.binary_join_element_wise(*texts, "")


def _last(text: pa.Array, count: int) -> pa.Array:
    return pc.utf8_slice_codeunits(text, -count)


@cache
def _scientific(decimal: str) -> str:
    mark = re.escape(decimal)
    digits = rf"(?P<whole>\d{{0,{_LONGEST_MANTISSA}}})(?:{mark}(?P<fraction>\d{{0,{_LONGEST_MANTISSA}}}))?"
    return rf"^(?P<sign>[+-]?){digits}[eE](?P<power>[+-]?\d{{1,3}})$"


@cache
def _patterns(decimal: str) -> tuple[str, str]:
    """Regular expressions of whole numbers and of decimals, with or without groups of three digits."""
    group = f"[{'.' if decimal == ',' else ','}'{_BLANKS}]"
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)"
    mark = "," if decimal == "," else r"\."
    return rf"^[+-]?{whole}$", rf"^[+-]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)$"


def _without_groups(text: pa.Array, pattern: str, decimal: str) -> pa.Array:
    """Texts of the pattern in plain digits with a point; null for any other."""
    text = pc.if_else(pc.match_substring_regex(text, pattern), text, pa.scalar(None, pa.string()))
    group = f"[{'.' if decimal == ',' else ','}'{_BLANKS}]"
    return pc.replace_substring(pc.replace_substring_regex(text, group, ""), ",", ".")


def _fitting(values: pa.Array, type_: pa.Decimal128Type, *, rounds: bool) -> pa.Array:
    """Decimals cast to `type_`; null where they are too large, or would lose digits and `rounds` is False."""
    try:
        return pc.cast(values, type_)
    except pa.ArrowInvalid:
        pass
    values = pc.cast(values, pa.decimal128(38, values.type.scale))
    nothing = pa.scalar(None, values.type)
    if values.type.scale > type_.scale:
        rounded = pc.round(values, type_.scale, _ROUND)
        values = rounded if rounds else pc.if_else(pc.equal(rounded, values), rounded, nothing)
    whole = type_.precision - type_.scale
    if whole < 38 - values.type.scale:
        limit = pa.scalar(Decimal(10**whole), values.type)
        values = pc.if_else(pc.less(pc.abs(values), limit), values, nothing)
    return pc.cast(values, type_)


def _fitting_int64(values: pa.Array) -> pa.Array:
    fits = pc.less_equal(pc.abs(values), pa.scalar(Decimal(_INT64_MAX), _WIDE))
    return pc.cast(pc.if_else(fits, values, pa.scalar(None, _WIDE)), pa.int64())


def _any(mask: pa.Array) -> bool:
    return bool(mask.true_count)
