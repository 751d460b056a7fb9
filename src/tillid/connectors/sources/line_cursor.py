"""Finds the lines of rows by number, going through a file once when rows are asked for in ascending order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


class LineCursor:
    """Remembers how far it has come; `start` begins a new pass over the lines of all rows.

    >>> LineCursor(lambda: iter([2, 3, 7])).lines_of([2, 0])
    [7, 2]
    """

    def __init__(self, start: Callable[[], Iterator[int]]) -> None:
        self._start = start
        self._lines = start()
        self._next = 0

    def lines_of(self, rows: Sequence[int]) -> list[int]:
        """The line of each row, as `rows` is ordered; IndexError where a row is not in the file."""
        line_of: dict[int, int] = {}
        for row in sorted(set(rows)):
            if row < self._next:
                self._lines, self._next = self._start(), 0
            line = None
            while self._next <= row:
                line = next(self._lines, None)
                self._next += 1
            if line is None:
                raise IndexError(f"there is no row {row}")
            line_of[row] = line
        return [line_of[row] for row in rows]
