"""Where a sheet has cells and which of them are text: one number of bits a row, so that a million rows are small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

KEPT_ROWS = 300
"""So many rows from the top are kept with their cells, to compare headers by."""

Cells = Sequence[object]


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A rectangle of a sheet; rows and columns count from 0, both ends are in it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def columns(self) -> int:
        """A bit for each of its columns."""
        return (1 << (self.right + 1)) - (1 << self.left)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1


@dataclass(slots=True)
class Grid:
    """For each row of a sheet a bit for each filled cell, and one for each that is text.

    >>> grid = grid_of([["Nr", "Navn"], ["", ""], [7.0, " "]])
    >>> grid.filled, grid.texts
    ([3, 0, 1], [3, 0, 0])
    """

    filled: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    top: list[Cells] = field(default_factory=list)

    def trimmed(self, region: Region) -> Region | None:
        """The region without blank rows and columns around it; None where all of it is blank."""
        rows = [row for row in range(region.top, region.bottom + 1) if self.filled[row] & region.columns]
        if not rows:
            return None
        columns = self.columns_of(region)
        left = (columns & -columns).bit_length() - 1
        return Region(rows[0], left, rows[-1], columns.bit_length() - 1)

    def columns_of(self, region: Region) -> int:
        """A bit for each column of a region that has any filled cell in it."""
        columns = 0
        for filled in self.filled[region.top : region.bottom + 1]:
            columns |= filled
        return columns & region.columns

    def others_of(self, region: Region) -> int:
        """A bit for each column of a region that has a cell other than text in it."""
        columns = 0
        for filled, texts in zip(
            self.filled[region.top : region.bottom + 1], self.texts[region.top : region.bottom + 1], strict=True
        ):
            columns |= filled & ~texts
        return columns & region.columns

    def most_filled(self, region: Region) -> int:
        """The most filled cells that a row of the region has."""
        bits = region.columns
        return max((filled & bits).bit_count() for filled in self.filled[region.top : region.bottom + 1])

    def all(self) -> Region | None:
        """The region of all filled cells."""
        widest = max((filled.bit_length() for filled in self.filled), default=0)
        return self.trimmed(Region(0, 0, len(self.filled) - 1, widest - 1)) if widest else None

    def written(self, row: int, region: Region) -> list[str] | None:
        """The cells of one of the upper rows within a region as text; None for a row further down."""
        if row >= len(self.top):
            return None
        return [written(cell) for cell in self.top[row][region.left : region.right + 1]]


def grid_of(rows: Iterable[Cells | None]) -> Grid:
    """The grid of a sheet's rows. Text of blanks alone counts as no cell; a row that is None as the one before it."""
    grid = Grid()
    for row in rows:
        if row is None:
            grid.filled.append(grid.filled[-1] if grid.filled else 0)
            grid.texts.append(0)
            row = ()  # noqa: PLW2901
        else:
            kinds = "".join([_kind(cell) for cell in reversed(row)])
            grid.filled.append(int(kinds.replace("t", "1") or "0", 2))
            grid.texts.append(int(kinds.replace("1", "0").replace("t", "1") or "0", 2))
        if len(grid.top) < KEPT_ROWS:
            grid.top.append(row)
    return grid


def _kind(cell: object) -> str:
    if cell.__class__ is str:
        return "t" if cell and not cell.isspace() else "0"
    return "0" if cell is None else "1"


def written(cell: object) -> str:
    """A cell as a person would write it: whole numbers without a fraction.

    >>> written(2019.0), written(" Navn "), written(None)
    ('2019', 'Navn', '')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).replace("\0", "").strip()
