"""What a reader of one file is told, and what it must be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tillid.ports.source import Look, RawBatch, ReadAs

_ENDINGS = frozenset(
    ".csv .txt .tsv .tab .json .ndjson .jsonl .parquet .pq .arrow .feather .gz .bz2 .xz .zst .zip .tar .tgz "
    ".sav .zsav .por .sas7bdat .xpt .dta".split()
)


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read: where it is, what errors call it, its format, and what the definition says.

    `only` these columns are read; None stands for all.
    """

    path: Path
    name: str
    format: str
    said: ReadAs
    only: frozenset[str] | None = None


class FileReader(Protocol):
    """Reads one file; each call of `batches` and `lines` starts at its first row."""

    def tables(self) -> tuple[str, ...]:
        """The names of its tables, in order; `ReadAs.sheet` takes any of them.

        A workbook's are those of its visible sheets; further tables of a sheet are `Sheet#2`, `Sheet#3`. A
        file of one table calls it by the file's name without suffixes.
        """
        ...

    def look(self) -> Look:
        """How the file is read."""
        ...

    def batches(self) -> Iterator[RawBatch]:
        """Its rows."""
        ...

    def lines(self) -> Iterator[int]:
        """The line of each row that can be read, in the order of the rows."""
        ...


def table_name(path: Path) -> str:
    """What the table of a file that holds one is called: the file's name without its endings.

    >>> table_name(Path("data/crm.export.csv.gz"))
    'crm.export'
    """
    name = path.name
    while Path(name).suffix.lower() in _ENDINGS:
        name = Path(name).stem
    return name or path.name
