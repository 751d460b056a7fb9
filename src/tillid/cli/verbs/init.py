"""tillid init: a new project folder, or the example to look at."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say

EXAMPLE = ("example", "nordlys")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="Copy the example: a web shop with made-up people.")
@asking
@click.pass_obj
def init(asked: Asked, folder: Path | None, example: bool) -> None:
    """Begin a project.

    DIR is an empty folder or one to be made (default: this one); you become its steward.
    """
    from tillid.pipeline.begin import begin

    template = files("tillid.cli").joinpath(*EXAMPLE) if example else None
    made = begin(folder or asked.project or Path(), asked.name, template)
    here = made.folder.resolve() == Path.cwd().resolve()
    lines = [f"{made.folder}: a project with {len(made.files)} files; {asked.name!r} is its steward.", ""]
    lines += [] if here else [f"  cd {made.folder}"]
    lines += ["  tillid check", "  tillid run"] if example else ["  tillid suggest FILE", "  tillid check"]
    say(asked, made.as_dict(), lambda: click.echo("\n".join(lines)))
