"""Whether an engine's rows and the reference's are the same, in any order; floats to 1e-9 relative."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any


def key(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (0,)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, (int, float, Decimal)):
        # Rounded, so that nearly equal floats stand at the same place in both lists.
        return (1, float(f"{float(value):.7g}"))
    return (2, str(value))


def same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return type(a) is type(b) and a == b if isinstance(a, Decimal) and isinstance(b, Decimal) else a == b


def assert_same_rows(got: list[tuple[Any, ...]], wanted: list[tuple[Any, ...]]) -> None:
    assert len(got) == len(wanted), f"{len(got)} rows, not {len(wanted)}"
    order = lambda row: tuple(map(key, row))  # noqa: E731
    for a, b in zip(sorted(got, key=order), sorted(wanted, key=order), strict=True):
        assert len(a) == len(b)
        assert all(map(same, a, b)), f"{a} is not {b}"
