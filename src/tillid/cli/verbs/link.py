"""tillid link: finds the records of one list, or of two, that are one person or company."""

from __future__ import annotations

from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("left", metavar="LEFT", type=_FILE)
@click.argument("right", metavar="[RIGHT]", type=_FILE, required=False)
@click.option(
    "--map", "maps", metavar="ROLE=COLUMN", multiple=True,
    help="What a column is, as full_name=Navn; left.ROLE= and right.ROLE= where the lists differ.",
)  # fmt: skip
@click.option("--only-mapped", is_flag=True, help="Compare no other columns than those of --map.")
@click.option(
    "--out", metavar="FILE", type=_FILE, required=True, help="Where the clusters go: .csv, .xlsx or .parquet."
)
@click.option("--evaluate", "truth", metavar="COLUMN", help="A column with one value an entity, to be measured by.")
@asking
@click.pass_obj
def link(  # noqa: PLR0913, PLR0917  one argument an option
    asked: Asked,
    left: Path,
    right: Path | None,
    maps: tuple[str, ...],
    only_mapped: bool,
    out: Path,
    truth: str | None,
) -> None:
    """Find the records of a list that are one person or company, also over two lists.

    It needs no project and no labels. What columns are is guessed from their headers and values, but for the roles
    that --map names: first_name, last_name, full_name, birth_date, email, phone, street, house, postcode, city,
    company, company_number, sex, other_id, text. Several columns of one role are joined, those of other_id and text
    are not.

    \b
    tillid link customers.xlsx fair.csv --map right.full_name=Deltager --out linked.csv
    """
    from tillid.cli.show_link import link_shown
    from tillid.pipeline.linking.evaluation_page import page_beside, write_evaluation
    from tillid.pipeline.linking.hand_over import check_outputs, write_linked
    from tillid.pipeline.linking.link_lists import Asked as Wanted
    from tillid.pipeline.linking.link_lists import figures, link_lists

    files = (left,) if right is None else (left, right)
    page = None if truth is None else page_beside(out)
    check_outputs(files, [out] if page is None else [out, page])
    progress = asked.progress()
    done = link_lists(Wanted(files, maps, only_mapped, truth), progress)
    with progress.stage("Writing"):
        write_linked(done, out)
        if page is not None:
            write_evaluation(done, page)
    told = {**figures(done), "out": str(out)} | ({} if page is None else {"evaluation": str(page)})
    say(asked, told, lambda: link_shown(told))
