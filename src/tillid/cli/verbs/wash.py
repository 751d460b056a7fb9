"""tillid wash: judges a list of leads, one verdict each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking, for_purpose
from tillid.cli.say import say

_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("leads", metavar="LEADS", type=_FILE)
@click.option("--against", type=click.Choice(["people"]), help="Find out who is a customer of the project already.")
@click.option(
    "--suppress", metavar="LIST", multiple=True,
    help="A suppression list: a source of the project or a file, perhaps with its date (FILE@2026-10-01).",
)  # fmt: skip
@click.option("--target", metavar="SEGMENT", help="Whom the leads are wanted for.")
@click.option(
    "--out", metavar="FILE", type=_FILE, required=True, help="Where the judged leads go: .csv, .xlsx or .parquet."
)
@click.option("--report", metavar="FILE", type=_FILE, help="Where the page with the figures goes (.html).")
@click.option("--bought", metavar="DATE", type=_DAY, help="The day on which the list was got from someone else.")
@click.option("--threshold", type=click.FloatRange(0.5, 1.0), default=0.9, show_default=True,
              help="The least probability with which names and places count as one person's.")  # fmt: skip
@for_purpose
@asking
@click.pass_obj
def wash(  # noqa: PLR0913, PLR0917  one argument an option
    asked: Asked,
    leads: Path,
    against: str | None,
    suppress: tuple[str, ...],
    target: str | None,
    out: Path,
    report: Path | None,
    bought: datetime | None,
    threshold: float,
    purpose: str,
) -> None:
    """Wash a list of leads.

    Each lead gets the first of these verdicts that fits: unreadable, invalid, duplicate, suppressed,
    existing_customer, consent_missing, outside_target, blocked (a list is too old), good.

    \b
    tillid wash leads.xlsx --against people --suppress robinson.csv@2026-10-01 --purpose calls --out washed.csv
    """
    from tillid.cli.show_leads import leads_shown
    from tillid.pipeline.leads.hand_over import figures, write_leads
    from tillid.pipeline.leads.page import write_page
    from tillid.pipeline.leads.wash_leads import Asked as Wanted
    from tillid.pipeline.leads.wash_leads import wash_leads

    wanted = Wanted(
        leads=leads,
        suppress=suppress,
        against_people=against == "people",
        target=target,
        purpose=purpose or None,
        threshold=threshold,
        bought=None if bought is None else bought.date(),
    )
    with asked.workspace(leads=leads.name, purpose=purpose) as workspace:
        washed = wash_leads(workspace, wanted, asked.progress())
        receipt = write_leads(washed, out)
        told = {
            **figures(washed),
            "out": str(out),
            "rows": receipt.rows,
            "report": None if report is None else str(report),
        }
        workspace.audit.append("leads_washed", {"actor": asked.name, **told})
        if report is not None:
            write_page(told, workspace.project.name, workspace.local(workspace.now), report)
    say(asked, told, lambda: leads_shown(told))
