"""`tillid bench wash`: people washed in columns by Tillid, against the same libraries called value by value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from bench.alone import measured
from bench.made import room
from bench.wash_by_hand import washed_by_hand
from bench.wash_people import COLUMNS, COUNTRY, NOTE, write_people
from tillid.pipeline.progress import Progress
from tillid.ports.source import BATCH_ROWS, RawBatch
from tillid.stages.ingest.definitions import ColumnDefinition, ColumnType, SourceDefinition, SourceKind
from tillid.stages.ingest.quarantine import Quarantine
from tillid.stages.wash import ColumnWash, WashKind, wash_batch

PEOPLE = 1_000_000
BY_HAND_SHARE = 10
"""By hand is measured on one row in so many: it would take too long on all."""
BOUNDS = {"rows_per_second_to_by_hand": 5.0, "peak_to_3_gib": 1.0}

_ADDRESS_PARTS = ("street", "house_number", "letter", "floor", "door", "unit")


def run(
    progress: Progress, people: int = PEOPLE, rounds: int = 1, events: int | None = None, folder: Path | None = None
) -> dict[str, Any]:
    """Wash twelve columns of this many people with all checks on; the median of the rounds counts.

    The checks: e-mail, phone, names, companies and their numbers, addresses and their parts, postcodes, cities held
    against them, birth dates, and national ids in free text.

    One value in about ten is misspelled in one of the ways that files have. Each side runs in a process of its
    own, whose time from the first batch to the last and whose peak of memory count. Rows per second are those of
    processor time, so that what else the machine does counts for neither side.
    """
    del events
    with room(folder) as here:
        path = here / f"people-{people}.parquet"
        with progress.stage(f"Making {people:,} people"):
            # In a process of its own too: what it takes would count as the peak of those that come after it.
            measured(partial(_made, path, people))
        sides: dict[str, dict[str, float]] = {}
        for side in (_washed, _by_hand):
            with progress.stage(f"{side.__name__.strip('_')}"):
                sides[side.__name__.strip("_")] = _middle([_told(side, path) for _ in range(rounds)])
    return {
        "name": "wash",
        "figures": {"people": people, "columns": len(COLUMNS) + 1, **sides, "bounds": BOUNDS},
        "ratios": {
            "rows_per_second_to_by_hand": round(
                sides["washed"]["rows_per_second"] / sides["by_hand"]["rows_per_second"], 2
            ),
            "peak_to_3_gib": round(sides["washed"]["peak_mib"] / 3072, 3),
        },
    }


def _made(path: Path, people: int) -> dict[str, int]:
    return {"rows": write_people(path, people)}


def _told(side: Callable[[Path], dict[str, int]], path: Path) -> dict[str, float]:
    figures = measured(partial(side, path))
    return {**figures, "rows_per_second": round(figures["rows"] / figures["processor_seconds"])}


def _washed(path: Path) -> dict[str, int]:
    rules = [_rule(column, kind) for column, kind in COLUMNS.items()]
    notes = ColumnDefinition(NOTE, NOTE, ColumnType.TEXT, "user")
    quarantine = Quarantine(SourceDefinition("people", SourceKind.PEOPLE, (path.name,), (notes,), identified=False))
    rows = 0
    for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS):
        judged = quarantine.judge(RawBatch(batch, rows + 1))
        rows += wash_batch(quarantine.clean(judged).raw.table, rules, "DK").rows.num_rows
    return {"rows": rows}


def _rule(column: str, kind: WashKind) -> ColumnWash:
    match kind:
        case WashKind.ADDRESS:
            return ColumnWash(column, kind, COUNTRY, parts=tuple((part, part) for part in _ADDRESS_PARTS))
        case WashKind.CITY:
            return ColumnWash(column, kind, COUNTRY, parts=(("expected", "expected_city"),), postcode_column="postcode")
        case WashKind.BIRTH_DATE:
            return ColumnWash(column, kind, COUNTRY, date_order="dmy")
    return ColumnWash(column, kind, COUNTRY)


def _by_hand(path: Path) -> dict[str, int]:
    rows = 0
    whole = pq.ParquetFile(path)
    wanted = max(1, whole.metadata.num_rows // BY_HAND_SHARE)
    for batch in whole.iter_batches(BATCH_ROWS):
        for row in batch.slice(0, wanted - rows).to_pylist():
            washed_by_hand(row)
            rows += 1
        if rows >= wanted:
            break
    return {"rows": rows}


def _middle(each: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(figures[name] for figures in each) for name in each[0]}
