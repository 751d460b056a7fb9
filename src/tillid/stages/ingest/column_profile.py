"""What the values of one column look like: how many, how varied, and of which shapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tillid.ports.source import Look
from tillid.stages.ingest.cast_column import plain
from tillid.stages.ingest.to_boolean import boolean_of
from tillid.stages.ingest.to_number import decimal_of, integer_of
from tillid.stages.ingest.to_text import text_of
from tillid.stages.ingest.to_time import timestamp_of
from tillid.terms.national_ids import is_national_id

MOST = 0.9
"""The share of a column's filled values that must have a shape for the column to have it."""
_NEARLY_ALL = 0.998
_HALF = 0.5
_SHORTEST_TC = 30
_ENOUGH = 500
_FEW = 12

_TIME_OF_DAY = r"\d[T ]\d{1,2}[:.]\d{2}"
_DATE_LIKE = r"\d{4}|\d[-./]\d{1,2}[-./]\d"
_SHAPES = {
    name: re.compile(shape)
    for name, shape in {
        "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        "phone": r"^(?:\+|00)?\(?\d[\d ()./-]{6,18}\d$",
        "phone_written": r"^(?:(?:\+|00)\d[\d ()./-]{7,18}\d|0\d{1,3}[-/ ]\d[\d ]{5,9}|\d{2} \d{2} \d{2} \d{2})$",
        "iban": r"^[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}$",
        "ip": r"^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7})$",
        "url": r"^(?:https?://|www\.)\S+$",
        "user_agent": r"^(?:Mozilla/\d|Opera/\d|[\w-]+/\d+(?:\.\d+)+(?: \(|$))",
        "tc_string": r"^C[A-Za-z0-9_-]{15,}(?:\.[A-Za-z0-9_-]+)*$",
        "dutch_postcode": r"^\d{4} ?[A-Z]{2}$",
        "digits_somewhere": r"\d",
        "digits": r"^\d+$",
        "words": r"^[^\d@/_{}\[\]=<>]+$",
        "spaced": r"\S\s+\S+\s+\S",
        "sentence": r"^(?=.{15})\S+(?:\s+\S+){2}",
        "two_words": r"^[^\W\d_][^\d@]*\s[^\d@]+$",
        "national_id": r"^\d[\d .\-/]{7,14}\d$",
    }.items()
}


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column in the rows that were looked at; `shapes` are shares of the filled values.

    `type` is the type that they have (text where none fits), `nearly` the one that most have and some have not,
    `misfit` the share of the filled values that would be refused as `type`.
    `few` are the distinct values in small letters where there are few; they are for comparing, never shown.
    """

    header: str
    rows: int
    filled: int
    distinct: int
    is_once: bool
    type: str
    nearly: str
    misfit: float
    shapes: dict[str, float]
    few: frozenset[str]
    is_money: bool = False
    low: float | None = None
    high: float | None = None

    def has(self, shape: str, share: float = MOST) -> bool:
        """Whether at least `share` of the filled values have a shape."""
        return bool(self.filled) and self.shapes.get(shape, 0.0) >= share

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.type in ("integer", "decimal", "money")

    @property
    def is_time(self) -> bool:
        """Whether the values are days or moments."""
        return self.type in ("date", "timestamp")

    @property
    def is_truth(self) -> bool:
        """Whether the values are two: yes and no, or 0 and 1."""
        numbers = self.is_number and not self.is_once and self.few in ({"0", "1"}, {"0.0", "1.0"})
        return self.type == "boolean" or numbers


def profile_of(header: str, values: pa.Array, look: Look, whole: pa.Array | None = None) -> ColumnProfile:
    """Look at a column. `whole` are all rows that were read, for whether a value comes twice; else `values`.

    >>> look = Look("csv", "utf-8", ";", '"', ",", {}, 1, ("Mail",), None, ())
    >>> found = profile_of("Mail", pa.array(["a@x.example", "b@x.example"]), look)
    >>> found.type, found.has("email"), found.is_once
    ('text', True, True)
    """
    values = plain(values)
    filled = len(values) - values.null_count
    type_, nearly, misfit = _type(header, values, look, filled)
    texts = pc.utf8_trim_whitespace(pc.drop_null(_texts(values)))
    unique = pc.unique(texts)
    shapes = _shapes(texts) if pa.types.is_string(values.type) else {}
    few = frozenset(text.lower() for text in unique.to_pylist()) if 0 < len(unique) <= _FEW else frozenset()
    low, high = _range(values, look, type_)
    once = _is_once(values if whole is None else plain(whole))
    money = type_ in ("integer", "decimal") and _is_money(values, look)
    return ColumnProfile(
        header, len(values), filled, len(unique), once, type_, nearly, misfit, shapes, few, money, low, high
    )


def _is_money(values: pa.Array, look: Look) -> bool:
    """Whether two decimals are enough, so that no amount would be refused."""
    cast = decimal_of(values, pa.decimal128(18, 2), look.decimal or ".", rounds=False)
    return bool(cast.null_count == values.null_count)


def _texts(values: pa.Array) -> pa.Array:
    if pa.types.is_nested(values.type):
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())
    return text_of(values)


def _is_once(values: pa.Array) -> bool:
    """Whether each row has a value of its own, as far as the rows that were looked at tell."""
    if not len(values) or values.null_count:
        return False
    try:
        return bool(pc.count_distinct(values).as_py() == len(values))
    except pa.ArrowNotImplementedError:
        # Lists and the like identify nothing.
        return False


def _shapes(texts: pa.Array) -> dict[str, float]:
    """The share of each shape, of as many values as make it certain."""
    some = texts.to_pylist() if len(texts) <= _ENOUGH else texts.take(pa.array(_spread(len(texts)))).to_pylist()
    if not some:
        return {}
    found = {name: sum(bool(shape.search(text)) for text in some) / len(some) for name, shape in _SHAPES.items()}
    for name, is_right in _CHECKS.items():
        if found[name] >= MOST:
            found[name] *= sum(is_right(text) for text in some) / len(some)
    return found


def _spread(count: int) -> list[int]:
    return [at * count // _ENOUGH for at in range(_ENOUGH)]


def is_iban(text: str) -> bool:
    """Whether the check digits of an account number (ISO 13616) are right.

    >>> is_iban("NL91 ABNA 0417 1643 00"), is_iban("NL92 ABNA 0417 1643 00")
    (True, False)
    """
    letters = text.replace(" ", "")
    turned = letters[4:] + letters[:4]
    return turned.isalnum() and int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_ip(text: str) -> bool:
    return ":" in text or all(int(part) < 256 for part in text.split("."))


def _is_tc(text: str) -> bool:
    return len(text) > _SHORTEST_TC and any(sign.isupper() for sign in text) and any(sign.islower() for sign in text)


def _is_id(text: str) -> bool:
    return is_national_id(text) is not None


_CHECKS: dict[str, Callable[[str], bool]] = {"iban": is_iban, "ip": _is_ip, "tc_string": _is_tc, "national_id": _is_id}


def _type(header: str, values: pa.Array, look: Look, filled: int) -> tuple[str, str, float]:
    """The type that nearly all values have, the one that most have and some have not, and how many have not."""
    if not filled or pa.types.is_nested(values.type):
        return "text", "", 0.0
    decimal, format_ = look.decimal or ".", look.date_formats.get(header)
    is_code = pa.types.is_string(values.type) and pc.any(pc.match_substring_regex(values, r"^\s*0\d+\s*$")).as_py()
    has_digits, has_dates = _matches(values, r"\d"), _matches(values, _DATE_LIKE)
    nearly = ""
    casts: tuple[tuple[str, Callable[[], pa.Array]], ...] = (
        ("time", lambda: timestamp_of(values, "UTC", format_, is_excel=False)),
        ("integer", lambda: integer_of(values, decimal)),
        ("decimal", lambda: decimal_of(values, pa.decimal128(18, 6), decimal, rounds=True)),
        ("boolean", lambda: boolean_of(values)),
    )
    for name, cast in casts:
        if not {"time": has_dates, "boolean": True}.get(name, has_digits):
            continue
        cast_values = cast()
        share = (len(cast_values) - cast_values.null_count) / filled
        type_ = ("timestamp" if _has_times(values, format_) else "date") if name == "time" else name
        if is_code and type_ in ("integer", "decimal"):
            continue  # a leading zero is part of a code
        if share > (MOST if name == "time" else _NEARLY_ALL):
            return type_, "", 1 - share
        nearly = nearly or (type_ if share > _HALF else "")
    return "text", nearly, 0.0


def _matches(values: pa.Array, pattern: str) -> bool:
    return not pa.types.is_string(values.type) or bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _has_times(values: pa.Array, format_: str | None) -> bool:
    if pa.types.is_string(values.type):
        return "%H" in (format_ or "") or bool(pc.any(pc.match_substring_regex(values, _TIME_OF_DAY)).as_py())
    return bool(pa.types.is_timestamp(values.type))


def _range(values: pa.Array, look: Look, type_: str) -> tuple[float | None, float | None]:
    if type_ not in ("integer", "decimal"):
        return None, None
    ends = pc.min_max(decimal_of(values, pa.decimal128(38, 6), look.decimal or ".", rounds=True)).as_py()
    return tuple(None if end is None else float(end) for end in ends.values())  # type: ignore[return-value]
