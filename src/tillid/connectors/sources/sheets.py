"""The sheets of a workbook, whatever wrote it: opened once, each with its cells, merges and count of errors."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import python_calamine as calamine

from tillid.connectors.sources.binary_formats import OLE, ZIP
from tillid.connectors.sources.containers import check_container, torn_as_one_error
from tillid.connectors.sources.errors import FileEmpty, FileProtected, FileTorn, FormatMismatch, LimitExceeded
from tillid.connectors.sources.file_bytes import FileBytes, Openable
from tillid.connectors.sources.limits import LIMITS, MIB
from tillid.connectors.sources.sheet_grid import Cells, Region
from tillid.connectors.sources.sheet_records import sizes_of_xls, sizes_of_xlsb
from tillid.connectors.sources.sheet_sizes import SheetSize, sizes_of_ods, sizes_of_xlsx

_WHAT = "the workbook"
_DAMAGED = (
    *(calamine.CalamineError, calamine.ZipError, calamine.XmlError, calamine.WorksheetNotFound),
    *(OSError, ValueError, OverflowError, UnicodeError),
)


class Sheet(Protocol):
    """One sheet: its rows from the first one on, its merged regions, and how many cells are formula errors.

    `left` is the column (from 0) of each row's first cell. A row that can't be read is None.
    """

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def left(self) -> int:
        """The column of its rows' first cells."""
        ...

    @property
    def merged(self) -> Sequence[Region]:
        """Its merged regions."""
        ...

    @property
    def errors(self) -> int:
        """How many of its cells are formula errors."""
        ...

    def rows(self) -> Iterator[Cells | None]:
        """Its rows, blank ones too."""
        ...


class Book(Protocol):
    """A workbook: the names of its sheets with tables, and of those that are hidden."""

    visible: tuple[str, ...]
    hidden: tuple[str, ...]

    def sheet(self, name: str) -> Sheet:
        """A sheet by name. Errors: FileTorn."""
        ...


@dataclass(frozen=True, slots=True)
class _CalamineSheet:
    name: str
    left: int
    merged: Sequence[Region]
    errors: int
    cells: calamine.CalamineSheet

    def rows(self) -> Iterator[Cells | None]:
        rows = iter(self.cells.iter_rows())
        while True:
            try:
                yield next(rows)
            except StopIteration:
                return
            except (OverflowError, ValueError):  # a date or span beyond what there are: the row alone is lost
                yield None


class CalamineBook:
    """A workbook of Excel (.xls, .xlsx, .xlsm, .xlsb) or OpenDocument (.ods).

    Errors: FileEmpty, FileProtected, FileTorn, LimitExceeded.
    """

    def __init__(self, path: Path | Openable, name: str) -> None:
        self._name = name
        content = workbook_bytes(path, name)
        self._sizes = _measured(content, name)
        with _opened(name):
            self._book = calamine.load_workbook(io.BytesIO(content))
            sheets = [s for s in self._book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
        shown = calamine.SheetVisibleEnum.Visible
        self.visible = tuple(sheet.name for sheet in sheets if sheet.visible == shown)
        self.hidden = tuple(sheet.name for sheet in sheets if sheet.visible != shown)

    def sheet(self, name: str) -> Sheet:
        """A sheet by name. Errors: FileTorn."""
        with _opened(self._name):
            cells = self._book.get_sheet_by_name(name)
            merged = [Region(*first, *last) for first, last in cells.merged_cell_ranges or ()]
        left = cells.start[1] if cells.start else 0
        return _CalamineSheet(name, left, merged, self._errors(name), cells)

    def _errors(self, name: str) -> int:
        if isinstance(self._sizes, dict):
            return self._sizes[name].errors if name in self._sizes else 0
        index = self._book.sheet_names.index(name)
        return self._sizes[index].errors if len(self._sizes) == len(self._book.sheet_names) else 0


def workbook_bytes(path: Path | Openable, name: str) -> bytes:
    """A workbook as a whole. Errors: FileEmpty, LimitExceeded."""
    with FileBytes(path, name) as source:
        content = source.read(LIMITS.workbook_bytes + 1)
    if not content:
        raise FileEmpty(name)
    if len(content) > LIMITS.workbook_bytes:
        hint = "Export the table as CSV or Parquet, which are read in parts."
        raise LimitExceeded(name, f"the workbook is larger than {LIMITS.workbook_bytes // MIB} MiB", hint=hint)
    return content


def _measured(content: bytes, name: str) -> dict[str, SheetSize] | list[SheetSize]:
    if content.startswith(OLE):
        with torn_as_one_error(name, _WHAT):
            return sizes_of_xls(content, name)
    if not content.startswith(ZIP):
        raise FormatMismatch(name, "a workbook", hint="Give its `format`.")
    with torn_as_one_error(name, _WHAT), zipfile.ZipFile(io.BytesIO(content)) as container:
        check_container(container, name)
        names = container.namelist()
        if any(part.lower().endswith("workbook.bin") for part in names):
            return sizes_of_xlsb(container, name)
        return sizes_of_ods(container, name) if "content.xml" in names else sizes_of_xlsx(container, name)


@contextmanager
def _opened(name: str) -> Iterator[None]:
    """One clear error for each way in which the reader of workbooks fails."""
    try:
        yield
    except calamine.PasswordError:
        raise FileProtected(name) from None
    except _DAMAGED:
        raise FileTorn(name, _WHAT) from None
    except BaseException as error:
        # A panic of the reader is no Exception, and its class has no name to import.
        if type(error).__name__ == "PanicException":
            raise FileTorn(name, _WHAT) from None
        raise
