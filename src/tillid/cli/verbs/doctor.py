"""tillid doctor: is everything there that Tillid needs, and in order?"""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@asking
@click.pass_context
def doctor(context: click.Context) -> None:
    """Say whether all is in order.

    The machine, the project and its store, and what to do about what is not; exit code 1 when a run can't be.
    """
    from tillid.cli.show_checks import checks_shown
    from tillid.pipeline.doctor import examine

    asked = context.ensure_object(Asked)
    examination = examine(asked.folder, asked.name)
    say(asked, examination.as_dict(), lambda: checks_shown(examination.checks))
    context.exit(0 if examination.is_well else 1)
