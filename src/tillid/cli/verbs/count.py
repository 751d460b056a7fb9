"""tillid count: how many people a segment has now."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("segment", metavar="NAME")
@asking
@click.pass_obj
def count(asked: Asked, segment: str) -> None:
    """Count the people of a segment.

    Those count who may be processed for the segment's purpose now.
    """
    from tillid.pipeline.answers import count as count_people

    with asked.workspace(segment=segment) as workspace:
        people = count_people(workspace, segment)
    noun = "person" if people == 1 else "people"
    say(asked, {"segment": segment, "people": people}, lambda: click.echo(f"{segment}: {people:,} {noun}"))
