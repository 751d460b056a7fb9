"""How the rows of a statement look: as a table, as JSON, as comma-separated values."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal

import click
import pyarrow as pa

from tillid.cli.show import show, tabled

SHOWN_AT_MOST = 200
"""Rows that a person is shown; --json and --csv give all."""


def rows_as_dict(rows: pa.Table) -> dict[str, object]:
    """`{"columns": [name, …], "rows": [[value, …], …]}`, in the order of the select."""
    return {"columns": list(rows.schema.names), "rows": list(_lists(rows))}


def rows_as_csv(rows: pa.Table) -> None:
    """A header and the rows on stdout, values as they are; what is not there is empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(rows.schema.names)
    writer.writerows([_csv_cell(cell) for cell in row] for row in _lists(rows))


def rows_shown(rows: pa.Table) -> None:
    """The first rows as a table, and how many more there are."""
    numbers = [place for place, field in enumerate(rows.schema) if _is_number(field.type)]
    # As it is, without thousands set off: what is read here is copied elsewhere.
    cells = ([_shown(cell) for cell in row] for row in _lists(rows.slice(0, SHOWN_AT_MOST)))
    show(tabled(rows.schema.names, cells, numbers=numbers))
    more = rows.num_rows - SHOWN_AT_MOST
    if more > 0:
        click.echo(f"… and {more:,} more rows: --csv or --json gives all.", err=True)


def _lists(rows: pa.Table) -> Iterator[list[object]]:
    # By place, not by name: two columns of a select may have one name.
    for batch in rows.to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _is_number(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_kind(type_) for is_kind in kinds)


def _shown(cell: object) -> object:
    return str(cell) if isinstance(cell, int | float | Decimal) else cell


def _csv_cell(cell: object) -> object:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell
