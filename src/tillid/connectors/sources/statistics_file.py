"""Files of SPSS, SAS and Stata: columns with labels, values with labels, and values that their maker calls missing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyreadstat

from tillid.connectors.sources.cell_values import value_of
from tillid.connectors.sources.errors import FileEmpty, FileTorn, LimitExceeded
from tillid.connectors.sources.file_bytes import FileBytes
from tillid.connectors.sources.found_by_looking import clean_headers, date_notes, find_date_formats
from tillid.connectors.sources.layout import SAMPLE_ROWS
from tillid.connectors.sources.limits import LIMITS, MIB
from tillid.connectors.sources.python_values import column_of
from tillid.connectors.sources.request import Request, table_name
from tillid.connectors.sources.statistics_times import Reading, reading_of
from tillid.ports.source import BATCH_ROWS, Look, RawBatch

_WHAT = "the statistics file"
_MOST_CELLS = 1 << 21
_DAMAGED = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError, OverflowError, MemoryError)
_WITH_MISSING: dict[object, dict[str, bool]] = {pyreadstat.read_sav: {"user_missing": True}}
_Labels = Mapping[str, str]


class StatisticsFile:
    """One file of SPSS (.sav, .zsav, .por), SAS (.sas7bdat, .xpt) or Stata (.dta).

    What the file declares as missing is empty. Values are the codes that the file stores, or their labels where
    the definition says `values: labels`.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._source: Path | bytes | None = None
        self._reads = _reader_of(request)
        self._found: tuple[Look, tuple[str, ...]] | None = None
        self._readings: dict[str, Reading] = {}

    def tables(self) -> tuple[str, ...]:
        """Its one table, called as the file."""
        return (table_name(self._request.path),)

    def look(self) -> Look:
        """Columns with their labels and those of their values, and date formats of columns that are text."""
        return self._look_and_names()[0]

    def batches(self) -> Iterator[RawBatch]:
        """The rows, in parts."""
        look, names = self._look_and_names()
        only = self._request.only
        kept = [
            (raw, header) for raw, header in zip(names, look.columns, strict=True) if only is None or header in only
        ]
        # With no wanted column there are still rows to count.
        wanted = kept or [(names[0], look.columns[0])]
        first = 0
        for rows, columns in self._parts([raw for raw, _ in wanted]):
            arrays = [column_of(self._values(raw, columns[raw], look.value_labels.get(header))) for raw, header in kept]
            for start in range(0, rows, BATCH_ROWS):
                size = min(BATCH_ROWS, rows - start)
                parts = [array.slice(start, size) for array in arrays]
                table = pa.RecordBatch.from_arrays(parts, names=[header for _, header in kept])
                yield RawBatch(table, first)
                first += size

    def lines(self) -> Iterator[int]:
        """Row + 1: such a file has no lines."""
        _, names = self._look_and_names()
        row = 0
        for rows, _ in self._parts(names[:1]):
            yield from range(row + 1, row + rows + 1)
            row += rows

    def _values(self, raw: str, values: list[Any], labels: _Labels | None) -> list[object]:
        reading = self._readings[raw]
        if not labels or self._request.said.values != "labels":
            return [reading(value) for value in values]
        codes = (None if value is None else str(value_of(value)) for value in values)
        return [None if code is None else labels.get(code, code) for code in codes]

    def _parts(self, names: tuple[str, ...] | list[str]) -> Iterator[tuple[int, dict[str, list[Any]]]]:
        """The columns of some thousand rows at a time."""
        most = max(1, min(_MOST_CELLS // len(names), 1 << 20))
        row = 0
        while True:
            columns, _ = self._read(usecols=list(names), row_offset=row, row_limit=most)
            count = len(columns[names[0]]) if columns else 0
            if count:
                yield count, columns
            if count < most:
                return
            row += count

    def _look_and_names(self) -> tuple[Look, tuple[str, ...]]:
        if self._found is None:
            _, declared = self._read(metadataonly=True, **_WITH_MISSING.get(self._reads, {}))
            columns, meta = self._read(row_limit=SAMPLE_ROWS)
            names = tuple(meta.column_names)
            if not names:
                raise FileEmpty(self._request.name)
            if None in names:
                raise FileTorn(self._request.name, _WHAT)
            if len(names) > LIMITS.columns:
                raise LimitExceeded(self._request.name, f"it has {len(names)} columns, more than {LIMITS.columns}")
            kind, formats = self._request.format, meta.original_variable_types
            self._readings = {raw: reading_of(kind, formats.get(raw)) for raw in names}
            missing = {*declared.missing_ranges, *declared.missing_user_values}
            self._found = self._look_of(columns, meta, names, missing), names
        return self._found

    def _look_of(self, sample: dict[str, list[Any]], meta: Any, names: tuple[str, ...], with_missing: set[str]) -> Look:
        headers = clean_headers(self._request.name, names)
        header_of = dict(zip(names, headers, strict=True))
        texts = {header_of[raw]: [v for v in sample[raw] if isinstance(v, str)] for raw in names}
        formats, ambiguous = find_date_formats({header: values for header, values in texts.items() if values})
        labels = {header_of[raw]: label for raw, label in meta.column_names_to_labels.items() if label}
        value_labels = {
            header_of[raw]: {str(value_of(code)): str(label) for code, label in given.items()}
            for raw, given in meta.variable_value_labels.items()
            if raw in header_of
        }
        missing = [header_of[raw] for raw in names if raw in with_missing]
        return Look(
            file=self._request.name,
            format=self._request.format,
            encoding=meta.file_encoding,
            separator=None,
            quote=None,
            decimal=".",
            date_formats=formats,
            ambiguous_dates=tuple(ambiguous),
            header_row=0,
            columns=headers,
            sheet=None,
            notes=(*_notes(value_labels, missing, self._request.said.values), *date_notes(formats, ambiguous)),
            labels=labels,
            value_labels=value_labels,
        )

    def _read(self, **asked: Any) -> tuple[dict[str, list[Any]], Any]:
        name, said = self._request.name, self._request.said
        if said.encoding and self._reads is not pyreadstat.read_por:
            asked["encoding"] = said.encoding
        with _torn(name):
            source = self._opened()
            columns, meta = self._reads(source, output_format="dict", disable_datetime_conversion=True, **asked)
        return columns, meta

    def _opened(self) -> Any:
        if self._source is None:
            with FileBytes(self._request.path, self._request.name) as source:
                path = self._request.path
                if source.packed or not isinstance(path, Path):
                    self._source = source.read(LIMITS.workbook_bytes + 1)
                else:
                    self._source = path
            if isinstance(self._source, bytes) and len(self._source) > LIMITS.workbook_bytes:
                hint = "Unpack it: as a plain file it is read in parts."
                raise LimitExceeded(
                    self._request.name, f"it unpacks to more than {LIMITS.workbook_bytes // MIB} MiB", hint=hint
                )
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else str(self._source)


def _reader_of(request: Request) -> Callable[..., tuple[dict[str, list[Any]], Any]]:
    with FileBytes(request.path, request.name) as source:
        start = source.read(8)
    if not start:
        raise FileEmpty(request.name)
    if request.format == "stata":
        return pyreadstat.read_dta
    if request.format == "sas":
        return pyreadstat.read_xport if start.startswith(b"HEADER R") else pyreadstat.read_sas7bdat
    return pyreadstat.read_sav if start.startswith((b"$FL2", b"$FL3")) else pyreadstat.read_por


@contextmanager
def _torn(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED:
        raise FileTorn(name, _WHAT) from None


def _notes(value_labels: Mapping[str, _Labels], missing: list[str], values: str | None) -> list[str]:
    notes: list[str] = []
    if value_labels:
        named = ", ".join(value_labels)
        if values == "labels":
            notes.append(f"values are read by their labels in: {named}")
        else:
            notes.append(
                f"values have labels, and are read as their codes (`values: labels` reads the labels): {named}"
            )
    if missing:
        notes.append(f"values that the file declares missing are read as empty in: {', '.join(missing)}")
    return notes
