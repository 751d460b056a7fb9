"""Tells the tables of a sheet apart: those below one another by blank rows, those beside one another by blank columns.

A blank row or column parts two tables only where what follows has headers of its own; else it is a gap in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from tillid.connectors.sources.limits import LIMITS
from tillid.connectors.sources.sheet_grid import Grid, Region

_NEARLY_ALL = 0.75


@dataclass(frozen=True, slots=True, order=True)
class SheetTable:
    """A table's region, and how many filled rows near it were left out of it: above and below."""

    region: Region
    above: int = 0
    below: int = 0


def find_tables(grid: Grid) -> list[SheetTable]:
    """The tables of a sheet, from the top and then from the left; none where it has no cells.

    >>> from tillid.connectors.sources.sheet_grid import grid_of
    >>> sheet = [["Nr", "Navn"], [1, "Ida"], ["", ""], ["By", "Antal"], ["Vejle", 2]]
    >>> [(table.region.top, table.region.bottom) for table in find_tables(grid_of(sheet))]
    [(0, 1), (3, 4)]
    """
    every = grid.all()
    return sorted(_parted(grid, every)) if every else []


def _parted(grid: Grid, region: Region) -> list[SheetTable]:
    found: list[SheetTable] = []
    for table in _below_one_another(grid, region):
        sides = _beside_one_another(grid, table.region)
        if len(sides) == 1:
            found.append(table)
        else:
            found += [part for side in sides for part in _parted(grid, side)]
    return found


class _Group:
    """Bands that are one table so far, with what is asked of them kept up: large sheets have many bands."""

    def __init__(self, grid: Grid, band: Region) -> None:
        self._grid = grid
        self.bands = [band]
        self.columns = grid.columns_of(band)
        self.others = grid.others_of(band)
        self.most = [grid.most_filled(band)]
        self.is_text = [not grid.others_of(band)]
        self.header = _header_row(grid, band)

    def add(self, band: Region) -> None:
        """Go on with a band."""
        self.bands.append(band)
        self.columns |= self._grid.columns_of(band)
        self.others |= self._grid.others_of(band)
        self.most.append(self._grid.most_filled(band))
        self.is_text.append(not self._grid.others_of(band))

    @property
    def rows(self) -> int:
        """How many filled rows it has."""
        return sum(band.bottom - band.top + 1 for band in self.bands)


def _below_one_another(grid: Grid, region: Region) -> list[SheetTable]:
    groups: list[_Group] = []
    for band in _bands(grid, region):
        if not groups or (len(groups) < LIMITS.tables and _begins_table(grid, groups[-1], band)):
            groups.append(_Group(grid, band))
        else:
            groups[-1].add(band)
    tables: list[SheetTable] = []
    above = 0
    for index, group in enumerate(groups):
        if index + 1 < len(groups) and _is_preamble(grid, group, groups[index + 1]):
            above += group.rows
            continue
        kept = _without_footers(group)
        below = sum(band.bottom - band.top + 1 for band in group.bands[kept:])
        tables.append(SheetTable(_around(grid, group.bands[:kept]), above, below))
        above = 0
    return tables


def _bands(grid: Grid, region: Region) -> list[Region]:
    """The runs of rows without a blank one among them."""
    bits, bands, top = region.columns, [], None
    for row in range(region.top, region.bottom + 2):
        is_filled = row <= region.bottom and bool(grid.filled[row] & bits)
        if is_filled and top is None:
            top = row
        elif not is_filled and top is not None:
            bands.append(Region(top, region.left, row - 1, region.right))
            top = None
    return bands


def _begins_table(grid: Grid, before: _Group, band: Region) -> bool:
    """Whether a band after a blank row has headers of its own, that are not those of the table before it."""
    header = _header_row(grid, band)
    if header is None:
        return False
    own, others = grid.filled[header] & band.columns, grid.others_of(_rows(band, header + 1, band.bottom))
    if before.header is not None:
        named = grid.written(header, band)
        if named is not None and named == grid.written(before.header, band):
            return header > band.top
    if others & own and before.others & own:
        return True  # words stand where the table before has numbers, and again numbers below them
    columns = grid.columns_of(band)
    is_narrower = columns.bit_count() <= before.columns.bit_count() / 2
    is_elsewhere = bool(columns & ~before.columns)
    return is_elsewhere or (is_narrower and bool(others & own)) or max(before.most) == 1 < own.bit_count()


def _header_row(grid: Grid, region: Region) -> int | None:
    """The first row that could be headers: text alone, in nearly all columns, with a row below; titles are passed."""
    bits, most = region.columns, grid.most_filled(region)
    width = grid.columns_of(region).bit_count()
    if width < 2:
        return None
    for row in range(region.top, min(region.top + 4, region.bottom)):
        filled = grid.filled[row] & bits
        if filled.bit_count() == 1 < most:
            continue
        is_text = filled and filled == grid.texts[row] & bits
        return row if is_text and filled.bit_count() >= max(2, _NEARLY_ALL * width) else None
    return None


def _is_preamble(grid: Grid, group: _Group, after: _Group) -> bool:
    """Whether rows above a table are words about it: narrow, and without headers above numbers."""
    widest, following = max(group.most), max(after.most)
    if widest == 1 < following or (group.rows == 1 and widest <= following and after.header is not None):
        return True
    return widest <= following / 2 and not _has_numbers_below_headers(grid, group)


def _has_numbers_below_headers(grid: Grid, group: _Group) -> bool:
    if group.header is None or group.rows < 3:
        return False
    first = group.bands[0]
    own = grid.filled[group.header] & first.columns
    return bool(grid.others_of(_rows(first, group.header + 1, first.bottom)) & own)


def _without_footers(group: _Group) -> int:
    """How many bands are the table: words at its end that are clearly outside of it are not."""
    widest = list(accumulate(group.most, max))
    kept = len(group.bands)
    while kept > 1 and group.is_text[kept - 1] and group.most[kept - 1] <= max(1, widest[kept - 2] // 4):
        if widest[kept - 2] == 1:
            break
        kept -= 1
    return kept


def _beside_one_another(grid: Grid, region: Region) -> list[Region]:
    """The tables of a region that blank columns part; the region alone where it is one table with a gap."""
    columns = grid.columns_of(region)
    strips: list[Region] = []
    left = None
    for column in range(region.left, region.right + 2):
        is_filled = bool(columns >> column & 1)
        if is_filled and left is None:
            left = column
        elif not is_filled and left is not None:
            strip = grid.trimmed(Region(region.top, left, region.bottom, column - 1))
            strips += [strip] if strip else []
            left = None
    if len(strips) > LIMITS.tables:
        return [region]
    sides = [strips[0]]
    for strip in strips[1:]:
        if _are_two_tables(grid, sides[-1], strip):
            sides.append(strip)
        else:
            before = sides[-1]
            bottom = max(before.bottom, strip.bottom)
            sides[-1] = Region(min(before.top, strip.top), before.left, bottom, strip.right)
    return sides


def _are_two_tables(grid: Grid, left: Region, right: Region) -> bool:
    headers = _header_row(grid, left), _header_row(grid, right)
    if headers[0] is None or headers[1] is None:
        return False
    if not (_is_dense(grid, left) and _is_dense(grid, right)):
        return False
    if headers[0] != headers[1] or left.bottom != right.bottom:
        return True
    one, other = grid.written(headers[0], left), grid.written(headers[1], right)
    return one is not None and other is not None and bool(({*one} & {*other}) - {""})


def _is_dense(grid: Grid, region: Region) -> bool:
    return all(grid.filled[row] & region.columns for row in range(region.top, region.bottom + 1))


def _around(grid: Grid, bands: list[Region]) -> Region:
    first, last = bands[0], bands[-1]
    whole = Region(first.top, first.left, last.bottom, first.right)
    return grid.trimmed(whole) or whole


def _rows(region: Region, top: int, bottom: int) -> Region:
    return Region(top, region.left, bottom, region.right)
