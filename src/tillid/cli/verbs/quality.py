"""tillid quality: how good what comes in is, by source and column, and what changed."""

from __future__ import annotations

from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option("--report", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Where the page with the figures goes (.html).")  # fmt: skip
@asking
@click.pass_obj
def quality(asked: Asked, source: str | None, report: Path | None) -> None:
    """Say how good what comes in is.

    Of each source, or of SOURCE, as its last loads had it: what deserves a look, since when and what to do; then
    each column: filled, verdicts of washing, distinct values, and what values look like. No value is shown.
    """
    from tillid.cli.show_quality import quality_shown
    from tillid.pipeline.quality.page import write
    from tillid.pipeline.quality.told import quality as tell

    with asked.workspace(source=source) as workspace:
        told = tell(workspace, source)
        if report is not None:
            write(told, workspace.local(workspace.now), report)
    answer = {**told, "report": None if report is None else str(report)}
    say(asked, answer, lambda: quality_shown(answer))
