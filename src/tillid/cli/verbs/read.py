"""tillid read: what would be read of a file, and its tables as Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say

if TYPE_CHECKING:
    from tillid.pipeline.read_file import FileRead

_MOST_NOTES = 8


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--sheet", metavar="NAME", help="This table alone, of a workbook or an archive.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write each table there, as Parquet.")
@asking
@click.pass_obj
def read(asked: Asked, file: Path, sheet: str | None, out: Path | None) -> int:
    """Show what would be read of a file.

    Its tables with their columns and types, and what was odd. It needs no project, and nothing is kept. A type
    is shown where every value has it and nothing would be lost; else it is text.
    """
    from tillid.pipeline.read_file import read_file

    found = read_file(file, sheet, out, asked.progress())
    say(asked, found.as_dict(), lambda: _show(found))
    return 0 if found.refused is None else 1


def _show(found: FileRead) -> None:
    from tillid.cli.show import facts, heading, plain, show, tabled

    for table in found.tables:
        about = {
            "rows": f"{table.rows:,}",
            "encoding": table.look.encoding,
            "separator": {"\t": "tab", " ": "blanks"}.get(table.look.separator or "", table.look.separator),
            "header row": table.look.header_row or "",
            "written to": table.path,
        }
        notes = [f"  {plain(note)}" for note in table.notes[:_MOST_NOTES]]
        more = [f"  and {len(table.notes) - _MOST_NOTES} more"] * (len(table.notes) > _MOST_NOTES)
        show(heading(plain(table.name)), facts(about), *notes, *more, tabled(("column", "type"), table.columns))
    if found.refused is not None:
        click.echo(f"tillid: {plain(found.refused)}", err=True)
