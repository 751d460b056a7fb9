"""tillid suggest: a draft of a source definition, from looking at a file, a table or an address."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("origin", metavar="FILE")
@asking
@click.pass_obj
def suggest(asked: Asked, origin: str) -> None:
    """Draft a source from a file, a table, a remote file or an http address.

    A table is written database:CONNECTION/TABLE, a remote file sftp:CONNECTION/PATH or s3:CONNECTION/KEY. An address
    is that of a file, or of an API's list in JSON: where the rows are in the answer and how the next page is asked
    for is found. Where a connection of tillid.yml covers it, it is asked with that one's secret.

    It is printed: put it in sources/NAME.yml and finish it by hand. Lines with "look:" are not certain, and
    what needs a special reason in law is left out. --json tells of each column what it rests on.
    """
    from tillid.pipeline.suggest import suggest as draft

    drafted = draft(asked.folder, asked.name, origin)
    say(asked, drafted.as_dict(), lambda: click.echo(drafted.text, nl=False))
