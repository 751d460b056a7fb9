"""How large, wide and deep a file may be, so that none can take the machine's memory or time."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of what is read; beyond one of them a file is refused with `LimitExceeded`.

    Bytes, counts and characters; `ratio` is unpacked bytes to packed bytes.

    >>> Limits().columns
    16384
    """

    workbook_bytes: int = 512 * MIB
    """A workbook as it lies on disk: most of it is held in memory while it is read."""

    statistics_bytes: int = 16 << 30
    """A statistics file: it is read in parts, so the bound only keeps out what is no such file."""

    markup_bytes: int = 128 * MIB
    """An HTML page or an XML spreadsheet: it is taken apart as a whole."""

    markup_tables: int = 1000
    """The tables of a page."""

    markup_nesting: int = 50
    """How many tables of a page may stand within one another."""

    unpacked_bytes: int = 4 << 30
    """All that is packed in one container: a workbook of a million rows unpacks to less."""

    part_bytes: int = 2 << 30
    """One part of a container, such as a sheet, unpacked."""

    strings_bytes: int = 512 * MIB
    """The shared texts of a workbook, unpacked: they are held in memory as a whole."""

    ratio: int = 250
    """How much smaller a container may make a part: sheets reach 60, bombs a thousand."""

    ratio_matters_from: int = 64 * MIB
    """Unpacked parts up to this size may be packed as tightly as they like: they do no harm."""

    entries: int = 20_000
    """The parts of a container."""

    nesting: int = 2
    """How many containers may be packed in one another."""

    rows: int = 1 << 40
    """The rows of a file that is read in parts: all there are."""

    columns: int = 1 << 14
    """The columns of a table: as many as a sheet can have."""

    cells: int = 25_000_000
    """The cells between the first and the last filled one of a sheet, empty ones too: each takes 32 bytes."""

    tables: int = 100
    """The tables that are told apart in one sheet; what comes after stays with the last."""

    cell_characters: int = 1 << 24
    """One value: longer ones come from a quote that is never closed, or from a bomb."""


LIMITS = Limits()
"""The bounds that hold."""
