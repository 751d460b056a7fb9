"""How answers look to a person: tables and lines on stdout, safe whatever the values hold."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 10_000
"""The width of what is not a terminal: nothing is cut there."""


def console() -> Console:
    """Where answers go: stdout, as it is now."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def plain(value: object) -> str:
    """A value as it may stand in a terminal: one line, and no sign that steers it.

    >>> plain("Ida\\x1b[31m\\nBo"), plain(None), plain(datetime(2011, 12, 9, 8, 30))
    ('Ida·[31m·Bo', '', '2011-12-09 08:30:00')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="auto")
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, Mapping):
        filled = {key: item for key, item in value.items() if item not in (None, "", [], {})}
        return ", ".join(f"{plain(key)} {plain(_worded(item))}" for key, item in filled.items())
    return "".join("·" if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign for sign in str(value))


def _worded(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def number(value: object) -> str:
    """A count with its thousands set off.

    >>> number(541909)
    '541,909'
    """
    return f"{value:,}" if isinstance(value, int | float) else plain(value)


def tabled(headers: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[int] = ()) -> Table:
    """A table; the columns at the places `numbers` stand to the right."""
    right = set(numbers)
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, header in enumerate(headers):
        made.add_column(Text(plain(header)), justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(number(cell) if place in right else plain(cell)) for place, cell in enumerate(row)))
    return made


def show(*parts: object) -> None:
    """Print tables and lines one below another; a heading is a `Text`."""
    out = console()
    for part in parts:
        shown = part if isinstance(part, Table | Text) else Text(str(part))
        if out.is_terminal:
            out.print(shown, soft_wrap=not isinstance(part, Table))
            continue
        with out.capture() as text:
            out.print(shown, soft_wrap=not isinstance(part, Table))
        click.echo("\n".join(line.rstrip() for line in text.get().splitlines()))


def heading(text: str) -> Text:
    """A line that says what follows."""
    return Text(f"\n{text}", style="bold")


def facts(pairs: Mapping[str, object]) -> Table:
    """Names and values, a line each; those without a value are left out."""
    made = Table.grid(padding=(0, 2))
    for name, value in pairs.items():
        if shown := plain(value):
            made.add_row(Text(plain(name).replace("_", " "), style="dim"), Text(shown))
    return made


def explained(explanation: Mapping[str, Any]) -> None:
    """Any explanation: its facts, then its lists of lines, then its tables."""
    lists = {name: value for name, value in explanation.items() if isinstance(value, list) and value}
    tables = {name: value for name, value in lists.items() if isinstance(value[0], Mapping)}
    # A list of short words is a fact; lines that are indented under one another are a text.
    texts = {name: value for name, value in lists.items() if name not in tables and any(" " in v for v in value)}
    show(facts({name: value for name, value in explanation.items() if name not in {**tables, **texts}}))
    for name, lines in texts.items():
        show(heading(name.replace("_", " ")), *(f"  {plain(line)}" for line in lines))
    for name, rows in tables.items():
        show(heading(name.replace("_", " ")), mappings(rows))


def mappings(rows: Sequence[Mapping[str, object]]) -> Table:
    """Rows that are mappings with the same keys, as a table; true and false as yes and no."""
    headers = list(rows[0])
    cells = [[_worded(row.get(name)) for name in headers] for row in rows]
    return tabled([name.replace("_", " ") for name in headers], cells)
