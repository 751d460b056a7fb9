"""A file as a destination: the whole list in one CSV or Parquet file, replaced in one step."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError

from tillid.connectors.destinations.cells import cell, fits_a_cell
from tillid.connectors.destinations.workbook import read_workbook, write_workbook
from tillid.ports.destination import Receipt
from tillid.ports.errors import DestinationError

CSV = "csv"
PARQUET = "parquet"
EXCEL = "excel"
_ROWS_AT_A_TIME = 20_000
_LONGEST_CELL = 2**31 - 1


class FileDestination:
    """A file that each delivery replaces; a reader sees the former list or the new one, never a part.

    `path` is relative to `folder`, the project's, and may not leave it; written as an absolute path it may
    be anywhere. CSV follows RFC 4180 with `separator`, `decimal` and `encoding`, and text that a spreadsheet would
    run is made harmless (see `cells.harmless`). Parquet keeps every value and type as it is.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     there = FileDestination(Path(folder), "out/list.csv", separator=",", encoding="utf-8")
    ...     receipt = there.deliver(pa.table({"email": ["ida@nordlys.example"]}), {"E-mail": "email"}, "d1")
    ...     print(receipt.rows, (Path(folder) / "out/list.csv").read_text().split())
    1 ['E-mail', 'ida@nordlys.example']
    """

    def __init__(  # noqa: PLR0913  the keys of the definition file
        self,
        folder: Path,
        path: str,
        format: str = CSV,  # noqa: A002  the key in the definition file
        *,
        separator: str = ";",
        encoding: str = "utf-8-sig",
        decimal: str = ".",
    ) -> None:
        _check_form(format, separator, encoding, decimal)
        self._place = _place_of(folder, path)
        self._shown = path
        self._format = format
        self._separator = separator
        self._encoding = encoding
        self._cell = partial(cell, decimal=decimal)

    def deliver(self, rows: pa.Table, columns: Mapping[str, str], key: str) -> Receipt:
        """Replace the file by `rows`, under the headers of `columns`, in their order.

        The digest is the SHA-256 of the file. Raises `DestinationError` that names the file and what was
        wrong; the former file is untouched then.
        """
        del key  # The whole file is written anew, so the same delivery twice leaves the same file.
        for header, name in columns.items():
            if name not in rows.column_names:
                raise self._failed(f"there is no column {name!r} for {header!r}")
        chosen = rows.select(list(columns.values())).rename_columns(list(columns))
        write = _parquet_writer(chosen) if self._format == PARQUET else self._cells_writer(chosen)
        return Receipt(self._shown, rows.num_rows, self._replace(write))

    def forget(self, keys: Sequence[Mapping[str, object]]) -> int:
        """Take people out of the file; each key maps headers of the file to the values delivered under them.

        A row goes when every value of a key equals its own, NULL included. Returns how many of `keys` were
        found. Raises `DestinationError` where a key has no value, names a header that the file lacks, or
        the file can't be read: then nothing was taken out.
        """
        if any(all(value is None for value in key.values()) for key in keys):
            raise self._failed("a person to forget was named without a value")
        if not keys or not self._place.exists():
            return 0
        return self._forget_rows(keys) if self._format == PARQUET else self._forget_cells(keys)

    def _cells_writer(self, rows: pa.Table) -> Callable[[BinaryIO], None]:
        for column in rows.schema:
            if not fits_a_cell(column.type):
                raise self._failed(f"{column.name!r} holds {column.type}, which a cell has no form for")

        def lines() -> Iterable[Sequence[object]]:
            yield rows.column_names
            for batch in rows.to_batches(_ROWS_AT_A_TIME):
                yield from zip(*map(_python_values, batch.columns), strict=True)

        if self._format == EXCEL:
            return lambda file: write_workbook(file, lines())
        return lambda file: self._write_lines(file, (list(map(self._cell, line)) for line in lines()))

    def _write_lines(self, file: BinaryIO, lines: Iterable[Sequence[str]]) -> None:
        text = io.TextIOWrapper(file, encoding=self._encoding, newline="")
        writer = csv.writer(text, delimiter=self._separator, lineterminator="\r\n")
        for line in lines:
            try:
                writer.writerow(line)
            except UnicodeEncodeError:
                column = next(n for n, value in enumerate(line, 1) if not _can_encode(value, self._encoding))
                raise self._failed(
                    f"its column {column} holds letters that {self._encoding} lacks", "Write it as utf-8-sig."
                ) from None
        text.flush()
        text.detach()

    def _forget_cells(self, keys: Sequence[Mapping[str, object]]) -> int:
        header, *lines = self._read_lines() or [[]]
        wanted = [{cell(name): self._cell(value) for name, value in key.items()} for key in keys]
        found: set[int] = set()
        gone: set[int] = set()
        for names, numbers in _by_names(wanted, header, self._failed).items():
            at = [header.index(name) for name in names]
            for row, line in enumerate(lines):
                hit = numbers.get(tuple(line[position] for position in at))
                if hit is not None:
                    gone.add(row)
                    found.update(hit)
        if gone:
            kept = [header, *(line for row, line in enumerate(lines) if row not in gone)]
            self._replace(lambda file: self._write_kept(file, kept))
        return len(found)

    def _write_kept(self, file: BinaryIO, lines: Sequence[Sequence[str]]) -> None:
        write_workbook(file, lines) if self._format == EXCEL else self._write_lines(file, lines)

    def _read_lines(self) -> list[list[str]]:
        if self._format == EXCEL:
            return self._read_workbook()
        former = csv.field_size_limit(_LONGEST_CELL)
        try:
            with self._place.open(encoding=self._encoding, newline="") as file:
                lines = [line for line in csv.reader(file, delimiter=self._separator, strict=True) if line]
        except (OSError, UnicodeError, csv.Error) as error:
            raise self._failed(f"it can't be read: {_reason(error)}") from None
        finally:
            csv.field_size_limit(former)
        if any(len(line) != len(lines[0]) for line in lines):
            raise self._failed("it can't be read: not every line has the header's columns")
        return lines

    def _read_workbook(self) -> list[list[str]]:
        try:
            return [[self._cell(value) for value in line] for line in read_workbook(self._place)]
        except (OSError, CalamineError) as error:
            raise self._failed(f"it can't be read: {_reason(error)}") from None

    def _forget_rows(self, keys: Sequence[Mapping[str, object]]) -> int:
        try:
            rows = pq.read_table(self._place)
        except (OSError, pa.ArrowException) as error:
            raise self._failed(f"it can't be read: {_reason(error)}") from None
        gone = pa.repeat(pa.scalar(False), rows.num_rows)
        found = 0
        for key in keys:
            _by_names([key], rows.column_names, self._failed)
            hit = pa.repeat(pa.scalar(True), rows.num_rows)
            for name, value in key.items():
                hit = pc.and_(hit, _equal(rows[name], value))
            found += bool(pc.any(hit, min_count=0).as_py())
            gone = pc.or_(gone, hit)
        if found:
            self._replace(_parquet_writer(rows.filter(pc.invert(gone))))
        return found

    def _replace(self, write: Callable[[BinaryIO], None]) -> str:
        # One name for the part file, so that one left by a killed run is overwritten by the next.
        part = self._place.with_name(f".{self._place.name}.part")
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            digest = _write_durably(part, write, _mode_of(self._place))
            part.replace(self._place)
        except (OSError, pa.ArrowException) as error:
            _remove(part)
            raise self._failed(_reason(error), "The former list, if any, was left as it was.") from None
        except BaseException:
            _remove(part)
            raise
        try:
            _sync_folder(self._place.parent)
        except OSError as error:
            raise self._failed(f"the new list is there but may not outlive a power cut: {_reason(error)}") from None
        return digest

    def _failed(self, why: str, hint: str = "") -> DestinationError:
        return DestinationError(f"The list {self._shown} could not be written or changed: {why}", hint=hint)


def _check_form(format_: str, separator: str, encoding: str, decimal: str) -> None:
    if format_ not in (CSV, PARQUET, EXCEL):
        raise DestinationError(f"There is no file format {format_!r}", hint="Valid: csv, parquet, excel.")
    if len(separator) != 1 or separator in '"\r\n':
        raise DestinationError("The separator must be one character", hint='Such as ";".')
    if decimal not in (".", ",") or (format_ == CSV and decimal == separator):
        raise DestinationError(
            f"The decimal mark can't be {decimal!r} beside the separator {separator!r}", hint='Write "." or ",".'
        )
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise DestinationError(f"There is no encoding {encoding!r}", hint="Such as utf-8-sig.") from None


def _place_of(folder: Path, path: str) -> Path:
    if not path or ".." in Path(path).parts or "\0" in path:
        raise DestinationError(f"The path {path!r} leaves its folder", hint="Write it as out/list.csv.")
    place = folder / path
    # Through a symbolic link a path without `..` can leave the folder too.
    if not Path(path).is_absolute() and not place.parent.resolve().is_relative_to(folder.resolve()):
        raise DestinationError(f"The path {path!r} leads out of the project folder", hint="Write to out/.")
    return place


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _parquet_writer(rows: pa.Table) -> Callable[[BinaryIO], None]:
    return lambda file: pq.write_table(rows, file, compression="zstd")


def _python_values(column: pa.Array) -> list[object]:
    # Nanoseconds have no Python value; the store keeps microseconds.
    type_ = column.type
    if pa.types.is_timestamp(type_) and type_.unit == "ns":
        column = column.cast(pa.timestamp("us", tz=type_.tz), safe=False)
    values: list[object] = column.to_pylist()
    return values


def _by_names(
    keys: Sequence[Mapping[str, object]], header: Sequence[str], failed: Callable[[str], DestinationError]
) -> dict[tuple[str, ...], dict[tuple[object, ...], list[int]]]:
    """The keys' positions by their headers and then by their values; a header that is not there is refused."""
    found: dict[tuple[str, ...], dict[tuple[object, ...], list[int]]] = {}
    for number, key in enumerate(keys):
        for name in key:
            if name not in header:
                raise failed(f"it has no column {name!r}")
        names = tuple(sorted(key))
        values = tuple(key[name] for name in names)
        found.setdefault(names, {}).setdefault(values, []).append(number)
    return found


def _equal(column: pa.ChunkedArray, value: object) -> pa.ChunkedArray:
    if value is None:
        return pc.is_null(column)
    try:
        return pc.fill_null(pc.equal(column, pa.scalar(value, type=column.type)), False)
    except (pa.ArrowException, TypeError, ValueError):
        # A value of another type than the column's stands nowhere in it.
        return pa.chunked_array([pa.repeat(pa.scalar(False), len(column))])


def _write_durably(part: Path, write: Callable[[BinaryIO], None], mode: int) -> str:
    # O_EXCL: a link that someone put there is not followed.
    number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
    with os.fdopen(number, "w+b") as file:
        os.fchmod(file.fileno(), mode)
        write(file)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mode_of(place: Path) -> int:
    # A list of people is for its owner alone, unless someone has opened the former file to others.
    return place.stat().st_mode & 0o777 if place.exists() else 0o600


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _remove(part: Path) -> None:
    # Nothing to add where even this fails: what went wrong first is being told already.
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # The text of another error may quote what it choked on.
    return type(error).__name__
