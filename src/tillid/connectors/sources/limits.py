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

    markup_bytes: int = 128 * MIB
    """An HTML page or an XML spreadsheet: it is taken apart as a whole."""

    markup_tables: int = 1000
    """The tables of a page."""

    markup_nesting: int = 50
    """How many tables of a page may stand within one another."""

    stream_bytes: int = 64 << 30
    """A compressed file, unpacked, and all files of an archive: they are read in parts."""

    stream_ratio: int = 1100
    """How much smaller compression may make them: gzip can't do more with honest text."""

    held_bytes: int = 256 * MIB
    """A file that is held in memory though its like is not: an archive, Parquet or a tar's file in an archive."""

    members: int = 5000
    """The files of an archive."""

    nesting: int = 2
    """How many archives may be packed in one another, the outermost included."""

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

    columns: int = 1 << 14
    """The columns of a sheet, page or statistics file: as many as a sheet can have."""

    text_columns: int = 100_000
    """The columns of a text file."""

    cells: int = 7_000_000
    """The cells between the first and the last filled one of a sheet, empty ones too: each takes 80 to 130 bytes."""

    markup_cells: int = 6_000_000
    """The cells of a table of a page or an XML spreadsheet, likewise."""

    tables: int = 100
    """The tables that are told apart in one sheet; what comes after stays with the last."""

    sheet_row_bytes: int = 64 * MIB
    """One row or text of a sheet, as it is packed."""

    cell_characters: int = 1 << 24
    """One value or first line of text: longer ones come from a quote that is never closed, or from a bomb."""

    item_characters: int = 1 << 26
    """One item of JSON: a longer one is taken for a damaged file."""

    item_nesting: int = 200
    """How deep an item of JSON may be nested: a deeper one is no row."""


LIMITS = Limits()
"""The bounds that hold."""
