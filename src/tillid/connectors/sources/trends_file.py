"""What Google Trends' page downloads (interest over time): a column for each term becomes a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pyarrow as pa

from tillid.connectors.sources.delimited import DelimitedFile
from tillid.connectors.sources.errors import FileNotTrends
from tillid.connectors.sources.request import Request
from tillid.ports.source import Look, RawBatch

TRENDS = "google_trends"
"""What a definition calls this format."""
COLUMNS = ("row_key", "period", "step", "term", "place", "interest", "is_below_1")
"""The fields of a row. `step` is hour, day, week or month; of `<1` the interest is 0, and `is_below_1` is true."""
_HEADER = re.compile(r"(?P<term>.+?)\s*[:\uff1a]\s*[(\uff08](?P<place>.+)[)\uff09]")
_PERIOD = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d(?::\d\d(?::\d\d)?)?)?)?")
_STEPS = {1: "day", 7: "week"}
_A_MONTH, _A_DAY = len("2025-01"), len("2025-01-31")
_BELOW = "<1"


class TrendsFile:
    """One such file, in any language: only the marks of the headers and the form of the periods are read.

    The first column is the period, and each other one `term: (place)`. A value is 0 to 100, `<1`, or empty where
    there is none.
    """

    def __init__(self, request: Request) -> None:
        self._name, self._only = request.name, request.only
        said = replace(request.said, format="csv", separator=request.said.separator or ",")
        self._file = DelimitedFile(replace(request, format="csv", said=said, only=None))

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return self._file.tables()

    def look(self) -> Look:
        """The fields of a row, whichever terms there are. Errors: FileNotTrends."""
        found = self._file.look()
        self._series(found.columns)
        return replace(found, format=TRENDS, columns=COLUMNS, date_formats={}, ambiguous_dates=(), decimal=".")

    def batches(self) -> Iterator[RawBatch]:
        """The rows, term by term for each period."""
        series, step = self._series(self._file.look().columns), self._step()
        for batch in self._file.batches():
            columns = [column.to_pylist() for column in batch.table.columns]
            rows = [
                _row(term, place, str(period), step, value)
                for period, *values in zip(*columns, strict=True)
                for (term, place), value in zip(series, values, strict=True)
            ]
            yield replace(batch, table=self._batch(rows), first_row=batch.first_row * len(series))

    def lines(self) -> Iterator[int]:
        """The line of each row."""
        terms = len(self._series(self._file.look().columns))
        for line in self._file.lines():
            yield from [line] * terms

    def _batch(self, rows: Sequence[dict[str, str | None]]) -> pa.RecordBatch:
        kept = [name for name in COLUMNS if self._only is None or name in self._only] or ["row_key"]
        arrays = [pa.array([row[name] for row in rows], pa.string()) for name in kept]
        return pa.RecordBatch.from_arrays(arrays, names=kept)

    def _series(self, columns: Sequence[str]) -> list[tuple[str, str]]:
        found = [_HEADER.fullmatch(header.strip()) for header in columns[1:]]
        if not found or None in found:
            raise FileNotTrends(self._name)
        return [(match["term"].strip(), match["place"].strip()) for match in found if match]

    def _step(self) -> str:
        """How far periods are apart: what their form does not tell, the shortest gap does."""
        first = next(self._file.batches()).table
        told = [str(value) for value in first.column(0).to_pylist() if value and _PERIOD.fullmatch(str(value))]
        if not told or len(told[0]) == _A_MONTH:
            return "month"
        if len(told[0]) > _A_DAY:
            return "hour"
        gaps = {(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in pairwise(told)}
        return _STEPS.get(min(gaps, default=1), "week")


def _row(term: str, place: str, period: str, step: str, value: object) -> dict[str, str | None]:
    text = re.sub(r"\s", "", str(value or ""))
    at = _at(period.strip())
    # What is no period or number stays as it is, and so its row is refused and told of.
    return {
        "row_key": f"{term}|{place}|{step}|{at}",
        "period": at,
        "step": step,
        "term": term,
        "place": place,
        "interest": "0" if text == _BELOW else text or None,
        "is_below_1": str(text == _BELOW).lower() if text else None,
    }


def _at(period: str) -> str:
    """When a period begins; other text as it is.

    >>> _at("2025-01"), _at("2025-01-05"), _at("2025-01-05T10"), _at("Total")
    ('2025-01-01 00:00:00', '2025-01-05 00:00:00', '2025-01-05 10:00:00', 'Total')
    """
    if not _PERIOD.fullmatch(period):
        return period
    try:
        return str(datetime.fromisoformat(f"{period}-01" if len(period) == _A_MONTH else period))
    except ValueError:
        return period
