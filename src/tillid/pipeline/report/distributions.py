"""How variables are spread over people: the queries to govern, and their answers as figures.

First `extents` of all columns, then `bins_query` or `groups_query` for each. Bounds are round numbers around
the second and ninety-eighth percentile, so that no bound is a person's value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tillid.pipeline.report.figures import OTHERS, Bin, Group
from tillid.terms.table import PERSON_ID

BIN = "bin"
VALUE = "value"
PEOPLE = "people"
_MOST_BINS = 16
_MOST_STEPS = 14
_MOST_GROUPS = 36
_LEAST_WIDTH = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """`bins` bins of one `width` from `first` on; what lies outside falls into open bins at the ends.

    >>> Scale(0, 500, 3).bounds
    (0, 500, 1000, 1500)
    """

    first: float
    width: float
    bins: int

    @property
    def bounds(self) -> tuple[float, ...]:
        """The bounds of the bins, ascending: one more than bins."""
        # Of tenths and less the sum, not the product, would creep away from round numbers.
        return tuple(round(self.first + n * self.width, 12) for n in range(self.bins + 1))


def is_number(type_name: str) -> bool:
    """Whether a variable of this type, as Ibis writes it, is shown in bins.

    >>> is_number("decimal(18, 2)"), is_number("string"), is_number("timestamp(6)")
    (True, False, False)
    """
    return bool(ibis.dtype(type_name).is_numeric()) and not ibis.dtype(type_name).is_boolean()


def is_time(type_name: str) -> bool:
    """Whether a variable of this type is shown by month, in order."""
    kind = ibis.dtype(type_name)
    return bool(kind.is_timestamp() or kind.is_date())


def extents(variables: ir.Table, columns: Sequence[str]) -> ir.Table:
    """One row: `people`, and for each column `<column>__covered`, with `__low` and `__high` for a number."""
    row: dict[str, ir.Value] = {PEOPLE: variables[PERSON_ID].count()}
    for column in columns:
        values = variables[column]
        row[f"{column}__covered"] = values.count()
        if is_number(str(values.type())):
            numbers = values.cast("float64")
            row[f"{column}__low"] = numbers.quantile(0.02)
            row[f"{column}__high"] = numbers.quantile(0.98)
    return variables.aggregate(**row)


def scale_of(low: float | None, high: float | None, *, whole: bool) -> Scale | None:
    """The scale from the low to the high percentile; None without values. `whole`: of whole numbers.

    >>> scale_of(3.0, 7.9, whole=False).width, scale_of(0, 9, whole=True)
    (0.5, Scale(first=0, width=1, bins=10))
    """
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    if whole and high - low <= _MOST_STEPS:
        return Scale(math.floor(low), 1, math.floor(high) - math.floor(low) + 1)
    width = _round_width((high - low) / _MOST_BINS or abs(high) or 1.0)
    width = max(width, 1.0 if whole else _LEAST_WIDTH)
    first = math.floor(low / width) * width
    return Scale(round(first, 12), width, max(1, math.floor((high - first) / width) + 1))


def bins_query(variables: ir.Table, column: str, scale: Scale) -> ir.Table:
    """How many people fall into each bin: `bin` (-1 below, `scale.bins` above) and `people`."""
    numbers = variables[column].cast("float64")
    place = ((numbers - scale.first) / scale.width).floor()
    place = ibis.greatest(ibis.least(place, float(scale.bins)), -1.0).cast("int64")
    found = variables.filter(variables[column].notnull()).select(**{PERSON_ID: variables[PERSON_ID], BIN: place})
    return found.group_by(BIN).aggregate(people=found[PERSON_ID].count())


def groups_query(variables: ir.Table, column: str) -> ir.Table:
    """The values that the most people have, months of a time: `value` (text) and `people`."""
    values = variables[column]
    text = values.strftime("%Y-%m") if is_time(str(values.type())) else values.cast("string")
    found = variables.filter(values.notnull()).select(**{PERSON_ID: variables[PERSON_ID], VALUE: text})
    counted = found.group_by(VALUE).aggregate(people=found[PERSON_ID].count())
    return counted.order_by(ibis.desc(counted[PEOPLE]), counted[VALUE]).limit(_MOST_GROUPS)


def bins_of(scale: Scale, rows: pa.Table) -> tuple[Bin, ...]:
    """The answer of `bins_query` as bins; empty ones are there, open ones only where someone is in them.

    >>> rows = pa.table({"bin": [0, 2], "people": [7, 9]})
    >>> [(bin.low, bin.high, bin.people) for bin in bins_of(Scale(0, 10, 2), rows)]
    [(0, 10, 7), (10, 20, 0), (20, None, 9)]
    """
    people: Mapping[int, int] = dict(zip(rows[BIN].to_pylist(), rows[PEOPLE].to_pylist(), strict=True))
    bounds = scale.bounds
    below = [Bin(None, bounds[0], people[-1])] if -1 in people else []
    within = [Bin(bounds[n], bounds[n + 1], people.get(n, 0)) for n in range(scale.bins)]
    above = [Bin(bounds[-1], None, people[scale.bins])] if scale.bins in people else []
    return (*below, *within, *above)


def groups_of(rows: pa.Table, covered: int, *, ordered: bool = False) -> tuple[Group, ...]:
    """The answer of `groups_query` as groups; those with a value who are in none make up `OTHERS`."""
    pairs = zip(rows[VALUE].to_pylist(), rows[PEOPLE].to_pylist(), strict=True)
    groups = [Group(str(value), int(people)) for value, people in pairs]
    if ordered:
        groups.sort(key=lambda group: group.value)
    rest = covered - sum(group.people for group in groups)
    return (*groups, Group(OTHERS, rest)) if rest > 0 else tuple(groups)


def _round_width(width: float) -> float:
    """The next of 1, 2, 5 × a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    step = next((step for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9)), 10)
    return float(f"{step * power:.12g}")
