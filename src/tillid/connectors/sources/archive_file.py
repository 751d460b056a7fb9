"""The tables of an archive: each data file in it is one, called by its path there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from tillid.connectors.sources.archive import Member, TarArchive, ZipArchive
from tillid.connectors.sources.errors import SheetMissing, SourceError
from tillid.connectors.sources.request import FileReader, Request
from tillid.ports.source import Look, RawBatch


class ArchiveFile:
    """One archive, of which the table that `sheet` names is read, else the first."""

    def __init__(
        self, request: Request, archive: ZipArchive | TarArchive, reader_of: Callable[[Request], FileReader]
    ) -> None:
        self._request = request
        self._archive = archive
        self._reader_of = reader_of

    def tables(self) -> tuple[str, ...]:
        """The paths of the members that are tables; of a workbook, with the sheet behind a further /."""
        return tuple(self._found[0])

    def of(self, table: str) -> ArchiveFile:
        """The same archive, of which that table is read."""
        said = replace(self._request.said, sheet=table)
        made = ArchiveFile(replace(self._request, said=said), self._archive, self._reader_of)
        made.__dict__["_found"] = self._found
        return made

    def look(self) -> Look:
        """How the chosen table is read."""
        readers, left_out = self._found
        look = self._chosen.look()
        several = [f"the archive holds {len(readers)} tables: `sheet` names another"] if len(readers) > 1 else []
        notes = several if self._request.said.sheet is None else []
        return replace(look, notes=(*look.notes, *notes, *left_out), file=self._request.name, sheet=self._table)

    def batches(self) -> Iterator[RawBatch]:
        """The rows of the chosen table."""
        return self._chosen.batches()

    def lines(self) -> Iterator[int]:
        """The lines of the chosen table's rows."""
        return self._chosen.lines()

    @property
    def _table(self) -> str:
        wanted = self._request.said.sheet
        tables = self.tables()
        if wanted is not None and wanted not in tables:
            raise SheetMissing(self._request.name, wanted, tables)
        return wanted or tables[0]

    @cached_property
    def _chosen(self) -> FileReader:
        return self._found[0][self._table]

    @cached_property
    def _found(self) -> tuple[dict[str, FileReader], list[str]]:
        readers: dict[str, FileReader] = {}
        left_out: list[SourceError] = []
        for member in self._archive.members():
            try:
                readers.update(self._of_member(member))
            except SourceError as error:
                left_out.append(error)
        if not readers:
            if left_out:
                raise left_out[0]
            raise SourceError(self._request.name, "the archive holds no file")
        return readers, [f"left out: {error.message}" for error in left_out]

    def _of_member(self, member: Member) -> dict[str, FileReader]:
        name = f"{self._request.name}/{member.path}"
        said = replace(self._request.said, sheet=None, format=None)
        request = replace(self._request, path=member, name=name, said=said)
        reader = self._reader_of(request)
        tables = reader.tables()
        if len(tables) == 1:
            reader.look()
            return {member.path: reader}
        return {
            f"{member.path}/{table}": self._reader_of(replace(request, said=replace(said, sheet=table)))
            for table in tables
        }
