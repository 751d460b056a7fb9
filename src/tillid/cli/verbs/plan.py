"""tillid plan: what a run would do, before it does it."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@asking
@click.pass_obj
def plan(asked: Asked) -> None:
    """Say what a run would do.

    Which files are new, changed or gone, what would be worked out, and what would be sent.
    """
    from tillid.cli.show_plan import plan_shown
    from tillid.pipeline.plan import plan as plan_run

    with asked.workspace() as workspace:
        planned = plan_run(workspace)
    say(asked, planned.as_dict(), lambda: plan_shown(planned))
