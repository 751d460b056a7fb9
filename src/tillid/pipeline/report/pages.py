"""What every page of figures shares: its templates, how numbers read on it, and how it is written."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tillid.pipeline.report import charts
from tillid.pipeline.report.errors import ReportNotWritten
from tillid.pipeline.report.small_cells import number

_TEMPLATES = Path(__file__).with_name("templates")


@cache
def templates() -> Environment:
    """The templates; every text that they are given is escaped, and a figure that is missing raises."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, moment=_moment, percent=percent, plain=charts.plain)
    return environment


def write_in_one_step(page: str, path: Path) -> None:
    """Write a page: a reader sees the former one or the new one. Raises `ReportNotWritten`."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ReportNotWritten(f"{path.name} could not be written: {error.strerror or 'the disk refused'}") from None


def percent(part: float, whole: float) -> str:
    """A share as text.

    >>> percent(1, 3), percent(1, 1000), percent(0, 0)
    ('33 %', '<1 %', '–')
    """
    if not whole:
        return "–"
    share = 100 * part / whole
    # What is not none must not read as none, nor what is not all as all.
    if 0 < share < 1:
        return "<1 %"
    return ">99 %" if 99 < share < 100 else f"{share:.0f} %"


def _moment(at: datetime) -> str:
    """A moment of the day, or the day alone at midnight."""
    return f"{at:%Y-%m-%d}" if at.time() == datetime.min.time() else f"{at:%Y-%m-%d %H:%M %Z}"
