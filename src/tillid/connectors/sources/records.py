"""The rows of delimited text one by one with their lines: slow and exact, for what the fast reader can't do."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tillid.connectors.sources.cells import Taken, take_apart
from tillid.connectors.sources.encoding import UNDECODABLE
from tillid.connectors.sources.errors import QuoteUnclosed
from tillid.connectors.sources.found_by_looking import holds_values
from tillid.connectors.sources.layout import Layout
from tillid.connectors.sources.limits import LIMITS

_LEAST_LIMIT = 1 << 16
_CONSISTENT = 0.9
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """A row: its line (1-based) and its cells, or why it can't be read. `raw` is its text."""

    line: int
    cells: Sequence[str]
    reason: str
    raw: str


class _Lines:
    """The lines of a text; those held for a row can be given back, to be read otherwise."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.held: list[str] = []

    def next(self) -> str | None:
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is not None:
            self.held.append(line)
        return line

    def give_back(self, keep: int) -> None:
        self._back.extendleft(reversed(self.held[keep:]))
        del self.held[keep:]


class Records:
    """All rows below the headers but empty lines; `mended` counts what was read otherwise than as it stands.

    A row that lacks cells at its end alone gets empty ones, and empty cells too many are left out: a row needs
    two cells for that, or one that fits the first column, else it may be a footer. A quote that is never
    closed is a character where that makes rows of the right width of what follows. An undecodable byte counts
    in kept columns alone. Iterating raises QuoteUnclosed.
    """

    def __init__(
        self, lines: Iterable[str], layout: Layout, file: str, is_kept: Callable[[int], bool] = lambda _: True
    ) -> None:
        self._lines = _Lines(lines)
        self._layout = layout
        self._file = file
        self._is_kept = is_kept
        self._width = len(layout.columns)
        self._first_header = layout.headers[0] if layout.headers else None
        self._longest = LIMITS.cell_characters
        self.mended: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Record]:
        line = self._layout.skip_lines + 1
        lines = self._lines
        while True:
            lines.held.clear()
            first = None if 0 < self._layout.last_line < line else lines.next()
            if first is None:
                return
            if not self._is_empty(first):
                cells = self._cells(first, line) if self._layout.quote in first else self._bare(first)
                record = self._record(cells, line)
                if record is not None:
                    yield record
            line += len(lines.held)

    def _is_empty(self, line: str) -> bool:
        return not line.strip("\r\n") if self._width == 1 else not line.strip("\r\n ")

    def _bare(self, line: str) -> list[str]:
        marks = self._layout.marks
        return take_apart(line, marks).cells if marks.are_aligned else line.rstrip("\r\n").split(marks.separator)

    def _cells(self, first: str, line: int) -> list[str]:
        marks = self._layout.marks
        taken, size = take_apart(first, marks), len(first)
        opened = len(taken.cells)
        while taken.open is not None:
            more = self._lines.next() if size <= self._longest else None
            if more is None:
                return self._with_a_lone_quote(first, line, len(taken.cells))
            size += len(more)
            taken.is_odd = False
            taken = take_apart(more, marks, taken)
            if taken.open is not None and taken.is_odd and len(self._lines.held) <= _LOOKED_AT:
                # A further quote opens within the value: the first one may stand alone.
                plain = self._lone(first, len(taken.cells))
                if plain is not None:
                    return self._taken_for_a_character(plain, line)
        is_wide = len(taken.cells) not in (self._width, self._width + self._layout.hidden)
        if is_wide and (len(self._lines.held) > 1 or taken.is_odd):
            plain = self._as_characters(first, opened if len(self._lines.held) > 1 else -1)
            if plain is not None and (taken.is_odd or len(self._lines.held) > 2):
                self._lines.give_back(1)
                self.mended["odd quotes"] += 1
                return plain
        if taken.is_odd and self._width > 2 and len(self._lines.held) > 1 and self._are_all_rows():
            # The value has swallowed rows: they are read as such, and the line that it began on is refused.
            self._lines.give_back(1)
            return take_apart(first, marks, plain=opened).cells
        self.mended["odd quotes"] += taken.is_odd
        return taken.cells

    def _are_all_rows(self) -> bool:
        return all(self._may_be_row(line) for line in self._lines.held[1 : _LOOKED_AT + 1])

    def _as_characters(self, line: str, from_place: int = -1) -> list[str] | None:
        """The cells of a line whose quotes are characters, where that gives as many as there are columns."""
        marks = self._layout.marks
        if from_place >= 0:
            taken = take_apart(line, marks, plain=from_place)
            if taken.open is None and len(taken.cells) == self._width:
                return taken.cells
        cells = line.rstrip("\r\n").split(marks.separator)
        return cells if len(cells) == self._width else None

    def _with_a_lone_quote(self, first: str, line: int, place: int) -> list[str]:
        plain = self._lone(first, place)
        is_torn = len(self._lines.held) == 1 and not first.endswith(("\n", "\r"))
        if plain is None or is_torn:
            raise QuoteUnclosed(self._file, line)
        # The next one is not looked for as far: many would make reading slow.
        self._longest = max(_LEAST_LIMIT, self._longest >> 3)
        return self._taken_for_a_character(plain, line)

    def _lone(self, first: str, place: int) -> list[str] | None:
        """The cells of the first held line, where its quote can be a character and what follows are rows."""
        plain = self._as_characters(first, place)
        return plain if plain is not None and self._are_rows(self._lines.held[1 : _LOOKED_AT + 1]) else None

    def _taken_for_a_character(self, plain: list[str], line: int) -> list[str]:
        self._lines.give_back(1)
        self.mended[f"line {line}"] += 1
        return plain

    def _are_rows(self, lines: Sequence[str]) -> bool:
        filled = [line for line in lines if not self._is_empty(line)]
        alike = sum(self._may_be_row(line) for line in filled)
        return alike >= _CONSISTENT * len(filled)

    def _may_be_row(self, line: str) -> bool:
        taken = take_apart(line, self._layout.marks, Taken())
        return len(taken.cells) + (taken.open is not None) == self._width

    def _record(self, cells: list[str], line: int) -> Record | None:
        held = self._lines.held
        raw = held[0] if len(held) == 1 else "".join(held)
        over = f", over {len(held)} lines" if len(held) > 1 else ""
        if len(cells) != self._width:
            if self._layout.comment and raw.startswith(self._layout.comment):
                self.mended["comments"] += 1
                return None
            count = len(cells)
            cells = self._fitted(cells, raw)
            if len(cells) != self._width:
                noun = "value" if count == 1 else "values"
                return Record(line, cells, f"{count} {noun} where there are {self._width} columns{over}", raw)
        if UNDECODABLE in raw and any(UNDECODABLE in cell and self._is_kept(i) for i, cell in enumerate(cells)):
            return Record(line, cells, f"holds bytes that are not {self._layout.encoding}{over}", raw)
        is_repeated = cells[0] == self._first_header and self._width > 1 and tuple(cells) == self._layout.headers
        return Record(line, cells, "repeats the headers" if is_repeated else "", raw)

    def _fitted(self, cells: list[str], raw: str) -> list[str]:
        missing = self._width - len(cells)
        if missing < 0:
            if any(cell.strip() for cell in cells[self._width :]):
                return cells
            self.mended["surplus"] += len(cells) > self._width + self._layout.hidden
            return cells[: self._width]
        is_footer = len(cells) == 1 and not (self._layout.begins_with_values and holds_values(cells))
        # The last line may have been cut off on its way.
        is_torn = not raw.endswith(("\n", "\r"))
        if is_footer or is_torn:
            return cells
        self.mended["short"] += 1
        return [*cells, *[""] * missing]


def what_was_mended(mended: Counter[str]) -> list[str]:
    """What was mended, as sentences.

    >>> what_was_mended(Counter({"short": 2}))
    ['2 rows had fewer values than there are columns; the missing ones are empty']
    """
    lone = [what for what in mended if what.startswith("line ")]
    sentences = {
        "short": "{} had fewer values than there are columns; the missing ones are empty",
        "surplus": "{} had more values than there are columns; the surplus was empty and is left out",
        "odd quotes": "{} had a quote mark that is neither doubled nor around a value; it is read as a character",
        "comments": "{} of comment left out",
    }
    notes = [
        said.format(f"{mended[what]} row{'s' if mended[what] > 1 else ''}")
        for what, said in sentences.items()
        if mended[what]
    ]
    if lone:
        shown = ", ".join(lone[:5]) + (f" and {len(lone) - 5} more" if len(lone) > 5 else "")
        notes.append(f"{shown}: a quote is opened and never closed; it is read as a character")
    return notes
