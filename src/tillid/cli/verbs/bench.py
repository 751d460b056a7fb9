"""tillid bench: how fast it is here, against the same work without governance."""

from __future__ import annotations

from pathlib import Path

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking
from tillid.cli.say import say


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--events", metavar="N", type=click.IntRange(min=1), help="How many made-up events.")
@click.option("--people", metavar="N", type=click.IntRange(min=1), help="How many made-up people.")
@click.option("--rounds", metavar="N", type=click.IntRange(1, 9), help="How often each side runs; the median counts.")
@click.option(
    "--dir", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Where data is kept for the next time; default: a folder that is removed at the end.",
)  # fmt: skip
@asking
@click.pass_obj
def bench(asked: Asked, /, name: str, **options: object) -> None:
    """Run the bench NAME on made-up data: its figures, and its ratios to the same work done by hand.

    NAME is pipeline (load, variables, segments), guards (governed queries), wash (washing people) or link (people in a
    list who come twice, against Splink). It needs a checkout of Tillid.
    """
    from tillid.cli.benches import run_bench
    from tillid.cli.show_checks import bench_shown

    given = {option: value for option, value in options.items() if value is not None}
    done = run_bench(name, {**given, "progress": asked.progress()})
    say(asked, done, lambda: bench_shown(done))
