"""The rows of a load that are looked at one by one: how many values differ, how far they reach, how they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from tillid.pipeline.quality.figures import Shape
from tillid.pipeline.report.small_cells import THRESHOLD

FIRST = 1_024
AFTER, OF_EVERY = 64, 65_536
"""The first rows of a load, then so many of every so many: the same rows however the load is cut into batches."""
MOST = 20_000
WHO, VERDICT = "_who", "_verdict_"
_SHAPES = 8
_LONGEST = 40


def sampled(start: int, rows: int) -> Iterator[tuple[int, int]]:
    """Which of the `rows` that begin with row `start` of a load are looked at: offset and length of each stretch.

    >>> list(sampled(0, 5)), list(sampled(1_000, 100_000))
    ([(0, 5)], [(0, 24), (64536, 64)])
    """
    if start < FIRST:
        yield 0, min(rows, FIRST - start)
    block = max(start // OF_EVERY, 1)
    while (at := block * OF_EVERY) < start + rows:
        low, high = max(at, start), min(at + AFTER, start + rows)
        if low < high:
            yield low - start, high - low
        block += 1


@dataclass(slots=True)
class Sample:
    """The rows looked at so far, at most `MOST`: values, verdicts, and whom each row is about."""

    parts: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    passed: int = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """Look at the next rows of the load."""
        for offset, length in sampled(self.passed, batch.num_rows):
            room = min(length, MOST - self.rows)
            if room > 0:
                # Taken, not sliced: a slice would hold on to the whole batch.
                self.parts.append(batch.take(pa.arange(offset, offset + room)))
                self.rows += room
        self.passed += batch.num_rows

    @property
    def is_whole(self) -> bool:
        """Whether every row was looked at."""
        return self.rows == self.passed

    def table(self) -> pa.Table | None:
        """All rows that were looked at; None where there were none."""
        return pa.Table.from_batches(self.parts).combine_chunks() if self.parts else None


def shape_of(texts: pa.Array) -> pa.Array:
    """What texts look like: a run of small letters is a, of capital ones A, each digit 9, all else as it is.

    >>> shape_of(pa.array(["Ida Holm", "ida.holm@mail.example", "+45 20 12", "ÅSE"])).to_pylist()
    ['Aa Aa', 'a.a@a.a', '+99 99 99', 'A']
    """
    small = pc.replace_substring_regex(texts, r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]+", "a")
    capital = pc.replace_substring_regex(small, r"[\p{Lu}\p{Lt}]+", "A")
    digits = pc.replace_substring_regex(capital, r"\p{N}", "9")
    return pc.utf8_slice_codeunits(digits, 0, _LONGEST)


def looks(sample: pa.Table, columns: Sequence[str]) -> dict[str, pa.Array]:
    """The shape of each value of some columns; all at once, for reading the patterns takes longest."""
    packed = [sample.column(name).combine_chunks().dictionary_encode() for name in columns]
    every = shape_of(pa.concat_arrays([pa.array([], pa.string()), *(one.dictionary for one in packed)]))
    done, start = {}, 0
    for name, one in zip(columns, packed, strict=True):
        done[name] = every.slice(start, len(one.dictionary)).take(one.indices)
        start += len(one.dictionary)
    return done


def shapes(look: pa.Array, who: pa.ChunkedArray, verdicts: pa.ChunkedArray | None) -> tuple[Shape, ...]:
    """The most frequent shapes of a column by verdict, of those that at least five people's values have.

    >>> shapes(pa.array(["9", "9", "a"] * 5), pa.chunked_array([list("aabccdeefgghiij")]), None)
    (Shape(shape='9', verdict='', rows=10), Shape(shape='a', verdict='', rows=5))
    """
    judged = pa.nulls(len(look), pa.string()) if verdicts is None else verdicts.cast(pa.string())
    seen = pa.table({"shape": look, "verdict": judged, WHO: who}).filter(look.is_valid())
    grouped = seen.group_by(["shape", "verdict"]).aggregate([(WHO, "count_distinct"), ([], "count_all")])
    shared = grouped.filter(pc.greater_equal(grouped[f"{WHO}_count_distinct"], THRESHOLD))
    found = [Shape(row["shape"], row["verdict"] or "", row["count_all"]) for row in shared.to_pylist()]
    return tuple(sorted(found, key=lambda one: (-one.rows, one.shape, one.verdict))[:_SHAPES])


def extent(sample: pa.Table, column: str) -> tuple[str | None, str | None]:
    """How far numbers or dates reach, rounded, with five people at or beyond each end; None for fewer than ten.

    >>> sample = pa.table({"amount": list(range(100, 1100)), WHO: [str(n) for n in range(1000)]})
    >>> extent(sample, "amount"), extent(sample.slice(0, 4), "amount")
    (('100', '1100'), (None, None))
    """
    each = sample.filter(sample[column].is_valid()).group_by(WHO).aggregate([(column, "min"), (column, "max")])
    each = each.filter(each[WHO].is_valid())
    if each.num_rows < 2 * THRESHOLD:
        return None, None
    low = pc.sort_indices(each[f"{column}_min"])[THRESHOLD - 1].as_py()
    high = pc.sort_indices(each[f"{column}_max"])[-THRESHOLD].as_py()
    return rounded(each[f"{column}_min"][low].as_py()), rounded(each[f"{column}_max"][high].as_py())


def rounded(value: object) -> str | None:
    """A number with two digits that count, a date as its month.

    >>> rounded(1234.5), rounded(0), rounded(date(2025, 12, 24)), rounded(True)
    ('1200', '0', '2025-12', None)
    """
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m}"
    if value is None or isinstance(value, bool | str | bytes):
        return None
    text = f"{float(str(value)):.2g}"
    return f"{float(text):.0f}" if abs(float(text)) >= 10 or float(text) % 1 == 0 else text
