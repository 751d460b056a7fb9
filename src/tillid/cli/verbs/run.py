"""tillid run: the whole job, from files to delivered lists."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@asking
@click.pass_obj
def run(asked: Asked) -> None:
    """Do the whole job.

    Read what is new, work out people, variables and segments, send the lists, write report.html and quality.html.
    """
    from tillid.cli.show_run import run_shown
    from tillid.pipeline.report.gather import purpose_figures
    from tillid.pipeline.run import run as run_pipeline

    with asked.workspace() as workspace:
        report = run_pipeline(workspace, asked.progress())
        say(asked, report.as_dict(), lambda: run_shown(workspace.project, report, purpose_figures(workspace)))
