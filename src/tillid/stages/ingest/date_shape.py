"""A date format as a regular expression, and where its parts stand when every value has the same length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_PART = {
    "d": r"(?P<d>\d{1,2})",
    "m": r"(?P<m>\d{1,2})",
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})",
    "f": r"(?P<f>\d{1,9})",
    "z": r"(?P<z>[Zz]|[+-]\d{2}(?::?\d{2})?)",
}
WIDTH_OF = {"d": 2, "m": 2, "Y": 4, "H": 2, "M": 2, "S": 2}
_TIME = "HMSfz"
_TRAILING_TIME = (
    r"(?:[Tt ]+(?P<H>\d{1,2})(?:[:.](?P<M>\d{2})(?:[:.](?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?P<z>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?"
)
ISO_FORMAT = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class DateShape:
    """What a strptime format means.

    `pattern` has a named group for each part, in the order of `groups`; a time after the date is optional.
    `slices` gives the start of each part in a value of `width` characters, and `literals` what stands
    between; both are empty, and `width` 0, where parts vary in width.
    """

    pattern: str
    groups: tuple[str, ...]
    width: int
    slices: tuple[tuple[str, int], ...]
    literals: tuple[tuple[int, str], ...]


@cache
def date_shape(format_: str) -> DateShape:
    """The shape of a format of %d %m %Y %y %H %M %S %f %z.

    >>> bool(re.fullmatch(date_shape("%d-%m-%Y").pattern, "24-12-2025 10:30")), date_shape("%d-%m-%Y").width
    (True, 10)
    """
    tokens = re.findall(r"%.|[^%]+", format_)
    first_time = next((i for i, token in enumerate(tokens) if token[0] == "%" and token[1] in _TIME), len(tokens))
    # Only a time that follows the date can be left out.
    ends_in_time = all(token[0] != "%" or token[1] not in "dmYy" for token in tokens[first_time:])
    optional_from = first_time - 1 if first_time and tokens[first_time - 1][0] != "%" else first_time
    pattern = ""
    for index, token in enumerate(tokens):
        if ends_in_time and index == optional_from < len(tokens):
            pattern += "(?:"
        pattern += _PART[token[1]] if token[0] == "%" else _literal(token)
    if first_time == len(tokens):
        pattern += _TRAILING_TIME
    elif ends_in_time:
        pattern += ")?"
    return DateShape(f"^{pattern}$", tuple(re.findall(r"\(\?P<(\w)>", pattern)), *_places(tokens))


def _literal(text: str) -> str:
    return re.sub(r"(?:\\ )+", " +", re.escape(text))


def _places(tokens: list[str]) -> tuple[int, tuple[tuple[str, int], ...], tuple[tuple[int, str], ...]]:
    at, slices, literals = 0, [], []
    for token in tokens:
        if token[0] != "%":
            literals.append((at, token))
            at += len(token)
        elif token[1] in WIDTH_OF:
            slices.append((token[1], at))
            at += WIDTH_OF[token[1]]
        else:
            return 0, (), ()
    if not {"Y", "m", "d"} <= {part for part, _ in slices}:
        return 0, (), ()
    return at, tuple(slices), tuple(literals)
