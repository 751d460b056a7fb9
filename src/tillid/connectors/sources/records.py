"""The rows of delimited text one by one with their lines: slow and exact, for what the fast reader can't do."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from tillid.connectors.sources.encoding import UNDECODABLE
from tillid.connectors.sources.errors import QuoteUnclosed
from tillid.connectors.sources.layout import Layout

LONGEST_VALUE = 1 << 24
"""A value of more characters than this is taken for a quote that is never closed."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row: its line (1-based) and its cells, or why it can't be read. `raw` is its text."""

    line: int
    cells: Sequence[str]
    reason: str
    raw: str


class _Held:
    """Passes lines on and holds those of the row being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.held.append(line)
            yield line


def records(
    lines: Iterable[str], layout: Layout, file: str, is_kept: Callable[[int], bool] = lambda _: True
) -> Iterator[Record]:
    """All rows below the headers but empty lines; an undecodable byte counts in kept columns alone.

    Errors: QuoteUnclosed.
    """
    csv.field_size_limit(LONGEST_VALUE)
    held = _Held(lines)
    reader = csv.reader(held, delimiter=layout.separator, quotechar=layout.quote)
    line = layout.skip_lines + 1
    while True:
        held.held.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise QuoteUnclosed(file, line) from None
        raw = "".join(held.held)
        if _is_open(raw, layout):
            raise QuoteUnclosed(file, line)
        if cells:
            yield Record(line, cells, _reason(cells, layout, is_kept, len(held.held)), raw)
        line += len(held.held)


def _is_open(raw: str, layout: Layout) -> bool:
    # Only the last row can be open: one that swallows a further line is.
    if raw.count(layout.quote) % 2 == 0:
        return False
    text = StringIO(f"{raw}\nend", newline="")
    rows = list(csv.reader(text, delimiter=layout.separator, quotechar=layout.quote))
    return rows[-1] != ["end"]


def _reason(cells: Sequence[str], layout: Layout, is_kept: Callable[[int], bool], lines: int) -> str:
    over = f", over {lines} lines" if lines > 1 else ""
    if len(cells) != len(layout.columns):
        return f"{len(cells)} values where there are {len(layout.columns)} columns{over}"
    if any(UNDECODABLE in cell and is_kept(index) for index, cell in enumerate(cells)):
        return f"holds bytes that are not {layout.encoding}{over}"
    return ""
