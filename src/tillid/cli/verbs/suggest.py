"""tillid suggest: a draft of a source definition, from looking at a file or a table."""

from __future__ import annotations

from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@asking
@click.pass_obj
def suggest(asked: Asked, file: Path) -> None:
    """Draft a source from a file, or from database:CONNECTION/TABLE.

    It is printed: put it in sources/NAME.yml and finish it by hand.
    """
    from tillid.pipeline.suggest import suggest as draft

    drafted = draft(asked.folder, asked.name, file)
    say(asked, drafted.as_dict(), lambda: click.echo(drafted.text, nl=False))
