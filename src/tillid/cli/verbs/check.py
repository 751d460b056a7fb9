"""tillid check: every mistake in the definitions, in one go."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@asking
@click.pass_context
def check(context: click.Context) -> None:
    """Name every mistake in the definitions.

    Each with file and line; exit code 1 when there is one.
    """
    from tillid.cli.show_checks import findings_shown
    from tillid.pipeline.check import check as check_project

    asked = context.ensure_object(Asked)
    report = check_project(asked.folder, asked.name)
    say(asked, report.as_dict(), lambda: findings_shown(report))
    context.exit(1 if report.findings else 0)
