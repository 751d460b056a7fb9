"""tillid activate: send the lists that go to someone, or see what would be sent."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@asking
@click.pass_obj
def activate(asked: Asked, names: tuple[str, ...], dry_run: bool) -> None:
    """Send the lists that go to someone.

    The activations NAME, or all; everyone on them is judged again first.
    """
    from tillid.cli.show_run import activations_shown
    from tillid.pipeline.activate import activate as send

    with asked.workspace(activations=list(names)) as workspace:
        report = send(workspace, names, dry_run=dry_run)
    said = "Nothing was sent: this is what would be." if dry_run else ""
    say(asked, report.as_dict(), lambda: activations_shown(report.activations, said))
