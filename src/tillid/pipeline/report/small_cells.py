"""Small groups are not shown: a count of one to four people could point at a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

THRESHOLD = 5
HIDDEN = f"<{THRESHOLD}"
_BETWEEN = (THRESHOLD - 1) / 2 + 0.5
_THIN_SPACE = "\u202f"


def number(count: float) -> str:
    """A whole number with thin spaces, which no language takes for a decimal sign.

    >>> number(1234567).replace("\u202f", "_")
    '1_234_567'
    """
    return f"{count:,.0f}".replace(",", _THIN_SPACE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as it may be shown: the text, and the size to draw it at, which tells no more than the text."""

    text: str
    size: float
    is_hidden: bool = False


def shown(counts: Sequence[int]) -> tuple[Shown, ...]:
    """Counts of one set of people as they may be shown together.

    One to four becomes `<5`; where that happens the others are rounded to five, so that the hidden one is
    not found by taking them from a total. None stays none.

    >>> [one.text for one in shown([132, 3, 0])], [one.text for one in shown([132, 0])]
    (['130', '<5', '0'], ['132', '0'])
    """
    is_rounded = any(0 < count < THRESHOLD for count in counts)
    return tuple(_shown(count, is_rounded) for count in counts)


def _shown(count: int, is_rounded: bool) -> Shown:
    if 0 < count < THRESHOLD:
        return Shown(HIDDEN, _BETWEEN, is_hidden=True)
    size = THRESHOLD * round(count / THRESHOLD) if is_rounded else count
    return Shown(number(size), size)
