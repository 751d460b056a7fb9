"""tillid sql: an analyst's own select, under the guards of a purpose."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking, for_purpose
from tillid.cli.say import say
from tillid.cli.statement import statement


@click.command()
@statement
@click.option("--csv", "as_csv", is_flag=True, help="Answer with comma-separated values.")
@for_purpose
@asking
@click.pass_obj
def sql(asked: Asked, text: str, as_csv: bool, purpose: str) -> None:
    """Run one select statement for a purpose.

    \b
    tillid sql --purpose customer_analytics "select count(*) as people from people"
    tillid sql --purpose customer_analytics -f monthly.sql --csv > monthly.csv
    """
    from tillid.cli.show_rows import rows_as_csv, rows_as_dict, rows_shown
    from tillid.governance.sql_text import without_values
    from tillid.pipeline.answers import sql as ask

    if as_csv and asked.as_json:
        raise click.UsageError("--csv and --json are two answers: choose one.")
    with asked.workspace(purpose=purpose, sql=without_values(text)) as workspace:
        rows = ask(workspace, text, purpose)
    if as_csv:
        rows_as_csv(rows)
    else:
        say(asked, lambda: rows_as_dict(rows), lambda: rows_shown(rows))
